import type { Deadline } from "../../../concurrency/deadline";
import { formatDs, type Ds } from "../../../dnssec/ds";
import { DsRecordError } from "../../../errors";
import type { FoundTask, Submission } from "../../../registrar/registrar";
import type { Context } from "../../context";
import type { RecordIdentity } from "../request/identity";
import type { Pending } from "../request/pending";
import { assumedRunMs, endOf, isCredible, maxLagMs } from "./taskTimes";

/** A submission whose answer was lost, or that the registrar refused with an unknown code. */
export type Uncertain = Extract<Submission, { outcome: "uncertain" }>;

/**
 * Maximum search for the task of such a submission, in ms: the registrar has no idempotency token,
 * and may show a task late. A refusal with an unknown code is most likely a refusal.
 */
const maxSearchMs = { lost: 120_000, refused: 20_000 } as const;

/** The registrar reports times in whole seconds. */
const roundingMs = 2_000;

/**
 * The result of one look at the tasks of the domain. `task`: one that may belong to the submission,
 * and whose effect may be still to come or to be listed. `unlisted`: the tasks could not be
 * fetched. `early`: no task, but it is too early to be sure. `none`: no task.
 */
export interface Sighting {
  readonly kind: "task" | "unlisted" | "early" | "none";
  /** What was seen, in words. */
  readonly seen: string;
}

const none: Sighting = { kind: "none", seen: "no task" };

/**
 * Searches for the task of a submission whose answer was lost. No task says which submission made
 * it.
 */
export class LostSubmission {
  readonly submitted: Pending;
  /** Missing for a submission of an earlier run. */
  readonly cause: Uncertain | undefined;
  #isOpen = true;
  #searchUntil: number;
  /** When each finished task ended, in ms since the epoch; undefined while it runs. */
  readonly #tasks = new Map<string, number | undefined>();
  /** Numbers of tasks that belong to other submissions. */
  readonly #others = new Set<string>();

  /** @param now When the answer was due; for a submission of an earlier run, when it was sent. */
  constructor(submitted: Pending, now = submitted.submittedAt, cause?: Uncertain) {
    this.submitted = submitted;
    this.cause = cause;
    this.#searchUntil = now + maxSearchMs[isRefusal(cause) ? "refused" : "lost"];
  }

  /** Returns whether an effect may still come. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Notes that the submission had no effect. */
  settle(): void {
    this.#isOpen = false;
  }

  /**
   * Starts the search again, because another submission was refused: the task that holds the domain
   * may be this one.
   */
  reopen(now: number): void {
    this.#isOpen = true;
    this.#searchUntil = now + maxSearchMs.lost;
  }

  /** Returns whether the search has lasted long enough. */
  isOld(now: number): boolean {
    return now >= this.#searchUntil;
  }

  /** Returns whether the registrar lists the submission's effect. */
  isShown({ keyTag }: RecordIdentity, records: readonly Ds[]): boolean {
    const { action, ds } = this.submitted;
    if (action === "delete") return !records.some((record) => record.keyTag === keyTag);
    return records.some((record) => formatDs(record) === ds);
  }

  /** Looks once at the tasks of the domain. @throws {DsRecordError} PROCESS_ORPHANED */
  async look(
    { domain }: RecordIdentity,
    deadline: Deadline,
    { registrar, clock }: Pick<Context, "registrar" | "clock">,
  ): Promise<Sighting> {
    const { submittedAt } = this.submitted;
    if (!isCredible(submittedAt, clock.now())) return none;
    const tasks = await registrar.unclaimedTasks(domain, deadline);
    const now = clock.now();
    if (!tasks) {
      const isOver = now >= submittedAt + assumedRunMs + maxLagMs;
      return isOver ? none : { kind: "unlisted", seen: "the registrar's list of tasks is not available" };
    }
    const seen = tasks.map((task) => this.#suspicion(task, now)).find((words) => words !== undefined);
    if (seen !== undefined) return { kind: "task", seen };
    return this.isOld(now) ? none : { kind: "early", seen: "no task is visible yet" };
  }

  /** Returns why a task may belong to the submission and its effect not be listed yet, in words. */
  #suspicion({ taskNo, status }: FoundTask, now: number): string | undefined {
    if (this.#others.has(taskNo)) return undefined;
    if (status.state === "running") {
      this.#tasks.set(taskNo, undefined);
      return `task ${taskNo} of this domain is running (${status.status})`;
    }
    if (status.state !== "succeeded") return undefined;
    if (!this.#tasks.has(taskNo)) {
      // A task that was over at the first look, and ran longer than the submission is old, is an
      // earlier one.
      if ((status.durationMs ?? 0) > now - this.submitted.submittedAt + roundingMs) this.#others.add(taskNo);
      this.#tasks.set(taskNo, Math.min(now, endOf(status, this.submitted)));
    }
    const endedAt = this.#tasks.get(taskNo) ?? now;
    this.#tasks.set(taskNo, endedAt);
    if (now >= endedAt + maxLagMs) this.#others.add(taskNo);
    if (this.#others.has(taskNo)) return undefined;
    return `task ${taskNo} of this domain has succeeded, and the registrar's listing may not show it yet`;
  }
}

/**
 * Returns the error for a submission that would be refused again.
 *
 * @param sighting The last look at the tasks of the domain.
 */
export function withoutEffect({ failure }: Uncertain, sighting: Sighting["kind"]): DsRecordError {
  const { code, message, details } = failure;
  if (sighting !== "none") return failure;
  return new DsRecordError(code, `${message} This run searched for a task and found none.`, details);
}

function isRefusal(cause: Uncertain | undefined): boolean {
  return cause?.isFinal === true && cause.failure.details.apiCode !== undefined;
}
