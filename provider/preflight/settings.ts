import { parseDuration } from "../concurrency/clock";
import { quoted } from "../dnssec/quoted";
import { DsRecordError } from "../errors";
import { parseServerAddress } from "../dns/serverAddress";

/**
 * What is done about a change that is not proven to be safe. `enforce` refuses what is bogus; `strict` also what nobody can
 * tell; `warn` nothing; `off` asks nobody.
 */
export type PreflightMode = "enforce" | "strict" | "warn" | "off";

export const preflightModes: readonly PreflightMode[] = ["enforce", "strict", "warn", "off"];

/** Name servers to ask in place of those that are found, as texts that `parseServerAddress` reads. */
export interface ServerTexts {
  readonly nameServers?: readonly string[] | undefined;
  readonly parentNameServers?: readonly string[] | undefined;
}

/** What the configuration says of the DNS for all records, in place of what they say of themselves. */
export interface DnsSettings extends ServerTexts {
  readonly mode?: PreflightMode;
  /** Maximum wait for a key, in ms. */
  readonly keyWaitMs?: number;
}

/** The value of a key of the configuration, without the prefix `alicloud-dnssec:`. */
export type Lookup = (key: string) => unknown;

/** Keys of the configuration that {@link readDnsSettings} reads, each with its variable of the environment. */
export const dnsVariables = {
  preflight: "ALICLOUD_DNSSEC_PREFLIGHT",
  nameServers: "ALICLOUD_DNSSEC_NAME_SERVERS",
  parentNameServers: "ALICLOUD_DNSSEC_PARENT_NAME_SERVERS",
  keyWait: "ALICLOUD_DNSSEC_KEY_WAIT",
} as const;

type Key = keyof typeof dnsVariables;

/**
 * Reads the settings of the DNS. A variable of the environment counts more than the configuration: it is there for one
 * command.
 *
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

function modeOf(text: string | undefined): DnsSettings {
  if (text === undefined) return {};
  const mode = preflightModes.find((candidate) => candidate === text);
  if (mode) return { mode };
  throw invalid("preflight", text, `one of ${preflightModes.join(", ")}`);
}

function serversOf(key: keyof ServerTexts, text: string | undefined): DnsSettings {
  const servers = entriesOf(text ?? "").filter((entry) => entry !== "");
  const wrong = servers.filter((server) => typeof server !== "string" || !parseServerAddress(server));
  if (wrong.length > 0) {
    throw invalid(
      key,
      wrong[0],
      "IP addresses, separated by commas or as a list, with a port where it is not 53, such as 192.0.2.1,[2001:db8::1]:5301",
    );
  }
  return servers.length === 0 ? {} : { [key]: servers as string[] };
}

/** The entries of a JSON list, the form in which Pulumi hands over a structured value, or of a text with commas. */
function entriesOf(text: string): readonly unknown[] {
  const entries = jsonList(text) ?? text.split(",");
  return entries.map((entry) => (typeof entry === "string" ? entry.trim() : entry));
}

/** `[2001:db8::1]:53` begins like a list and is none. */
function jsonList(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The values of `keyWait`, as messages say them. */
export const keyWaitAllowed = 'a duration with units, such as "2m", "90s" or "0s", and not negative';

/** Reads `keyWait`, in ms. @returns undefined for what is no such duration. */
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
    `alicloud-dnssec:${key} (${dnsVariables[key]}) is ${quoted(got)}; allowed is ${allowed}.`,
  );
}

/** Empty means not set. An explicit provider that is not of this package's class hands over lists with their type. */
function textOf(value: unknown): string | undefined {
  const text = (typeof value === "object" && value ? JSON.stringify(value) : String(value ?? "")).trim();
  return text === "" ? undefined : text;
}
