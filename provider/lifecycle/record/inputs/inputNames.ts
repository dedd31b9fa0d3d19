import { quoted } from "../../../dnssec/quoted";
import { nearestOf } from "../../../wording/nearest";
import type { Failure } from "./failure";
import { dsFields } from "./inputForms";
import { optionNames } from "./options";

/** The inputs that a program may give, in the order of the documentation. */
const inputNames: readonly string[] = ["domainName", ...dsFields, "ds", "dnskey", ...optionNames];

const outputNames: readonly string[] = ["taskNo"];

/**
 * Names of the inputs in other tools and at other registrars, in lower case, without hyphens and
 * underscores.
 */
const otherNames: ReadonlyMap<string, string> = new Map([
  ["domain", "domainName"],
  ["name", "domainName"],
  ["zone", "domainName"],
  ["zonename", "domainName"],
  ["fqdn", "domainName"],
  ["tag", "keyTag"],
  ["keyid", "keyTag"],
  ["alg", "algorithm"],
  ["algo", "algorithm"],
  ["keyalgorithm", "algorithm"],
  ["type", "digestType"],
  ["hashtype", "digestType"],
  ["digestalgorithm", "digestType"],
  ["hash", "digest"],
  ["fingerprint", "digest"],
  ["record", "ds"],
  ["dsrecord", "ds"],
  ["dsdata", "ds"],
  ["rdata", "ds"],
  ["key", "dnskey"],
  ["publickey", "dnskey"],
  ["keydata", "dnskey"],
  ["ksk", "dnskey"],
  ["dnskeyrecord", "dnskey"],
  ["overwrite", "onConflict"],
  ["ns", "nameServers"],
  ["servers", "nameServers"],
  ["parentservers", "parentNameServers"],
  ["wait", "waitForPublication"],
  ["timeout", "the resource option customTimeouts"],
  ["timeouts", "the resource option customTimeouts"],
]);

/** Options of a resource, which belong in its third argument. */
const resourceOptions: readonly string[] = [
  "customTimeouts",
  "deleteBeforeReplace",
  "dependsOn",
  "ignoreChanges",
  "parent",
  "protect",
  "provider",
  "retainOnDelete",
];

/** Returns whether a program may give an input of this name. */
export function isInput(name: string): boolean {
  return inputNames.includes(name);
}

/**
 * Returns a failure for each name that is not an input, so that a misspelt option does not go
 * unnoticed.
 */
export function nameFailures(names: readonly string[]): Failure[] {
  return names
    .filter((name) => !isInput(name))
    .map((name) => ({ property: name, reason: `${fault(name)}. The inputs are ${inputNames.join(", ")}` }));
}

function fault(name: string): string {
  if (outputNames.includes(name)) return `${name} is an output and cannot be given`;
  if (resourceOptions.includes(name)) return `${name} is a resource option: give it in the third argument`;
  const nearest = otherNames.get(name.toLowerCase().replace(/[-_]/g, "")) ?? nearestOf(name, inputNames);
  return `there is no input ${quoted(name)}${nearest === undefined ? "" : ` (did you mean ${nearest}?)`}`;
}
