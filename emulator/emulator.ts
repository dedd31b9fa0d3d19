import { type Account } from "./registrar/account";
import { type Ds } from "./ds";
import { type Clock } from "./clock";
import { type DnsOptions, type EmulatorDns } from "./dns/emulatorDns";
import { type FaultRule, type FaultSet } from "./control/faults";
import { type ArrivalFilter, type HeldAnswer, type HoldOptions } from "./control/holds";
import { type CallFilter, type JournalEntry } from "./control/journal";
import { type TaskTraits } from "./registrar/tasks";

/** How `startEmulator` sets an emulator up. */
export interface EmulatorOptions {
  /** The port on loopback. Default: 0, any that is free. */
  readonly port?: number;
  /** The access keys that are let in; each sees every domain, or those it names. Default: `testAccount` alone. */
  readonly accounts?: readonly Account[];
  /**
   * The account's domains: their names, or by name the DS records that they have. IDNs are named in Unicode.
   * Default: none. Those of a state file stay as they are there.
   */
  readonly domains?: readonly string[] | Readonly<Record<string, readonly Ds[]>>;
  /** Milliseconds from a task's submission until it is done; it waits for the first quarter. Default: 2000. */
  readonly taskDurationMs?: number;
  /** The time that tasks, listings and the journal go by. Default: the machine's. */
  readonly clock?: Clock;
  /** Whether calls whose timestamp is over 15 minutes from the machine's time are refused. Default: true. */
  readonly checkTimestamp?: boolean;
  /** A JSON file that keeps domains, records and tasks beyond the process; it is made if there is none. Default: none. */
  readonly stateFile?: string;
  /**
   * Two emulators of the same seed give out the same request and task numbers, and decide alike about faults that have
   * a `probability`. Default: a random one.
   */
  readonly seed?: string;
  /** DS records that a domain can have. Default: 8, as the vendor documents. */
  readonly maxRecords?: number;
  /**
   * Calls that an access key has in any second, by `clock`; those beyond are refused with Throttling.User, without
   * effect, and do not count. Default: no limit.
   */
  readonly requestsPerSecond?: number;
  /** Faults that are in force from the start. Default: none. */
  readonly faults?: Iterable<FaultRule>;
  /** Servers of the DNS, of the registered domains' parent zones and of test zones. Default: none. */
  readonly dns?: DnsOptions;
}

/** A task, as the registrar knows it. Times are milliseconds since the epoch. */
export interface EmulatedTask {
  readonly taskNo: string;
  readonly domain: string;
  readonly kind: "add" | "modify" | "delete" | "synchronize" | "other";
  readonly status: "WAITING_EXECUTE" | "EXECUTING" | "EXECUTE_SUCCESS" | "EXECUTE_FAILURE";
  readonly failReason?: string;
  readonly createdAt: number;
  /** What faults have made of it. */
  readonly traits: TaskTraits;
}

/** A running emulator of the registrar's API. Domain names are taken in any case. */
export interface Emulator {
  /** `http://127.0.0.1:port`, without a path. */
  readonly url: string;
  /** The first account. */
  readonly credentials: Account;
  /** What makes its numbers and its chances: print it, and a run can be repeated. */
  readonly seed: string;
  /** Environment variables that point the provider here. */
  readonly env: Readonly<Record<string, string>>;
  /** The calls that were answered or never will be, oldest first; the last 100,000 of them. */
  readonly journal: readonly JournalEntry[];
  /** The faults that are in force. */
  readonly faults: FaultSet;
  /** Its servers of the DNS. @throws {Error} where it was started without `dns`. */
  readonly dns: EmulatorDns;

  /** The journal's entries of an action, or those that a predicate accepts; by default all. */
  calls(filter?: CallFilter): JournalEntry[];
  clearJournal(): void;
  /**
   * Resolves with the `count`th matching call of the journal (by default the first) once it was answered, which it may
   * have been already. Rejects when the emulator is closed before.
   *
   * @example await emulator.waitForCall("QueryTaskDetailList", { count: 2 });
   */
  waitForCall(filter: CallFilter, options?: { readonly count?: number }): Promise<JournalEntry>;

  /**
   * Stops a call on its way, so that something can be done exactly there: killing its client, say. The answer is held
   * until `release()`. A call whose client leaves before that is dropped: with `when: "before"` it never has an effect,
   * with `"after"` it has had it. Only calls that authenticate and are within the rate limit are counted and stopped.
   * Other calls go on meanwhile. Faults strike a call when it is carried out: with `"before"`, on its release.
   *
   * @throws {TypeError} for an action that there is not. @throws {RangeError} for a count below 1.
   * @example
   * const held = emulator.holdAnswer("SaveSingleTaskForAddingDSRecord");
   * const client = spawn(…);
   * await held.arrived; // the task is there, and the client does not know
   * client.kill("SIGKILL");
   * await held.ended; // the emulator knows that the client is gone
   */
  holdAnswer(filter: ArrivalFilter, options?: HoldOptions): HeldAnswer;

  /** The records that the registrar has, whatever a lagging listing shows. @throws {Error} for an unknown domain. */
  records(domain: string): Ds[];
  /** The records that are in the registry's zone. @throws {Error} for an unknown domain. */
  registryRecords(domain: string): Ds[];
  /**
   * Changes the records behind everybody's back: no task, no journal, no checks. `at: "registry"` leaves the
   * registrar's listing as it is, until a synchronisation, and reaches the parent zone as a change there does; with
   * `"everywhere"` the parent has it at once. Default: `"everywhere"`.
   *
   * @throws {Error} for an unknown domain.
   */
  setRecords(
    domain: string,
    records: readonly Ds[],
    options?: { readonly at?: "everywhere" | "registry" },
  ): void;
  /** Puts a domain into the account; one that is there starts anew. @throws {TypeError} for an impossible name. */
  addDomain(domain: string, records?: readonly Ds[]): void;
  /** Takes a domain out of the account. @returns whether it was there. */
  removeDomain(domain: string): boolean;

  /** The tasks of a domain, or all, oldest first. */
  tasks(domain?: string): EmulatedTask[];
  /**
   * Starts a task that is not about DS records, as the console does (CHG_DNS): it holds the domain for `durationMs`, by
   * default as long as any task.
   *
   * @throws {Error} for an unknown domain, or while another task holds it.
   */
  addForeignTask(domain: string, options?: { readonly durationMs?: number }): EmulatedTask;
  /** Stops all tasks, and those to come, where they are. */
  holdTasks(): void;
  /** Lets tasks go on from where they were held; those that a fault has stuck stay stuck. */
  releaseTasks(): void;

  /** Ends every connection and frees the port. What a state file has stays. */
  close(): Promise<void>;
}
