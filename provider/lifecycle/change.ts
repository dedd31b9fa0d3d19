import { backoffDelay, type Backoff } from "../clock";
import { formatDs, type Ds } from "../dnssec/ds";
import { DsRecordError } from "../errors";
import type { Context } from "./context";
import { ensure } from "./ensure";
import type { Done, Job } from "./job";
import { doubt, outOfTime, reasonToWait, type Obstacle } from "./obstacle";
import { duration } from "./polling";
import type { Change, Patience, Submission } from "./ports";
import type { Pending } from "./state";
import { TaskRun } from "./taskRun";

/**
 * How long, in milliseconds, the effect of a submission is looked for whose answer was lost, before there is another:
 * the registrar has no idempotency token, and its listing may lag behind a task that is done.
 */
const doubtMs = 60_000;

/** How often a domain is looked at again that another task holds, or that could not be asked. */
const retryPace: Backoff = { first: 1_000, factor: 1.5, most: 20_000 };

/**
 * Brings a wish about: observe, ensure, wait, confirm; and observe again after every wait. To be called in the domain's
 * turn.
 *
 * @throws {UnfinishedChange} when there is a task whose end is not known.
 * @throws {DsRecordError} what `ensure` refuses; TASK_FAILED; DOMAIN_BUSY and REGISTRAR_UNAVAILABLE when the time ran out
 *   before there was a task; REGISTRAR_REFUSED, REGISTRAR_ANSWER_INVALID, PROCESS_ORPHANED.
 */
export async function bringAbout(job: Job, context: Context): Promise<Done> {
  return new ChangeRun(job, context).run();
}

class ChangeRun {
  readonly #job: Job;
  readonly #context: Context;
  readonly #patience: Patience;
  readonly #startedAt: number;
  readonly #tasks: TaskRun;
  #obstacle: Obstacle | undefined;
  #doubt: { readonly obstacle: Obstacle; until: number } | undefined;

  constructor(job: Job, context: Context) {
    this.#job = job;
    this.#context = context;
    this.#startedAt = context.clock.now();
    this.#patience = { until: this.#startedAt + job.timeoutMs, signal: context.signal };
    this.#tasks = new TaskRun(job, this.#patience, context);
  }

  async run(): Promise<Done> {
    const { pending } = this.#job;
    if (pending) await this.#tasks.awaitEarlier(pending);
    for (let attempt = 0; ; attempt += 1) {
      const records = await this.#records();
      const change = this.#changeFor(records);
      if (change === undefined) {
        if (await this.#awaitForeign()) continue;
        return {
          held: !pending && !this.#doubt,
          ...(pending && attempt === 0 && { taskNo: pending.taskNo }),
        };
      }
      const taskNo = await this.#taskFor(change, attempt);
      if (taskNo === undefined) continue;
      if (await this.#tasks.seeThrough(this.#taskOf(change, taskNo, records))) return { held: false, taskNo };
    }
  }

  async #records(): Promise<readonly Ds[]> {
    const { identity, reporter } = this.#job;
    reporter.status(`reading the DS records of ${identity.domain}`);
    return this.#withDoubt(() => this.#context.registrar.list(identity.domain, this.#patience));
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
  async #awaitForeign(): Promise<boolean> {
    const { identity, reporter } = this.#job;
    const taskNo = await this.#context.registrar.runningTask(identity.domain, this.#patience);
    if (taskNo === undefined) return false;
    reporter.status(`waiting for task ${taskNo}, which may change ${identity.domain} yet`);
    await this.#tasks.awaitForeign(taskNo);
    return true;
  }

  /** @returns undefined when there is none, and it was waited a little. */
  async #taskFor(change: Change, attempt: number): Promise<string | undefined> {
    this.#failIfOutOfTime();
    const submission = (await this.#standingDoubt()) ?? (await this.#submit(change));
    if (submission.outcome === "accepted") return submission.taskNo;
    this.#obstacle = submission;
    await this.#waitFor(submission, attempt);
    return undefined;
  }

  async #submit(change: Change): Promise<Submission> {
    const { identity, reporter } = this.#job;
    const { registrar, signal, clock } = this.#context;
    signal.throwIfAborted();
    reporter.status(`submitting a task (${change.action})`);
    const submission = await this.#withDoubt(() => registrar.submit(identity.domain, change, this.#patience));
    if (submission.outcome === "uncertain")
      this.#doubt = { obstacle: submission, until: clock.now() + doubtMs };
    // What holds the domain may be the task that is in doubt: its effect can only show when it is over.
    if (submission.outcome === "busy" && this.#doubt) this.#doubt.until = clock.now() + doubtMs;
    return submission;
  }

  /** A submission whose answer was lost, as long as its effect may still show. */
  async #standingDoubt(): Promise<Obstacle | undefined> {
    const { clock, registrar } = this.#context;
    if (!this.#doubt || clock.now() >= this.#doubt.until) return undefined;
    const taskNo = await registrar.runningTask(this.#job.identity.domain, this.#patience);
    if (taskNo !== undefined) this.#doubt.until = clock.now() + doubtMs;
    return this.#doubt.obstacle;
  }

  async #waitFor({ outcome }: Obstacle, attempt: number): Promise<void> {
    const { clock, random, signal } = this.#context;
    const { identity, reporter } = this.#job;
    this.#failIfOutOfTime();
    const elapsed = duration(clock.now() - this.#startedAt);
    reporter.status(`${reasonToWait[outcome](identity.domain)} (${elapsed})`);
    const left = this.#patience.until - clock.now();
    await clock.sleep(Math.min(left, backoffDelay(retryPace, attempt, random)), signal);
  }

  /** Nothing is submitted that nobody has time to follow. */
  #failIfOutOfTime(): void {
    if (!this.#obstacle || this.#context.clock.now() < this.#patience.until) return;
    const { identity, wish, timeoutMs } = this.#job;
    throw outOfTime(identity, wish.operation, timeoutMs, this.#doubt?.obstacle ?? this.#obstacle);
  }

  /** An error must not hide that there may be a task. */
  async #withDoubt<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (!this.#doubt || !(error instanceof DsRecordError)) throw error;
      const { failure } = this.#doubt.obstacle;
      const message = `${error.message} Before that: ${failure.message} ${doubt(this.#job.wish.operation)}`;
      throw new DsRecordError(error.code, message, error.details);
    }
  }

  #taskOf(change: Change, taskNo: string, records: readonly Ds[]): Pending {
    const submittedAt = this.#context.clock.now();
    if (change.action === "delete") return { taskNo, action: change.action, submittedAt };
    const was = records.find(({ keyTag }) => keyTag === change.ds.keyTag);
    return {
      taskNo,
      action: change.action,
      submittedAt,
      ds: formatDs(change.ds),
      ...(was && { was: formatDs(was) }),
    };
  }
}
