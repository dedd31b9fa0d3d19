import { quoted } from "../../../dnssec/quoted";
import {
  keyWaitAllowed,
  parseKeyWait,
  preflightModes,
  serverListAllowed,
  serverListFaults,
} from "../../../preflight/settings";
import type { Failure } from "./failure";
import { isUnknown } from "./unknown";

interface Option {
  readonly allowed: string;
  /** Returns the values, or entries of a list, that are not allowed, for messages. */
  readonly faults: (value: unknown) => readonly string[];
}

const serverList: Option = {
  allowed: serverListAllowed,
  faults: (value) => serverListFaults(value, isKnown),
};

const options: Readonly<Record<string, Option>> = {
  onConflict: oneOf("fail", "replace"),
  preflight: oneOf(...preflightModes),
  nameServers: serverList,
  parentNameServers: serverList,
  keyWait: only(keyWaitAllowed, (value) => parseKeyWait(value) !== undefined),
  waitForPublication: only(
    "true or false, not text (for a config value, use getBoolean)",
    (value) => typeof value === "boolean",
  ),
};

/** The names of the inputs that are options, in the order of the documentation. */
export const optionNames: readonly string[] = Object.keys(options);

/** Returns the faults of the options among these inputs. Missing ones are skipped. */
export function optionFailures(given: Readonly<Record<string, unknown>>): Failure[] {
  return Object.entries(options).flatMap(([property, { allowed, faults }]) => {
    if (!Object.hasOwn(given, property)) return [];
    return faults(given[property]).map((got) => ({
      property,
      reason: `${property} must be ${allowed}, got ${got}`,
    }));
  });
}

function oneOf(...values: readonly string[]): Option {
  const allowed = new Intl.ListFormat("en-GB", { type: "disjunction" }).format(values.map(quoted));
  return only(allowed, (value) => values.includes(value as string));
}

/** Makes an option whose value a preview may not know yet. */
function only(allowed: string, isAllowed: (value: unknown) => boolean): Option {
  return { allowed, faults: (value) => (isAllowed(value) || !isKnown(value) ? [] : [quoted(value)]) };
}

function isKnown(value: unknown): boolean {
  return !isUnknown(value);
}
