import { isIP } from "node:net";
import { quoted } from "./dnssec/quoted";
import { DsRecordError } from "./errors";
import { isLoopback } from "./alicloud/loopback";
import { proxyFor, type Proxy } from "./alicloud/proxy";

/** What this package reads of Pulumi's configuration: `get("alicloud-dnssec:endpoint")`. Values may come with any type. */
export interface ConfigReader {
  get(key: string): unknown;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Credentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

/** Where credentials come from. It is asked for every call, since temporary ones change in the middle of a run. */
export interface CredentialsSource {
  /** In words that are fit to print, and go on after "from". */
  readonly name: string;
  /** @throws {DsRecordError} CREDENTIALS_MISSING, CREDENTIALS_UNAVAILABLE */
  get(): Promise<Credentials>;
  /** Fetches them anew, whatever is still remembered. Constant ones have no such method. */
  renew?(): Promise<Credentials>;
}

/** Languages in which the registrar gives its reasons. */
const languages = ["en", "zh"] as const;

/** What every call to the registrar carries beside its own parameters. */
export interface CommonParameters {
  /** The language of the registrar's reasons. */
  readonly lang: (typeof languages)[number];
  /** The address of the user on whose behalf the call is made, if there is one to tell. */
  readonly userClientIp?: string;
}

/** Where the Domain API is, in which version, and what every call to it carries. */
export interface Service extends CommonParameters {
  readonly endpoint: string;
  readonly apiVersion: string;
  /** Through which to ask it, if the environment names one. */
  readonly proxy?: Proxy;
}

/** The service, and as whom to ask it. */
export interface Settings extends Service {
  readonly credentials: CredentialsSource;
}

/** Keys of the configuration that {@link readService} reads, each with its variable of the environment, if it has one. */
export const serviceVariables: Readonly<Record<string, string | undefined>> = {
  site: undefined,
  endpoint: "ALICLOUD_DNSSEC_ENDPOINT",
  apiVersion: "ALICLOUD_DNSSEC_API_VERSION",
  lang: "ALICLOUD_DNSSEC_LANG",
  userClientIp: "ALICLOUD_DNSSEC_USER_CLIENT_IP",
};

/** A source of credentials that never change. */
export function constantCredentials(name: string, credentials: Credentials): CredentialsSource {
  return { name, get: () => Promise.resolve(credentials) };
}

interface Place {
  readonly name: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string;
  readonly from: "config" | "environment";
}

/** In the order of precedence: the first place that has an access key id counts, whole. */
const places: readonly Place[] = [
  {
    name: "Pulumi config alicloud-dnssec",
    accessKeyId: "alicloud-dnssec:accessKeyId",
    accessKeySecret: "alicloud-dnssec:accessKeySecret",
    securityToken: "alicloud-dnssec:securityToken",
    from: "config",
  },
  {
    name: "Pulumi config alicloud",
    accessKeyId: "alicloud:accessKey",
    accessKeySecret: "alicloud:secretKey",
    securityToken: "alicloud:securityToken",
    from: "config",
  },
  {
    name: "environment ALICLOUD_*",
    accessKeyId: "ALICLOUD_ACCESS_KEY",
    accessKeySecret: "ALICLOUD_SECRET_KEY",
    securityToken: "ALICLOUD_SECURITY_TOKEN",
    from: "environment",
  },
  {
    name: "environment ALIBABA_CLOUD_*",
    accessKeyId: "ALIBABA_CLOUD_ACCESS_KEY_ID",
    accessKeySecret: "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    securityToken: "ALIBABA_CLOUD_SECURITY_TOKEN",
    from: "environment",
  },
];

/** The two installations of the Domain API. Endpoint and version belong together: each serves only its own version. */
const sites = {
  china: { endpoint: "https://domain.aliyuncs.com", apiVersion: "2018-01-29" },
  international: { endpoint: "https://domain-intl.aliyuncs.com", apiVersion: "2017-12-18" },
} as const;

/**
 * Reads endpoint, proxy, version, credentials and what every call carries.
 *
 * @param otherwise Makes the source that is left when no place here has an access key id; it is told what is missing,
 *   place by place.
 * @throws {DsRecordError} CREDENTIALS_INCOMPLETE or CONFIG_INVALID; no message holds a secret.
 */
export function readSettings(
  config: ConfigReader,
  env: Environment,
  otherwise: (missing: readonly string[]) => CredentialsSource,
): Settings {
  const credentials = readCredentials(config, env) ?? otherwise(places.map(missingIn));
  return { ...readService(config, env), credentials };
}

function missingIn({ name, accessKeyId }: Place): string {
  return `${name}: ${accessKeyId} is not set`;
}

function readCredentials(config: ConfigReader, env: Environment): CredentialsSource | undefined {
  const look = (place: Place, key: string) => text(place.from === "config" ? config.get(key) : env[key]);
  const place = places.find((candidate) => look(candidate, candidate.accessKeyId));
  if (!place) return undefined;
  const accessKeyId = look(place, place.accessKeyId) as string;
  const accessKeySecret = look(place, place.accessKeySecret);
  if (!accessKeySecret) {
    throw new DsRecordError(
      "CREDENTIALS_INCOMPLETE",
      `The credentials from ${place.name} are incomplete: ${place.accessKeyId} is set, ${place.accessKeySecret} is not. ` +
        "Id, secret and token are always taken from one source together: set the missing one, or unset the id.",
    );
  }
  const securityToken = look(place, place.securityToken);
  const credentials = { accessKeyId, accessKeySecret, ...(securityToken && { securityToken }) };
  return constantCredentials(place.name, credentials);
}

/**
 * Reads the settings that need no credentials, so that a preview can refuse what `pulumi up` would refuse.
 *
 * @throws {DsRecordError} CONFIG_INVALID
 */
export function readService(config: ConfigReader, env: Environment): Service {
  const place = readEndpoint(config, env);
  const proxy = proxyFor(place.endpoint, env);
  return { ...place, ...(proxy && { proxy }), ...readCommonParameters(config, env) };
}

function readEndpoint(config: ConfigReader, env: Environment): Pick<Service, "endpoint" | "apiVersion"> {
  const siteName = text(config.get("alicloud-dnssec:site")) ?? "china";
  if (!Object.hasOwn(sites, siteName)) {
    throw invalid("alicloud-dnssec:site", quoted(siteName), `one of ${Object.keys(sites).join(", ")}`);
  }
  const site = sites[siteName as keyof typeof sites];
  const override = text(config.get("alicloud-dnssec:endpoint")) ?? text(env["ALICLOUD_DNSSEC_ENDPOINT"]);
  const endpoint = override === undefined ? site.endpoint : parseEndpoint(override);
  const version = text(config.get("alicloud-dnssec:apiVersion")) ?? text(env["ALICLOUD_DNSSEC_API_VERSION"]);
  const pair = Object.values(sites).find((candidate) => candidate.endpoint === endpoint) ?? site;
  return { endpoint, apiVersion: version === undefined ? pair.apiVersion : parseVersion(version) };
}

function readCommonParameters(config: ConfigReader, env: Environment): CommonParameters {
  const given = text(config.get("alicloud-dnssec:lang")) ?? text(env["ALICLOUD_DNSSEC_LANG"]) ?? "en";
  const lang = languages.find((language) => language === given);
  if (!lang)
    throw invalid(
      "alicloud-dnssec:lang (ALICLOUD_DNSSEC_LANG)",
      quoted(given),
      `one of ${languages.join(", ")}`,
    );
  const address =
    text(config.get("alicloud-dnssec:userClientIp")) ?? text(env["ALICLOUD_DNSSEC_USER_CLIENT_IP"]);
  if (address === undefined) return { lang };
  // An address with a zone means something on its own machine only.
  if (isIP(address) === 0 || address.includes("%")) {
    const name = "alicloud-dnssec:userClientIp (ALICLOUD_DNSSEC_USER_CLIENT_IP)";
    throw invalid(name, quoted(address), "an IPv4 or IPv6 address such as 192.0.2.1 or 2001:db8::1");
  }
  return { lang, userClientIp: address };
}

function parseEndpoint(value: string): string {
  const name = "alicloud-dnssec:endpoint (ALICLOUD_DNSSEC_ENDPOINT)";
  const text = /^[a-z]+:\/\//i.test(value) ? value : `https://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // The value is not repeated: a URL can carry a user name and a password.
  if (!url || url.username || url.password || url.search || url.hash || url.pathname !== "/") {
    throw invalid(name, "something else", "an origin such as https://domain.aliyuncs.com");
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    throw invalid(name, quoted(url.origin), "https, or plain http on the loopback address only");
  }
  return url.origin;
}

/** A date that stands without quotation marks in the stack's file arrives as `2018-01-29 00:00:00 +0000 UTC`. */
function parseVersion(value: string): string {
  const [, date] = /^(\d{4}-\d{2}-\d{2})(?: 00:00:00 \+0000 UTC)?$/.exec(value) ?? [];
  if (date === undefined) {
    throw invalid(
      "alicloud-dnssec:apiVersion (ALICLOUD_DNSSEC_API_VERSION)",
      quoted(value),
      "a date such as 2018-01-29",
    );
  }
  return date;
}

function invalid(name: string, got: string, allowed: string): DsRecordError {
  return new DsRecordError("CONFIG_INVALID", `${name} is ${got}; allowed is ${allowed}.`);
}

/** An explicit provider instance hands over numbers and booleans with their type; empty means not set. */
function text(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const trimmed = String(value).trim();
  return trimmed === "" ? undefined : trimmed;
}
