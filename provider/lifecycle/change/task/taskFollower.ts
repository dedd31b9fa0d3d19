import type { Backoff } from "../../../concurrency/clock";
import { formatDs, type Ds } from "../../../dnssec/ds";
import { shortened } from "../../../wording/listed";
import { DsRecordError } from "../../../errors";
import type { Context } from "../../context";
import { ensure } from "../decision";
import { recordId } from "../identity";
import type { Job } from "../request";
import { again, submittedBefore, verbs } from "../errors";
import { duration, histogram, poll, type Look } from "./polling";
import type { Deadline } from "../../../concurrency/deadline";
import type { Pending, PendingTask } from "../../record/state";
import { statusTexts } from "../statusTexts";
import { isLagging, lagMs, waitForTask, type TaskEnd } from "./taskWait";

/** There is a task, or there may be one, and it is not known how it ended. The state has to remember it. */
export class UnfinishedChange extends DsRecordError {
  readonly pending: Pending;

  constructor(
    pending: Pending,
    { code, message, details }: Pick<DsRecordError, "code" | "message" | "details">,
  ) {
    super(code, message, details);
    this.pending = pending;
  }
}

/** The listing may lag behind a task that has ended: this often it is read back. */
const confirmPace: Backoff = { first: 250, factor: 1.6, most: 10_000 };

/** For so long it is read back whether a failure, in milliseconds, was none. */
const failedMs = 10_000;

/** Follows tasks to their end, and a little further: until the registrar lists what they did. */
export class TaskRun {
  readonly #job: Job;
  readonly #deadline: Deadline;
  readonly #context: Context;

  constructor(job: Job, deadline: Deadline, context: Context) {
    this.#job = job;
    this.#deadline = deadline;
    this.#context = context;
  }

  /**
   * Follows a task of this run.
   *
   * @param isMaybeSecond Another submission of this change may have had an effect: then this one fails, and the listing
   *   lags behind that one.
   * @returns false when the task has vanished, and everything starts again.
   * @throws {UnfinishedChange}
   * @throws {DsRecordError} TASK_FAILED
   */
  async seeThrough(task: PendingTask, isMaybeSecond: boolean): Promise<boolean> {
    return this.#remembering(task, async () => {
      const end = await this.#awaitTask(task);
      if (end.end === "vanished") return false;
      if (end.end === "failed") await this.#checkFailure(task, end, isMaybeSecond ? lagMs : failedMs);
      else if (!(await this.#comesAbout(lagMs, this.#holds))) throw this.#notListed(task);
      return true;
    });
  }

  /**
   * Follows a task of an earlier run. How it ends is told and makes no difference: what the registrar lists counts, as soon
   * as it cannot be what it listed before.
   *
   * @throws {UnfinishedChange}
   */
  async awaitEarlier(task: PendingTask): Promise<void> {
    const { identity, reporter } = this.#job;
    await this.#remembering(task, async () => {
      reporter.status(statusTexts.earlierTask(task.taskNo));
      const end = await this.#awaitTask(task);
      if (end.end === "failed") {
        reporter.warning(
          `Task ${task.taskNo} (${task.action}) of ${recordId(identity)}, of an earlier run, has failed: ${end.reason}`,
        );
      }
      if (end.end !== "succeeded") return;
      const isUpToDate = (records: readonly Ds[]) =>
        !isLagging(end.at, task, records, this.#context.clock.now());
      if (!(await this.#comesAbout(lagMs, isUpToDate))) throw this.#notListed(task);
    });
  }

  /** Waits for somebody else's task of the domain, and a little longer. @throws {DsRecordError} DOMAIN_BUSY */
  async awaitForeign(taskNo: string, pauseMs: number, hasSubmitted: boolean): Promise<void> {
    const { identity, wish, timeoutMs } = this.#job;
    const { clock, signal } = this.#context;
    // Whoever says that it goes on may say so for ever, whatever it says of its end.
    const isLate = clock.now() >= this.#deadline.until;
    const { end } = await this.#wait({ taskNo, action: "modify", submittedAt: clock.now() });
    const left = Math.max(0, this.#deadline.until - clock.now());
    if (end !== "timeout" && !isLate) return clock.sleep(Math.min(left, pauseMs), signal);
    throw new DsRecordError(
      "DOMAIN_BUSY",
      `${recordId(identity)} is as it should be, but task ${taskNo} of ${identity.domain} is still going on after the ` +
        `${duration(timeoutMs)} that this had, and may change that: one of the console, of another program or of an earlier ` +
        `run. ${submittedBefore(hasSubmitted)}Run ${again[wish.operation]} again when it has ended.`,
      { taskNo },
    );
  }

  #wait(task: PendingTask): Promise<TaskEnd> {
    const { identity, reporter } = this.#job;
    return waitForTask(identity, task, { deadline: this.#deadline, reporter, context: this.#context });
  }

  async #awaitTask(task: PendingTask): Promise<TaskEnd> {
    const end = await this.#wait(task);
    if (end.end !== "timeout") return end;
    const seen = histogram(end.seen);
    throw this.#unfinished(
      task,
      `is not done in the ${duration(this.#job.timeoutMs)} that it was given (seen: ${seen}), and may still go on there`,
      " customTimeouts gives it more time.",
    );
  }

  /** The registrar may report a failure that its registry has overtaken: what counts is what it lists. */
  async #checkFailure(
    task: PendingTask,
    { reason, tries }: Extract<TaskEnd, { end: "failed" }>,
    forMs: number,
  ): Promise<void> {
    const { identity, wish, reporter } = this.#job;
    let listed: readonly Ds[] = [];
    const holds = (records: readonly Ds[]) => {
      listed = records.filter(({ keyTag }) => keyTag === identity.keyTag);
      return this.#holds(records);
    };
    if (await this.#comesAbout(forMs, holds)) {
      reporter.info(
        `Task ${task.taskNo} is reported as failed (${reason}), but the registrar lists what was wanted.`,
      );
      return;
    }
    const has =
      listed.length === 0 ? "no record" : shortened(listed.map((ds) => `"${formatDs(ds)}"`)).join(", ");
    const advice =
      wish.operation === "delete" ? "" : ", and that its registry takes this algorithm and digest type";
    throw new DsRecordError(
      "TASK_FAILED",
      `The registrar failed to ${verbs[task.action]} the DS record ${recordId(identity)} (${formatDs(wish.ds)}): ${reason} ` +
        `(task ${task.taskNo}${tries ? `, tried ${tries} times` : ""}). For this key tag it lists ${has}. See that the domain is ` +
        `not locked against updates and not expired${advice}. Then run ${again[wish.operation]} again.`,
      { taskNo: task.taskNo },
    );
  }

  readonly #holds = (records: readonly Ds[]): boolean =>
    ensure(this.#job.identity, this.#job.wish, records).kind === "holds";

  /** Reads the listing until it is as expected, for `ms` milliseconds at the most. */
  async #comesAbout(ms: number, isSo: (records: readonly Ds[]) => boolean): Promise<boolean> {
    const { identity, reporter } = this.#job;
    const { clock, registrar } = this.#context;
    const look = async (): Promise<Look<true>> =>
      isSo(await registrar.list(identity.domain, this.#deadline))
        ? { done: true, value: true }
        : { done: false, seen: "something else" };
    const until = Math.min(this.#deadline.until, clock.now() + ms);
    const onWait = () => reporter.status(statusTexts.listing());
    return (await poll({ look, pace: confirmPace, until, onWait }, this.#context)).done;
  }

  /** Whatever goes wrong once there is a task: the state has to know of it. */
  async #remembering<T>(task: PendingTask, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (error instanceof UnfinishedChange || !(error instanceof DsRecordError)) throw error;
      if (error.code === "TASK_FAILED") throw error;
      throw this.#unfinished(
        task,
        `could not be followed to its end, and may still go on there: ${error.message.replace(/\.$/, "")}`,
      );
    }
  }

  #notListed(task: PendingTask): UnfinishedChange {
    return this.#unfinished(
      task,
      "is reported as successful, but the registrar's listing does not show it yet",
    );
  }

  #unfinished(task: PendingTask, what: string, hint = ""): UnfinishedChange {
    const { identity, wish } = this.#job;
    const next =
      wish.operation === "delete"
        ? `The record stays in the state. Run ${again[wish.operation]} again: it looks first, and waits for what is still ` +
          "going on. Do not declare this record anew before the task has ended."
        : `The record is kept in the state as unfinished: the next ${again[wish.operation]} goes on with the same task.`;
    const { taskNo, action } = task;
    const message = `Task ${taskNo} of the registrar, which is to ${verbs[action]} the DS record ${recordId(identity)}, ${what}. ${next}${hint}`;
    return new UnfinishedChange(task, { code: "TASK_UNFINISHED", message, details: { taskNo } });
  }
}
