import { type Clock } from "./clock";
import { type FaultRule, type FaultSet } from "./control/faults";
import { type ArrivalFilter, type HeldAnswer, type HoldOptions } from "./control/holds";
import { type CallFilter, type JournalEntry } from "./control/journal";
import { type DnsOptions, type EmulatorDns } from "./dns/emulatorDns";
import { type Ds } from "./ds";
import { type Account } from "./registrar/account";
import { type TaskTraits } from "./registrar/tasks";

/** Options of `startEmulator`. */
export interface EmulatorOptions {
  /** Port of the API on 127.0.0.1. Default: 0, any free port. */
  readonly port?: number;
  /**
   * Accepted access keys. Each sees every domain, or those in its `domains`. Default:
   * `testAccount`.
   */
  readonly accounts?: readonly Account[];
  /**
   * Domains of the account, as a list of names, or as an object with the DS records of each name.
   * IDNs are written in Unicode. A domain in the state file keeps the records that it has there.
   * Default: none.
   */
  readonly domains?: readonly string[] | Readonly<Record<string, readonly Ds[]>>;
  /**
   * Time from a task's submission to its end, in ms. The task waits for the first quarter. Default:
   * 2000.
   */
  readonly taskDurationMs?: number;
  /** Clock for tasks, listings and the journal. Default: the system clock. */
  readonly clock?: Clock;
  /**
   * Whether to refuse calls whose timestamp differs by over 15 minutes from the system clock.
   * Default: true.
   */
  readonly checkTimestamp?: boolean;
  /**
   * JSON file that keeps domains, records and tasks across restarts. Created if missing. Default:
   * none.
   */
  readonly stateFile?: string;
  /**
   * Seed for request numbers, task numbers and faults with a `probability`. Two emulators with the
   * same seed give the same ones. Default: random.
   */
  readonly seed?: string;
  /** Maximum number of DS records of a domain. Default: 8, as the vendor documents. */
  readonly maxRecords?: number;
  /**
   * Maximum number of calls of an access key within any second, by `clock`. Further calls are
   * refused with Throttling.User; they have no effect and do not count. Default: no limit.
   */
  readonly requestsPerSecond?: number;
  /** Initial faults. Default: none. */
  readonly faults?: Iterable<FaultRule>;
  /**
   * DNS servers for the parent zones of the registered domains and for test zones. Default: none.
   */
  readonly dns?: DnsOptions;
}

/** A task of the registrar. */
export interface EmulatedTask {
  readonly taskNo: string;
  readonly domain: string;
  readonly kind: "add" | "modify" | "delete" | "synchronize" | "other";
  readonly status: "WAITING_EXECUTE" | "EXECUTING" | "EXECUTE_SUCCESS" | "EXECUTE_FAILURE";
  readonly failReason?: string;
  /** Time of submission, in ms since the epoch. */
  readonly createdAt: number;
  /** How faults changed the task. */
  readonly traits: TaskTraits;
}

/** A running emulator. Methods accept domain names in any case. */
export interface Emulator {
  /** `http://127.0.0.1:port`, without a path. */
  readonly url: string;
  /** The first account. */
  readonly credentials: Account;
  /** The seed in use. Pass it to another emulator to repeat a run. */
  readonly seed: string;
  /** Environment variables that point the provider at this emulator. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * The last 100,000 finished calls, oldest first: those answered, and those that never will be.
   */
  readonly journal: readonly JournalEntry[];
  /** The faults in force. */
  readonly faults: FaultSet;
  /** The DNS servers. @throws {Error} if the emulator was started without `dns`. */
  readonly dns: EmulatorDns;

  /**
   * Returns the journal's entries for an action, or those that a predicate accepts. Default: all.
   */
  calls(filter?: CallFilter): JournalEntry[];
  /** Empties the journal. */
  clearJournal(): void;
  /**
   * Resolves with the `count`th matching call once it is answered; at once if it already was.
   * Rejects if the emulator is closed first.
   *
   * @param options `count`: 1 by default.
   * @example await emulator.waitForCall("QueryTaskDetailList", { count: 2 });
   */
  waitForCall(filter: CallFilter, options?: { readonly count?: number }): Promise<JournalEntry>;

  /**
   * Holds a call, before or after its effect, so that a test can act at exactly that point: kill
   * the client, for example. The call is answered after `release()`. If its client leaves earlier,
   * the call is dropped: with `when: "before"` it never has an effect, with `"after"` it already
   * had it. Only calls that authenticate and are within the rate limit are counted and held. Other
   * calls continue meanwhile. Faults strike when the call is carried out, so with `"before"` on
   * release.
   *
   * @throws {TypeError} for an unknown action.
   * @throws {RangeError} for a count below 1.
   * @example
   * const held = emulator.holdAnswer("SaveSingleTaskForAddingDSRecord");
   * const client = spawn(…);
   * await held.arrived; // the task exists, and the client does not know
   * client.kill("SIGKILL");
   * await held.ended; // the emulator has noticed that the client is gone
   */
  holdAnswer(filter: ArrivalFilter, options?: HoldOptions): HeldAnswer;

  /**
   * Returns the registrar's records, even while the listing lags.
   *
   * @throws {Error} for an unknown domain.
   */
  records(domain: string): Ds[];
  /** Returns the records in the registry's zone. @throws {Error} for an unknown domain. */
  registryRecords(domain: string): Ds[];
  /**
   * Replaces a domain's records without a task, a journal entry or any check. With `at: "registry"`
   * the registrar's listing stays as it is until a synchronization, and the parent zone follows
   * after its publication delay. With `"everywhere"` the parent zone has the records at once.
   *
   * @param options `at`: `"everywhere"` by default.
   * @throws {Error} for an unknown domain.
   */
  setRecords(
    domain: string,
    records: readonly Ds[],
    options?: { readonly at?: "everywhere" | "registry" },
  ): void;
  /**
   * Adds a domain to the account, or resets an existing one.
   *
   * @throws {TypeError} for an impossible name.
   */
  addDomain(domain: string, records?: readonly Ds[]): void;
  /** Removes a domain from the account. Returns whether it existed. */
  removeDomain(domain: string): boolean;

  /**
   * Returns the tasks of a domain, or all tasks, oldest first.
   *
   * @throws {Error} for an unknown domain.
   */
  tasks(domain?: string): EmulatedTask[];
  /**
   * Starts a task that has nothing to do with DS records (CHG_DNS), as the console does. Until it
   * ends, the domain accepts no other task.
   *
   * @param options `durationMs`: `taskDurationMs` by default.
   * @throws {Error} for an unknown domain, or while the domain has an unfinished task.
   * @throws {RangeError} for a negative duration.
   */
  addForeignTask(domain: string, options?: { readonly durationMs?: number }): EmulatedTask;
  /** Pauses all tasks, including later ones. */
  holdTasks(): void;
  /** Resumes the tasks where they were paused. Tasks that a fault has stuck stay stuck. */
  releaseTasks(): void;

  /** Closes every connection and frees the ports. The state file stays. */
  close(): Promise<void>;
}
