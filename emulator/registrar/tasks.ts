import { type Clock } from "../clock";
import { type Change, type Domains } from "./domains";
import { ApiError } from "../wire/errors";

/** How a task departs from the ordinary course. */
export interface TaskTraits {
  /** It fails, for this reason. */
  readonly fails?: string;
  /** It fails, and takes effect all the same. */
  readonly overtaken?: boolean;
  /** It fails once, for this reason; `afterMs` later it is executed again, and only then does what it is to do. */
  readonly retried?: { readonly reason: string; readonly afterMs: number };
  /** It never gets beyond executing. */
  readonly stuck?: boolean;
  /** Milliseconds from its submission during which no query returns it. */
  readonly invisibleMs?: number;
  /** Milliseconds from its completion during which the listing shows the records as they were. */
  readonly lagMs?: number;
}

/** A task of one domain, as it is kept and saved. Times are milliseconds since the epoch. */
export interface Task {
  readonly taskNo: string;
  readonly taskDetailNo: string;
  readonly domain: string;
  readonly taskType: string;
  readonly change: Change;
  readonly traits: TaskTraits;
  readonly createdAt: number;
  readonly durationMs: number;
  /** When it began to progress: its submission, later by the time that tasks were held. */
  startedAt: number;
  outcome?: { readonly at: number; readonly failReason?: string };
  acknowledged?: true;
}

/** On the scale of details: waiting, executing, success, failure. */
export type TaskStatusCode = 0 | 1 | 2 | 3;

export interface TasksOptions {
  readonly domains: Domains;
  readonly clock: Clock;
  readonly durationMs: number;
  readonly newId: () => string;
  readonly saved?: { readonly tasks: readonly Task[]; readonly heldAt?: number };
}

/** The registrar's tasks. There are no timers: what a task is at is worked out from the clock whenever somebody looks. */
export class Tasks {
  readonly #options: TasksOptions;
  readonly #tasks = new Map<string, Task>();
  readonly #running = new Map<string, Task>();
  #heldAt: number | undefined;

  constructor(options: TasksOptions) {
    this.#options = options;
    this.#heldAt = options.saved?.heldAt;
    for (const task of options.saved?.tasks ?? []) this.#keep({ ...task });
  }

  get heldAt(): number | undefined {
    return this.#heldAt;
  }

  /** In the order of their submission. */
  all(): Task[] {
    return [...this.#tasks.values()];
  }

  find(taskNo: string): Task | undefined {
    return this.#tasks.get(taskNo);
  }

  /** Those that queries return by now: all, or the one of this number. */
  visible(taskNo?: string): Task[] {
    const now = this.#options.clock.now();
    const task = taskNo ? this.#tasks.get(taskNo) : undefined;
    const candidates = task ? [task] : taskNo ? [] : this.all();
    return candidates.filter(({ createdAt, traits }) => now >= createdAt + (traits.invisibleMs ?? 0));
  }

  /** @throws {ApiError} TaskIsBeingProcessed while another task holds the domain. */
  submit(domain: string, taskType: string, change: Change, traits: TaskTraits, durationMs?: number): Task {
    this.settle();
    if (this.#running.has(domain)) throw new ApiError("TaskIsBeingProcessed");
    const now = this.#options.clock.now();
    const task: Task = {
      taskNo: this.#options.newId(),
      taskDetailNo: this.#options.newId(),
      domain,
      taskType,
      change,
      traits,
      createdAt: now,
      durationMs: durationMs ?? this.#options.durationMs,
      startedAt: now,
    };
    this.#keep(task);
    return task;
  }

  status(task: Task): TaskStatusCode {
    if (task.outcome) return task.outcome.failReason === undefined ? 2 : 3;
    if (this.#awaitsRetry(task)) return 3;
    return this.#elapsed(task) < task.durationMs / 4 ? 0 : 1;
  }

  /** When it came to the status that it has. */
  updatedAt(task: Task): number {
    if (task.outcome) return task.outcome.at;
    const { createdAt, startedAt, durationMs, traits } = task;
    if (this.#awaitsRetry(task)) return startedAt + durationMs;
    if (this.retries(task) > 0) return startedAt + durationMs + (traits.retried?.afterMs ?? 0);
    return this.status(task) === 0 ? createdAt : startedAt + durationMs / 4;
  }

  /** Why it has failed, as far as anybody can see now. */
  failReason(task: Task): string | undefined {
    return this.#awaitsRetry(task) ? task.traits.retried?.reason : task.outcome?.failReason;
  }

  /** How often it has failed to be executed once more. */
  retries(task: Task): number {
    return task.traits.retried && this.#elapsed(task) >= task.durationMs ? 1 : 0;
  }

  /** Completes the tasks whose time has come. @returns whether there were any. */
  settle(): boolean {
    let any = false;
    for (const task of this.#running.values()) {
      if (task.traits.stuck || this.#elapsed(task) < wholeMs(task)) continue;
      if (this.#heldAt !== undefined && task.startedAt >= this.#heldAt) continue;
      this.#complete(task);
      any = true;
    }
    return any;
  }

  hold(): void {
    this.settle();
    this.#heldAt ??= this.#options.clock.now();
  }

  /** Lets every task go on from where it was. */
  release(): void {
    if (this.#heldAt === undefined) return;
    const now = this.#options.clock.now();
    for (const task of this.#running.values()) task.startedAt += now - Math.max(this.#heldAt, task.startedAt);
    this.#heldAt = undefined;
  }

  #keep(task: Task): void {
    this.#tasks.set(task.taskNo, task);
    if (!task.outcome) this.#running.set(task.domain, task);
  }

  #elapsed(task: Task): number {
    return Math.max(0, (this.#heldAt ?? this.#options.clock.now()) - task.startedAt);
  }

  /** Whether it shows as failed, and is not over. */
  #awaitsRetry(task: Task): boolean {
    const { durationMs, outcome, traits } = task;
    if (outcome || !traits.retried) return false;
    const elapsed = this.#elapsed(task);
    return elapsed >= durationMs && elapsed < durationMs + traits.retried.afterMs;
  }

  #complete(task: Task): void {
    this.#running.delete(task.domain);
    const at = task.startedAt + wholeMs(task);
    const failReason = this.#carriedOut(task, at);
    task.outcome = failReason === undefined ? { at } : { at, failReason };
  }

  /** @returns why it failed, if it did. */
  #carriedOut({ change, domain: name, traits }: Task, at: number): string | undefined {
    const domain = this.#options.domains.find(name);
    if (!domain) return new ApiError("DomainNotExist").message;
    if (traits.fails !== undefined && !traits.overtaken) return traits.fails;
    const before = this.#options.domains.listing(domain, at);
    const problem = this.#options.domains.apply(domain, change, at);
    if (problem === undefined && traits.lagMs !== undefined) {
      domain.lag = { until: at + traits.lagMs, records: before };
    }
    return problem ?? traits.fails;
  }
}

/** From its start until it is over. */
function wholeMs({ durationMs, traits }: Task): number {
  return durationMs + (traits.retried ? traits.retried.afterMs + durationMs : 0);
}
