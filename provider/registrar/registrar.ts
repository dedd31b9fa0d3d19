import type { Deadline } from "../concurrency/deadline";
import type { Ds } from "../dnssec/ds";
import type { DsRecordError } from "../errors";

/** What a task of the registrar is to do to the DS set of a domain. It finds records by their key tag alone. */
export type Change =
  | { readonly action: "add" | "modify"; readonly ds: Ds }
  | { readonly action: "delete"; readonly keyTag: number };

export type ChangeAction = Change["action"];

/**
 * What became of a submission. `accepted`: there is a task. `busy`: another task holds the domain, and nothing
 * happened. `deferred`: the registrar was asked too much or the connection was never made, and nothing happened.
 * `uncertain`: the answer was lost or odd, and there may be a task; `isFinal`: if there is none, asking again
 * would not help. `failure` says what was asked and answered; `cause` says it in a word or two, and `maxRetryMs` for how
 * long another submission makes sense.
 */
export type Submission =
  | { readonly outcome: "accepted"; readonly taskNo: string }
  | { readonly outcome: "busy"; readonly failure: DsRecordError }
  | {
      readonly outcome: "deferred";
      readonly failure: DsRecordError;
      readonly cause: string;
      readonly maxRetryMs: number;
    }
  | { readonly outcome: "uncertain"; readonly failure: DsRecordError; readonly isFinal: boolean };

/**
 * Where a task is. `invisible`: the registrar does not show a task of that number. Any other status it may name goes on.
 * `durationMs`: from a task's submission to its end, where the registrar tells.
 */
export type TaskStatus =
  | { readonly state: "running"; readonly status: string }
  | { readonly state: "succeeded"; readonly durationMs?: number }
  | { readonly state: "failed"; readonly reason: string; readonly tries?: number; readonly requestId: string }
  | { readonly state: "invisible" };

export interface FoundTask {
  readonly taskNo: string;
  readonly status: TaskStatus;
}

/** What the lifecycle needs of a registrar. Domains are lower-case A-labels. Rejections are `DsRecordError`s. */
export interface Registrar {
  /**
   * The whole DS set that the registrar lists, digests in lower case. An empty list is proof that there is none.
   *
   * @throws {DsRecordError} REGISTRAR_REFUSED, REGISTRAR_UNAVAILABLE, REGISTRAR_ANSWER_INVALID, PROCESS_ORPHANED
   */
  list(domain: string, deadline: Deadline): Promise<readonly Ds[]>;
  /**
   * Submits one task, and never twice.
   *
   * @throws {DsRecordError} REGISTRAR_REFUSED: asking again would not help, and nothing happened.
   */
  submit(domain: string, change: Change, deadline: Deadline): Promise<Submission>;
  /** One look at a task. @throws {DsRecordError} as `list` does. */
  taskStatus(domain: string, taskNo: string, deadline: Deadline): Promise<TaskStatus>;
  /**
   * The number of a task of the domain that is going on, if the registrar's list of tasks shows one. A list that cannot be
   * had shows none.
   *
   * @throws {DsRecordError} PROCESS_ORPHANED
   */
  runningTask(domain: string, deadline: Deadline): Promise<string | undefined>;
  /**
   * The tasks of the domain, of the last day at the least, whose numbers `submit` has not returned: that of a submission
   * whose answer was lost is among them, as soon as the registrar shows it.
   *
   * @returns undefined when that cannot be told: the list or a task's details could not be had, or there is too much to
   *   look at. Asking again goes on from there.
   * @throws {DsRecordError} PROCESS_ORPHANED
   */
  unclaimedTasks(domain: string, deadline: Deadline): Promise<readonly FoundTask[] | undefined>;
  /** To be told when a task of the domain has ended: a listing that was asked for before is out of date. */
  taskEnded(domain: string): void;
}
