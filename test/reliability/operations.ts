import type { Ds } from "../../emulator/index";
import type { Context } from "../../provider/lifecycle/context";
import { createRecord, deleteRecord, readRecord, updateRecord } from "../lifecycle/operations";
import type { PropertyBag } from "../../provider/lifecycle/record/state";
import { ds, inputs, outputs } from "../lifecycle/bed";

/** Of the same domain, and no business of ours. */
export const foreign = ds(99);

const wanted = ds(1);
const other = ds(1, "f");
const old = ds(2);
export const idOf = ({ keyTag }: Ds) => `example.com/${keyTag}`;

/** What Pulumi has of the record in its state: nothing, or its outputs. */
export type State = PropertyBag | undefined;

/** One operation of Pulumi on one record: what it starts from, what it calls, and how things are to be in the end. */
export interface Operation {
  readonly name: string;
  /** What the registrar has before, beside {@link foreign}. */
  readonly before: readonly Ds[];
  readonly state: { readonly record?: PropertyBag; readonly replaced?: PropertyBag };
  /** @param more Inputs beside those of the record. */
  readonly run: (state: OperationState, context: Context, more?: PropertyBag) => Promise<void>;
  /** What the registrar has then, and the state. */
  readonly after: readonly Ds[];
  /** How many changes it makes, each of which has its time-out; a refresh has none, but two minutes. */
  readonly changes: number;
}

/** The state of the stack: the record, and one that it replaces and that is still to be deleted. */
export interface OperationState {
  record: State;
  replaced: State;
}

/** As the engine does: creates what it does not have, updates what it has, and keeps what a failure hands over. */
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

/** As `pulumi destroy` does: deletes what is in the state. */
async function destroy(state: OperationState, context: Context): Promise<void> {
  if (state.record) await deleteRecord(idOf(wanted), state.record, context);
  state.record = undefined;
  if (state.replaced) await deleteRecord(idOf(old), state.replaced, context);
  state.replaced = undefined;
}

/** The same operation, given up: whatever it has come to, the stack is destroyed. */
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
