import { invisibleFault } from "../../../dnssec/invisible";
import type { Failure } from "./failure";
import type { Given } from "./inputForms";
import { isInput } from "./inputNames";

/** Inputs that are read as names or records, which reports such characters anyway. */
const readElsewhere: readonly string[] = ["domainName", "ds", "dnskey"];

/**
 * Returns a failure for each text with an invisible character, because in any other message the
 * text would look right.
 */
export function invisibleFailures(given: Given): Failure[] {
  return Object.entries(given)
    .filter(([name]) => isInput(name) && !readElsewhere.includes(name))
    .flatMap(([property, value]) =>
      faultsOf(value).map((fault) => ({ property, reason: `${property}: ${fault}` })),
    );
}

function faultsOf(value: unknown): string[] {
  if (typeof value === "string") return [invisibleFault(value)].filter((fault) => fault !== undefined);
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry, index) =>
    typeof entry === "string" ? faultsOf(entry).map((fault) => `${fault} (entry ${index + 1})`) : [],
  );
}
