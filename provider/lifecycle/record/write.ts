import { deadlineIn } from "../../concurrency/deadline";
import { DsRecordError } from "../../errors";
import { resolveDnsOptions } from "../../preflight/settings";
import { defaultTimeoutMs, type Call } from "../call";
import { ChangeRun, runChange } from "../change/changeRun";
import type { Wish } from "../change/request/decision";
import { parseRecordId, recordId, type RecordIdentity } from "../change/request/identity";
import { recordsOf } from "../change/request/pending";
import type { ChangeRequest, Done, Outcome, Unfinished } from "../change/request/request";
import { withEarlierSteps } from "../change/safety/earlierSteps";
import { tellPlace, tellTrouble } from "../change/wording/tell";
import type { Context } from "../context";
import { takeTurns } from "../domainQueue";
import { guardDeletion } from "./deletionGuard";
import { explainErrors } from "./explainErrors";
import { noteOurs } from "./noting";
import { withSpellingAdvice } from "./spelling";
import { readDs, outputsOf, pendingOf, taskNoOf, type PropertyBag } from "./state";
import { UnfinishedRecordError } from "./unfinished";

/**
 * Creates a record, or adopts one that is already at the registrar with the same data. Returns
 * outputs, plain JSON.
 */
export async function createRecord(
  inputs: PropertyBag,
  call: Call,
  context: Context,
): Promise<{ id: string; outs: PropertyBag }> {
  const identity = identityOfInputs(inputs);
  const id = recordId(identity);
  const ds = readDs(inputs, id);
  const onConflict = inputs["onConflict"] === "replace" ? "replace" : "fail";
  const wish: Wish = { operation: "create", ds, onConflict, ours: context.ledger.ownDataOf(id) };
  const request: ChangeRequest = { identity, wish, ...commonOf(inputs, call, context) };
  const outs = await explainErrors(
    () => makeRecord(request, inputs, context),
    (error) =>
      withEarlierSteps(withSpellingAdvice(error, identity.domain, context.ledger), identity, context.ledger),
  );
  return { id, outs };
}

/**
 * Changes the record to what the program declares. Starts from what the registrar has, not from the
 * state.
 */
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
  const wish: Wish = { operation: "update", ds: readDs(news, recordId(stated)) };
  const pending = pendingOf(olds);
  const request: ChangeRequest = { identity, wish, pending, ...commonOf(news, call, context) };
  const update = () => makeRecord(request, news, context, taskNoOf(olds));
  const explain = (error: DsRecordError) => withEarlierSteps(error, identity, context.ledger);
  return { outs: await explainErrors(update, explain) };
}

/**
 * Deletes the record that the state describes, unless the program declares it. A record that is
 * gone already is fine.
 */
export async function deleteRecord(
  id: string,
  olds: PropertyBag,
  call: Call,
  context: Context,
): Promise<void> {
  const identity = parseRecordId(id);
  const { resources } = context.ledger;
  resources.assume(recordId(identity), call.urn);
  const urn = resources.holderOf(recordId(identity));
  const common = commonOf(olds, { ...call, urn }, context);
  const { reporter, timeoutMs } = common;
  // Only if needed, because the state of a record that stays may be unreadable.
  const deletion = lazily(() => new ChangeRun(deletionOf(identity, olds, common), context));
  const turn = async () => {
    const deadline = deadlineIn(timeoutMs, context, tellTrouble(reporter));
    const verdict = await guardDeletion(identity, deadline, context);
    if (verdict.kind === "keep") keepRecord(identity, olds, common, context);
    return verdict.kind === "delete" ? deletion().turn() : verdict;
  };
  const remove = async () => {
    const outcome = await takeTurns(identity.domain, tellPlace(reporter), context, turn);
    if (outcome.kind !== "keep") await deletion().publish(doneOf(outcome));
  };
  await explainErrors(remove, (error) => withEarlierSteps(error, identity, context.ledger));
}

/**
 * Makes the record as requested, and returns its outputs.
 *
 * @param lastTask The number of the record's last task, in case this run has none.
 */
async function makeRecord(
  request: ChangeRequest,
  inputs: PropertyBag,
  context: Context,
  lastTask?: string,
): Promise<PropertyBag> {
  const { identity, wish } = request;
  const save = ({ pending, taskNo = lastTask, error }: Unfinished) =>
    new UnfinishedRecordError(recordId(identity), outputsOf(inputs, wish.ds, { taskNo, pending }), error);
  const { taskNo = lastTask, parentTtl } = doneOf(await runChange(request, context), save);
  return outputsOf(inputs, wish.ds, { taskNo, parentTtl });
}

/**
 * Throws the error of a change that is not done. Only here does an outcome become an exception.
 */
function doneOf(outcome: Outcome, save?: (unfinished: Unfinished) => DsRecordError): Done {
  if (outcome.kind === "done") return outcome;
  throw outcome.kind === "unfinished" && save ? save(outcome) : outcome.error;
}

type Common = Pick<ChangeRequest, "dns" | "reporter" | "timeoutMs">;

/** Reads what every request takes from the inputs or, for a deletion, from the state. */
function commonOf(
  bag: PropertyBag,
  { urn, timeoutMs = defaultTimeoutMs }: Call,
  { reporterOf, dnsOverrides, ledger }: Context,
): Common {
  return {
    timeoutMs,
    reporter: reporterOf(ledger.resources.current(urn)),
    dns: resolveDnsOptions(bag, dnsOverrides),
  };
}

function deletionOf(identity: RecordIdentity, olds: PropertyBag, common: Common): ChangeRequest {
  const pending = pendingOf(olds);
  const ds = readDs(olds, recordId(identity));
  const wish: Wish = { operation: "delete", ds, ours: pending ? recordsOf(pending) : [] };
  return { identity, wish, pending, ...common };
}

function keepRecord(
  identity: RecordIdentity,
  olds: PropertyBag,
  { reporter }: Common,
  { ledger }: Context,
): void {
  const id = recordId(identity);
  noteOurs(id, olds, ledger);
  reporter.info(`${id} stays at the registrar, because this program declares it.`);
}

/**
 * Returns a function that computes a value when it is first called, and returns the same one from
 * then on.
 */
function lazily<T extends object>(compute: () => T): () => T {
  let value: T | undefined;
  return () => (value ??= compute());
}

/** Inputs have passed `check`, so their domain is canonical. */
function identityOfInputs({ domainName: domain, keyTag }: PropertyBag): RecordIdentity {
  return parseRecordId([domain, keyTag].map(idPart).join("/"));
}

/** An object may have no text form. */
function idPart(value: unknown): string {
  return typeof value === "object" ? "?" : String(value);
}

function idMismatch(stated: RecordIdentity, identity: RecordIdentity): DsRecordError {
  const [old, declared] = [recordId(stated), recordId(identity)];
  return new DsRecordError(
    "STATE_INVALID",
    `The state has the record ${old}, but the program declares ${declared}. Another domain or key tag means another record. ` +
      `Nothing was changed. Run \`pulumi refresh\`, then \`pulumi up\`, to replace ${old} with ${declared}.`,
  );
}
