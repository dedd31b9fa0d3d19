import { formatDs, type Ds } from "../../dnssec/ds";
import { shortened } from "../../wording/listed";
import { DsRecordError } from "../../errors";
import type { Call } from "../call";
import type { Context } from "../context";
import { ambiguous } from "../change/request/decision";
import { parseRecordId, recordId, type RecordIdentity } from "../change/request/identity";
import { deadlineIn, type Deadline } from "../../concurrency/deadline";
import type { Reporter } from "../ports";
import { explainErrors } from "./explainErrors";
import { withSpellingAdvice } from "./spelling";
import { askAside } from "./standing";
import { agrees, inputsOf, observedState, pendingOf, plain, type PropertyBag } from "./state";
import { isTask, type Pending, type PendingTask } from "../change/request/pending";
import { LostSubmission } from "../change/task/lostSubmission";
import { endOf, isLagging, isRunning } from "../change/task/taskTimes";
import { tellTrouble } from "../change/wording/tell";

/** Maximum time for retries of a read, in ms: Pulumi has no time-out for it. */
const maxReadMs = 120_000;

export interface ReadResult {
  readonly id: string;
  readonly props?: PropertyBag;
  readonly inputs?: PropertyBag;
}

/**
 * Reads the record with this id from the registrar, for a refresh or a `get`. An empty `id` in the
 * result says that there is no record; for a `get` that is an error. The state stays as it is while
 * an unfinished task runs or its effect is not visible yet. A refresh shows the verdict on the
 * domain on the record's row, unless the domain is secure.
 */
export async function readRecord(
  id: string,
  props: PropertyBag,
  call: Call,
  context: Context,
): Promise<ReadResult> {
  const identity = parseRecordId(id);
  const { resources } = context.ledger;
  const urn = resources.holderOf(recordId(identity)) ?? call.urn;
  const reporter = context.reporterOf(resources.current(urn));
  const deadline = deadlineIn(maxReadMs, context, tellTrouble(reporter));
  const pending = pendingOf(props);
  const isUnseen = pending
    ? await lookForEffect(pending, identity, { deadline, reporter, context })
    : () => undefined;
  const isManaged = call.isFirstRead !== true;
  const tell = isManaged ? askAside(identity, props, reporter, context) : undefined;
  const list = () => context.registrar.list(identity.domain, deadline);
  // The domain of a managed record existed before, so it is not mistyped.
  const records = await (isManaged
    ? list()
    : explainErrors(list, (error) => withSpellingAdvice(error, identity.domain, context.ledger)));
  const unseen = isUnseen(records);
  if (unseen !== undefined) {
    reporter.info(`${unseen}: the state stays as it is.`);
    return { id, props: plain(props) };
  }
  const found = records.filter(({ keyTag }) => keyTag === identity.keyTag);
  const [live] = found;
  if (found.length > 1) throw ambiguous(identity, found);
  if (!live && !isManaged) throw notFound(identity, records);
  if (!live) {
    reporter.info(
      `${recordId(identity)} is no longer at the registrar. It leaves the state, and \`pulumi up\` adds it again.`,
    );
    return { id: "" };
  }
  await tell?.(records);
  const state = observedState(identity, live, props);
  // Inputs that match the registrar's record stay as the program wrote them.
  if (agrees(props, identity, live)) return { id: recordId(identity), props: state };
  return { id: recordId(identity), props: state, inputs: inputsOf(state) };
}

interface Way {
  readonly deadline: Deadline;
  readonly reporter: Reporter;
  readonly context: Context;
}

/** Returns why the listed records cannot show an effect yet, or undefined if they can. */
type Unseen = (records: readonly Ds[]) => string | undefined;

function lookForEffect(pending: Pending, identity: RecordIdentity, way: Way): Promise<Unseen> {
  return isTask(pending) ? lookAtTask(pending, identity, way) : lookForTask(pending, identity, way);
}

/** Finds out whether a submission with a lost answer created a task. */
async function lookForTask(
  pending: Pending,
  identity: RecordIdentity,
  { deadline, context }: Way,
): Promise<Unseen> {
  const lost = new LostSubmission(pending);
  const { kind, seen } = await lost.look(identity, deadline, context);
  if (kind === "none") return () => undefined;
  const text = `The result of the last submission for ${recordId(identity)} is still unknown: ${seen}`;
  return (records) => (lost.isShown(identity, records) ? undefined : text);
}

/** Reads the status of an unfinished task. */
async function lookAtTask(
  pending: PendingTask,
  identity: RecordIdentity,
  { deadline, reporter, context }: Way,
): Promise<Unseen> {
  const { registrar, clock } = context;
  const task = `Task ${pending.taskNo} (${pending.action}) of ${recordId(identity)}`;
  const status = await registrar.taskStatus(identity.domain, pending.taskNo, deadline);
  if (isRunning(status, pending, clock.now())) return () => `${task} is still running`;
  registrar.taskEnded(identity.domain);
  if (status.state === "failed") reporter.warning(`${task} has failed: ${status.reason}`);
  if (status.state !== "succeeded") return () => undefined;
  const endedAt = endOf(status, pending);
  return (records) =>
    isLagging(endedAt, pending, records, clock.now())
      ? `${task} has succeeded, and the registrar's listing does not show it yet`
      : undefined;
}

function notFound({ domain, keyTag }: RecordIdentity, records: readonly Ds[]): DsRecordError {
  const has =
    records.length === 0 ? "no DS record" : shortened(records.map((ds) => `"${formatDs(ds)}"`)).join(", ");
  return new DsRecordError(
    "DS_NOT_FOUND",
    `There is no DS record with key tag ${keyTag} of ${domain}: the registrar has ${has}. DsRecord.get reads a record that exists; ` +
      "new DsRecord(…) makes one.",
  );
}
