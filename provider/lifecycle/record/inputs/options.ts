import { quoted } from "../../../dnssec/quoted";
import { keyWaitAllowed, parseKeyWait, preflightModes } from "../../../preflight/settings";
import { parseServerAddress } from "../../../dns/serverAddress";
import type { Failure } from "./failure";
import { isUnknown } from "./unknown";

interface Option {
  readonly allowed: string;
  /** The values, or parts of a list, that are not allowed, as a message shows them. What is not known yet is none. */
  readonly refused: (value: unknown) => readonly string[];
}

const serverAddresses: Option = {
  allowed:
    'a list of IP addresses, with a port where it is not 53, such as ["192.0.2.1", "[2001:db8::1]:5301"]',
  refused: (value) => {
    if (Array.isArray(value)) return value.length === 0 ? ["an empty list"] : value.flatMap(refusedAddress);
    return isUnknown(value) ? [] : [quoted(value)];
  },
};

const options: Readonly<Record<string, Option>> = {
  onConflict: oneOf("fail", "replace"),
  preflight: oneOf(...preflightModes),
  nameServers: serverAddresses,
  parentNameServers: serverAddresses,
  keyWait: {
    allowed: keyWaitAllowed,
    refused: (value) => (parseKeyWait(value) !== undefined || isUnknown(value) ? [] : [quoted(value)]),
  },
  waitForPublication: {
    allowed: "true or false and no text (a config value: use getBoolean)",
    refused: (value) => (typeof value === "boolean" || isUnknown(value) ? [] : [quoted(value)]),
  },
};

/** The names of the inputs that are options, in the order of the documentation. */
export const optionNames: readonly string[] = Object.keys(options);

/** What is wrong with the options among these inputs; those that are not given are not looked at. */
export function optionFailures(given: Readonly<Record<string, unknown>>): Failure[] {
  return Object.entries(options).flatMap(([property, { allowed, refused }]) => {
    if (!Object.hasOwn(given, property)) return [];
    return refused(given[property]).map((got) => ({
      property,
      reason: `${property} must be ${allowed}, got ${got}`,
    }));
  });
}

function oneOf(...values: readonly string[]): Option {
  return {
    allowed: new Intl.ListFormat("en-GB", { type: "disjunction" }).format(values.map(quoted)),
    refused: (value) => (values.includes(value as string) || isUnknown(value) ? [] : [quoted(value)]),
  };
}

function refusedAddress(entry: unknown, index: number): string[] {
  if (isUnknown(entry) || (typeof entry === "string" && parseServerAddress(entry))) return [];
  return [`${quoted(entry)} (entry ${index + 1})`];
}
