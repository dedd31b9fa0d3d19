import * as pulumi from "@pulumi/pulumi";
import { readService } from "../../config";
import { quoted } from "../../dnssec/quoted";
import { DsRecordError } from "../../errors";
import { readDnsSettings, type PreflightMode } from "../../preflight/settings";
import type { DnsInputs } from "./preview";
import { withoutStack } from "./runError";
import { secretSettings, settingNames } from "./unknownSettings";

/**
 * Pulumi's provider for all dynamic resources. Each instance has its own process and configuration.
 */
const dynamicProviders = "pulumi-nodejs";

/** Prefix of the keys of an instance. A key without a prefix would belong to the project. */
const prefix = "alicloud-dnssec:";

/** Arguments that the state always holds in encrypted form. */
const secretNames: ReadonlySet<string> = new Set(secretSettings);

/**
 * An account of the registrar. All inputs take plain values, promises and outputs. The provider
 * sees them instead of the stack's configuration. What is missing comes from the environment, and
 * so does the access key if it is empty. docs/configuration.md has the order.
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
  /**
   * The token of a temporary access key (STS). Kept as a secret. It is not renewed, so it must last
   * for the run.
   */
  securityToken?: pulumi.Input<string | undefined>;
  /**
   * The vendor's site that has the account: `domain.aliyuncs.com`, or `domain-intl.aliyuncs.com`.
   *
   * @default "china"
   */
  site?: pulumi.Input<"china" | "international" | undefined>;
  /**
   * Another endpoint: an origin with https, or with plain http on a loopback address.
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
   * IPv4 or IPv6 address of the user who causes the calls; every call carries it.
   *
   * @default `ALICLOUD_DNSSEC_USER_CLIENT_IP` of the environment, or none
   * @example "192.0.2.1"
   */
  userClientIp?: pulumi.Input<string | undefined>;
  /** Replaces every record's own `preflight`, for deletions too. */
  preflight?: pulumi.Input<PreflightMode | undefined>;
  /** Replaces every record's own `nameServers`. */
  nameServers?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /** Replaces every record's own `parentNameServers`. */
  parentNameServers?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /** Replaces every record's own `keyWait`. */
  keyWait?: pulumi.Input<string | undefined>;
}

/**
 * Another account, for programs that work with more than one: an explicit instance of Pulumi's
 * provider for dynamic resources. It runs in its own process, with its own client, rate limit and
 * queues. Two instances share nothing, even with the same access key.
 *
 * A change of the credentials or of the name updates the instance and leaves its records as they
 * are. Moving a record to another instance submits no task: the record then belongs to that
 * account.
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
  /** DNS options of the instance; they replace those of its records. */
  readonly #dns: DnsInputs;

  /**
   * @param name The name of the resource, unique in the program.
   * @param args See {@link AlicloudDnssecProviderArgs}.
   * @param opts Pulumi's options, except for those that choose a plugin: the provider comes with
   *   Pulumi's Node.js SDK.
   * @throws {DsRecordError} CONFIG_INVALID for an unknown argument, for a value that is not
   *   allowed, and for an option that chooses a plugin. A value in a promise or output fails the
   *   program once it is known.
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
   * Returns the DNS options of a resource's provider, which replace the stack's configuration. For
   * a provider of another class they are unknown, so the result is empty.
   *
   * @returns undefined for the default provider, which uses the stack's configuration.
   */
  static dnsOf(provider: unknown): DnsInputs | undefined {
    if (provider === undefined) return undefined;
    return provider instanceof AlicloudDnssecProvider ? provider.#dns : {};
  }
}

/**
 * Returns the configuration of the instance. An unknown name is refused, because otherwise a typing
 * error would go unnoticed and the environment's credentials or another endpoint would be used.
 */
function configured(provider: string, args: AlicloudDnssecProviderArgs): pulumi.Inputs {
  const given = Object.entries(args).filter(([, value]) => value !== undefined && value !== null);
  const unknown = given.find(([name]) => !settingNames.includes(name));
  if (unknown) {
    throw invalid(
      provider,
      `it has no argument ${quoted(unknown[0])}; its arguments are ${settingNames.join(", ")}.`,
    );
  }
  return Object.fromEntries(given.map(([name, value]) => [prefix + name, valueOf(provider, name, value)]));
}

/** Returns a value as the stack's configuration would have it; lists become text. */
function valueOf(provider: string, name: string, value: unknown): pulumi.Output<unknown> {
  if (secretNames.has(name)) return pulumi.secret(value);
  // A known value is refused before the program continues.
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

/** Refuses a wrong value in the program: a preview may have no record that uses the provider. */
function refuseWrong(provider: string, name: string, value: unknown): void {
  if (Array.isArray(value) && value.length === 0) {
    throw invalid(provider, `${name} is an empty list; leave it out, or name at least one server.`);
  }
  try {
    readDnsSettings((key) => (key === name ? value : undefined), {});
    readService({ get: (key) => (key === prefix + name ? value : undefined) }, {});
  } catch (error) {
    if (!(error instanceof DsRecordError)) throw error;
    // The mistake is in the argument, not in the configuration or the environment.
    throw invalid(provider, error.message.replace(/^alicloud-dnssec:(\w+)( \(\w+\))?/, "$1"));
  }
}

/** Refuses options that Pulumi would keep as configuration or use to look for another plugin. */
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
