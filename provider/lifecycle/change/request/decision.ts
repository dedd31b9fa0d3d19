import { formatDs, sameDs, type Ds } from "../../../dnssec/ds";
import { shortened } from "../../../wording/listed";
import { DsRecordError } from "../../../errors";
import type { RecordIdentity } from "./identity";
import type { Change } from "../../../registrar/registrar";

/** The registrar takes no more DS records for one domain. */
const mostRecords = 8;

/**
 * What an operation wants of the record under one key tag. A deletion names the data that it expects to find. `ours` is
 * other data that it may find instead, because this stack has put it there: what an unfinished change was making, or
 * what the record was before. It may be deleted, and overwritten by a creation.
 */
export type Wish =
  | {
      readonly operation: "create";
      readonly ds: Ds;
      readonly onConflict: "fail" | "replace";
      readonly ours: readonly Ds[];
    }
  | { readonly operation: "update"; readonly ds: Ds }
  | { readonly operation: "delete"; readonly ds: Ds; readonly ours: readonly Ds[] };

/** What to do about a wish: nothing, for it holds; one task; or nothing, for it would be wrong. */
export type Decision =
  | { readonly kind: "holds" }
  | { readonly kind: "submit"; readonly change: Change }
  | { readonly kind: "refuse"; readonly error: DsRecordError };

type Observed = "nothing" | "same" | "other" | "twice" | "full";
type Cell = "holds" | "add" | "modify" | "delete" | "conflict" | "ambiguous" | "limit";

const cells: Readonly<Record<Observed, Readonly<Record<Wish["operation"], Cell>>>> = {
  nothing: { create: "add", update: "add", delete: "holds" },
  same: { create: "holds", update: "holds", delete: "delete" },
  other: { create: "conflict", update: "modify", delete: "conflict" },
  twice: { create: "ambiguous", update: "ambiguous", delete: "ambiguous" },
  full: { create: "limit", update: "limit", delete: "holds" },
};

/** Decides by what the registrar lists for the domain now, and by nothing else. */
export function ensure(identity: RecordIdentity, wish: Wish, records: readonly Ds[]): Decision {
  const found = records.filter(({ keyTag }) => keyTag === identity.keyTag);
  const cell = cells[observe(found, wish.ds, records.length)][wish.operation];
  switch (cell === "conflict" ? settled(wish, found) : cell) {
    case "holds":
      return { kind: "holds" };
    case "add":
      return { kind: "submit", change: { action: "add", ds: wish.ds } };
    case "modify":
      return { kind: "submit", change: { action: "modify", ds: wish.ds } };
    case "delete":
      return { kind: "submit", change: { action: "delete", keyTag: identity.keyTag } };
    case "conflict":
      return { kind: "refuse", error: conflict(identity, wish, found) };
    case "ambiguous":
      return { kind: "refuse", error: ambiguous(identity, found) };
    case "limit":
      return { kind: "refuse", error: limitReached(identity, records) };
  }
}

/** What becomes of other data: of ours it is no conflict. */
function settled(wish: Wish, found: readonly Ds[]): Cell {
  if (wish.operation === "update") return "modify";
  const isOurs = wish.ours.some((ds) => found.some((record) => sameDs(record, ds)));
  if (wish.operation === "delete") return isOurs ? "delete" : "conflict";
  return isOurs || wish.onConflict === "replace" ? "modify" : "conflict";
}

function observe([first, ...others]: readonly Ds[], ds: Ds, total: number): Observed {
  if (others.length > 0) return "twice";
  if (first) return sameDs(first, ds) ? "same" : "other";
  return total >= mostRecords ? "full" : "nothing";
}

function conflict({ domain, keyTag }: RecordIdentity, wish: Wish, found: readonly Ds[]): DsRecordError {
  const registered = shortened(found.map(formatDs)).join(", ");
  if (wish.operation === "delete") {
    return new DsRecordError(
      "DS_CONFLICT",
      `The DS record ${keyTag} of ${domain} was not deleted, because it is not the one in the state: the registrar has ` +
        `"${registered}", the state has "${formatDs(wish.ds)}". If what the registrar has is to go, ` +
        "`pulumi refresh` takes it into the state, and the deletion can then be run again.",
    );
  }
  return new DsRecordError(
    "DS_CONFLICT",
    `${domain} has another DS record with key tag ${keyTag} already: the registrar has "${registered}", ` +
      `the program declares "${formatDs(wish.ds)}". Nothing was changed. Declare what the registrar has, or set ` +
      'onConflict: "replace" to overwrite it. If it is a resource of this stack under an old name, give the new one ' +
      "that name in its option aliases.",
  );
}

/** Two digests of one key, or two keys of one tag: the registrar changes and deletes by the key tag alone. */
export function ambiguous({ domain, keyTag }: RecordIdentity, found: readonly Ds[]): DsRecordError {
  return new DsRecordError(
    "KEY_TAG_AMBIGUOUS",
    `The registrar has ${found.length} DS records of ${domain} with key tag ${keyTag} (${shortened(found.map((ds) => `"${formatDs(ds)}"`)).join(", ")}), ` +
      "and changes and deletes them by key tag alone, so that one of them cannot be meant without the other. " +
      "Nothing was changed. Delete all but one in the registrar's console, then run this again.",
  );
}

function limitReached({ domain, keyTag }: RecordIdentity, records: readonly Ds[]): DsRecordError {
  const tags = shortened(records.map((ds) => String(ds.keyTag))).join(", ");
  return new DsRecordError(
    "DS_LIMIT_REACHED",
    `${domain} has ${records.length} DS records already (key tags ${tags}), and the registrar takes no more than ${mostRecords}: ` +
      `key tag ${keyTag} was not added. Delete one first; where this record replaces one of them, the resource option ` +
      "deleteBeforeReplace: true makes room (the domain is without the old record until the new one is in).",
  );
}
