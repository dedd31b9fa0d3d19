import { parseServerAddress } from "../serverAddress";
import type { Servers } from "./ports";
import type { PropertyBag } from "./state";

/** What is done about a change that is not proven to be safe: see `rulingOn`. */
export type PreflightMode = "enforce" | "strict" | "warn" | "off";

const preflightModes: readonly PreflightMode[] = ["enforce", "strict", "warn", "off"];

/** What a record wants of the DNS. */
export interface DnsOptions {
  readonly mode: PreflightMode;
  readonly servers: Servers;
  readonly waitForPublication: boolean;
}

/** What the configuration says for all records. */
export interface DnsOverrides extends Servers {
  readonly mode?: PreflightMode;
}

/** @param bag Inputs or outputs, of any state: what is no such option counts as not given. */
export function dnsOptions(bag: PropertyBag, { mode, ...servers }: DnsOverrides): DnsOptions {
  const own = preflightModes.find((candidate) => candidate === bag["preflight"]);
  return {
    mode: mode ?? own ?? "enforce",
    servers: { ...listIn(bag, "nameServers"), ...listIn(bag, "parentNameServers"), ...servers },
    waitForPublication: bag["waitForPublication"] === true,
  };
}

function listIn(bag: PropertyBag, name: keyof Servers): Servers {
  const list: unknown = bag[name];
  const isUsable = (entry: unknown) => typeof entry === "string" && parseServerAddress(entry) !== undefined;
  return Array.isArray(list) && list.length > 0 && list.every(isUsable) ? { [name]: list as string[] } : {};
}
