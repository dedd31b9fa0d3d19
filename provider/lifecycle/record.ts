import { formatDs, type Ds } from "../dnssec/ds";
import { DsRecordError } from "../errors";
import { bringAbout } from "./change";
import type { Context } from "./context";
import { ambiguous, type Wish } from "./ensure";
import { parseRecordId, recordId, type RecordIdentity } from "./identity";
import type { Done, Job } from "./job";
import { permission } from "./permission";
import type { Patience, Reporter } from "./ports";
import {
  agrees,
  dsOf,
  inputsOf,
  observedState,
  outputsOf,
  pendingOf,
  plain,
  recordsOf,
  taskNoOf,
  type Pending,
  type PropertyBag,
} from "./state";
import { UnfinishedChange } from "./taskRun";
import { endedAt, isGoingOn, isLagging } from "./taskWait";
import { operationTimeout } from "./timeouts";

/**
 * A record whose task was still going when the time ran out. Pulumi saves `id` and `properties` of such an error, shows
 * `reasons`, and calls `update` in the next `pulumi up`.
 */
export class UnfinishedRecordError extends DsRecordError {
  readonly id: string;
  readonly properties: PropertyBag;

  constructor(id: string, properties: PropertyBag, { message, details }: DsRecordError) {
    super("TASK_UNFINISHED", message, details);
    this.id = id;
    this.properties = properties;
  }

  get reasons(): string[] {
    return [this.message];
  }
}

/** How long `read` may try again, in milliseconds: Pulumi has no time-out for it. */
const readMs = 120_000;

/** @returns outputs, plain JSON. Adopts a record that is there already with the same data. */
export async function createRecord(
  inputs: PropertyBag,
  context: Context,
): Promise<{ id: string; outs: PropertyBag }> {
  const identity = identityOfInputs(inputs);
  const id = recordId(identity);
  const ds = dsOf(inputs, id);
  const onConflict = inputs["onConflict"] === "replace" ? "replace" : "fail";
  const reporter = context.reporterOf(urnOf(inputs));
  const wish: Wish = { operation: "create", ds, onConflict, ours: context.memory.ours(id) };
  const timeoutMs = operationTimeout(inputs, "create");
  const done = await inItsTurn({ identity, wish, timeoutMs, reporter }, inputs, context);
  if (done.held) reporter.info(`${id} is at the registrar already: adopted without a task.`);
  return { id, outs: outputsOf(inputs, ds, done) };
}

/** Takes the record from what the state has to what the program wants, by what the registrar has. */
export async function updateRecord(
  id: string,
  olds: PropertyBag,
  news: PropertyBag,
  context: Context,
): Promise<{ outs: PropertyBag }> {
  const identity = identityOfInputs(news);
  if (recordId(identity) !== recordId(parseRecordId(id))) throw idMismatch(id, identity);
  const ds = dsOf(news, id);
  const pending = pendingOf(olds);
  const reporter = context.reporterOf(urnOf(news));
  const timeoutMs = operationTimeout(news, "update");
  const wish: Wish = { operation: "update", ds };
  const done = await inItsTurn({ identity, wish, timeoutMs, reporter, pending }, news, context);
  return { outs: outputsOf(news, ds, { taskNo: done.taskNo ?? taskNoOf(olds) }) };
}

/** Deletes the record that the state describes. One that is gone already is no error. */
export async function deleteRecord(id: string, olds: PropertyBag, context: Context): Promise<void> {
  const identity = parseRecordId(id);
  const { clock, signal, memory } = context;
  const urn = urnOf(olds);
  const reporter = context.reporterOf(urn);
  const timeoutMs = operationTimeout(olds, "delete");
  await memory.turns.take(identity.domain, waiting(identity, reporter), async () => {
    const patience: Patience = { until: clock.now() + timeoutMs, signal };
    const verdict = await permission(identity, urn, patience, context);
    if (verdict === "keep") return keepRecord(identity, olds, reporter, context);
    const pending = pendingOf(olds);
    const wish: Wish = { operation: "delete", ds: dsOf(olds, id), ours: pending ? recordsOf(pending) : [] };
    await bringAbout({ identity, wish, timeoutMs, reporter, pending }, context);
  });
}

function keepRecord(
  identity: RecordIdentity,
  olds: PropertyBag,
  reporter: Reporter,
  { memory }: Context,
): void {
  const id = recordId(identity);
  noteOurs(id, olds, memory);
  reporter.info(`${id} stays at the registrar: it is declared by this program.`);
}

/** Remembers what the state has of a record, if it can be read: whoever creates the record anew may overwrite that. */
export function noteOurs(id: string, olds: PropertyBag, memory: Context["memory"]): void {
  try {
    memory.own(id, dsOf(olds, id));
  } catch {
    // A state that cannot be read vouches for nothing.
  }
}

export interface ReadResult {
  readonly id: string;
  readonly props?: PropertyBag;
  readonly inputs?: PropertyBag;
}

/**
 * What the registrar has of the record of this id, for a refresh or a `get`. An empty `id` says that there is none; for a
 * `get` that is an error. While an unfinished task is going on, or its effect cannot be seen yet, the state stays as it is.
 */
export async function readRecord(id: string, props: PropertyBag, context: Context): Promise<ReadResult> {
  const identity = parseRecordId(id);
  const patience: Patience = { until: context.clock.now() + readMs, signal: context.signal };
  const reporter = context.reporterOf(urnOf(props));
  const pending = pendingOf(props);
  const isUnseen = pending
    ? await lookAt(pending, identity, { patience, reporter, context })
    : () => undefined;
  const records = await context.registrar.list(identity.domain, patience);
  const unseen = isUnseen(records);
  if (unseen !== undefined) {
    reporter.info(`${unseen}: the state stays as it is.`);
    return { id, props: plain(props) };
  }
  const found = records.filter(({ keyTag }) => keyTag === identity.keyTag);
  const [live] = found;
  if (found.length > 1) throw ambiguous(identity, found);
  if (!live && props["__get"] === true) throw notFound(identity, records);
  if (!live) return { id: "" };
  const state = observedState(identity, live, props);
  // Inputs that already say what the registrar has stay as the program wrote them.
  if (agrees(props, identity, live)) return { id: recordId(identity), props: state };
  return { id: recordId(identity), props: state, inputs: inputsOf(state) };
}

/**
 * Looks at an unfinished task.
 *
 * @returns what tells, by the records that the registrar lists, why the task's effect cannot be in them yet.
 */
async function lookAt(
  pending: Pending,
  identity: RecordIdentity,
  { patience, reporter, context }: { patience: Patience; reporter: Reporter; context: Context },
): Promise<(records: readonly Ds[]) => string | undefined> {
  const { registrar, clock } = context;
  const task = `Task ${pending.taskNo} (${pending.action}) of ${recordId(identity)}`;
  const status = await registrar.taskStatus(identity.domain, pending.taskNo, patience);
  if (isGoingOn(status, pending, clock.now())) return () => `${task} is still going on`;
  registrar.taskEnded(identity.domain);
  if (status.state === "failed") reporter.warning(`${task} has failed: ${status.reason}`);
  if (status.state !== "succeeded") return () => undefined;
  const at = endedAt(status, pending);
  return (records) =>
    isLagging(at, pending, records, clock.now())
      ? `${task} has succeeded, and the registrar's listing does not show it yet`
      : undefined;
}

/** A creation or an update. How it ends is remembered, so that no deletion takes away what was to be replaced. */
async function inItsTurn(job: Job, inputs: PropertyBag, context: Context): Promise<Done> {
  const { identity, reporter, wish } = job;
  const { memory } = context;
  const id = recordId(identity);
  return memory.turns.take(identity.domain, waiting(identity, reporter), async () => {
    try {
      const done = await bringAbout(job, context);
      memory.settle(id);
      return done;
    } catch (error) {
      memory.fail(id, error instanceof DsRecordError ? error.code : "UNEXPECTED");
      if (!(error instanceof UnfinishedChange)) throw error;
      const { pending } = error;
      throw new UnfinishedRecordError(id, outputsOf(inputs, wish.ds, { pending }), error);
    }
  });
}

function waiting({ domain }: RecordIdentity, reporter: Reporter): (before: number) => void {
  return (before) => {
    reporter.status(
      `waiting for its turn: ${before} other ${before === 1 ? "change" : "changes"} of ${domain} first`,
    );
  };
}

/** Inputs have been through `check`, so that their domain is canonical. */
function identityOfInputs({ domainName: domain, keyTag }: PropertyBag): RecordIdentity {
  return parseRecordId([domain, keyTag].map(idPart).join("/"));
}

/** An object may have no text. */
function idPart(value: unknown): string {
  return typeof value === "object" ? "?" : String(value);
}

function urnOf(bag: PropertyBag): string | undefined {
  const urn = bag["__urn"];
  return typeof urn === "string" ? urn : undefined;
}

function idMismatch(id: string, identity: RecordIdentity): DsRecordError {
  return new DsRecordError(
    "STATE_INVALID",
    `The state calls this record ${id}, the program declares ${recordId(identity)}: another domain or key tag is another ` +
      "record. Nothing was changed. `pulumi refresh`, then `pulumi up` replaces the one by the other.",
  );
}

function notFound({ domain, keyTag }: RecordIdentity, records: readonly Ds[]): DsRecordError {
  const has = records.length === 0 ? "no DS record" : records.map((ds) => `"${formatDs(ds)}"`).join(", ");
  return new DsRecordError(
    "DS_NOT_FOUND",
    `There is no DS record with key tag ${keyTag} of ${domain}: the registrar has ${has}. DsRecord.get reads a record that exists; ` +
      "new DsRecord(…) makes one.",
  );
}
