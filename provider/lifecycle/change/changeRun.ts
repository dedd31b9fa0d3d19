import { backoffDelay } from "../../concurrency/clock";
import { deadlineIn, leftOf, type Deadline } from "../../concurrency/deadline";
import { formatDs, type Ds } from "../../dnssec/ds";
import { DsRecordError } from "../../errors";
import type { Change, Submission } from "../../registrar/registrar";
import type { Context } from "../context";
import { takeTurns, type Pause } from "../domainQueue";
import type { Step } from "../ledger/ledger";
import { confirmPublication } from "./publication";
import { decide } from "./request/decision";
import { recordId } from "./request/identity";
import { isTask, type Pending, type PendingTask } from "./request/pending";
import { refused, type ChangeRequest, type Outcome } from "./request/request";
import { SafetyGate } from "./safety/safetyGate";
import { retryPace, Setbacks, type Attempt } from "./task/setbacks";
import { TaskFollower } from "./task/taskFollower";
import { statusTexts } from "./wording/statusTexts";
import { tellPlace, tellTrouble } from "./wording/tell";

/** The result of one look: the turn ends, or it looks again. */
type Next = Outcome | Pause | "look again";

/**
 * Creates or updates a record in turns of its domain, and waits for its publication if the record
 * asks for that.
 */
export async function runChange(request: ChangeRequest, context: Context): Promise<Outcome> {
  const { identity, reporter } = request;
  const run = new ChangeRun(request, context);
  context.ledger.begin(recordId(identity));
  return run.publish(await takeTurns(identity.domain, tellPlace(reporter), context, () => run.turn()));
}

/**
 * One change over all of its turns. Each turn observes what the registrar lists, decides, asks the
 * gate, submits and follows the task, and observes again after every wait.
 */
export class ChangeRun {
  readonly #request: ChangeRequest;
  readonly #context: Context;
  readonly #gate: SafetyGate;
  readonly #setbacks: Setbacks;
  /** Remaining time for the turns, in ms. The time between two turns is not charged. */
  #leftMs: number;
  #turns = 0;
  #startedAt = 0;
  /** The last submission that has, or may have, made a task. */
  #step: Step | undefined;

  constructor(request: ChangeRequest, context: Context) {
    this.#request = request;
    this.#context = context;
    this.#leftMs = request.timeoutMs;
    this.#gate = new SafetyGate(request, context);
    this.#setbacks = new Setbacks(request, context);
  }

  /**
   * Takes one turn. It returns decisions and failures of the registrar as values and throws only
   * for bugs. The error of a refused or unfinished change has the code of the decision
   * (DS_CONFLICT, KEY_TAG_AMBIGUOUS, DS_LIMIT_REACHED), the gate (PREFLIGHT_BOGUS,
   * PREFLIGHT_UNPROVEN), the task (TASK_FAILED, TASK_UNFINISHED), the registrar (REGISTRAR_REFUSED,
   * REGISTRAR_UNAVAILABLE, REGISTRAR_ANSWER_INVALID) or another task that held the domain
   * (DOMAIN_BUSY); PROCESS_ORPHANED once the CLI is gone.
   */
  async turn(): Promise<Outcome | Pause> {
    const { clock } = this.#context;
    if (this.#turns === 0) this.#startedAt = clock.now();
    this.#turns += 1;
    const deadline = deadlineIn(this.#leftMs, this.#context, tellTrouble(this.#request.reporter));
    try {
      return this.#ended(await this.#observe(deadline));
    } catch (error) {
      if (error instanceof DsRecordError) return this.#ended(refused(error));
      this.#noteFailure("UNEXPECTED");
      throw error;
    } finally {
      this.#leftMs = leftOf(deadline, clock);
    }
  }

  /** Waits until the parent zone shows a finished change, if the record asks for that. */
  async publish(outcome: Outcome): Promise<Outcome> {
    if (outcome.kind !== "done") return outcome;
    const { identity, wish, reporter } = this.#request;
    if (wish.operation === "create" && outcome.held) {
      reporter.info(`${recordId(identity)} is already at the registrar, so it was adopted without a task.`);
    }
    const leftMs = Math.max(0, this.#leftMs);
    const published = await confirmPublication(this.#request, outcome, leftMs, this.#context);
    if (published.kind === "unfinished") this.#noteFailure(published.error.code);
    return published;
  }

  async #observe(deadline: Deadline): Promise<Outcome | Pause> {
    const { pending } = this.#request;
    if (pending && isTask(pending) && this.#turns === 1) {
      const earlier = await this.#follower(deadline).followEarlier(pending);
      if (earlier.kind === "unfinished") return earlier;
    }
    for (let number = 0; ; number += 1) {
      const next = await this.#look({ number, deadline, startedAt: this.#startedAt });
      if (next !== "look again") return next;
    }
  }

  async #look(attempt: Attempt): Promise<Next> {
    const { identity, wish, reporter } = this.#request;
    // Later, the row keeps the reason of the wait.
    if (attempt.number === 0 && this.#turns === 1) reporter.status(statusTexts.reading());
    const records = await this.#context.registrar.list(identity.domain, attempt.deadline);
    const search = await this.#setbacks.searchLost(records, attempt);
    if (search !== "over") return search;
    const decision = decide(identity, wish, records);
    switch (decision.kind) {
      case "refuse":
        return refused(decision.error);
      case "holds":
        return this.#conclude(records, attempt);
      case "submit":
        return this.#submit(decision.change, records, attempt);
    }
  }

  /** Ends a change whose record is as wanted, unless another task of the domain may undo that. */
  async #conclude(records: readonly Ds[], attempt: Attempt): Promise<Next> {
    const { identity, wish, reporter, pending } = this.#request;
    const { registrar, random } = this.#context;
    const { hasSubmitted } = this.#setbacks;
    // A deletion that ran out of time leaves its task behind, and no state remembers it.
    const taskNo = await registrar.runningTask(identity.domain, attempt.deadline);
    if (taskNo !== undefined) {
      reporter.status(statusTexts.foreignTask(taskNo));
      const pauseMs = backoffDelay(retryPace, attempt.number, random);
      const foreign = await this.#follower(attempt.deadline).followForeign(taskNo, pauseMs, hasSubmitted);
      return foreign.kind === "refused" ? foreign : "look again";
    }
    if (wish.operation === "create") await this.#gate.remark(records);
    const isEarlier = pending && isTask(pending) && attempt.number === 0 && this.#turns === 1;
    return { kind: "done", held: !pending && !hasSubmitted, ...(isEarlier && { taskNo: pending.taskNo }) };
  }

  /** Submits a task if the gate lets it through, and follows it. */
  async #submit(change: Change, records: readonly Ds[], attempt: Attempt): Promise<Next> {
    const { identity, reporter } = this.#request;
    const { clock, ledger, registrar, signal } = this.#context;
    const late = this.#setbacks.refuseLate(attempt);
    if (late) return late;
    const others = ledger.turns.fresh(identity.domain) - (this.#turns === 1 ? 1 : 0);
    const verdict = await this.#gate.pass(change, records, others, attempt.deadline);
    if (verdict.kind === "refused") return verdict;
    if (verdict.kind === "postpone") return { kind: "pause", pauseMs: verdict.pauseMs };
    const pending = pendingOf(change, records, clock.now());
    signal.throwIfAborted();
    reporter.status(statusTexts.submitting(change.action));
    const submission = await registrar.submit(identity.domain, change, attempt.deadline);
    this.#noteSubmission(submission, change);
    if (submission.outcome !== "accepted") return this.#setbacks.retry(submission, pending, attempt);
    return this.#follow({ taskNo: submission.taskNo, ...pending, submittedAt: clock.now() }, attempt);
  }

  async #follow(task: PendingTask, { deadline }: Attempt): Promise<Next> {
    const followed = await this.#follower(deadline).follow(task, this.#setbacks.maybeOther);
    if (followed.kind === "vanished") {
      this.#setbacks.noteVanished(task);
      return "look again";
    }
    if (followed.kind !== "ended") return followed;
    if (this.#step) this.#context.ledger.complete(this.#step);
    return { kind: "done", held: false, taskNo: task.taskNo };
  }

  #follower(deadline: Deadline): TaskFollower {
    return new TaskFollower(this.#request, deadline, this.#context);
  }

  #noteSubmission(submission: Submission, { action }: Change): void {
    const { outcome } = submission;
    if (outcome !== "accepted" && outcome !== "uncertain") return;
    const taskNo = outcome === "accepted" ? { taskNo: submission.taskNo } : {};
    this.#step = { id: recordId(this.#request.identity), action, ...taskNo };
    this.#setbacks.noteSubmission();
    this.#context.ledger.submit(this.#step);
  }

  /**
   * Keeps what the state must remember, and notes the end of a creation or update for the deletions
   * of this run.
   */
  #ended(end: Outcome | Pause): Outcome | Pause {
    const outcome = end.kind === "refused" ? this.#setbacks.keepUnseen(end) : end;
    const { identity, wish } = this.#request;
    if (outcome.kind === "done" && wish.operation !== "delete")
      this.#context.ledger.settle(recordId(identity));
    if (outcome.kind === "refused" || outcome.kind === "unfinished") this.#noteFailure(outcome.error.code);
    return outcome;
  }

  #noteFailure(code: string): void {
    const { identity, wish } = this.#request;
    if (wish.operation !== "delete") this.#context.ledger.fail(recordId(identity), code);
  }
}

/** Returns a submission as the state keeps it. */
function pendingOf(change: Change, records: readonly Ds[], submittedAt: number): Pending {
  const { action } = change;
  if (action === "delete") return { action, submittedAt };
  const was = records.find(({ keyTag }) => keyTag === change.ds.keyTag);
  return { action, submittedAt, ds: formatDs(change.ds), ...(was && { was: formatDs(was) }) };
}
