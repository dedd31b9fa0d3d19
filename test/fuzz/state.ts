import type { Clock } from "../../provider/clock";
import { sameDs, type Ds } from "../../provider/dnssec/ds";
import { checkInputs } from "../../provider/lifecycle/check";
import type { Context } from "../../provider/lifecycle/context";
import { parseRecordId } from "../../provider/lifecycle/identity";
import { Memory } from "../../provider/lifecycle/memory";
import { createRecord, deleteRecord, readRecord, updateRecord } from "../../provider/lifecycle/record";
import { dsOf } from "../../provider/lifecycle/state";
import type { Registrar } from "../../provider/lifecycle/ports";
import { leapingClock } from "../registrar/clocks";
import type { Arguments } from "./bags";
import { FakeRegistrar, type Answered, type Script } from "./fakeRegistrar";
import type { Ending } from "./judge";

export type OperationName = "create" | "read" | "update" | "delete";

/** Calls an operation as Pulumi does, with arguments of which only the outermost types are right. */
export function call(name: OperationName, { id, olds, news }: Arguments, context: Context): Promise<unknown> {
  switch (name) {
    case "create":
      return createRecord(news, context);
    case "read":
      return readRecord(id as string, olds, context);
    case "update":
      return updateRecord(id as string, olds, news, context);
    case "delete":
      return deleteRecord(id as string, olds, context);
  }
}

/** A registrar of this script, and a clock that goes on only when somebody sleeps. */
export function fakeWorld(script: Script): { context: Context; registrar: FakeRegistrar } {
  const abort = new AbortController();
  const registrar = new FakeRegistrar(script, abort);
  return { registrar, context: contextOf(registrar, leapingClock(), abort.signal) };
}

export function contextOf(
  registrar: Registrar,
  clock: Clock,
  signal: AbortSignal = new AbortController().signal,
): Context {
  const say = (text: string) => {
    if (typeof text !== "string" || text === "") throw new TypeError("It reports what is no text.");
  };
  const reporterOf = () => ({ status: say, info: say, warning: say });
  return { registrar, clock, random: () => 0.5, signal, memory: new Memory(), reporterOf };
}

/** Whether what an operation goes by is valid: inputs by `check`, state and id by what reads them. */
export function isValid(name: OperationName, { id, olds, news }: Arguments): boolean {
  if (name === "create") return checkInputs(news).failures.length === 0;
  try {
    parseRecordId(id);
    if (name !== "read") dsOf(olds, "the record");
  } catch {
    return false;
  }
  return name !== "update" || checkInputs(news).failures.length === 0;
}

/** What must hold however odd the arguments and the registrar are, by what the registrar has answered. */
export function expectSense(
  name: OperationName,
  args: Arguments,
  ended: Ending<unknown>,
  answered: readonly Answered[],
): void {
  expectSubmissionsWithSight(answered);
  if ("value" in ended) expectListed(name, args, ended.value, lastListing(answered));
}

/** A success is what the listing says: by nothing else is a record taken for present or absent. */
export function expectListed(
  name: OperationName,
  { id, news }: Arguments,
  value: unknown,
  list: readonly Ds[] | undefined,
): void {
  const tag = name === "create" ? news["keyTag"] : parseRecordId(id).keyTag;
  const found = list?.filter(({ keyTag }) => keyTag === tag);
  if (!found) throw new Error("It succeeded without a listing.");
  const [only, ...more] = found;
  switch (name) {
    case "read":
      if ((value as { id: string }).id === "" && only)
        throw new Error("A listed record was taken for absent.");
      return;
    case "delete":
      if (only) throw new Error("A deletion succeeded, and the record is listed.");
      return;
    case "create":
    case "update":
      if (!only || more.length > 0 || !sameDs(only, dsOf(news, "it"))) throw new Error("It is not listed.");
  }
}

/** Nothing is submitted but by what was listed before, and for what is listed so. */
function expectSubmissionsWithSight(answered: readonly Answered[]): void {
  for (const [index, answer] of answered.entries()) {
    if (!("submitted" in answer)) continue;
    const list = lastListing(answered.slice(0, index));
    const { submitted } = answer;
    const tag = submitted.action === "delete" ? submitted.keyTag : submitted.ds.keyTag;
    const count = list?.filter(({ keyTag }) => keyTag === tag).length;
    const expected = submitted.action === "add" ? 0 : 1;
    if (count !== expected)
      throw new Error(`It submitted ${submitted.action} where ${count} records are listed.`);
  }
}

/** @returns undefined where there was none, or the last one has failed. */
function lastListing(answered: readonly Answered[]): readonly Ds[] | undefined {
  const listing = answered.findLast((answer) => "list" in answer);
  return listing && "list" in listing ? listing.list : undefined;
}
