import { backoffDelay, type Backoff } from "../../../concurrency/clock";
import { leftOf, type Deadline } from "../../../concurrency/deadline";
import type { Ds } from "../../../dnssec/ds";
import { DsRecordError } from "../../../errors";
import type { Context } from "../../context";
import { recordId } from "../request/identity";
import { isTask, type Pending, type PendingTask } from "../request/pending";
import { refused, type ChangeRequest, type Refused, type Unfinished } from "../request/request";
import { claim, mayBeTask, outOfTime, stillLost, unreachable, type Obstacle } from "../wording/errors";
import { statusTexts } from "../wording/statusTexts";
import { LostSubmission, withoutEffect } from "./lostSubmission";

/** Pauses before the next look at a domain that another task holds, or that could not be read. */
export const retryPace: Backoff = { first: 1_000, factor: 1.5, max: 20_000 };

/** One look of a change. */
export interface Attempt {
  /** 0 for the first look of a turn. */
  readonly number: number;
  /** Deadline of the turn. */
  readonly deadline: Deadline;
  /** Start of the first turn, in ms since the epoch. */
  readonly startedAt: number;
}

/**
 * Submissions of one change that did not lead to a task that can be followed, and how long to try
 * again.
 */
export class Setbacks {
  readonly #request: ChangeRequest;
  readonly #context: Context;
  #obstacle: Obstacle | undefined;
  /** Start of the series of submissions that never reached the registrar, in ms since the epoch. */
  #unreachableSince: number | undefined;
  /** The last submission that may have had an effect although the registrar did not accept it. */
  #lost: LostSubmission | undefined;
  #hasToldLost = false;
  #wasBusy = false;
  #hasSubmitted = false;
  /** A task that the registrar accepted but does not show. */
  #vanished: PendingTask | undefined;

  constructor(request: ChangeRequest, context: Context) {
    this.#request = request;
    this.#context = context;
    const { pending } = request;
    if (pending && !isTask(pending)) this.#lost = new LostSubmission(pending);
  }

  /** Whether another submission of this change may have had an effect. */
  get maybeOther(): boolean {
    return this.#lost !== undefined || this.#wasBusy;
  }

  /** Whether a submission of this run has, or may have, made a task. */
  get hasSubmitted(): boolean {
    return this.#hasSubmitted;
  }

  noteSubmission(): void {
    this.#hasSubmitted = true;
  }

  noteVanished(task: PendingTask): void {
    this.#vanished = task;
  }

  /**
   * Searches for the task of a lost submission. While there may be one that the listing does not
   * show, nothing may be concluded from the listing, and nothing submitted.
   *
   * @returns "over" when there is nothing to search for; "look again" after a pause.
   */
  async searchLost(records: readonly Ds[], attempt: Attempt): Promise<Refused | "look again" | "over"> {
    const lost = this.#lost;
    const { identity, reporter } = this.#request;
    if (!lost?.isOpen) return "over";
    if (lost.isShown(identity, records)) {
      this.#lost = undefined;
      return "over";
    }
    const { kind, seen } = await lost.look(identity, attempt.deadline, this.#context);
    if (kind === "none") lost.settle();
    const isOld = lost.isOld(this.#context.clock.now());
    if (lost.cause?.isFinal && isOld && kind !== "task") return refused(withoutEffect(lost.cause, kind));
    if (kind === "none") return "over";
    if (!this.#hasToldLost) {
      reporter.info(
        `${recordId(identity)}: the answer to a submission was lost, so there may be a task. Looking for it: ${seen}.`,
      );
    }
    this.#hasToldLost = true;
    return this.#wait("uncertain", attempt);
  }

  /**
   * Waits after a submission that the registrar has not accepted, as long as another look makes
   * sense.
   *
   * @param pending The submission, as the state would keep it.
   */
  async retry(obstacle: Obstacle, pending: Pending, attempt: Attempt): Promise<Refused | "look again"> {
    const now = this.#context.clock.now();
    this.#obstacle = obstacle;
    if (obstacle.outcome === "deferred") {
      return this.refuseLate(attempt) ?? this.#defer(obstacle, attempt);
    }
    this.#unreachableSince = undefined;
    if (obstacle.outcome === "uncertain") {
      this.#lost = new LostSubmission(pending, now, obstacle);
      return "look again";
    }
    this.#wasBusy = true;
    this.#lost?.reopen(now);
    return this.#wait("busy", attempt);
  }

  /** Refuses to submit, or to wait, once the time is over and a reason is known. */
  refuseLate({ deadline }: Attempt): Refused | undefined {
    if (leftOf(deadline, this.#context.clock) > 0) return undefined;
    const obstacle = (this.#lost?.isOpen ? this.#lost.cause : undefined) ?? this.#obstacle;
    if (obstacle) return refused(outOfTime(this.#request, obstacle, this.#hasSubmitted));
    return this.#lost?.isOpen ? refused(stillLost(this.#request)) : undefined;
  }

  /**
   * Returns an unfinished outcome instead of a refused one if there may be an unseen effect.
   */
  keepUnseen(outcome: Refused): Refused | Unfinished {
    const { code, message, details } = outcome.error;
    if (this.#lost?.isOpen) {
      const { cause, submitted } = this.#lost;
      const before =
        cause && !message.includes(cause.failure.message) ? [`Before that: ${cause.failure.message}`] : [];
      const text = [message, ...before, mayBeTask(this.#request.wish.operation)].join(" ");
      return { kind: "unfinished", pending: submitted, error: new DsRecordError(code, text, details) };
    }
    const task = this.#vanished;
    if (!task || !claim.test(message)) return outcome;
    const { taskNo } = task;
    const truth = `This run $1 nothing else. Earlier, it submitted task ${taskNo}, which the registrar does not show.`;
    const error = new DsRecordError(code, message.replace(claim, truth), { ...details, taskNo });
    return { kind: "unfinished", pending: task, error };
  }

  /**
   * Waits until the registrar may be reached again, for at most the time that this failure is
   * worth.
   */
  async #defer(
    deferred: Extract<Obstacle, { outcome: "deferred" }>,
    attempt: Attempt,
  ): Promise<Refused | "look again"> {
    const { cause, maxRetryMs } = deferred;
    const now = this.#context.clock.now();
    this.#unreachableSince = maxRetryMs === Infinity ? undefined : (this.#unreachableSince ?? now);
    const triedMs = now - (this.#unreachableSince ?? now);
    if (triedMs >= maxRetryMs)
      return refused(unreachable(this.#request, triedMs, deferred, this.#hasSubmitted));
    const leftMs = Math.min(attempt.deadline.until - now, maxRetryMs - triedMs);
    this.#request.reporter.status(statusTexts.trouble(cause, leftMs));
    return this.#sleep(leftMs, attempt);
  }

  async #wait(why: "busy" | "uncertain", attempt: Attempt): Promise<Refused | "look again"> {
    const late = this.refuseLate(attempt);
    if (late) return late;
    const { clock } = this.#context;
    this.#request.reporter.status(statusTexts[why](clock.now() - attempt.startedAt));
    return this.#sleep(leftOf(attempt.deadline, clock), attempt);
  }

  async #sleep(maxMs: number, { number }: Attempt): Promise<"look again"> {
    const { clock, random, signal } = this.#context;
    await clock.sleep(Math.min(maxMs, backoffDelay(retryPace, number, random)), signal);
    return "look again";
  }
}
