import type { Deadline } from "../concurrency/deadline";
import type { FoundTask, TaskStatus } from "./registrar";
import { taskDetailCall, taskListCall } from "./requests";
import { RegistrarFailure } from "../alicloud/errors";
import type { Limiter } from "../alicloud/rateLimiter";
import { retried, type Pacing } from "../alicloud/retry";
import { SharedReads } from "./sharedReads";
import type { Transport } from "../alicloud/transport";
import {
  namedTaskStatusOf,
  taskListOf,
  taskStatusOf,
  type NamedTaskStatus,
  type TaskList,
} from "./responses";

/** Up to so many tasks are looked at one by one. */
const fewTasks = 3;

/** A task that nobody has looked at for so long, in milliseconds, is not being waited for. */
const watchedMs = 60_000;

/** A list that was sent for less than so many milliseconds ago is recent enough: a task's status only moves forward. */
const freshMs = 1_000;

const dayMs = 86_400_000;

/** For so many milliseconds the list is left alone that could not be had. */
const listPauseMs = 60_000;

/** Tasks of an account, at the most, whose domain is looked at for one question. */
const mostLookedAt = 20;

/** The statuses by which the list of tasks says that there are no details to look at yet. COMPLETE does not mean success. */
const goingOn: ReadonlySet<string> = new Set(["WAITING_EXECUTE", "EXECUTING"]);

/** Looks at tasks. Where many are waited for, one look at the account's list spares most of them the look at their details. */
export class Tasks {
  readonly #transport: Transport;
  readonly #limiter: Limiter;
  readonly #pacing: Pacing;
  readonly #details: SharedReads<TaskStatus>;
  readonly #lists: SharedReads<TaskList>;
  /** When somebody last looked, by the task's number. */
  readonly #watched = new Map<string, number>();
  /** Of which this client knows whose they are: the numbers that submissions were answered with. */
  readonly #claimed = new Set<string>();
  /** What will not change any more, by domain and number: that the task is of another domain, or that it has succeeded. */
  readonly #settled = new Map<string, NamedTaskStatus>();
  /** A list that could not be had is not asked for before: milliseconds since the epoch. */
  #listAgainAt = -Infinity;

  constructor(transport: Transport, limiter: Limiter, pacing: Pacing) {
    this.#transport = transport;
    this.#limiter = limiter;
    this.#pacing = pacing;
    this.#details = new SharedReads(limiter, pacing.clock);
    this.#lists = new SharedReads(limiter, pacing.clock, freshMs);
  }

  /** As {@link Registrar.taskStatus}. */
  async status(domain: string, taskNo: string, deadline: Deadline): Promise<TaskStatus> {
    this.#watch(taskNo);
    const shown = this.#watched.size > fewTasks ? await this.#listed(taskNo, deadline) : undefined;
    if (shown !== undefined && goingOn.has(shown)) return { state: "running", status: shown };
    const status = await this.#detailed(domain, taskNo, deadline);
    if (status.state === "succeeded" || status.state === "failed") this.#watched.delete(taskNo);
    return status;
  }

  #watch(taskNo: string): void {
    const now = this.#pacing.clock.now();
    // Looked at last, so last in the map.
    this.#watched.delete(taskNo);
    this.#watched.set(taskNo, now);
    for (const [other, lookedAt] of this.#watched) {
      if (now - lookedAt <= watchedMs) return;
      this.#watched.delete(other);
    }
  }

  #detailed(domain: string, taskNo: string, deadline: Deadline): Promise<TaskStatus> {
    const call = taskDetailCall(domain, taskNo);
    const send = async () => taskStatusOf(await this.#transport.send(call), domain, taskNo);
    const look = () => this.#details.ask(keyOf(domain, taskNo), call.what, send, deadline);
    return retried(call.what, look, deadline, this.#pacing);
  }

  /** As {@link Registrar.runningTask}. The details tell the domain, and the list only which tasks to look at. */
  async running(domain: string, deadline: Deadline): Promise<string | undefined> {
    const { statuses = [] } = (await this.#list(deadline)) ?? {};
    const candidates = [...statuses].filter(([, status]) => goingOn.has(status)).slice(0, mostLookedAt);
    for (const [taskNo] of candidates) {
      const status = await this.#named(domain, taskNo, deadline);
      if (status?.state === "running") return taskNo;
    }
    return undefined;
  }

  /** The number of a task that a submission of this client was answered with. */
  claim(taskNo: string): void {
    this.#claimed.add(taskNo);
  }

  /** As {@link Registrar.unclaimedTasks}. */
  async unclaimed(domain: string, deadline: Deadline): Promise<readonly FoundTask[] | undefined> {
    const list = await this.#list(deadline);
    if (!list?.hasNewest) return undefined;
    const found: FoundTask[] = [];
    let looks = 0;
    for (const taskNo of list.statuses.keys()) {
      if (this.#claimed.has(taskNo)) continue;
      const settled = this.#settled.get(keyOf(domain, taskNo));
      looks += settled ? 0 : 1;
      if (looks > mostLookedAt) return undefined;
      const status = settled ?? (await this.#named(domain, taskNo, deadline));
      if (!status || status.state === "invisible") return undefined;
      if (status.state !== "elsewhere") found.push({ taskNo, status });
    }
    return found;
  }

  /** One look at a task of which only the details tell whose it is. @returns undefined for a look that failed. */
  async #named(domain: string, taskNo: string, deadline: Deadline): Promise<NamedTaskStatus | undefined> {
    const call = taskDetailCall(domain, taskNo);
    const send = async () => namedTaskStatusOf(await this.#transport.send(call), domain, taskNo);
    const status = await unlessRefused(() => this.#limiter.run(call.what, send, deadline));
    if (status?.state === "elsewhere" || status?.state === "succeeded") {
      this.#settled.set(keyOf(domain, taskNo), status);
    }
    return status;
  }

  /** @returns the task's status in the account's list, if it is on the one page that is asked for. */
  async #listed(taskNo: string, deadline: Deadline): Promise<string | undefined> {
    return (await this.#list(deadline))?.statuses.get(taskNo);
  }

  /** The list saves calls; all that it says, the details say as well. So it is not tried again, but left alone for a while. */
  async #list(deadline: Deadline): Promise<TaskList | undefined> {
    const now = this.#pacing.clock.now();
    if (now < this.#listAgainAt) return undefined;
    // The day's zone is not documented.
    const call = taskListCall(now - dayMs);
    const send = async () => taskListOf(await this.#transport.send(call));
    const list = await unlessRefused(() => this.#lists.ask("", call.what, send, deadline));
    if (list === undefined) this.#listAgainAt = now + listPauseMs;
    return list;
  }
}

function keyOf(domain: string, taskNo: string): string {
  return JSON.stringify([domain, taskNo]);
}

/** @returns undefined for any failure of the registrar's. */
async function unlessRefused<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof RegistrarFailure) return undefined;
    throw error;
  }
}
