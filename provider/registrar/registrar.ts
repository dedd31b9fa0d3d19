import type { Deadline } from "../concurrency/deadline";
import type { Ds } from "../dnssec/ds";
import type { DsRecordError } from "../errors";

/**
 * A change to the DS set of a domain, for one task. The registrar finds records by their key tag
 * alone.
 */
export type Change =
  | { readonly action: "add" | "modify"; readonly ds: Ds }
  | { readonly action: "delete"; readonly keyTag: number };

export type ChangeAction = Change["action"];

/**
 * The outcome of a submission:
 * - `accepted`: there is a task.
 * - `busy`: another task holds the domain, and nothing happened.
 * - `deferred`: the registrar throttled, or there was no connection, and nothing happened. `cause`
 *   says why in one or two words; `maxRetryMs` is the maximum time for further tries, in ms.
 * - `uncertain`: the answer was lost or unusable, and there may be a task. With `isFinal`, another
 *   submission would not help if there is none.
 *
 * `failure` says what was asked and what was answered.
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
 * The status of a task. Unknown statuses count as `running`; `invisible` means that the registrar
 * shows no task with that number. `durationMs` is the time from submission to end, if the registrar
 * reports it.
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

/**
 * The registrar as the lifecycle uses it. Domains are lower-case A-labels. Rejections are
 * `DsRecordError`s.
 */
export interface Registrar {
  /**
   * Returns the whole DS set that the registrar lists, digests in lower case. An empty list proves
   * that there are no records.
   *
   * @throws {DsRecordError} REGISTRAR_REFUSED, REGISTRAR_UNAVAILABLE, REGISTRAR_ANSWER_INVALID,
   *   PROCESS_ORPHANED
   */
  list(domain: string, deadline: Deadline): Promise<readonly Ds[]>;
  /**
   * Submits one task, and never twice.
   *
   * @throws {DsRecordError} REGISTRAR_REFUSED: another submission would not help, and nothing
   *   happened.
   */
  submit(domain: string, change: Change, deadline: Deadline): Promise<Submission>;
  /** Asks once for the status of a task. @throws {DsRecordError} as `list` does. */
  taskStatus(domain: string, taskNo: string, deadline: Deadline): Promise<TaskStatus>;
  /**
   * Returns the number of a running task of the domain, if the registrar's list of tasks shows one.
   * Undefined also if the list cannot be fetched.
   *
   * @throws {DsRecordError} PROCESS_ORPHANED
   */
  runningTask(domain: string, deadline: Deadline): Promise<string | undefined>;
  /**
   * Returns the tasks of the domain whose numbers `submit` has not returned, of at least the last
   * day. If the answer to a submission was lost, its task is among them as soon as the registrar
   * shows it.
   *
   * @returns undefined when the tasks are not known: the list or the details of a task could not be
   *   fetched, or there are too many tasks. Another call continues from there.
   * @throws {DsRecordError} PROCESS_ORPHANED
   */
  unclaimedTasks(domain: string, deadline: Deadline): Promise<readonly FoundTask[] | undefined>;
  /**
   * Notes that a task of the domain has ended, which makes earlier listings out of date.
   */
  taskEnded(domain: string): void;
}
