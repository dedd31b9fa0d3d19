import type { Ds } from "../../../dnssec/ds";
import { recordId, type RecordIdentity } from "../request/identity";
import type { Memory } from "../../ledger/ledger";

/** A replacement of one record by another of the same domain, and the DS set that all of the domain's lead to. */
export interface Replacement {
  readonly from: RecordIdentity;
  readonly to: RecordIdentity;
  /** The data of the new record. */
  readonly ds: Ds;
  readonly end: readonly Ds[];
}

/**
 * Returns the replacement whose first step is a change of this record: the addition of the new one, or with
 * `deleteBeforeReplace` the deletion of the old one.
 *
 * @param before The DS set that the registrar lists.
 */
export function replacementOf(
  identity: RecordIdentity,
  before: readonly Ds[],
  memory: Memory,
): Replacement | undefined {
  const { domain } = identity;
  const pairs = before.flatMap(({ keyTag }) => {
    const from = { domain, keyTag };
    const ds = successorOf(from, memory);
    return ds ? [{ from, to: { domain, keyTag: ds.keyTag }, ds }] : [];
  });
  const isOf = ({ keyTag }: RecordIdentity) => keyTag === identity.keyTag;
  const pair = pairs.find(({ from, to }) => !memory.isSettled(recordId(to)) && (isOf(from) || isOf(to)));
  return pair && { ...pair, end: endOf(domain, before, memory) };
}

/** The set after this run, as far as it is known: without what is replaced, with what the program declares. */
function endOf(domain: string, before: readonly Ds[], memory: Memory): readonly Ds[] {
  const { declarations } = memory;
  const coming = declarations.ids().flatMap((id) => {
    const ds = declarations.dataOf(id);
    return ds && id === recordId({ domain, keyTag: ds.keyTag }) && !hasFailed(id, memory) ? [ds] : [];
  });
  const tags = new Set(coming.map(({ keyTag }) => keyTag));
  const staying = before.filter(({ keyTag }) => !tags.has(keyTag) && !isLeaving({ domain, keyTag }, memory));
  return [...staying, ...coming];
}

/** Whether its resource declares another record now, of whatever domain, and that one has not failed. */
function isLeaving(identity: RecordIdentity, memory: Memory): boolean {
  return nextOf(recordId(identity), memory) !== undefined;
}

function successorOf(identity: RecordIdentity, memory: Memory): Ds | undefined {
  const next = nextOf(recordId(identity), memory);
  const ds = next === undefined ? undefined : memory.declarations.dataOf(next);
  return ds && next === recordId({ domain: identity.domain, keyTag: ds.keyTag }) ? ds : undefined;
}

/** The record that takes the place of one. A record that a resource of the program declares stays. */
function nextOf(id: string, memory: Memory): string | undefined {
  const { declarations, resources } = memory;
  const holder = resources.holderOf(id);
  const next = holder === undefined ? undefined : declarations.declaredBy(holder);
  if (next === undefined || next === id || declarations.declarerOf(id) !== undefined) return undefined;
  return hasFailed(next, memory) ? undefined : next;
}

/** A refusal by the preflight counts as no failure: all replacements of a domain are judged as one plan, in any order. */
function hasFailed(id: string, memory: Memory): boolean {
  return memory.failures().get(id)?.startsWith("PREFLIGHT_") === false;
}
