import type { Ds } from "../../emulator/index";
import { ds, record, type Declared } from "../endToEnd/world";

/** A record of the same domain that the stack must not touch. */
export const foreign = ds(99);

const wanted = ds(1);
const other = ds(1, "f");
const old = ds(2);

type Records = Readonly<Record<string, Declared>>;

/** One Pulumi operation on one stack: its starting point, its command, and the expected result. */
export interface Operation {
  readonly name: string;
  readonly before: Records;
  /** The records at the registrar beforehand, besides {@link foreign}. */
  readonly live: readonly Ds[];
  readonly declared: Records;
  /** The operator also runs it after the interruption. */
  readonly command: "up" | "destroy";
  /** The tasks that it needs, each once and in this order. */
  readonly changes: readonly string[];
  /** Its changes are requested together, and wait for each other in any order. */
  readonly together?: true;
  readonly after: readonly Ds[];
}

const nothing = { before: {}, live: [] };

export type OperationName =
  | "create"
  | "hurriedCreate"
  | "twoCreates"
  | "adopt"
  | "update"
  | "replace"
  | "replaceOldFirst"
  | "delete"
  | "destroy";

export const operations: Readonly<Record<OperationName, Operation>> = {
  create: {
    name: "create",
    ...nothing,
    declared: { ksk: record(wanted) },
    command: "up",
    changes: ["Adding 1"],
    after: [wanted],
  },
  hurriedCreate: {
    name: "create, with a time-out of 1 s",
    ...nothing,
    declared: { ksk: record(wanted, { customTimeouts: { create: "1s" } }) },
    command: "up",
    changes: ["Adding 1"],
    after: [wanted],
  },
  twoCreates: {
    name: "create two records",
    ...nothing,
    declared: { one: record(wanted), two: record(old) },
    command: "up",
    changes: ["Adding 1", "Adding 2"],
    together: true,
    after: [wanted, old],
  },
  adopt: {
    name: "adopt",
    ...nothing,
    live: [wanted],
    declared: { ksk: record(wanted) },
    command: "up",
    changes: [],
    after: [wanted],
  },
  update: {
    name: "update",
    before: { ksk: record(other) },
    live: [other],
    declared: { ksk: record(wanted) },
    command: "up",
    changes: ["Modifying 1"],
    after: [wanted],
  },
  replace: {
    name: "replace",
    before: { ksk: record(old) },
    live: [old],
    declared: { ksk: record(wanted) },
    command: "up",
    changes: ["Adding 1", "Deleting 2"],
    after: [wanted],
  },
  replaceOldFirst: {
    name: "replace with deleteBeforeReplace",
    before: { ksk: record(old) },
    live: [old],
    declared: { ksk: record(wanted, { deleteBeforeReplace: true }) },
    command: "up",
    changes: ["Deleting 2", "Adding 1"],
    after: [wanted],
  },
  delete: {
    name: "delete",
    before: { ksk: record(wanted) },
    live: [wanted],
    declared: {},
    command: "up",
    changes: ["Deleting 1"],
    after: [],
  },
  destroy: {
    name: "destroy",
    before: { ksk: record(wanted) },
    live: [wanted],
    declared: { ksk: record(wanted) },
    command: "destroy",
    changes: ["Deleting 1"],
    after: [],
  },
};
