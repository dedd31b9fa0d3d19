import type { Deadline } from "../concurrency/deadline";
import { ApiFailure } from "../alicloud/errors";
import type { RateLimiter } from "../alicloud/rateLimiter";
import { retry, type Pacing } from "../alicloud/retry";
import type { Transport } from "../alicloud/transport";
import type { FoundTask, TaskStatus } from "./registrar";
import { taskDetailCall, taskListCall } from "./requests";
import {
  namedTaskStatusOf,
  taskListOf,
  taskStatusOf,
  type NamedTaskStatus,
  type TaskList,
} from "./responses";
import { SharedReads } from "./sharedReads";

/** Maximum number of tasks that are queried one by one; for more, the list is read first. */
const maxSingleTasks = 3;

/** Time after its last query until a task no longer counts as followed, in ms. */
const followedMs = 60_000;

/**
 * Maximum age of a list, in ms. An old status is harmless, since a task's status only moves
 * forward.
 */
const freshMs = 1_000;

const dayMs = 86_400_000;

/** After the task list could not be fetched, wait this long (ms) before asking again. */
const listPauseMs = 60_000;

/** Maximum number of tasks whose details are read to answer one question. */
const maxDetailReads = 20;

/**
 * Statuses in the list of tasks that mean that there are no details yet. COMPLETE does not mean
 * success.
 */
const runningStatuses: ReadonlySet<string> = new Set(["WAITING_EXECUTE", "EXECUTING"]);

/**
 * Queries tasks. When many are followed, one read of the account's list saves most reads of
 * details.
 */
export class TaskQueries {
  readonly #transport: Transport;
  readonly #limiter: RateLimiter;
  readonly #pacing: Pacing;
  readonly #details: SharedReads<TaskStatus>;
  readonly #lists: SharedReads<TaskList>;
  /** Time of the last query, in milliseconds since the epoch, by task number, oldest first. */
  readonly #followed = new Map<string, number>();
  /** Numbers of the tasks that this client submitted. */
  readonly #claimed = new Set<string>();
  /** Statuses that cannot change: the task is of another domain, or has succeeded. */
  readonly #settled = new Map<string, NamedTaskStatus>();
  /** Earliest time of the next list, in milliseconds since the epoch. */
  #listAgainAt = -Infinity;

  constructor(transport: Transport, limiter: RateLimiter, pacing: Pacing) {
    this.#transport = transport;
    this.#limiter = limiter;
    this.#pacing = pacing;
    this.#details = new SharedReads(limiter, pacing.clock);
    this.#lists = new SharedReads(limiter, pacing.clock, freshMs);
  }

  /** See `Registrar.taskStatus`. */
  async status(domain: string, taskNo: string, deadline: Deadline): Promise<TaskStatus> {
    this.#follow(taskNo);
    const shown =
      this.#followed.size > maxSingleTasks ? await this.#statusInList(taskNo, deadline) : undefined;
    if (shown !== undefined && runningStatuses.has(shown)) return { state: "running", status: shown };
    const status = await this.#statusInDetails(domain, taskNo, deadline);
    if (status.state === "succeeded" || status.state === "failed") this.#followed.delete(taskNo);
    return status;
  }

  #follow(taskNo: string): void {
    const now = this.#pacing.clock.now();
    // Deleted first, so that it moves to the end of the map.
    this.#followed.delete(taskNo);
    this.#followed.set(taskNo, now);
    for (const [other, queriedAt] of this.#followed) {
      if (now - queriedAt <= followedMs) return;
      this.#followed.delete(other);
    }
  }

  #statusInDetails(domain: string, taskNo: string, deadline: Deadline): Promise<TaskStatus> {
    const call = taskDetailCall(domain, taskNo);
    const send = async () => taskStatusOf(await this.#transport.send(call), domain, taskNo);
    const read = () => this.#details.ask(keyOf(domain, taskNo), call.what, send, deadline);
    return retry(call.what, read, deadline, this.#pacing);
  }

  /**
   * See `Registrar.runningTask`. The list says which tasks are running, and their details name the
   * domain.
   */
  async running(domain: string, deadline: Deadline): Promise<string | undefined> {
    const { statuses = [] } = (await this.#list(deadline)) ?? {};
    const candidates = [...statuses]
      .filter(([, status]) => runningStatuses.has(status))
      .slice(0, maxDetailReads);
    for (const [taskNo] of candidates) {
      const status = await this.#namedStatus(domain, taskNo, deadline);
      if (status?.state === "running") return taskNo;
    }
    return undefined;
  }

  /** Remembers the number of a task that this client submitted. */
  claim(taskNo: string): void {
    this.#claimed.add(taskNo);
  }

  /** See `Registrar.unclaimedTasks`. */
  async unclaimed(domain: string, deadline: Deadline): Promise<readonly FoundTask[] | undefined> {
    const list = await this.#list(deadline);
    if (!list?.hasNewest) return undefined;
    const found: FoundTask[] = [];
    let reads = 0;
    for (const taskNo of list.statuses.keys()) {
      if (this.#claimed.has(taskNo)) continue;
      const settled = this.#settled.get(keyOf(domain, taskNo));
      reads += settled ? 0 : 1;
      if (reads > maxDetailReads) return undefined;
      const status = settled ?? (await this.#namedStatus(domain, taskNo, deadline));
      if (!status || status.state === "invisible") return undefined;
      if (status.state !== "elsewhere") found.push({ taskNo, status });
    }
    return found;
  }

  /** Reads the details of a task whose domain is unknown. @returns undefined if that failed. */
  async #namedStatus(
    domain: string,
    taskNo: string,
    deadline: Deadline,
  ): Promise<NamedTaskStatus | undefined> {
    const call = taskDetailCall(domain, taskNo);
    const send = async () => namedTaskStatusOf(await this.#transport.send(call), domain, taskNo);
    const status = await unlessFailed(() => this.#limiter.run(call.what, send, deadline));
    if (status?.state === "elsewhere" || status?.state === "succeeded") {
      this.#settled.set(keyOf(domain, taskNo), status);
    }
    return status;
  }

  /** Returns the task's status in the account's list, if the one page that is read has it. */
  async #statusInList(taskNo: string, deadline: Deadline): Promise<string | undefined> {
    return (await this.#list(deadline))?.statuses.get(taskNo);
  }

  /**
   * Reads the list once. It only saves calls, so a failure is followed by a pause, not by another
   * try.
   */
  async #list(deadline: Deadline): Promise<TaskList | undefined> {
    const now = this.#pacing.clock.now();
    if (now < this.#listAgainAt) return undefined;
    // The API takes a day, and its time zone is not documented.
    const call = taskListCall(now - dayMs);
    const send = async () => taskListOf(await this.#transport.send(call));
    const list = await unlessFailed(() => this.#lists.ask("", call.what, send, deadline));
    if (list === undefined) this.#listAgainAt = now + listPauseMs;
    return list;
  }
}

function keyOf(domain: string, taskNo: string): string {
  return JSON.stringify([domain, taskNo]);
}

/** Returns undefined if the call failed. */
async function unlessFailed<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ApiFailure) return undefined;
    throw error;
  }
}
