import {
  parseKeyWait,
  preflightModes,
  type DnsSettings,
  type PreflightMode,
  type ServerTexts,
} from "../../preflight/settings";
import { parseServerAddress } from "../../dns/serverAddress";
import type { PropertyBag } from "./state";

/** What a record wants of the DNS. */
export interface DnsOptions {
  readonly mode: PreflightMode;
  readonly servers: ServerTexts;
  readonly waitForPublication: boolean;
  /** Maximum wait for a key, in ms; undefined where it is not configured. */
  readonly keyWaitMs?: number | undefined;
}

/** @param bag Inputs or outputs, of any state: what is no such option counts as not given. */
export function dnsOptions(bag: PropertyBag, { mode, keyWaitMs, ...servers }: DnsSettings): DnsOptions {
  const own = preflightModes.find((candidate) => candidate === bag["preflight"]);
  return {
    mode: mode ?? own ?? "enforce",
    servers: { ...listIn(bag, "nameServers"), ...listIn(bag, "parentNameServers"), ...servers },
    waitForPublication: bag["waitForPublication"] === true,
    keyWaitMs: keyWaitMs ?? parseKeyWait(bag["keyWait"]),
  };
}

function listIn(bag: PropertyBag, name: keyof ServerTexts): ServerTexts {
  const list: unknown = bag[name];
  const isUsable = (entry: unknown) => typeof entry === "string" && parseServerAddress(entry) !== undefined;
  return Array.isArray(list) && list.length > 0 && list.every(isUsable) ? { [name]: list as string[] } : {};
}
