import { formatDs, type Ds } from "../dnssec/ds";
import { DsRecordError } from "../errors";
import { bringAbout, UnfinishedChange, type Done, type Job } from "./change";
import type { Context } from "./context";
import { ambiguous, type Wish } from "./ensure";
import { parseRecordId, recordId, type RecordIdentity } from "./identity";
import type { Patience, Reporter } from "./ports";
import {
  agrees,
  dsOf,
  inputsOf,
  observedState,
  outputsOf,
  pendingOf,
  plain,
  taskNoOf,
  type PropertyBag,
} from "./state";
import { isGoingOn } from "./taskWait";
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
  const done = await inItsTurn(
    {
      identity,
      wish: { operation: "create", ds, onConflict },
      timeoutMs: operationTimeout(inputs, "create"),
      reporter,
    },
    inputs,
    context,
  );
  if (!done.submitted) reporter.info(`${id} is at the registrar already: adopted without a task.`);
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
  const wish: Wish = { operation: "update", ds };
  const done = await inItsTurn(
    { identity, wish, timeoutMs: operationTimeout(news, "update"), reporter, pending },
    news,
    context,
  );
  return { outs: outputsOf(news, ds, { taskNo: done.taskNo ?? taskNoOf(olds) }) };
}

/** Deletes the record that the state describes. One that is gone already is no error. */
export async function deleteRecord(id: string, olds: PropertyBag, context: Context): Promise<void> {
  const identity = parseRecordId(id);
  const reporter = context.reporterOf(urnOf(olds));
  const { declarations, turns, setbacks } = context.memory;
  if (declarations.isDeclared(recordId(identity))) {
    reporter.info(`${recordId(identity)} stays at the registrar: it is declared by this program.`);
    return;
  }
  const ds = dsOf(olds, id);
  const pending = pendingOf(olds);
  const job = {
    identity,
    wish: { operation: "delete", ds } as const,
    timeoutMs: operationTimeout(olds, "delete"),
    reporter,
    pending,
  };
  await turns.take(identity.domain, waiting(identity, reporter), async () => {
    const failed = setbacks.of(identity.domain);
    if (failed.length > 0) throw replacementUnfinished(identity, failed);
    await bringAbout(job, context);
  });
}

export interface ReadResult {
  readonly id: string;
  readonly props?: PropertyBag;
  readonly inputs?: PropertyBag;
}

/**
 * What the registrar has of the record of this id, for a refresh or a `get`. An empty `id` says that there is none; for a
 * `get` that is an error. While an unfinished task is going on, the state stays as it is.
 */
export async function readRecord(id: string, props: PropertyBag, context: Context): Promise<ReadResult> {
  const identity = parseRecordId(id);
  const patience: Patience = { until: context.clock.now() + readMs, signal: context.signal };
  const reporter = context.reporterOf(urnOf(props));
  if (await isUnfinished(identity, props, { patience, reporter, context }))
    return { id, props: plain(props) };
  const records = await context.registrar.list(identity.domain, patience);
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

async function isUnfinished(
  identity: RecordIdentity,
  props: PropertyBag,
  { patience, reporter, context }: { patience: Patience; reporter: Reporter; context: Context },
): Promise<boolean> {
  const pending = pendingOf(props);
  if (!pending) return false;
  const status = await context.registrar.taskStatus(identity.domain, pending.taskNo, patience);
  if (isGoingOn(status, pending, context.clock.now())) {
    reporter.info(
      `Task ${pending.taskNo} (${pending.action}) of ${recordId(identity)} is still going on: the state stays as it is.`,
    );
    return true;
  }
  context.registrar.taskEnded(identity.domain);
  if (status.state === "failed") {
    reporter.warning(
      `Task ${pending.taskNo} (${pending.action}) of ${recordId(identity)} has failed: ${status.reason}`,
    );
  }
  return false;
}

/** A creation or an update. What fails is remembered, so that no deletion takes away what was to be replaced. */
async function inItsTurn(job: Job, inputs: PropertyBag, context: Context): Promise<Done> {
  const { identity, reporter, wish } = job;
  const { turns, setbacks } = context.memory;
  const id = recordId(identity);
  return turns.take(identity.domain, waiting(identity, reporter), async () => {
    try {
      const done = await bringAbout(job, context);
      setbacks.remove(identity.domain, id);
      return done;
    } catch (error) {
      setbacks.add(identity.domain, id);
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
function identityOfInputs(inputs: PropertyBag): RecordIdentity {
  return parseRecordId(`${String(inputs["domainName"])}/${String(inputs["keyTag"])}`);
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

function replacementUnfinished(identity: RecordIdentity, failed: readonly string[]): DsRecordError {
  return new DsRecordError(
    "REPLACEMENT_UNFINISHED",
    `${recordId(identity)} was not deleted, because in this run ${failed.join(", ")} was not brought to its end: the old record ` +
      "must not go before the new one is in. Nothing was submitted. The next `pulumi up` finishes the new record, then deletes this one.",
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
