import type { Ds } from "../../../dnssec/ds";
import { recordId, type RecordIdentity } from "../request/identity";
import type { Ledger } from "../../ledger/ledger";

/** A replacement of one record by another of the same domain. */
export interface Replacement {
  readonly from: RecordIdentity;
  readonly to: RecordIdentity;
  /** The data of the new record. */
  readonly ds: Ds;
  /** The DS set after all replacements of the domain. */
  readonly end: readonly Ds[];
}

/**
 * Returns the replacement whose first step is a change of this record: the addition of the new one,
 * or with `deleteBeforeReplace` the deletion of the old one.
 *
 * @param before The DS set that the registrar lists.
 */
export function replacementOf(
  identity: RecordIdentity,
  before: readonly Ds[],
  ledger: Ledger,
): Replacement | undefined {
  const { domain } = identity;
  const pairs = before.flatMap(({ keyTag }) => {
    const from = { domain, keyTag };
    const ds = successorOf(from, ledger);
    return ds ? [{ from, to: { domain, keyTag: ds.keyTag }, ds }] : [];
  });
  const isOf = ({ keyTag }: RecordIdentity) => keyTag === identity.keyTag;
  const pair = pairs.find(({ from, to }) => !ledger.isSettled(recordId(to)) && (isOf(from) || isOf(to)));
  return pair && { ...pair, end: endOf(domain, before, ledger) };
}

/**
 * Returns the DS set after this run, as far as it is known. It lacks replaced records and includes
 * declared ones.
 */
function endOf(domain: string, before: readonly Ds[], ledger: Ledger): readonly Ds[] {
  const { declarations } = ledger;
  const coming = declarations.ids().flatMap((id) => {
    const ds = declarations.dataOf(id);
    return ds && id === recordId({ domain, keyTag: ds.keyTag }) && !hasFailed(id, ledger) ? [ds] : [];
  });
  const tags = new Set(coming.map(({ keyTag }) => keyTag));
  const staying = before.filter(({ keyTag }) => !tags.has(keyTag) && !isLeaving({ domain, keyTag }, ledger));
  return [...staying, ...coming];
}

/**
 * Returns whether the record's resource now declares another record, of any domain, that has not
 * failed.
 */
function isLeaving(identity: RecordIdentity, ledger: Ledger): boolean {
  return nextOf(recordId(identity), ledger) !== undefined;
}

function successorOf(identity: RecordIdentity, ledger: Ledger): Ds | undefined {
  const next = nextOf(recordId(identity), ledger);
  const ds = next === undefined ? undefined : ledger.declarations.dataOf(next);
  return ds && next === recordId({ domain: identity.domain, keyTag: ds.keyTag }) ? ds : undefined;
}

/** Returns the record that takes the place of another. A declared record stays. */
function nextOf(id: string, ledger: Ledger): string | undefined {
  const { declarations, resources } = ledger;
  const holder = resources.holderOf(id);
  const next = holder === undefined ? undefined : declarations.declaredBy(holder);
  if (next === undefined || next === id || declarations.declarerOf(id) !== undefined) return undefined;
  return hasFailed(next, ledger) ? undefined : next;
}

/**
 * Returns whether a record has failed for a reason other than the preflight, which judges all
 * replacements of a domain as one plan.
 */
function hasFailed(id: string, ledger: Ledger): boolean {
  return ledger.failures().get(id)?.startsWith("PREFLIGHT_") === false;
}
