import { type Clock } from "../clock";
import { type Change, type Domains } from "./domains";
import { ApiError } from "../wire/errors";

/** How a fault changes a task. */
export interface TaskTraits {
  /** Reason for the failure of the task. */
  readonly fails?: string;
  /** Whether the failing task takes effect anyway. */
  readonly overtaken?: boolean;
  /**
   * The task fails for this reason, is executed again `afterMs` later, and only then takes effect.
   */
  readonly retried?: { readonly reason: string; readonly afterMs: number };
  /** Whether the task executes forever. */
  readonly stuck?: boolean;
  /** Time from submission during which no query returns the task, in ms. */
  readonly invisibleMs?: number;
  /** Time from the end of the task during which the listing shows the old records, in ms. */
  readonly lagMs?: number;
}

/** A task of one domain, in the form in which it is saved. Times are in ms since the epoch. */
export interface Task {
  readonly taskNo: string;
  readonly taskDetailNo: string;
  readonly domain: string;
  readonly taskType: string;
  readonly change: Change;
  readonly traits: TaskTraits;
  readonly createdAt: number;
  readonly durationMs: number;
  /** Time of submission, plus the total time of holds since. */
  startedAt: number;
  outcome?: { readonly at: number; readonly failReason?: string };
  acknowledged?: true;
}

/** Status as task details number it: waiting, executing, success, failure. */
export type TaskStatusCode = 0 | 1 | 2 | 3;

export interface TasksOptions {
  readonly domains: Domains;
  readonly clock: Clock;
  readonly durationMs: number;
  readonly newId: () => string;
  readonly saved?: { readonly tasks: readonly Task[]; readonly heldAt?: number };
}

/**
 * The registrar's tasks. There are no timers: every read computes the state of a task from the
 * clock.
 */
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

  /** Returns all tasks in order of submission. */
  all(): Task[] {
    return [...this.#tasks.values()];
  }

  find(taskNo: string): Task | undefined {
    return this.#tasks.get(taskNo);
  }

  /** Returns the tasks that queries show now: all, or the one with this number. */
  visible(taskNo?: string): Task[] {
    const now = this.#options.clock.now();
    const task = taskNo ? this.#tasks.get(taskNo) : undefined;
    const candidates = task ? [task] : taskNo ? [] : this.all();
    return candidates.filter(({ createdAt, traits }) => now >= createdAt + (traits.invisibleMs ?? 0));
  }

  /**
   * Submits a task.
   *
   * @throws {ApiError} TaskIsBeingProcessed while the domain has an unfinished task.
   */
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
    return this.#elapsedMs(task) < task.durationMs / 4 ? 0 : 1;
  }

  /** Returns the time at which the task reached its current status, in ms since the epoch. */
  updatedAt(task: Task): number {
    if (task.outcome) return task.outcome.at;
    const { createdAt, startedAt, durationMs, traits } = task;
    if (this.#awaitsRetry(task)) return startedAt + durationMs;
    if (this.retries(task) > 0) return startedAt + durationMs + (traits.retried?.afterMs ?? 0);
    return this.status(task) === 0 ? createdAt : startedAt + durationMs / 4;
  }

  /** Returns the reason of a failure that clients can see now. */
  failReason(task: Task): string | undefined {
    return this.#awaitsRetry(task) ? task.traits.retried?.reason : task.outcome?.failReason;
  }

  /** Returns how often the task failed and was executed again. */
  retries(task: Task): number {
    return task.traits.retried && this.#elapsedMs(task) >= task.durationMs ? 1 : 0;
  }

  /** Completes the tasks whose time is over. Returns whether there were any. */
  settle(): boolean {
    let any = false;
    for (const task of this.#running.values()) {
      if (task.traits.stuck || this.#elapsedMs(task) < totalMs(task)) continue;
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

  /** Resumes every task where it was held. */
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

  #elapsedMs(task: Task): number {
    return Math.max(0, (this.#heldAt ?? this.#options.clock.now()) - task.startedAt);
  }

  /** Returns whether the task shows as failed before its second execution. */
  #awaitsRetry(task: Task): boolean {
    const { durationMs, outcome, traits } = task;
    if (outcome || !traits.retried) return false;
    const elapsed = this.#elapsedMs(task);
    return elapsed >= durationMs && elapsed < durationMs + traits.retried.afterMs;
  }

  #complete(task: Task): void {
    this.#running.delete(task.domain);
    const at = task.startedAt + totalMs(task);
    const failReason = this.#execute(task, at);
    task.outcome = failReason === undefined ? { at } : { at, failReason };
  }

  /** Applies the change of a task. Returns the reason if it fails. */
  #execute({ change, domain: name, traits }: Task, at: number): string | undefined {
    const domain = this.#options.domains.find(name);
    if (!domain) return new ApiError("DomainNotExist").message;
    if (traits.fails !== undefined && !traits.overtaken) return traits.fails;
    const before = this.#options.domains.listRecords(domain, at);
    const problem = this.#options.domains.apply(domain, change, at);
    if (problem === undefined && traits.lagMs !== undefined) {
      domain.lag = { until: at + traits.lagMs, records: before };
    }
    return problem ?? traits.fails;
  }
}

/** Returns the time from the start of a task to its end, in ms. */
function totalMs({ durationMs, traits }: Task): number {
  return durationMs + (traits.retried ? traits.retried.afterMs + durationMs : 0);
}
