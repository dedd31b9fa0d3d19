import { formatDs, type Ds } from "../../../dnssec/ds";
import type { Context } from "../../context";
import type { RecordIdentity } from "../identity";
import type { Deadline } from "../../../concurrency/deadline";
import type { FoundTask, Submission } from "../../../registrar/registrar";
import type { Pending } from "../../record/state";
import { endedAt, isDated, lagMs, usualMs } from "./taskWait";

/** A submission whose answer was lost, or said what nobody knows. */
export type Uncertain = Extract<Submission, { outcome: "uncertain" }>;

/**
 * How long, in milliseconds, a task is looked for that may have been made: the registrar has no idempotency token, and may
 * show a task late. A refusal that nobody knows is most likely one.
 */
const lookedForMs = { lost: 120_000, refused: 20_000 } as const;

/** The registrar tells times in whole seconds. */
const roundingMs = 2_000;

/**
 * What a look at the tasks of the domain comes to. `task`: one that may be the one, whose effect may be still to come, or
 * to be listed. `unlisted`: the tasks could not be had. `early`: there is none, but it is too early to say so. `none`.
 */
export interface Sighting {
  readonly kind: "task" | "unlisted" | "early" | "none";
  /** What there is, in words. */
  readonly seen: string;
}

const none: Sighting = { kind: "none", seen: "no task" };

/** Whether a submission has made a task, where nobody has told. No task says which submission has made it. */
export class Doubt {
  readonly submitted: Pending;
  /** Missing for a submission of an earlier run. */
  readonly cause: Uncertain | undefined;
  #stands = true;
  #lookUntil: number;
  /** Since when tasks have been over, in milliseconds since the epoch, by number; undefined while they go on. */
  readonly #tasks = new Map<string, number | undefined>();
  /** Numbers of tasks that are others. */
  readonly #others = new Set<string>();

  /** @param now When the answer would have been there; for a submission of an earlier run, when it was sent. */
  constructor(submitted: Pending, now = submitted.submittedAt, cause?: Uncertain) {
    this.submitted = submitted;
    this.cause = cause;
    this.#lookUntil = now + lookedForMs[isRefusal(cause) ? "refused" : "lost"];
  }

  /** Whether there may still be an effect to come. */
  get stands(): boolean {
    return this.#stands;
  }

  /** It is known by now what became of it. */
  settle(): void {
    this.#stands = false;
  }

  /** Another submission was refused since a task holds the domain: that one may be it. */
  reopen(now: number): void {
    this.#stands = true;
    this.#lookUntil = now + lookedForMs.lost;
  }

  /** Whether its task has been looked for long enough. */
  isOld(now: number): boolean {
    return now >= this.#lookUntil;
  }

  /** Whether the registrar lists what it was to bring about. */
  isShown({ keyTag }: RecordIdentity, records: readonly Ds[]): boolean {
    const { action, ds } = this.submitted;
    if (action === "delete") return !records.some((record) => record.keyTag === keyTag);
    return records.some((record) => formatDs(record) === ds);
  }

  /** One look at the tasks of the domain. @throws {DsRecordError} PROCESS_ORPHANED */
  async look(
    { domain }: RecordIdentity,
    deadline: Deadline,
    { registrar, clock }: Pick<Context, "registrar" | "clock">,
  ): Promise<Sighting> {
    const { submittedAt } = this.submitted;
    if (!isDated(submittedAt, clock.now())) return none;
    const tasks = await registrar.unclaimedTasks(domain, deadline);
    const now = clock.now();
    if (!tasks) {
      const isOver = now >= submittedAt + usualMs + lagMs;
      return isOver ? none : { kind: "unlisted", seen: "the registrar's list of tasks cannot be had" };
    }
    const seen = tasks.map((task) => this.#suspicion(task, now)).find((words) => words !== undefined);
    if (seen !== undefined) return { kind: "task", seen };
    return this.isOld(now) ? none : { kind: "early", seen: "there is no task to be seen yet" };
  }

  /** Why a task may be the one, and its effect not be listed yet, in words. */
  #suspicion({ taskNo, status }: FoundTask, now: number): string | undefined {
    if (this.#others.has(taskNo)) return undefined;
    if (status.state === "running") {
      this.#tasks.set(taskNo, undefined);
      return `task ${taskNo} of this domain is going on (${status.status})`;
    }
    if (status.state !== "succeeded") return undefined;
    if (!this.#tasks.has(taskNo)) {
      // One that has been over at the first look, and took longer than there has been time since, was there before.
      if ((status.durationMs ?? 0) > now - this.submitted.submittedAt + roundingMs) this.#others.add(taskNo);
      this.#tasks.set(taskNo, Math.min(now, endedAt(status, this.submitted)));
    }
    const at = this.#tasks.get(taskNo) ?? now;
    this.#tasks.set(taskNo, at);
    if (now >= at + lagMs) this.#others.add(taskNo);
    if (this.#others.has(taskNo)) return undefined;
    return `task ${taskNo} of this domain has succeeded, and the registrar's listing may not show it yet`;
  }
}

function isRefusal(cause: Uncertain | undefined): boolean {
  return cause?.isFinal === true && cause.failure.details.apiCode !== undefined;
}
