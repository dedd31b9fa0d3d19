import { backoffDelay, type Backoff } from "../clock";
import { formatDs, type Ds } from "../dnssec/ds";
import { DsRecordError } from "../errors";
import type { Context } from "./context";
import { ensure, type Wish } from "./ensure";
import { recordId, type RecordIdentity } from "./identity";
import { duration, histogram, poll, type Look } from "./polling";
import type { Change, Patience, Reporter, Submission } from "./ports";
import type { Pending } from "./state";
import { waitForTask, type TaskEnd } from "./taskWait";

/** One change of one record: whose, and how long it may take from the domain's turn on, in milliseconds. */
export interface Job {
  readonly identity: RecordIdentity;
  readonly wish: Wish;
  readonly timeoutMs: number;
  readonly reporter: Reporter;
  /** A task of an earlier run that has to end first. */
  readonly pending?: Pending | undefined;
}

/** The wish holds. `taskNo`: the task that brought it about, where it is known. */
export interface Done {
  /** Whether this run has asked the registrar for a task. */
  readonly submitted: boolean;
  readonly taskNo?: string;
}

/** There is a task, and it is not known how it ended. The state has to remember it. */
export class UnfinishedChange extends DsRecordError {
  readonly pending: Pending;

  constructor(pending: Pending, message: string) {
    super("TASK_UNFINISHED", message, { taskNo: pending.taskNo });
    this.pending = pending;
  }
}

type Obstacle = Exclude<Submission, { outcome: "accepted" }>;

/**
 * How long, in milliseconds, the effect of a submission is looked for whose answer was lost, before there is another:
 * the registrar has no idempotency token, and its listing may lag behind a task that is done.
 */
const doubtMs = 60_000;

/** How often a domain is looked at again that another task holds, or that could not be asked. */
const retryPace: Backoff = { first: 1_000, factor: 1.5, most: 20_000 };

/** The listing may lag behind a task that has succeeded: this often it is read back, and for so long. */
const confirmPace: Backoff = { first: 250, factor: 1.6, most: 10_000 };
const confirmMs = 120_000;

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
  #doubt: { readonly submission: Obstacle; readonly until: number } | undefined;

  constructor(job: Job, context: Context) {
    this.#job = job;
    this.#context = context;
    this.#startedAt = context.clock.now();
    this.#patience = { until: this.#startedAt + job.timeoutMs, signal: context.signal };
  }

  async run(): Promise<Done> {
    const { pending } = this.#job;
    if (pending) await this.#remembering(pending, () => this.#awaitEarlier(pending));
    for (let attempt = 0; ; attempt += 1) {
      const change = await this.#nextChange();
      if (!change)
        return { submitted: attempt > 0, ...(attempt === 0 && pending && { taskNo: pending.taskNo }) };
      const submission = this.#isInDoubt() ?? (await this.#submit(change));
      if (submission.outcome !== "accepted") {
        await this.#waitToLookAgain(submission, attempt);
        continue;
      }
      const done = await this.#seeThrough(change, submission.taskNo);
      if (done) return done;
    }
  }

  /** The task that is needed, by what the registrar has now. */
  async #nextChange(): Promise<Change | undefined> {
    const { identity, wish, reporter } = this.#job;
    reporter.status(`reading the DS records of ${identity.domain}`);
    const decision = ensure(identity, wish, await this.#records().catch((error) => this.#doubtful(error)));
    if (decision.kind === "refuse") throw decision.error;
    return decision.kind === "submit" ? decision.change : undefined;
  }

  /** A submission whose answer was lost, as long as its effect may still show. */
  #isInDoubt(): Obstacle | undefined {
    return this.#doubt && this.#context.clock.now() < this.#doubt.until ? this.#doubt.submission : undefined;
  }

  #records(): Promise<readonly Ds[]> {
    return this.#context.registrar.list(this.#job.identity.domain, this.#patience);
  }

  async #submit(change: Change): Promise<Submission> {
    const { identity, reporter } = this.#job;
    this.#context.signal.throwIfAborted();
    reporter.status(`submitting a task (${change.action})`);
    const submission = await this.#context.registrar.submit(identity.domain, change, this.#patience);
    if (submission.outcome === "uncertain") {
      this.#doubt = { submission, until: this.#context.clock.now() + doubtMs };
    }
    return submission;
  }

  /** @returns undefined when the task has vanished, and everything starts again. */
  async #seeThrough(change: Change, taskNo: string): Promise<Done | undefined> {
    const task = { taskNo, action: change.action, submittedAt: this.#context.clock.now() };
    return this.#remembering(task, async () => {
      const end = await this.#awaitTask(task);
      if (end.end === "vanished") return undefined;
      if (end.end === "failed") await this.#checkFailure(task, end);
      else await this.#confirm(task);
      return { submitted: true, taskNo };
    });
  }

  async #awaitTask(task: Pending): Promise<TaskEnd> {
    const { identity, reporter, timeoutMs } = this.#job;
    const context = this.#context;
    const end = await waitForTask(identity, task, { patience: this.#patience, reporter, context });
    if (end.end !== "timeout") return end;
    throw this.#unfinished(
      task,
      `is not done in the ${duration(timeoutMs)} that it was given (seen: ${histogram(end.seen)})`,
    );
  }

  async #awaitEarlier(pending: Pending): Promise<void> {
    const { identity, reporter } = this.#job;
    reporter.status(`going on with task ${pending.taskNo} of an earlier run`);
    const end = await this.#awaitTask(pending);
    if (end.end === "failed") {
      reporter.warning(
        `Task ${pending.taskNo} (${pending.action}) of ${recordId(identity)}, of an earlier run, has failed: ${end.reason}`,
      );
    }
  }

  /** The registrar may report a failure that its registry has overtaken: what counts is what it lists. */
  async #checkFailure(task: Pending, { reason, tries }: Extract<TaskEnd, { end: "failed" }>): Promise<void> {
    const { identity, wish, reporter } = this.#job;
    if (ensure(identity, wish, await this.#records()).kind === "holds") {
      reporter.info(
        `Task ${task.taskNo} is reported as failed (${reason}), but the registrar lists what was wanted.`,
      );
      return;
    }
    const tried = tries ? `, tried ${tries} times` : "";
    throw new DsRecordError(
      "TASK_FAILED",
      `The registrar failed to ${verbs[task.action]} the DS record ${recordId(identity)} (${formatDs(wish.ds)}): ${reason} ` +
        `(task ${task.taskNo}${tried}). Its DS records of ${identity.domain} are as they were. ` +
        "See that the domain is not locked against updates, not expired, and that its registry takes this algorithm and " +
        "digest type; then run `pulumi up` again.",
      { taskNo: task.taskNo },
    );
  }

  async #confirm(task: Pending): Promise<void> {
    const { identity, wish, reporter } = this.#job;
    const until = Math.min(this.#patience.until, this.#context.clock.now() + confirmMs);
    const look = async (): Promise<Look<true>> => {
      const { kind } = ensure(identity, wish, await this.#records());
      return kind === "holds" ? { done: true, value: true } : { done: false, seen: "the old records" };
    };
    const onWait = () => {
      reporter.status(`task ${task.taskNo} succeeded, waiting for the registrar to list it`);
    };
    const result = await poll({ look, pace: confirmPace, until, onWait }, this.#context);
    if (result.done) return;
    throw this.#unfinished(task, "is reported as successful, but the registrar's listing does not show it");
  }

  /** Whatever goes wrong once there is a task: the state has to know of it. */
  async #remembering<T>(task: Pending, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (error instanceof UnfinishedChange || !(error instanceof DsRecordError)) throw error;
      if (error.code === "TASK_FAILED") throw error;
      throw this.#unfinished(task, `could not be followed to its end: ${error.message}`);
    }
  }

  async #waitToLookAgain(obstacle: Obstacle, attempt: number): Promise<void> {
    const { clock, random, signal } = this.#context;
    const { identity, reporter } = this.#job;
    const left = this.#patience.until - clock.now();
    if (left <= 0) throw this.#outOfTime(obstacle);
    const elapsed = duration(clock.now() - this.#startedAt);
    reporter.status(`${reasonsToWait[obstacle.outcome](identity.domain)}; looking again (${elapsed})`);
    await clock.sleep(Math.min(left, backoffDelay(retryPace, attempt, random)), signal);
  }

  #outOfTime({ outcome, failure }: Obstacle): DsRecordError {
    const { identity, timeoutMs } = this.#job;
    const { code, consequence } = outOfTime[this.#doubt ? "uncertain" : outcome];
    return new DsRecordError(
      code ?? failure.code,
      `${recordId(identity)}: no task was accepted in ${duration(timeoutMs)}. The last answer: ${failure.message} ${consequence}`,
      failure.details,
    );
  }

  /** @throws the error, which must not hide that there may be a task. */
  #doubtful(error: unknown): never {
    if (!this.#doubt || !(error instanceof DsRecordError)) throw error;
    const { failure } = this.#doubt.submission;
    throw new DsRecordError(
      error.code,
      `${error.message} Before that: ${failure.message} ${outOfTime.uncertain.consequence}`,
      error.details,
    );
  }

  #unfinished(task: Pending, what: string): UnfinishedChange {
    const { identity, wish } = this.#job;
    const next =
      wish.operation === "delete"
        ? "The record stays in the state; run the same command again, which looks first and waits for what is still going on."
        : "The record is kept in the state as unfinished; the next `pulumi up` goes on with the same task.";
    return new UnfinishedChange(
      task,
      `Task ${task.taskNo}, which is to ${verbs[task.action]} the DS record ${recordId(identity)}, ${what}. ` +
        `It may still go on at the registrar. ${next} customTimeouts gives it more time.`,
    );
  }
}

const verbs = { add: "add", modify: "change", delete: "delete" } as const;

const reasonsToWait = {
  busy: (domain: string) => `another task of the registrar holds ${domain}`,
  deferred: () => "the registrar takes no request now",
  uncertain: () => "the registrar's answer was lost",
} as const;

const outOfTime: Readonly<
  Record<"busy" | "deferred" | "uncertain", { readonly code?: "DOMAIN_BUSY"; readonly consequence: string }>
> = {
  busy: {
    code: "DOMAIN_BUSY",
    consequence:
      "Another task held the domain all the time: nothing was changed. Run `pulumi up` again when it has ended.",
  },
  deferred: { consequence: "Nothing was changed. Run `pulumi up` again." },
  uncertain: {
    consequence:
      "It is not known whether there is a task. Run `pulumi up` again: it looks at what the registrar has first.",
  },
};
