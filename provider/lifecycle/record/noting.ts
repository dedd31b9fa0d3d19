import type { Ds } from "../../dnssec/ds";
import type { DiffResult } from "./diff";
import type { Failure } from "./inputs/failure";
import { recordId } from "../change/request/identity";
import type { Call, CheckCall } from "../call";
import type { Ledger } from "../ledger/ledger";
import { readDs, type PropertyBag } from "./state";
import { isUnknown } from "./inputs/unknown";

/**
 * Notes the record that a resource declares and the one that it has in the state, as `check` learns
 * them. Pulumi does not call `diff` for every replacement.
 *
 * @param olds The inputs in the state; empty for a creation.
 * @returns A failure if another resource declares the same record. Each would overwrite the other's
 *   record, and deleting one would delete it for both.
 */
export function noteCheck(
  olds: PropertyBag,
  inputs: PropertyBag,
  { urn, isUrnFromState = false }: CheckCall,
  ledger: Ledger,
): Failure[] {
  if (urn === undefined) return [];
  ledger.resources.see(urn, !isUrnFromState);
  const held = idOf(olds);
  if (held !== undefined) ledger.resources.hold(held, urn);
  const id = idOf(inputs);
  const other = id && ledger.declarations.declare(urn, id, dataOf(inputs, id));
  if (id === undefined || other === undefined) return [];
  const reason =
    `${id} is declared twice, by ${urn} and by ${other}. The registrar tells records of one domain apart by their key tag ` +
    "alone, so two digests of one key, or two keys with one tag, cannot be managed side by side. Remove one of the two.";
  return [{ property: "keyTag", reason }];
}

/**
 * Notes what `diff` learns. A refresh calls it too, with the inputs of the state and before any
 * `check`. That does not show what the program declares.
 */
export function noteDiff(
  id: string,
  olds: PropertyBag,
  { replaces }: DiffResult,
  { urn }: Call,
  ledger: Ledger,
): void {
  if (urn !== undefined && ledger.declarations.declaredBy(urn) === undefined) return;
  noteOurs(id, olds, ledger);
  if (replaces.length === 0) ledger.settle(id);
  if (urn !== undefined) ledger.resources.hold(id, urn);
}

function idOf({ domainName: domain, keyTag }: PropertyBag): string | undefined {
  if (isUnknown(domain) || typeof domain !== "string" || typeof keyTag !== "number") return undefined;
  return recordId({ domain, keyTag });
}

function dataOf(inputs: PropertyBag, id: string): Ds | undefined {
  try {
    return readDs(inputs, id);
  } catch {
    // A preview may not know the data.
    return undefined;
  }
}

/**
 * Notes the state's data for a record, if they can be read. A later creation may overwrite them
 * without a conflict.
 */
export function noteOurs(id: string, olds: PropertyBag, ledger: Ledger): void {
  try {
    ledger.noteOwnData(id, readDs(olds, id));
  } catch {
    // A state that cannot be read proves nothing.
  }
}
