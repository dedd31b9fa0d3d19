import { backoffDelay, type Backoff } from "../../concurrency/clock";
import { formatDs, type Ds } from "../../dnssec/ds";
import { DsRecordError } from "../../errors";
import type { Context } from "../context";
import { Doubt } from "./task/lostSubmission";
import { ensure } from "./decision";
import { Gatekeeper } from "./safety/safetyGate";
import { recordId } from "./identity";
import type { Done, Job } from "./request";
import { doubtOf, outOfTime, stillInDoubt, unreachable, withoutEffect, type Obstacle } from "./errors";
import type { Step } from "../ledger/ledger";
import { deadlineIn, leftOf, type Deadline } from "../../concurrency/deadline";
import type { Change, Submission } from "../../registrar/registrar";
import { isTask, type Pending, type PendingTask } from "../record/state";
import { statusTexts } from "./statusTexts";
import { TaskRun, UnfinishedChange } from "./task/taskFollower";
import { tellTrouble } from "./trouble";

/** How often a domain is looked at again that another task holds, or that could not be asked. */
const retryPace: Backoff = { first: 1_000, factor: 1.5, most: 20_000 };

/**
 * Brings a wish about: observe, judge, ensure, wait, confirm; and observe again after every wait. It goes in turns of the
 * domain's, more than one if it has to give one up.
 */
export class ChangeRun {
  readonly #job: Job;
  readonly #context: Context;
  /** That of the turn: the time between two turns does not count. */
  #deadline: Deadline;
  #startedAt = 0;
  readonly #gate: Gatekeeper;
  #leftMs: number;
  #turns = 0;
  #obstacle: Obstacle | undefined;
  /** Since when every submission has failed for want of a connection, in milliseconds since the epoch. */
  #unreachableSince: number | undefined;
  /** Of the last submission that may have had an effect, though it was not accepted. */
  #doubt: Doubt | undefined;
  /** Whether another task has held the domain, as the registrar said. */
  #wasBusy = false;
  /** The last submission that has, or may have, made a task. */
  #step: Step | undefined;
  /** A task that the registrar accepted and does not show. */
  #vanished: PendingTask | undefined;
  #hasToldDoubt = false;

  constructor(job: Job, context: Context) {
    this.#job = job;
    this.#context = context;
    this.#leftMs = job.timeoutMs;
    this.#deadline = deadlineIn(job.timeoutMs, context, tellTrouble(job.reporter));
    this.#gate = new Gatekeeper(job, context);
    if (job.pending && !isTask(job.pending)) this.#doubt = new Doubt(job.pending);
  }

  /** What is left of the time of the job, in milliseconds. */
  get leftMs(): number {
    return Math.max(0, this.#leftMs);
  }

  /**
   * Goes on, in the domain's turn.
   *
   * @throws {Postponed} when another turn is needed.
   * @throws {UnfinishedChange} when there is a task whose end is not known, or when it is not known whether there is one;
   *   the code is that of what was in the way then.
   * @throws {DsRecordError} what `ensure` refuses; PREFLIGHT_BOGUS, PREFLIGHT_UNPROVEN; TASK_FAILED; DOMAIN_BUSY and
   *   REGISTRAR_UNAVAILABLE when the time ran out before there was a task; REGISTRAR_REFUSED, REGISTRAR_ANSWER_INVALID,
   *   PROCESS_ORPHANED.
   */
  async goOn(): Promise<Done> {
    const { clock } = this.#context;
    if (this.#turns === 0) this.#startedAt = clock.now();
    this.#turns += 1;
    this.#deadline = deadlineIn(this.#leftMs, this.#context, tellTrouble(this.#job.reporter));
    try {
      return await this.#run();
    } catch (error) {
      throw this.#withVanished(this.#withDoubt(error));
    } finally {
      this.#leftMs = leftOf(this.#deadline, clock);
    }
  }

  get #tasks(): TaskRun {
    return new TaskRun(this.#job, this.#deadline, this.#context);
  }

  async #run(): Promise<Done> {
    const { pending, wish } = this.#job;
    if (pending && isTask(pending) && this.#turns === 1) await this.#tasks.awaitEarlier(pending);
    for (let attempt = 0; ; attempt += 1) {
      const records = await this.#records(attempt);
      if (await this.#isInDoubt(records, attempt)) continue;
      const change = this.#changeFor(records);
      if (change === undefined) {
        if (await this.#awaitForeign(attempt)) continue;
        if (wish.operation === "create") await this.#gate.remark(records);
        const isOfEarlier = pending && isTask(pending) && attempt === 0 && this.#turns === 1;
        return { held: !pending && !this.#hasSubmitted, ...(isOfEarlier && { taskNo: pending.taskNo }) };
      }
      const task = await this.#taskFor(change, records, attempt);
      if (task === undefined) continue;
      const isMaybeSecond = this.#doubt !== undefined || this.#wasBusy;
      if (!(await this.#tasks.seeThrough(task, isMaybeSecond))) {
        this.#vanished = task;
        continue;
      }
      if (this.#step) this.#context.memory.complete(this.#step);
      return { held: false, taskNo: task.taskNo };
    }
  }

  #records(attempt: number): Promise<readonly Ds[]> {
    const { identity, reporter } = this.#job;
    // Afterwards the row keeps what the change waits for.
    if (attempt === 0 && this.#turns === 1) reporter.status(statusTexts.reading());
    return this.#context.registrar.list(identity.domain, this.#deadline);
  }

  /**
   * Nothing is concluded from the listing, and nothing submitted, while a submission may have made a task that it does not
   * show.
   *
   * @returns whether it is to be looked again; it was waited a little then.
   */
  async #isInDoubt(records: readonly Ds[], attempt: number): Promise<boolean> {
    const doubt = this.#doubt;
    const { identity } = this.#job;
    if (!doubt?.stands) return false;
    if (doubt.isShown(identity, records)) {
      this.#doubt = undefined;
      return false;
    }
    const { kind, seen } = await doubt.look(identity, this.#deadline, this.#context);
    if (kind === "none") doubt.settle();
    const isOld = doubt.isOld(this.#context.clock.now());
    if (doubt.cause?.isFinal && isOld && kind !== "task") throw withoutEffect(doubt.cause, kind);
    if (kind === "none") return false;
    this.#tellDoubt(seen);
    await this.#wait("uncertain", attempt);
    return true;
  }

  /** The task that is needed, by what the registrar has now. */
  #changeFor(records: readonly Ds[]): Change | undefined {
    const decision = ensure(this.#job.identity, this.#job.wish, records);
    if (decision.kind === "refuse") throw decision.error;
    return decision.kind === "submit" ? decision.change : undefined;
  }

  /**
   * What is so now may not stay so: a deletion that ran out of time leaves its task behind, and no state remembers it.
   *
   * @returns whether there was a task to wait for.
   */
  async #awaitForeign(attempt: number): Promise<boolean> {
    const { identity, reporter } = this.#job;
    const { registrar, random } = this.#context;
    const taskNo = await registrar.runningTask(identity.domain, this.#deadline);
    if (taskNo === undefined) return false;
    reporter.status(statusTexts.foreignTask(taskNo));
    await this.#tasks.awaitForeign(taskNo, backoffDelay(retryPace, attempt, random), this.#hasSubmitted);
    return true;
  }

  /** @returns undefined when there is none, and it was waited a little. */
  async #taskFor(change: Change, records: readonly Ds[], attempt: number): Promise<PendingTask | undefined> {
    const { identity } = this.#job;
    this.#failIfOutOfTime();
    const others = this.#context.memory.turns.fresh(identity.domain) - (this.#turns === 1 ? 1 : 0);
    await this.#gate.pass(change, records, others, this.#deadline);
    const submitted = this.#submissionOf(change, records);
    const submission = await this.#submit(change);
    if (submission.outcome === "accepted") {
      return { taskNo: submission.taskNo, ...submitted, submittedAt: this.#context.clock.now() };
    }
    this.#remember(submission, submitted);
    if (submission.outcome === "busy") await this.#wait("busy", attempt);
    if (submission.outcome === "deferred") await this.#defer(submission, attempt);
    return undefined;
  }

  async #submit(change: Change): Promise<Submission> {
    const { identity, reporter } = this.#job;
    const { registrar, signal } = this.#context;
    signal.throwIfAborted();
    reporter.status(statusTexts.submitting(change.action));
    const submission = await registrar.submit(identity.domain, change, this.#deadline);
    const { outcome } = submission;
    if (outcome === "accepted" || outcome === "uncertain") {
      const taskNo = outcome === "accepted" ? { taskNo: submission.taskNo } : {};
      this.#step = { id: recordId(identity), action: change.action, ...taskNo };
      this.#context.memory.submit(this.#step);
    }
    return submission;
  }

  get #hasSubmitted(): boolean {
    return this.#step !== undefined;
  }

  #remember(obstacle: Obstacle, submitted: Pending): void {
    this.#obstacle = obstacle;
    if (obstacle.outcome !== "deferred") this.#unreachableSince = undefined;
    const now = this.#context.clock.now();
    if (obstacle.outcome === "uncertain") this.#doubt = new Doubt(submitted, now, obstacle);
    if (obstacle.outcome !== "busy") return;
    this.#wasBusy = true;
    this.#doubt?.reopen(now);
  }

  /** Says once what the row has no room for. */
  #tellDoubt(seen: string): void {
    if (this.#hasToldDoubt) return;
    this.#hasToldDoubt = true;
    const id = recordId(this.#job.identity);
    this.#job.reporter.info(
      `${id}: the answer to a submission was lost, so there may be a task. Looking for it: ${seen}.`,
    );
  }

  async #wait(why: "busy" | "uncertain", attempt: number): Promise<void> {
    const { clock } = this.#context;
    this.#failIfOutOfTime();
    this.#job.reporter.status(statusTexts[why](clock.now() - this.#startedAt));
    await this.#sleep(this.#deadline.until - clock.now(), attempt);
  }

  /** @throws {DsRecordError} when another submission makes no sense any more. */
  async #defer(deferred: Extract<Submission, { outcome: "deferred" }>, attempt: number): Promise<void> {
    this.#failIfOutOfTime();
    const { cause, maxRetryMs } = deferred;
    const { identity, wish, reporter } = this.#job;
    const now = this.#context.clock.now();
    this.#unreachableSince = maxRetryMs === Infinity ? undefined : (this.#unreachableSince ?? now);
    const triedMs = now - (this.#unreachableSince ?? now);
    if (triedMs >= maxRetryMs)
      throw unreachable(identity, wish.operation, triedMs, deferred, this.#hasSubmitted);
    const leftMs = Math.min(this.#deadline.until - now, maxRetryMs - triedMs);
    reporter.status(statusTexts.trouble(cause, leftMs));
    await this.#sleep(leftMs, attempt);
  }

  #sleep(atMostMs: number, attempt: number): Promise<void> {
    const { clock, random, signal } = this.#context;
    return clock.sleep(Math.min(atMostMs, backoffDelay(retryPace, attempt, random)), signal);
  }

  /** Nothing is submitted that nobody has time to follow. */
  #failIfOutOfTime(): void {
    const obstacle = (this.#doubt?.stands ? this.#doubt.cause : undefined) ?? this.#obstacle;
    if (this.#context.clock.now() < this.#deadline.until) return;
    const { identity, wish, timeoutMs } = this.#job;
    if (obstacle) throw outOfTime(identity, wish.operation, timeoutMs, obstacle, this.#hasSubmitted);
    if (this.#doubt?.stands) throw stillInDoubt(identity, timeoutMs);
  }

  /** An error must not hide that there may be a task, and the state has to remember it. */
  #withDoubt(error: unknown): unknown {
    const doubt = this.#doubt;
    if (!doubt?.stands || !(error instanceof DsRecordError) || error instanceof UnfinishedChange)
      return error;
    const { cause, submitted } = doubt;
    const before =
      cause && !error.message.includes(cause.failure.message)
        ? [`Before that: ${cause.failure.message}`]
        : [];
    const message = [error.message, ...before, doubtOf(this.#job.wish.operation)].join(" ");
    return new UnfinishedChange(submitted, { code: error.code, message, details: error.details });
  }

  /** A refusal must not hide a task that was accepted before, and the state has to remember it. */
  #withVanished(error: unknown): unknown {
    const task = this.#vanished;
    if (!task || !(error instanceof DsRecordError) || error instanceof UnfinishedChange) return error;
    const claim = /Nothing was (submitted|changed)\./;
    if (!claim.test(error.message)) return error;
    const { code, details } = error;
    const earlier = `Task ${task.taskNo} was submitted earlier in this run, and the registrar does not show it.`;
    const message = error.message.replace(claim, `Nothing else was $1. ${earlier}`);
    return new UnfinishedChange(task, { code, message, details: { ...details, taskNo: task.taskNo } });
  }

  #submissionOf(change: Change, records: readonly Ds[]): Pending {
    const submittedAt = this.#context.clock.now();
    if (change.action === "delete") return { action: change.action, submittedAt };
    const was = records.find(({ keyTag }) => keyTag === change.ds.keyTag);
    return {
      action: change.action,
      submittedAt,
      ds: formatDs(change.ds),
      ...(was && { was: formatDs(was) }),
    };
  }
}
