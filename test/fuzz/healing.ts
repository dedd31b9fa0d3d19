import { DsRecordError } from "../../provider/errors";
import type { Context } from "../../provider/lifecycle/context";
import type { PropertyBag } from "../../provider/lifecycle/record/state";
import { createRecord, readRecord, updateRecord } from "../lifecycle/operations";
import { startBed, ds, type Bed } from "../lifecycle/bed";
import { checkedInputs, domain, validArguments, type Arguments, type OperationCase } from "./bags";
import { isObject, type JsonObject } from "./json";
import { slowEnding } from "./judge";
import { call, expectSame, isValid, type OperationName } from "./state";

/** A record of the same domain that the program does not declare. */
const foreign = ds(99);

/** Time for which a listing without the effect of an ended task is not trusted. */
const laterMs = 15 * 60_000;

/**
 * Runs an operation with odd arguments, then corrects the program, but not the state. `pulumi up`,
 * or `pulumi refresh` and `pulumi up` a quarter of an hour later, must create the record.
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

/**
 * A new process. The parent's servers have the registrar's records, and no other server answers.
 */
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

/** Checks that the state's unfinished task, if any, exists. */
function ofTask(olds: JsonObject, taskNo: string): JsonObject {
  const { pending } = olds;
  if (!isObject(pending) || pending["taskNo"] !== "T-1") return olds;
  return { ...olds, pending: { ...pending, taskNo } };
}

function expectRecord({ emulator }: Bed, { wanted }: OperationCase): void {
  const records = emulator.records(domain);
  const has = (one: object) => records.some((record) => JSON.stringify(record) === JSON.stringify(one));
  if (!has(foreign)) throw new Error("A record that is not declared was changed.");
  if (!has(wanted)) throw new Error(`The record is missing: ${JSON.stringify(records)}`);
}
