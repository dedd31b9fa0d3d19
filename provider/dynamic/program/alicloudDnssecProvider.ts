import * as pulumi from "@pulumi/pulumi";
import { readService } from "../../config";
import { quoted } from "../../dnssec/quoted";
import { DsRecordError } from "../../errors";
import { readDnsSettings, type PreflightMode } from "../../preflight/settings";
import type { DnsInputs } from "./preview";
import { withoutStack } from "./runError";
import { secretSettings, settingNames } from "./unknownSettings";

/** Pulumi's provider for all dynamic resources. An instance of it has a process and a configuration of its own. */
const dynamicProviders = "pulumi-nodejs";

/** The provider process looks its configuration up under this prefix: a key without one would be the project's. */
const prefix = "alicloud-dnssec:";

/** What is written into the state in encrypted form only, whatever the program gives. */
const secretNames: ReadonlySet<string> = new Set(secretSettings);

/**
 * An account of the registrar. All inputs take plain values, promises and outputs. They are all that the provider sees of
 * Pulumi's configuration: nothing of the stack's is added. What is not given is looked for in the environment, the access
 * key too, if it is empty: see the README for the order.
 */
export interface AlicloudDnssecProviderArgs {
  /**
   * The id of the access key. Kept as a secret.
   *
   * @example new pulumi.Config("second").requireSecret("accessKeyId")
   */
  accessKeyId: pulumi.Input<string>;
  /** The secret of the access key. Kept as a secret. */
  accessKeySecret: pulumi.Input<string>;
  /** The token of a temporary access key (STS). Kept as a secret. It is not renewed: it has to last for the run. */
  securityToken?: pulumi.Input<string | undefined>;
  /**
   * Which of the vendor's two sites has the account: `domain.aliyuncs.com`, or `domain-intl.aliyuncs.com`.
   *
   * @default "china"
   */
  site?: pulumi.Input<"china" | "international" | undefined>;
  /**
   * Another endpoint, an origin: https, or plain http on the loopback address.
   *
   * @default the site's, or `ALICLOUD_DNSSEC_ENDPOINT` of the environment
   * @example "https://domain.aliyuncs.com"
   */
  endpoint?: pulumi.Input<string | undefined>;
  /**
   * The version of the API at the endpoint, a date.
   *
   * @default the site's, or `ALICLOUD_DNSSEC_API_VERSION` of the environment
   * @example "2018-01-29"
   */
  apiVersion?: pulumi.Input<string | undefined>;
  /**
   * The language of the registrar's reasons: English or Chinese.
   *
   * @default `ALICLOUD_DNSSEC_LANG` of the environment, or "en"
   */
  lang?: pulumi.Input<"en" | "zh" | undefined>;
  /**
   * The IPv4 or IPv6 address of the user on whose behalf calls are made; every call carries it.
   *
   * @default `ALICLOUD_DNSSEC_USER_CLIENT_IP` of the environment, or none
   * @example "192.0.2.1"
   */
  userClientIp?: pulumi.Input<string | undefined>;
  /** In place of every record's own `preflight`, for deletions too. */
  preflight?: pulumi.Input<PreflightMode | undefined>;
  /** In place of every record's own `nameServers`. */
  nameServers?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /** In place of every record's own `parentNameServers`. */
  parentNameServers?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /** In place of every record's own `keyWait`. */
  keyWait?: pulumi.Input<string | undefined>;
}

/**
 * A further account, for programs that work with more than one: an explicit instance of Pulumi's provider for dynamic
 * resources. It runs in a process of its own, with its own client, rate limit and queues: two of them share nothing,
 * not even if they are given the same access key.
 *
 * Other credentials are an update of it, and leave its records as they are; so does another name. Moving a record to
 * another provider submits no task: it belongs to that account from then on.
 *
 * @example
 * const config = new pulumi.Config("second");
 * const second = new AlicloudDnssecProvider("second", {
 *   accessKeyId: config.requireSecret("accessKeyId"),
 *   accessKeySecret: config.requireSecret("accessKeySecret"),
 *   site: "international",
 * });
 * new DsRecord("ksk", { domainName: "example.com", dnskey: "257 3 13 mdsswUyr3DPW…" }, { provider: second });
 */
export class AlicloudDnssecProvider extends pulumi.ProviderResource {
  /** What its records have in place of their own options. */
  readonly #dns: DnsInputs;

  /**
   * @param name The name of the resource, unique in the program.
   * @param args See {@link AlicloudDnssecProviderArgs}.
   * @param opts Pulumi's options, but for those that choose a plugin: the provider comes with Pulumi's Node.js SDK.
   * @throws {DsRecordError} CONFIG_INVALID for an argument that there is not, for a value that is not allowed, and for an
   *   option that chooses a plugin. Values that come later, in promises and outputs, fail the program then.
   */
  constructor(
    name: string,
    args: AlicloudDnssecProviderArgs,
    opts?: Omit<pulumi.ResourceOptions, "version" | "pluginDownloadURL">,
  ) {
    refusePluginChoice(name, opts);
    super(dynamicProviders, name, configured(name, args), opts);
    const { preflight, nameServers, parentNameServers, keyWait } = args;
    this.#dns = { preflight, nameServers, parentNameServers, keyWait };
  }

  /**
   * What the provider of a resource says of the DNS, in place of the stack's configuration. Nothing is known of one that is not
   * of this class. Undefined for the default provider, which goes by that configuration.
   */
  static dnsOf(provider: unknown): DnsInputs | undefined {
    if (provider === undefined) return undefined;
    return provider instanceof AlicloudDnssecProvider ? provider.#dns : {};
  }
}

/** A misspelt name would be no error later, but the environment's credentials or another endpoint. */
function configured(provider: string, args: AlicloudDnssecProviderArgs): pulumi.Inputs {
  const given = Object.entries(args).filter(([, value]) => value !== undefined && value !== null);
  const unknown = given.find(([name]) => !settingNames.includes(name));
  if (unknown) {
    throw invalid(
      provider,
      `it has no argument ${quoted(unknown[0])}; there are ${settingNames.join(", ")}.`,
    );
  }
  return Object.fromEntries(given.map(([name, value]) => [prefix + name, valueOf(provider, name, value)]));
}

/** Lists are written like those of the stack's configuration, which has text only. */
function valueOf(provider: string, name: string, value: unknown): pulumi.Output<unknown> {
  if (secretNames.has(name)) return pulumi.secret(value);
  // What is known now is refused now.
  if (isPlain(value)) refuseWrong(provider, name, value);
  return pulumi.output(value as pulumi.Input<string | string[]>).apply((known) => {
    refuseWrong(provider, name, known);
    return Array.isArray(known) ? known.join(",") : known;
  });
}

function isPlain(value: unknown): boolean {
  const entries: readonly unknown[] = Array.isArray(value) ? value : [value];
  return entries.every((entry) => typeof entry !== "object" && typeof entry !== "function");
}

/** A preview may come to no record that uses the provider, so that this is not left to the provider's process. */
function refuseWrong(provider: string, name: string, value: unknown): void {
  if (Array.isArray(value) && value.length === 0) {
    throw invalid(provider, `${name} is an empty list; leave it out, or name at least one server.`);
  }
  try {
    readDnsSettings((key) => (key === name ? value : undefined), {});
    readService({ get: (key) => (key === prefix + name ? value : undefined) }, {});
  } catch (error) {
    if (!(error instanceof DsRecordError)) throw error;
    // Neither the stack's configuration nor the environment is what is wrong.
    throw invalid(provider, error.message.replace(/^alicloud-dnssec:(\w+)( \(\w+\))?/, "$1"));
  }
}

/** Pulumi would keep a version as a part of the configuration, and look for a plugin elsewhere. */
function refusePluginChoice(provider: string, opts: pulumi.ResourceOptions = {}): void {
  const option = (["version", "pluginDownloadURL"] as const).find((name) => opts[name] !== undefined);
  if (option) {
    throw invalid(
      provider,
      `it takes no option ${option}: the provider comes with @pulumi/pulumi, and its version with this package.`,
    );
  }
}

function invalid(provider: string, what: string): DsRecordError {
  return withoutStack(
    new DsRecordError("CONFIG_INVALID", `AlicloudDnssecProvider ${quoted(provider)}: ${what}`),
  );
}
