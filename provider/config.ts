import { isIP } from "node:net";
import { quoted } from "./dnssec/quoted";
import { DsRecordError } from "./errors";
import { isLoopback } from "./alicloud/loopback";
import { proxyFor } from "./alicloud/proxy";
import {
  constantCredentials,
  type ApiAddress,
  type ApiSettings,
  type CredentialsSource,
  type Environment,
} from "./alicloud/settings";

/**
 * Access to Pulumi's configuration, such as `get("alicloud-dnssec:endpoint")`. Values may have any
 * type.
 */
export interface ConfigReader {
  get(key: string): unknown;
}

/** Languages of the registrar's reasons. */
const languages = ["en", "zh"] as const;

/** Parameters that every call to the registrar carries. */
export interface CommonParameters {
  readonly lang: (typeof languages)[number];
  /** IP address of the user for whom the calls are made, if it is set. */
  readonly userClientIp?: string;
}

/** The address of the Domain API, and the parameters that every call carries. */
export type Service = ApiAddress & CommonParameters;

/** The service, and the credentials for the calls. */
export type Settings = ApiSettings & CommonParameters;

/** Keys of the configuration that {@link readService} reads, with their environment variables. */
export const serviceVariables: Readonly<Record<string, string | undefined>> = {
  site: undefined,
  endpoint: "ALICLOUD_DNSSEC_ENDPOINT",
  apiVersion: "ALICLOUD_DNSSEC_API_VERSION",
  lang: "ALICLOUD_DNSSEC_LANG",
  userClientIp: "ALICLOUD_DNSSEC_USER_CLIENT_IP",
};

interface Place {
  readonly name: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string;
  readonly from: "config" | "environment";
}

/**
 * Places in the order of precedence. Only the first that has an access key id is used.
 */
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

/** The two sites of the Domain API. Each endpoint serves only its own version. */
const sites = {
  china: { endpoint: "https://domain.aliyuncs.com", apiVersion: "2018-01-29" },
  international: { endpoint: "https://domain-intl.aliyuncs.com", apiVersion: "2017-12-18" },
} as const;

/**
 * Reads all settings: endpoint, version, proxy, common parameters and credentials.
 *
 * @param otherwise Returns the source of credentials when no place here has an access key id.
 *   `missing` has one line for each place.
 * @throws {DsRecordError} CREDENTIALS_INCOMPLETE or CONFIG_INVALID; no message holds a secret.
 */
export function readSettings(
  config: ConfigReader,
  env: Environment,
  otherwise: (missing: readonly string[]) => CredentialsSource,
): Settings {
  const credentials = readCredentials(config, env) ?? otherwise(places.map(describeMissing));
  return { ...readService(config, env), credentials };
}

function describeMissing({ name, accessKeyId }: Place): string {
  return `${name}: ${accessKeyId} is not set`;
}

function readCredentials(config: ConfigReader, env: Environment): CredentialsSource | undefined {
  const read = (place: Place, key: string) => text(place.from === "config" ? config.get(key) : env[key]);
  const place = places.find((candidate) => read(candidate, candidate.accessKeyId));
  if (!place) return undefined;
  const accessKeyId = read(place, place.accessKeyId) as string;
  const accessKeySecret = read(place, place.accessKeySecret);
  if (!accessKeySecret) {
    throw new DsRecordError(
      "CREDENTIALS_INCOMPLETE",
      `The credentials from ${place.name} are incomplete: ${place.accessKeyId} is set, ${place.accessKeySecret} is not. ` +
        "Id, secret and token always come from one source together: set the missing one, or unset the id.",
    );
  }
  const securityToken = read(place, place.securityToken);
  const credentials = { accessKeyId, accessKeySecret, ...(securityToken && { securityToken }) };
  return constantCredentials(place.name, credentials);
}

/**
 * Reads the settings other than credentials. A preview uses it to refuse the same settings as
 * `pulumi up`.
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
  // An address with a zone has a meaning only on its own machine.
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
  // The message does not repeat the value, since a URL can hold a user name and a password.
  if (!url || url.username || url.password || url.search || url.hash || url.pathname !== "/") {
    throw invalid(name, "something else", "an origin such as https://domain.aliyuncs.com");
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    throw invalid(name, quoted(url.origin), "https, or plain http on a loopback address only");
  }
  return url.origin;
}

/**
 * Accepts `2018-01-29 00:00:00 +0000 UTC` too, the form of a date without quotation marks in a
 * stack's file.
 */
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
  return new DsRecordError("CONFIG_INVALID", `${name} is ${got}; it must be ${allowed}.`);
}

/**
 * Converts a value to text, since an explicit provider passes numbers and booleans. An empty text
 * counts as unset.
 */
function text(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const trimmed = String(value).trim();
  return trimmed === "" ? undefined : trimmed;
}
