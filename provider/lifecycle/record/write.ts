import { DsRecordError } from "../../errors";
import { ChangeRun } from "../change/changeRun";
import { defaultTimeoutMs, type Call } from "../call";
import type { Context } from "../context";
import { dnsOptions } from "./dnsOptions";
import { withEarlierSteps } from "../change/safety/earlierSteps";
import type { Wish } from "../change/decision";
import { parseRecordId, recordId, type RecordIdentity } from "../change/identity";
import { inTurns } from "../domainQueue";
import type { Job } from "../change/request";
import { permission } from "./deletionGuard";
import { duration } from "../change/task/polling";
import type { Patience } from "../../registrar/registrar";
import type { Reporter } from "../ports";
import { Postponed } from "../change/postponed";
import { waitForPublication } from "../change/publication";
import { mindingSpelling } from "./spelling";
import { dsOf, outputsOf, pendingOf, recordsOf, taskNoOf, type PropertyBag, type Unfinished } from "./state";
import { UnfinishedChange } from "../change/task/taskFollower";
import { UnfinishedRecordError } from "./unfinished";
import { tellTrouble } from "../change/trouble";

/** @returns outputs, plain JSON. Adopts a record that is there already with the same data. */
export async function createRecord(
  inputs: PropertyBag,
  call: Call,
  context: Context,
): Promise<{ id: string; outs: PropertyBag }> {
  const identity = identityOfInputs(inputs);
  const id = recordId(identity);
  const ds = dsOf(inputs, id);
  const onConflict = inputs["onConflict"] === "replace" ? "replace" : "fail";
  const wish: Wish = { operation: "create", ds, onConflict, ours: context.memory.ours(id) };
  const job: Job = { identity, wish, ...commonOf(inputs, call, context) };
  const create = () => mindingSpelling(identity.domain, context, () => made(job, inputs, undefined, context));
  return { id, outs: await explaining(identity, context, create) };
}

/** Takes the record from what the state has to what the program wants, by what the registrar has. */
export async function updateRecord(
  id: string,
  olds: PropertyBag,
  news: PropertyBag,
  call: Call,
  context: Context,
): Promise<{ outs: PropertyBag }> {
  const identity = identityOfInputs(news);
  const stated = parseRecordId(id);
  if (recordId(identity) !== recordId(stated)) throw idMismatch(stated, identity);
  const wish: Wish = { operation: "update", ds: dsOf(news, recordId(stated)) };
  const job: Job = {
    identity,
    wish,
    pending: pendingOf(olds),
    ...commonOf(news, call, context),
  };
  return { outs: await explaining(identity, context, () => made(job, news, taskNoOf(olds), context)) };
}

/** Deletes the record that the state describes. One that is gone already is no error. */
export async function deleteRecord(
  id: string,
  olds: PropertyBag,
  call: Call,
  context: Context,
): Promise<void> {
  const identity = parseRecordId(id);
  const { resources } = context.memory;
  resources.assume(recordId(identity), call.urn);
  const urn = resources.holderOf(recordId(identity));
  const common = commonOf(olds, { ...call, urn }, context);
  const { reporter, timeoutMs } = common;
  let deletion: { readonly job: Job; readonly run: ChangeRun } | undefined;
  const turn = async () => {
    const patience: Patience = {
      until: context.clock.now() + timeoutMs,
      signal: context.signal,
      onTrouble: tellTrouble(reporter),
    };
    const verdict = await permission(identity, patience, context);
    if (verdict === "keep") {
      keepRecord(identity, olds, reporter, context);
      return undefined;
    }
    deletion ??= deletionOf(id, olds, common, context);
    await deletion.run.goOn();
    return deletion;
  };
  const done = await explaining(identity, context, () => inTurns(identity, reporter, context, turn));
  if (done) await confirmDeletion(done.job, done.run.leftMs, context);
}

/** Runs an operation, and adds to its error what this run has done before. */
async function explaining<T>(
  identity: RecordIdentity,
  { memory }: Context,
  operation: () => Promise<T>,
): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw error instanceof DsRecordError ? withEarlierSteps(error, identity, memory) : error;
  }
}

/** What jobs take from inputs or, for a deletion, from the state. */
function commonOf(
  bag: PropertyBag,
  { urn, timeoutMs = defaultTimeoutMs }: Call,
  { reporterOf, dnsOverrides, memory }: Context,
): Pick<Job, "dns" | "reporter" | "timeoutMs"> {
  return {
    timeoutMs,
    reporter: reporterOf(memory.resources.current(urn)),
    dns: dnsOptions(bag, dnsOverrides),
  };
}

function deletionOf(
  id: string,
  olds: PropertyBag,
  common: ReturnType<typeof commonOf>,
  context: Context,
): { job: Job; run: ChangeRun } {
  const pending = pendingOf(olds);
  const identity = parseRecordId(id);
  const ds = dsOf(olds, recordId(identity));
  const wish: Wish = { operation: "delete", ds, ours: pending ? recordsOf(pending) : [] };
  const job: Job = { identity, wish, pending, ...common };
  return { job, run: new ChangeRun(job, context) };
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

/**
 * A creation or an update, up to its outputs. How it ends is remembered, so that no deletion takes away what was to be
 * replaced.
 *
 * @param lastTask The number of the record's last task, if this run has none.
 */
async function made(
  job: Job,
  inputs: PropertyBag,
  lastTask: string | undefined,
  context: Context,
): Promise<PropertyBag> {
  const { identity, reporter, wish, dns } = job;
  const id = recordId(identity);
  const run = new ChangeRun(job, context);
  context.memory.begin(id);
  const done = await inTurns(identity, reporter, context, () =>
    remembering(job, inputs, lastTask, context, () => run.goOn()),
  );
  if (wish.operation === "create" && done.held) {
    reporter.info(`${id} is at the registrar already: adopted without a task.`);
  }
  const task = { taskNo: done.taskNo ?? lastTask };
  if (!dns.waitForPublication) return outputsOf(inputs, wish.ds, task);
  const publication = await waitForPublication(job, run.leftMs, context, done.held);
  if (publication.published) return outputsOf(inputs, wish.ds, { ...task, ...publication });
  context.memory.fail(id, "NOT_PUBLISHED");
  const pending = { action: "publish" } as const;
  throw new UnfinishedRecordError(
    id,
    outputsOf(inputs, wish.ds, { ...task, pending }),
    notPublished(job, publication.seen),
  );
}

async function remembering<T>(
  { identity, wish }: Job,
  inputs: PropertyBag,
  lastTask: string | undefined,
  { memory }: Context,
  turn: () => Promise<T>,
): Promise<T> {
  const id = recordId(identity);
  try {
    const done = await turn();
    memory.settle(id);
    return done;
  } catch (error) {
    if (error instanceof Postponed) throw error;
    memory.fail(id, error instanceof DsRecordError ? error.code : "UNEXPECTED");
    if (!(error instanceof UnfinishedChange)) throw error;
    const pending: Unfinished = error.pending;
    throw new UnfinishedRecordError(id, outputsOf(inputs, wish.ds, { taskNo: lastTask, pending }), error);
  }
}

/** The registrar has deleted it, and no state is left to go on from: what the parent zone says is only told. */
async function confirmDeletion(job: Job, forMs: number, context: Context): Promise<void> {
  const { identity, dns, reporter } = job;
  // Where the DNS cannot be asked, a destroy must not wait for it.
  if (!dns.waitForPublication || dns.mode === "off") return;
  const publication = await waitForPublication(job, forMs, context);
  if (publication.published) return;
  reporter.warning(
    `${recordId(identity)} is deleted at the registrar, but the parent zone still has it after the time that this had: ` +
      `${publication.seen}. Nothing waits for it any more.`,
  );
}

function notPublished({ identity, timeoutMs }: Job, seen: string): DsRecordError {
  return new DsRecordError(
    "NOT_PUBLISHED",
    `${recordId(identity)} is at the registrar, but not on all servers of the parent zone in the ${duration(timeoutMs)} that ` +
      `this had: ${seen}. The record is kept in the state as unfinished: the next \`pulumi up\` goes on waiting, without a ` +
      "new task. customTimeouts gives it more time.",
  );
}

/** Inputs have been through `check`, so that their domain is canonical. */
function identityOfInputs({ domainName: domain, keyTag }: PropertyBag): RecordIdentity {
  return parseRecordId([domain, keyTag].map(idPart).join("/"));
}

/** An object may have no text. */
function idPart(value: unknown): string {
  return typeof value === "object" ? "?" : String(value);
}

function idMismatch(stated: RecordIdentity, identity: RecordIdentity): DsRecordError {
  return new DsRecordError(
    "STATE_INVALID",
    `The state calls this record ${recordId(stated)}, the program declares ${recordId(identity)}: another domain or key tag is another ` +
      "record. Nothing was changed. `pulumi refresh`, then `pulumi up` replaces the one by the other.",
  );
}
