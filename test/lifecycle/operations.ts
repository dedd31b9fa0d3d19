import {
  callOf,
  checkCallOf,
  divide,
  haveHiddenChanges,
  restore,
  withHiddenInputs,
} from "../../provider/dynamic/process/hiddenInputs";
import type { Context } from "../../provider/lifecycle/context";
import type { Ledger } from "../../provider/lifecycle/ledger/ledger";
import * as checking from "../../provider/lifecycle/record/check";
import * as comparing from "../../provider/lifecycle/record/diff";
import * as noting from "../../provider/lifecycle/record/noting";
import * as reading from "../../provider/lifecycle/record/read";
import * as writing from "../../provider/lifecycle/record/write";
import type { PropertyBag } from "../../provider/lifecycle/record/state";
import type { Records } from "../../provider/records";

// The operations with the property bags that Pulumi passes. Hidden inputs pass through the dynamic
// face, as in every run.

export const createRecord = (inputs: PropertyBag, context: Context) => faceOf(context).create(inputs);
export const readRecord = (id: string, props: PropertyBag, context: Context) =>
  faceOf(context).read(id, props);
export const deleteRecord = (id: string, props: PropertyBag, context: Context) =>
  faceOf(context).delete(id, props);
export const updateRecord = (id: string, olds: PropertyBag, news: PropertyBag, context: Context) =>
  faceOf(context).update(id, olds, news);

export function checkInputs(news: PropertyBag, olds: PropertyBag = {}): checking.CheckedInputs {
  const { properties, hidden } = divide(news);
  const call = checkCallOf(olds, news);
  const checked = checking.checkInputs(properties, divide(olds).properties, call);
  return { ...checked, inputs: restore(checked.inputs, hidden, ["__ignoreChanges"]) };
}

export function diffRecords(id: unknown, olds: PropertyBag, news: PropertyBag): comparing.DiffResult {
  const result = comparing.diffRecords(id, divide(olds).properties, divide(news).properties);
  return { ...result, changes: result.changes || haveHiddenChanges(olds, news) };
}

export function noteCheck(olds: PropertyBag, inputs: PropertyBag, ledger: Ledger) {
  return noting.noteCheck(olds, inputs, checkCallOf(olds, inputs), ledger);
}

export function noteDiff(
  id: string,
  olds: PropertyBag,
  news: PropertyBag,
  result: comparing.DiffResult,
  ledger: Ledger,
): void {
  noting.noteDiff(id, olds, result, callOf(news), ledger);
}

function faceOf(context: Context) {
  const records: Records = {
    check: () => Promise.reject(new Error("not here")),
    diff: () => Promise.reject(new Error("not here")),
    create: (inputs, call) => writing.createRecord(inputs, call, context),
    read: (id, props, call) => reading.readRecord(id, props, call, context),
    update: (id, olds, news, call) => writing.updateRecord(id, olds, news, call, context),
    delete: (id, props, call) => writing.deleteRecord(id, props, call, context),
    cancel: () => undefined,
  };
  return withHiddenInputs(records);
}
