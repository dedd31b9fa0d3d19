import { formatDs, sameDs, type Ds } from "../../../dnssec/ds";
import { shortened } from "../../../wording/listed";
import { DsRecordError } from "../../../errors";
import type { RecordIdentity } from "./identity";
import type { Change } from "../../../registrar/registrar";

/** Maximum number of DS records of one domain at the registrar. */
const maxRecords = 8;

/**
 * The state that an operation wants for the record under one key tag. A deletion names the data
 * that it expects to find. `ours` is other data that this stack may have put there: the data of an
 * unfinished change, or the record's earlier data. A deletion may delete it, and a creation may
 * overwrite it.
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

/** The decision about a wish: do nothing, because it holds; submit one task; or refuse it. */
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

/** Decides only by what the registrar lists for the domain now. */
export function decide(identity: RecordIdentity, wish: Wish, records: readonly Ds[]): Decision {
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

/** Decides what happens to other data. Data that this stack put there are not a conflict. */
function settled(wish: Wish, found: readonly Ds[]): Cell {
  if (wish.operation === "update") return "modify";
  const isOurs = wish.ours.some((ds) => found.some((record) => sameDs(record, ds)));
  if (wish.operation === "delete") return isOurs ? "delete" : "conflict";
  return isOurs || wish.onConflict === "replace" ? "modify" : "conflict";
}

function observe([first, ...others]: readonly Ds[], ds: Ds, total: number): Observed {
  if (others.length > 0) return "twice";
  if (first) return sameDs(first, ds) ? "same" : "other";
  return total >= maxRecords ? "full" : "nothing";
}

function conflict({ domain, keyTag }: RecordIdentity, wish: Wish, found: readonly Ds[]): DsRecordError {
  const registered = shortened(found.map(formatDs)).join(", ");
  if (wish.operation === "delete") {
    return new DsRecordError(
      "DS_CONFLICT",
      `The DS record with key tag ${keyTag} of ${domain} was not deleted, because it is not the one in the state: the ` +
        `registrar has "${registered}", the state has "${formatDs(wish.ds)}". To delete it anyway, run ` +
        "`pulumi refresh`, which writes it to the state, and then the same command again.",
    );
  }
  return new DsRecordError(
    "DS_CONFLICT",
    `${domain} already has another DS record with key tag ${keyTag}: the registrar has "${registered}", ` +
      `the program declares "${formatDs(wish.ds)}". Nothing was changed. Declare what the registrar has, or set ` +
      'onConflict: "replace" to overwrite it. If it belongs to a renamed resource of this stack, give the new resource ' +
      "its old name in the option aliases.",
  );
}

/**
 * Returns the error for two digests of one key, or two keys of one tag. The registrar cannot tell
 * them apart.
 */
export function ambiguous({ domain, keyTag }: RecordIdentity, found: readonly Ds[]): DsRecordError {
  return new DsRecordError(
    "KEY_TAG_AMBIGUOUS",
    `The registrar has ${found.length} DS records of ${domain} with key tag ${keyTag} (${shortened(found.map((ds) => `"${formatDs(ds)}"`)).join(", ")}), ` +
      "and changes and deletes them by key tag alone, so it cannot change one without the other. " +
      "Nothing was changed. Delete all but one in the registrar's console, then run this again.",
  );
}

function limitReached({ domain, keyTag }: RecordIdentity, records: readonly Ds[]): DsRecordError {
  const tags = shortened(records.map((ds) => String(ds.keyTag))).join(", ");
  return new DsRecordError(
    "DS_LIMIT_REACHED",
    `${domain} already has ${records.length} DS records (key tags ${tags}), and the registrar accepts at most ${maxRecords}. ` +
      `The record with key tag ${keyTag} was not added. Delete one first. If this record replaces one of them, set the ` +
      "resource option deleteBeforeReplace: true (the domain is then without the old record until the new one is in place).",
  );
}
