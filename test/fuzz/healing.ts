import { DsRecordError } from "../../provider/errors";
import type { Context } from "../../provider/lifecycle/context";
import type { PropertyBag } from "../../provider/lifecycle/state";
import { createRecord, readRecord, updateRecord } from "../../provider/lifecycle/record";
import { startBed, ds, type Bed } from "../lifecycle/bed";
import { checkedInputs, domain, validArguments, type Arguments, type OperationCase } from "./bags";
import { isObject, type JsonObject } from "./json";
import { slowEnding } from "./judge";
import { call, isValid, type OperationName } from "./state";

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
    const made = await createRecord(checkedInputs(one.had), bed.context);
    const args = { ...one.value, olds: ofTask(one.value.olds, String(made.outs["taskNo"])) };
    await slowEnding(() => call(name, args, bed.anotherProcess()));
    await heal(one, args, bed);
    expectRecord(bed, one);
    return isValid(name, args);
  } finally {
    await bed.close();
  }
}

async function heal(one: OperationCase, { olds }: Arguments, bed: Bed): Promise<void> {
  const { id, news } = validArguments(one);
  const update = (state: PropertyBag) => updateRecord(String(id), state, news, bed.anotherProcess());
  try {
    await update(olds);
  } catch (error) {
    if (!(error instanceof DsRecordError)) throw error;
    bed.advance(laterMs);
    await refreshed(String(id), olds, bed.anotherProcess(), update, () =>
      createRecord(news, bed.anotherProcess()),
    );
  }
}

async function refreshed(
  id: string,
  olds: PropertyBag,
  context: Context,
  update: (state: PropertyBag) => Promise<unknown>,
  create: () => Promise<unknown>,
): Promise<void> {
  const { id: found, props = {} } = await readRecord(id, { ...olds, __get: undefined }, context);
  await (found === "" ? create() : update(props));
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
