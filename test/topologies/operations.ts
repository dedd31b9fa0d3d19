import { sameDs, type Ds } from "../../provider/dnssec/ds";
import type { Standing } from "./bed";
import { counting } from "./judgement";
import type { Verdicts } from "./verdicts";

/** One change of a domain's DS set, which takes one task of the registrar. */
export interface Change {
  readonly action: "add" | "modify" | "remove";
  /** The added record, the modified record, or the removed record. */
  readonly record: Ds;
  readonly before: readonly Ds[];
  readonly after: readonly Ds[];
}

/** A user's request: one change, or two for a replacement. */
export interface Operation {
  readonly kind: "add" | "modify" | "remove" | "replace";
  readonly name: string;
  readonly changes: readonly Change[];
}

/**
 * Returns whether there must be a task. There must be one if no validator that counts finds the
 * result bogus; if the result is empty, which makes any zone unsigned; or if a record leaves a set
 * that was bogus at every server of the zone.
 */
export function mustGoThrough(
  { topology }: Standing,
  { action, after: records }: Change,
  before: Verdicts,
  after: Verdicts,
): boolean {
  const isBogus = (verdicts: Verdicts) => counting(topology, verdicts).includes("bogus");
  if (records.length === 0) return true;
  return !isBogus(after) || (action === "remove" && isBogus(before) && !before.works);
}

/**
 * Returns the operations that lead to a topology's DS set and away from it, if the registrar can do
 * them.
 */
export function operationsOf({ ds }: Standing): Operation[] {
  const stranger = strangerTo(ds);
  const last = ds.at(-1);
  const withStranger: Operation[] = [
    operation("add", "add a key that the zone lacks", add(ds, stranger)),
    operation("remove", "remove a key that the zone lacks", remove([...ds, stranger], stranger)),
  ];
  if (last === undefined) return withStranger;
  const others = ds.filter((record) => record !== last);
  const damaged = damage(last);
  return [
    operation("add", "add the last record", add(others, last)),
    operation("modify", "modify the last record to what it is", modify([...others, damaged], last)),
    operation("modify", "modify the last record to a wrong digest", modify(ds, damaged)),
    operation("remove", "remove the last record", remove(ds, last)),
    operation(
      "replace",
      "replace a key that the zone lacks by the last record",
      add([...others, stranger], last),
      remove([...others, stranger, last], stranger),
    ),
    operation(
      "replace",
      "replace the last record by a key that the zone lacks",
      add(ds, stranger),
      remove([...ds, stranger], last),
    ),
    ...withStranger,
  ].filter(({ changes }) => changes.every(isAddressable));
}

function operation(kind: Operation["kind"], name: string, ...changes: readonly Change[]): Operation {
  return { kind, name, changes };
}

function add(before: readonly Ds[], record: Ds): Change {
  return { action: "add", record, before, after: [...before, record] };
}

function modify(before: readonly Ds[], record: Ds): Change {
  return {
    action: "modify",
    record,
    before,
    after: [...before.filter((other) => other.keyTag !== record.keyTag), record],
  };
}

function remove(before: readonly Ds[], record: Ds): Change {
  return { action: "remove", record, before, after: before.filter((other) => !sameDs(other, record)) };
}

/**
 * The registrar addresses a record by its key tag, which must be unique, and keeps at most eight.
 */
function isAddressable({ record, before, after }: Change): boolean {
  const sharing = (set: readonly Ds[]) => set.filter(({ keyTag }) => keyTag === record.keyTag).length;
  return [before, after].every((set) => sharing(set) <= 1 && set.length <= 8);
}

function strangerTo(ds: readonly Ds[]): Ds {
  const taken = ds.map(({ keyTag }) => keyTag);
  const keyTag = [4711, 4712, 4713, 4714, 4715, 4716, 4717, 4718, 4719].find((tag) => !taken.includes(tag));
  return { keyTag: keyTag ?? 0, algorithm: 13, digestType: 2, digest: "5a".repeat(32) };
}

function damage(ds: Ds): Ds {
  return { ...ds, digest: ds.digest.replace(/^./, (first) => (first === "0" ? "1" : "0")) };
}
