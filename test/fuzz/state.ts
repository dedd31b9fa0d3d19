import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../../provider/concurrency/clock";
import { formatDs, sameDs, type Ds } from "../../provider/dnssec/ds";
import { checkInputs, createRecord, deleteRecord, readRecord, updateRecord } from "../lifecycle/operations";
import type { Context } from "../../provider/lifecycle/context";
import { parseRecordId, recordId } from "../../provider/lifecycle/change/request/identity";
import { Ledger } from "../../provider/lifecycle/ledger/ledger";
import { type ReadResult } from "../../provider/lifecycle/record/read";
import { readDs, pendingOf, plain, type PropertyBag } from "../../provider/lifecycle/record/state";
import type { Registrar } from "../../provider/registrar/registrar";
import type { Delegations } from "../../provider/lifecycle/ports";
import { leapingClock } from "../harness/clocks";
import type { Arguments } from "./bags";
import { FakeRegistrar, type Answered, type Script } from "./fakeRegistrar";
import type { Ending } from "./judge";

export type OperationName = "create" | "read" | "update" | "delete";

/** Calls an operation as Pulumi does. Only the outermost types of the arguments are right. */
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

/** A registrar with this script, and a clock that only sleeps advance. */
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
    if (typeof text !== "string" || text === "") throw new TypeError("It reports something other than text.");
  };
  const reporterOf = () => ({ status: say, info: say, warning: say });
  const shared = { clock, random: () => 0.5, signal, ledger: new Ledger(), reporterOf };
  return { ...shared, registrar, delegations: silentDns, dnsOverrides: {} };
}

const problem = { code: "NO_ANSWER", message: "no server answers" };

const silentDns: Delegations = {
  keysOf: () => Promise.resolve(() => ({ status: "unknown", reasons: [problem], warnings: [] })),
  published: () => Promise.resolve({ answers: [], problem }),
};

/** Returns whether the arguments are valid: inputs by `check`, state and id by their readers. */
export function isValid(name: OperationName, { id, olds, news }: Arguments): boolean {
  if (name === "create") return checkInputs(news).failures.length === 0;
  try {
    parseRecordId(id);
    if (name !== "read") readDs(olds, "the record");
  } catch {
    return false;
  }
  return name !== "update" || checkInputs(news).failures.length === 0;
}

/** Checks the rules that hold for any arguments, by the registrar's answers. */
export function expectSense(
  name: OperationName,
  args: Arguments,
  ended: Ending<unknown>,
  answered: readonly Answered[],
): void {
  expectSubmissionsWithSight(answered);
  if ("value" in ended) expectListed(name, args, ended.value, lastListing(answered));
}

/** Checks that a success agrees with the listing, since only that says whether a record exists. */
export function expectListed(
  name: OperationName,
  { id, olds, news }: Arguments,
  value: unknown,
  list: readonly Ds[] | undefined,
): void {
  const tag = name === "create" ? news["keyTag"] : parseRecordId(id).keyTag;
  const found = list?.filter(({ keyTag }) => keyTag === tag);
  if (!found) throw new Error("It succeeded without a listing.");
  const [only, ...more] = found;
  switch (name) {
    case "read":
      return expectRead(value as ReadResult, olds, only);
    case "delete":
      if (only) throw new Error("A deletion succeeded, and the record is listed.");
      return;
    case "create":
    case "update":
      if (!only || more.length > 0 || !sameDs(only, readDs(news, "it"))) throw new Error("It is not listed.");
      expectSame((value as { outs: PropertyBag }).outs, only);
  }
}

/**
 * Checks that the state has the listed record only, the digest in the program's case, and no
 * unfinished task.
 */
export function expectSame(state: PropertyBag, live: Ds): void {
  const { keyTag, algorithm, digestType, digest, ds, pending } = state;
  const told = { keyTag, algorithm, digestType, digest: String(digest).toLowerCase(), ds };
  if (!isDeepStrictEqual(told, { ...live, ds: formatDs(live) })) {
    throw new Error(`The state has ${JSON.stringify(told)}, where ${formatDs(live)} is listed.`);
  }
  if (pending !== undefined) throw new Error(`The state has ${JSON.stringify(pending)} still.`);
}

/** Checks that `read` returns the listed record, or the unchanged state of an unfinished change. */
function expectRead({ id, props = {} }: ReadResult, olds: PropertyBag, live: Ds | undefined): void {
  if (id === "") {
    if (live) throw new Error("A listed record was taken for absent.");
    return;
  }
  // The dynamic face takes `__get` off every state that it returns.
  if (pendingOf(olds) && isDeepStrictEqual(props, plain({ ...olds, __get: undefined }))) return;
  if (!live) throw new Error("A record was taken for present that is not listed.");
  const { pending, ...state } = props;
  if (pending !== undefined && !isDeepStrictEqual(pending, { action: "publish" })) {
    throw new Error(`It was read, and has ${JSON.stringify(pending)} still.`);
  }
  expectSame(state, live);
  if (id !== recordId({ domain: String(props["domainName"]), keyTag: live.keyTag })) {
    throw new Error(`The id is ${id}.`);
  }
}

/** Checks that every submission follows a listing and fits it. */
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

/** @returns undefined if there was none, or if the last one failed. */
function lastListing(answered: readonly Answered[]): readonly Ds[] | undefined {
  const listing = answered.findLast((answer) => "list" in answer);
  return listing && "list" in listing ? listing.list : undefined;
}
