import type { Ds } from "../../emulator/index";
import type { Context } from "../../provider/lifecycle/context";
import { createRecord, deleteRecord, readRecord, updateRecord } from "../lifecycle/operations";
import type { PropertyBag } from "../../provider/lifecycle/record/state";
import { ds, inputs, outputs } from "../lifecycle/bed";

/** A record of the same domain that the stack must not touch. */
export const foreign = ds(99);

const wanted = ds(1);
const other = ds(1, "f");
const old = ds(2);
export const idOf = ({ keyTag }: Ds) => `example.com/${keyTag}`;

/** The record in Pulumi's state: nothing, or its outputs. */
export type State = PropertyBag | undefined;

/** One operation of Pulumi on one record: its start, its calls, and the end that it must reach. */
export interface Operation {
  readonly name: string;
  /** The registrar's records before, beside {@link foreign}. */
  readonly before: readonly Ds[];
  readonly state: { readonly record?: PropertyBag; readonly replaced?: PropertyBag };
  /** @param more Inputs in addition to those of the record. */
  readonly run: (state: OperationState, context: Context, more?: PropertyBag) => Promise<void>;
  /** The records afterwards, at the registrar and in the state. */
  readonly after: readonly Ds[];
  /** Number of changes, each with its own time-out. A refresh has none, and takes two minutes. */
  readonly changes: number;
}

/** The state of the stack: the record, and one that it replaces and that is not deleted yet. */
export interface OperationState {
  record: State;
  replaced: State;
}

/** Creates or updates the record and saves the state that a failure carries, as the engine does. */
async function bringUp(state: OperationState, context: Context, more: PropertyBag = {}): Promise<void> {
  const news = inputs(wanted, more);
  try {
    const { outs } = state.record
      ? await updateRecord(idOf(wanted), state.record, news, context)
      : await createRecord(news, context);
    state.record = outs;
  } catch (error) {
    const { id, properties } = error as { id?: string; properties?: PropertyBag };
    if (id) state.record = properties;
    throw error;
  }
}

/** Deletes the records in the state, as `pulumi destroy` does. */
async function destroy(state: OperationState, context: Context): Promise<void> {
  if (state.record) await deleteRecord(idOf(wanted), state.record, context);
  state.record = undefined;
  if (state.replaced) await deleteRecord(idOf(old), state.replaced, context);
  state.replaced = undefined;
}

/** Returns the operation given up: the stack is destroyed, whatever its state. */
export function givenUp(operation: Operation): Operation {
  return { ...operation, run: destroy, after: [], changes: 2 };
}

export const operations: readonly Operation[] = [
  { name: "create", before: [], state: {}, run: bringUp, after: [wanted], changes: 1 },
  { name: "adopt", before: [wanted], state: {}, run: bringUp, after: [wanted], changes: 1 },
  {
    name: "update",
    before: [other],
    state: { record: outputs(other) },
    run: bringUp,
    after: [wanted],
    changes: 1,
  },
  {
    name: "replace",
    before: [old],
    state: { replaced: outputs(old) },
    async run(state, context, more) {
      await bringUp(state, context, more);
      if (state.replaced) await deleteRecord(idOf(old), state.replaced, context);
      state.replaced = undefined;
    },
    after: [wanted],
    changes: 2,
  },
  {
    name: "delete",
    before: [wanted],
    state: { record: outputs(wanted) },
    run: destroy,
    after: [],
    changes: 1,
  },
  {
    name: "refresh",
    before: [other],
    state: { record: outputs(wanted) },
    async run(state, context) {
      const { id, props } = await readRecord(idOf(wanted), state.record ?? {}, context);
      state.record = id ? props : undefined;
    },
    after: [other],
    changes: 0,
  },
];
