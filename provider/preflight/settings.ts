import { parseDuration } from "../concurrency/clock";
import { quoted } from "../dnssec/quoted";
import { DsRecordError } from "../errors";
import { parseServerAddress } from "../dns/serverAddress";

/**
 * What happens to a change that is not proven safe. `enforce` refuses a change that leads to a
 * bogus domain; `strict` also refuses one whose result cannot be determined; `warn` refuses
 * nothing; `off` asks no server. `policy.ts` has the table.
 */
export type PreflightMode = "enforce" | "strict" | "warn" | "off";

export const preflightModes: readonly PreflightMode[] = ["enforce", "strict", "warn", "off"];

/** The mode of a record unless another is set. */
const defaultMode: PreflightMode = "enforce";

/**
 * Maximum time for questions about one domain whose answer is only shown and decides nothing, in
 * ms: in a preview, in a refresh, and for a domain that a run leaves unchanged. It is counted from
 * the question, since a big program reaches its last domain late.
 */
export const maxAdvisoryMs = 3_500;

/**
 * Name servers to ask in place of those that are found, as texts that `parseServerAddress` reads.
 */
export interface ServerTexts {
  readonly nameServers?: readonly string[] | undefined;
  readonly parentNameServers?: readonly string[] | undefined;
}

/** Returns a key that is equal for questions about one domain at the same servers. */
export function questionKey(domain: string, { nameServers, parentNameServers }: ServerTexts): string {
  return JSON.stringify([domain, nameServers, parentNameServers]);
}

/**
 * DNS settings for all records of a provider. Each replaces the record's own input of that name.
 */
export interface DnsSettings extends ServerTexts {
  readonly mode?: PreflightMode;
  /** Maximum wait for a key, in ms. */
  readonly keyWaitMs?: number;
}

/** The DNS options that apply to one record. */
export interface DnsOptions {
  readonly mode: PreflightMode;
  readonly servers: ServerTexts;
  readonly waitForPublication: boolean;
  /** Maximum wait for a key, in ms; undefined if none is set. */
  readonly keyWaitMs?: number | undefined;
}

/** Returns the value of a configuration key, given without the prefix `alicloud-dnssec:`. */
export type Lookup = (key: string) => unknown;

/** Configuration keys that {@link readDnsSettings} reads, each with its environment variable. */
export const dnsVariables = {
  preflight: "ALICLOUD_DNSSEC_PREFLIGHT",
  nameServers: "ALICLOUD_DNSSEC_NAME_SERVERS",
  parentNameServers: "ALICLOUD_DNSSEC_PARENT_NAME_SERVERS",
  keyWait: "ALICLOUD_DNSSEC_KEY_WAIT",
} as const;

type Key = keyof typeof dnsVariables;

/**
 * Reads the DNS settings of a provider. An environment variable takes precedence over the
 * configuration, since it is set for one command.
 *
 * @param config The stack's configuration or, for a record with an explicit provider, the arguments
 *   of that provider.
 * @throws {DsRecordError} CONFIG_INVALID
 */
export function readDnsSettings(
  config: Lookup,
  env: Readonly<Record<string, string | undefined>>,
): DnsSettings {
  const read = (key: Key) => textOf(env[dnsVariables[key]]) ?? textOf(config(key));
  return {
    ...modeOf(read("preflight")),
    ...serversOf("nameServers", read("nameServers")),
    ...serversOf("parentNameServers", read("parentNameServers")),
    ...keyWaitOf(read("keyWait")),
  };
}

/**
 * Returns the DNS options that apply to a record: each from the settings or, where those lack it,
 * from the record itself; otherwise the default. This is the only place that knows the default
 * mode.
 *
 * @param record Inputs or outputs of a state of any release. Values that are not allowed count as
 *   not given: `check` refuses them, and a state may be edited by hand.
 */
export function resolveDnsOptions(
  record: Readonly<Record<string, unknown>>,
  { mode, keyWaitMs, ...servers }: DnsSettings,
): DnsOptions {
  const { preflight } = record;
  return {
    mode: mode ?? (isPreflightMode(preflight) ? preflight : defaultMode),
    servers: { ...serversIn(record, "nameServers"), ...serversIn(record, "parentNameServers"), ...servers },
    waitForPublication: record["waitForPublication"] === true,
    keyWaitMs: keyWaitMs ?? parseKeyWait(record["keyWait"]),
  };
}

function serversIn(record: Readonly<Record<string, unknown>>, name: keyof ServerTexts): ServerTexts {
  const list = record[name];
  return list === undefined || serverListFaults(list).length > 0 ? {} : { [name]: list as string[] };
}

function isPreflightMode(value: unknown): value is PreflightMode {
  return preflightModes.some((mode) => mode === value);
}

/** Allowed values for a list of servers in a program, for messages. */
export const serverListAllowed =
  'a list of IP addresses, with a port where it is not 53, such as ["192.0.2.1", "[2001:db8::1]:5301"]';

/**
 * Returns the faults of a list of servers in a program, for messages; none if it is valid.
 *
 * @param isKnown Tells values that a preview does not know yet from others: they count as valid.
 */
export function serverListFaults(
  list: unknown,
  isKnown: (value: unknown) => boolean = () => true,
): readonly string[] {
  if (!Array.isArray(list)) return isKnown(list) ? [quoted(list)] : [];
  if (list.length === 0) return ["an empty list"];
  return list.flatMap((entry, index) =>
    isServer(entry) || !isKnown(entry) ? [] : [`${quoted(entry)} (entry ${index + 1})`],
  );
}

function isServer(value: unknown): boolean {
  return typeof value === "string" && parseServerAddress(value) !== undefined;
}

function modeOf(text: string | undefined): DnsSettings {
  if (text === undefined) return {};
  if (isPreflightMode(text)) return { mode: text };
  throw invalid("preflight", text, `one of ${preflightModes.join(", ")}`);
}

function serversOf(key: keyof ServerTexts, text: string | undefined): DnsSettings {
  const servers = entriesOf(text ?? "").filter((entry) => entry !== "");
  const wrong = servers.filter((server) => !isServer(server));
  if (wrong.length > 0) {
    throw invalid(
      key,
      wrong[0],
      "IP addresses, separated by commas or as a list, with a port where it is not 53, such as 192.0.2.1,[2001:db8::1]:5301",
    );
  }
  return servers.length === 0 ? {} : { [key]: servers as string[] };
}

/**
 * Returns the entries of a JSON list, which is how Pulumi passes structured values, or of a text
 * with commas.
 */
function entriesOf(text: string): readonly unknown[] {
  const entries = jsonList(text) ?? text.split(",");
  return entries.map((entry) => (typeof entry === "string" ? entry.trim() : entry));
}

/** A text such as `[2001:db8::1]:53` begins like a list but is not one. */
function jsonList(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Allowed values of `keyWait`, for messages. */
export const keyWaitAllowed = 'a duration with units, such as "2m", "90s" or "0s", and not negative';

/** Reads `keyWait`, in ms. @returns Undefined for anything but such a duration. */
export function parseKeyWait(value: unknown): number | undefined {
  const ms = typeof value === "string" ? parseDuration(value) : undefined;
  return ms !== undefined && ms >= 0 ? ms : undefined;
}

function keyWaitOf(text: string | undefined): DnsSettings {
  if (text === undefined) return {};
  const keyWaitMs = parseKeyWait(text);
  if (keyWaitMs !== undefined) return { keyWaitMs };
  throw invalid("keyWait", text, keyWaitAllowed);
}

function invalid(key: Key, got: unknown, allowed: string): DsRecordError {
  return new DsRecordError(
    "CONFIG_INVALID",
    `alicloud-dnssec:${key} (${dnsVariables[key]}) is ${quoted(got)}; it must be ${allowed}.`,
  );
}

/**
 * Returns undefined for an empty value. A provider of a class outside this package passes lists as
 * lists.
 */
function textOf(value: unknown): string | undefined {
  const text = (typeof value === "object" && value ? JSON.stringify(value) : String(value ?? "")).trim();
  return text === "" ? undefined : text;
}
