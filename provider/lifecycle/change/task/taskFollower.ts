import type { Backoff } from "../../../concurrency/clock";
import { leftOf, type Deadline } from "../../../concurrency/deadline";
import { histogram, poll, type Look } from "../../../concurrency/poll";
import { formatDs, type Ds } from "../../../dnssec/ds";
import { DsRecordError } from "../../../errors";
import { duration } from "../../../wording/duration";
import { shortened } from "../../../wording/listed";
import type { Context } from "../../context";
import { decide } from "../request/decision";
import { recordId } from "../request/identity";
import type { PendingTask } from "../request/pending";
import { refused, type ChangeRequest, type Refused, type Unfinished } from "../request/request";
import { again, foreignTaskRuns, verbs } from "../wording/errors";
import { statusTexts } from "../wording/statusTexts";
import { isLagging, maxLagMs } from "./taskTimes";
import { waitForTask, type TaskEnd } from "./taskWait";

/** The task has ended, and the registrar lists its effect. */
export interface Ended {
  readonly kind: "ended";
}

/** The registrar does not show the task. */
export interface Vanished {
  readonly kind: "vanished";
}

const ended: Ended = { kind: "ended" };
const vanished: Vanished = { kind: "vanished" };

/** Pauses between readings of a listing that lags behind a finished task. */
const confirmPace: Backoff = { first: 250, factor: 1.6, max: 10_000 };

/** Maximum time, in ms, until the listing shows that a task reported as failed has succeeded. */
const maxOvertakenMs = 10_000;

/** Follows tasks of one turn until they have ended and the registrar lists their effect. */
export class TaskFollower {
  readonly #request: ChangeRequest;
  readonly #deadline: Deadline;
  readonly #context: Context;

  constructor(request: ChangeRequest, deadline: Deadline, context: Context) {
    this.#request = request;
    this.#deadline = deadline;
    this.#context = context;
  }

  /**
   * Follows a task of this run. A failed task is refused with TASK_FAILED.
   *
   * @param maybeSecond Another submission of this change may have had an effect. If so, this task
   *   fails, and the listing may lag behind the other one.
   */
  follow(task: PendingTask, maybeSecond: boolean): Promise<Ended | Vanished | Refused | Unfinished> {
    return this.#remembering(task, async () => {
      const end = await this.#waitFor(task);
      switch (end.end) {
        case "timeout":
          return this.#timedOut(task, end.seen);
        case "vanished":
          return vanished;
        case "failed":
          return this.#checkFailure(task, end, maybeSecond ? maxLagMs : maxOvertakenMs);
        case "succeeded":
          return (await this.#isListed(maxLagMs, this.#holds)) ? ended : this.#notListed(task);
      }
    });
  }

  /**
   * Follows a task of an earlier run. A failure is only reported. Afterwards the listing decides,
   * as soon as it cannot lag behind the task.
   */
  followEarlier(task: PendingTask): Promise<Ended | Unfinished> {
    const { identity, reporter } = this.#request;
    return this.#remembering(task, async () => {
      reporter.status(statusTexts.earlierTask(task.taskNo));
      const end = await this.#waitFor(task);
      if (end.end === "timeout") return this.#timedOut(task, end.seen);
      if (end.end === "failed") {
        reporter.warning(
          `Task ${task.taskNo} (${task.action}) of ${recordId(identity)}, from an earlier run, has failed: ${end.reason}`,
        );
      }
      if (end.end !== "succeeded") return ended;
      const isUpToDate = (records: readonly Ds[]) =>
        !isLagging(end.at, task, records, this.#context.clock.now());
      return (await this.#isListed(maxLagMs, isUpToDate)) ? ended : this.#notListed(task);
    });
  }

  /**
   * Waits for a task of another program, and a little longer. At the end of the time it refuses
   * with DOMAIN_BUSY.
   */
  async followForeign(taskNo: string, pauseMs: number, hasSubmitted: boolean): Promise<Ended | Refused> {
    const { clock, signal } = this.#context;
    // A registrar that lists the task as running may do so forever, even if its details say that
    // it has ended.
    const isLate = leftOf(this.#deadline, clock) <= 0;
    const { end } = await this.#waitFor({ taskNo, action: "modify", submittedAt: clock.now() });
    if (end === "timeout" || isLate) return refused(foreignTaskRuns(this.#request, taskNo, hasSubmitted));
    await clock.sleep(Math.min(Math.max(0, leftOf(this.#deadline, clock)), pauseMs), signal);
    return ended;
  }

  #waitFor(task: PendingTask): Promise<TaskEnd> {
    const { identity, reporter } = this.#request;
    return waitForTask(identity, task, { deadline: this.#deadline, reporter, context: this.#context });
  }

  /**
   * Checks the listing, because a task that the registrar reports as failed may have had its
   * effect.
   */
  async #checkFailure(
    task: PendingTask,
    failure: Extract<TaskEnd, { end: "failed" }>,
    forMs: number,
  ): Promise<Ended | Refused> {
    const { identity, reporter } = this.#request;
    let listed: readonly Ds[] = [];
    const holds = (records: readonly Ds[]) => {
      listed = records.filter(({ keyTag }) => keyTag === identity.keyTag);
      return this.#holds(records);
    };
    if (!(await this.#isListed(forMs, holds))) return refused(this.#failed(task, failure, listed));
    reporter.info(
      `Task ${task.taskNo} is reported as failed (${failure.reason}), but the registrar's listing shows its effect.`,
    );
    return ended;
  }

  #failed(
    { taskNo, action }: PendingTask,
    { reason, tries }: Extract<TaskEnd, { end: "failed" }>,
    listed: readonly Ds[],
  ): DsRecordError {
    const { identity, wish } = this.#request;
    const has =
      listed.length === 0 ? "no record" : shortened(listed.map((ds) => `"${formatDs(ds)}"`)).join(", ");
    const advice =
      wish.operation === "delete" ? "" : ", and that its registry accepts this algorithm and digest type";
    return new DsRecordError(
      "TASK_FAILED",
      `The registrar failed to ${verbs[action]} the DS record ${recordId(identity)} (${formatDs(wish.ds)}): ${reason} ` +
        `(task ${taskNo}${tries ? `, tried ${tries} times` : ""}). For this key tag it lists ${has}. Check that the domain is ` +
        `neither locked against updates nor expired${advice}. Then run ${again[wish.operation]} again.`,
      { taskNo },
    );
  }

  readonly #holds = (records: readonly Ds[]): boolean =>
    decide(this.#request.identity, this.#request.wish, records).kind === "holds";

  /** Reads the listing until it is as expected, for at most `ms` milliseconds. */
  async #isListed(ms: number, isExpected: (records: readonly Ds[]) => boolean): Promise<boolean> {
    const { identity, reporter } = this.#request;
    const { clock, registrar } = this.#context;
    const look = async (): Promise<Look<true>> =>
      isExpected(await registrar.list(identity.domain, this.#deadline))
        ? { done: true, value: true }
        : { done: false, seen: "something else" };
    const until = Math.min(this.#deadline.until, clock.now() + ms);
    const onWait = () => reporter.status(statusTexts.listing());
    return (await poll({ look, pace: confirmPace, until, onWait }, this.#context)).done;
  }

  /**
   * Turns an error into an unfinished change, because the state must remember a submitted task.
   */
  async #remembering<T>(task: PendingTask, action: () => Promise<T>): Promise<T | Unfinished> {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof DsRecordError)) throw error;
      const cause = error.message.replace(/\.$/, "");
      return this.#unfinished(task, `could not be followed to its end: ${cause}. It may still be running`);
    }
  }

  #timedOut(task: PendingTask, seen: ReadonlyMap<string, number>): Unfinished {
    const time = duration(this.#request.timeoutMs);
    return this.#unfinished(
      task,
      `did not finish within the time-out of ${time} (seen: ${histogram(seen)}). It may still be running`,
      " To allow more time, set customTimeouts.",
    );
  }

  #notListed(task: PendingTask): Unfinished {
    return this.#unfinished(
      task,
      "is reported as successful, but the registrar's listing does not show it yet",
    );
  }

  #unfinished(task: PendingTask, what: string, hint = ""): Unfinished {
    const { identity, wish } = this.#request;
    const next =
      wish.operation === "delete"
        ? `The record stays in the state. Run ${again[wish.operation]} again; it first checks the registrar, and waits for a task that ` +
          "is still running. Do not declare this record again before the task has ended."
        : `The record is kept in the state as unfinished, and the next ${again[wish.operation]} continues with the same task.`;
    const { taskNo, action } = task;
    const message = `The registrar's task ${taskNo} to ${verbs[action]} the DS record ${recordId(identity)} ${what}. ${next}${hint}`;
    return {
      kind: "unfinished",
      pending: task,
      error: new DsRecordError("TASK_UNFINISHED", message, { taskNo }),
    };
  }
}
