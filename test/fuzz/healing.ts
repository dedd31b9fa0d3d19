import { DsRecordError } from "../../provider/errors";
import type { Context } from "../../provider/lifecycle/context";
import type { PropertyBag } from "../../provider/lifecycle/record/state";
import { createRecord, readRecord, updateRecord } from "../lifecycle/operations";
import { startBed, ds, type Bed } from "../lifecycle/bed";
import { checkedInputs, domain, validArguments, type Arguments, type OperationCase } from "./bags";
import { isObject, type JsonObject } from "./json";
import { slowEnding } from "./judge";
import { call, expectSame, isValid, type OperationName } from "./state";

/** Of the same domain, and no business of ours. */
const foreign = ds(99);

/** A listing without the effect of a task that has ended is not believed for ten minutes. */
const laterMs = 15 * 60_000;

/**
 * Runs an operation with odd arguments. Then the program is right again, and the state is still odd: `pulumi up`, or at
 * the latest `pulumi refresh` and `pulumi up` a quarter of an hour later, has to bring the record about.
 */
export async function healed(name: OperationName, one: OperationCase): Promise<boolean> {
  const bed = await startBed({ domains: { [domain]: [foreign] }, taskDurationMs: 1_000 });
  try {
    const made = await createRecord(checkedInputs(one.had), processOf(bed));
    const args = { ...one.value, olds: ofTask(one.value.olds, String(made.outs["taskNo"])) };
    await slowEnding(() => call(name, args, processOf(bed)));
    const { outs } = await heal(one, args, bed);
    expectRecord(bed, one);
    expectSame(outs, one.wanted);
    return isValid(name, args);
  } finally {
    await bed.close();
  }
}

/** A process of its own, in a world in which the parent's servers have what the registrar has, and no others answer. */
function processOf(bed: Bed): Context {
  const problem = { code: "NO_ANSWER", message: "nobody answers" };
  return {
    ...bed.anotherProcess(),
    delegations: {
      keysOf: () => Promise.resolve(() => ({ status: "unknown", reasons: [problem], warnings: [] })),
      published: (name) => {
        const ds = bed.emulator.records(name);
        return Promise.resolve({ answers: [{ outcome: "answered", server: "a.parent", ds }] });
      },
    },
  };
}

interface Healed {
  readonly outs: PropertyBag;
}

async function heal(one: OperationCase, { olds }: Arguments, bed: Bed): Promise<Healed> {
  const { id, news } = validArguments(one);
  const update = (state: PropertyBag) => updateRecord(String(id), state, news, processOf(bed));
  try {
    return await update(olds);
  } catch (error) {
    if (!(error instanceof DsRecordError)) throw error;
    bed.advance(laterMs);
    return refreshed(String(id), olds, processOf(bed), update, () => createRecord(news, processOf(bed)));
  }
}

async function refreshed(
  id: string,
  olds: PropertyBag,
  context: Context,
  update: (state: PropertyBag) => Promise<Healed>,
  create: () => Promise<Healed>,
): Promise<Healed> {
  const { id: found, props = {} } = await readRecord(id, { ...olds, __get: undefined }, context);
  return found === "" ? create() : update(props);
}

/** The state's unfinished task, where it has one, is one that there is. */
function ofTask(olds: JsonObject, taskNo: string): JsonObject {
  const { pending } = olds;
  if (!isObject(pending) || pending["taskNo"] !== "T-1") return olds;
  return { ...olds, pending: { ...pending, taskNo } };
}

function expectRecord({ emulator }: Bed, { wanted }: OperationCase): void {
  const records = emulator.records(domain);
  const has = (one: object) => records.some((record) => JSON.stringify(record) === JSON.stringify(one));
  if (!has(foreign)) throw new Error("A record was touched that is not declared.");
  if (!has(wanted)) throw new Error(`The record did not come about: ${JSON.stringify(records)}`);
}
