import { formatDs, type Ds } from "../../dnssec/ds";
import { dsFindings } from "../../dnssec/rules";
import { DsRecordError } from "../../errors";
import type { RecordIdentity } from "../change/request/identity";
import type { Pending, PendingPublication } from "../change/request/pending";

/** Inputs or outputs of a resource, as Pulumi and a provider exchange them. */
export type PropertyBag = Readonly<Record<string, unknown>>;

/** Outputs that are not inputs, apart from `ds`, which a program may give. */
export const computedOutputs = ["ds", "taskNo", "pending", "parentTtl"] as const;

/**
 * Reads the record in a bag. Inputs and states of every release have these four members. A digest
 * of the wrong length for its type is accepted: the registrar may have such a record, and it must
 * be possible to delete it.
 *
 * @throws {DsRecordError} STATE_INVALID: the state was edited by hand or belongs to another
 *   package.
 */
export function readDs(bag: PropertyBag, id: string): Ds {
  const { keyTag, algorithm, digestType, digest } = bag;
  const ds = {
    keyTag,
    algorithm,
    digestType,
    digest: typeof digest === "string" ? digest.toLowerCase() : digest,
  };
  const missing = Object.entries(ds).find(([, value]) => value === undefined || value === null);
  if (missing) throw stateInvalid(id, `it has no ${missing[0]}`);
  const problem = dsFindings(ds).find(({ tier, id: rule }) => tier === "syntax" && rule !== "digest-length");
  if (problem) throw stateInvalid(id, problem.message);
  return ds as Ds;
}

/**
 * Returns the unfinished change of a state, or undefined. An unreadable one counts as none, so the
 * listing decides.
 */
export function pendingOf(bag: PropertyBag): Pending | undefined {
  const { taskNo, action, submittedAt, ds, was } = Object(bag["pending"]) as Record<string, unknown>;
  const isNumber = isTaskNo(taskNo);
  if ((taskNo !== undefined && !isNumber) || typeof submittedAt !== "number") return undefined;
  if (action !== "add" && action !== "modify" && action !== "delete") return undefined;
  const records = { ...(typeof ds === "string" && { ds }), ...(typeof was === "string" && { was }) };
  return { ...(isNumber && { taskNo }), action, submittedAt, ...records };
}

export function taskNoOf(bag: PropertyBag): string | undefined {
  const taskNo = bag["taskNo"];
  return isTaskNo(taskNo) ? taskNo : undefined;
}

/**
 * Returns whether a value can be a task number. Messages show it unchanged; every release wrote
 * such numbers.
 */
function isTaskNo(value: unknown): value is string {
  return typeof value === "string" && /^[^\p{C}\p{Zl}\p{Zp}]{1,300}$/u.test(value);
}

/**
 * Returns the outputs of a record: its inputs, its text, the number of its last task, and the TTL
 * of the DS set at the parent, in seconds. Missing values are left out. A `taskNo` without
 * `pending` belongs to a task that has ended.
 */
export function outputsOf(
  inputs: PropertyBag,
  ds: Ds,
  {
    taskNo,
    pending,
    parentTtl,
  }: {
    taskNo?: string | undefined;
    pending?: Pending | PendingPublication | undefined;
    parentTtl?: unknown;
  } = {},
): PropertyBag {
  const lastTask = (pending && "taskNo" in pending ? pending.taskNo : undefined) ?? taskNo;
  return plain({ ...withoutComputed(inputs), ds: formatDs(ds), taskNo: lastTask, pending, parentTtl });
}

/** Returns a bag with the registrar's record instead of its own, for a refresh or a `get`. */
export function observedState({ domain }: RecordIdentity, live: Ds, bag: PropertyBag): PropertyBag {
  const inputs = { ...withoutComputed(bag), domainName: domain, ...live };
  const taskNo = pendingOf(bag)?.taskNo ?? taskNoOf(bag);
  const { parentTtl } = bag;
  return outputsOf(inputs, live, {
    taskNo,
    ...(isUnpublished(bag) && { pending: { action: "publish" } }),
    ...(typeof parentTtl === "number" && { parentTtl }),
  });
}

function isUnpublished(bag: PropertyBag): boolean {
  return (Object(bag["pending"]) as Record<string, unknown>)["action"] === "publish";
}

/** Returns whether a bag has the same record as the registrar. */
export function agrees(bag: PropertyBag, { domain }: RecordIdentity, live: Ds): boolean {
  const observed: PropertyBag = { domainName: domain, ...live, ds: formatDs(live) };
  return Object.entries(observed).every(([name, value]) => bag[name] === value);
}

/** Returns the inputs with which a program would declare this state. */
export function inputsOf(state: PropertyBag): PropertyBag {
  return plain(withoutComputed(state));
}

/**
 * Returns plain JSON, without `undefined` in any place. Pulumi fails on `undefined` after the
 * operation, with a message that does not say why.
 */
export function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function withoutComputed(bag: PropertyBag): Record<string, unknown> {
  const computed: readonly string[] = computedOutputs;
  return Object.fromEntries(Object.entries(bag).filter(([name]) => !computed.includes(name)));
}

function stateInvalid(id: string, problem: string): DsRecordError {
  return new DsRecordError(
    "STATE_INVALID",
    `The state of ${id} cannot be used: ${problem}. \`pulumi refresh\` replaces it with the registrar's data. Nothing was changed.`,
  );
}
