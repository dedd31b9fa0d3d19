import { rejectOnAbort } from "./abort";
import type { Clock } from "./clock";

interface Entry<T> {
  readonly value: Promise<T>;
  readonly work: AbortController;
  waiting: number;
  /** Milliseconds since the epoch; undefined while the work is in progress. */
  until?: number;
}

/**
 * Results by key, kept for `keepMs` milliseconds. Callers that ask while the work is in progress
 * share its result; the work is aborted when the last of them has left. Failures are not kept, nor
 * are results that `isWorth` rejects.
 */
export class SharedResults<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #clock: Clock;
  readonly #keepMs: number;
  readonly #isWorth: (value: T) => boolean;

  constructor(clock: Clock, keepMs: number, isWorth: (value: T) => boolean) {
    this.#clock = clock;
    this.#keepMs = keepMs;
    this.#isWorth = isWorth;
  }

  /**
   * Returns the result for a key, from the work in progress, from memory, or from new work.
   *
   * @throws what the work throws, and the signal's reason when it is aborted.
   */
  async get(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    this.#forgetOld();
    const entry = this.#entries.get(key) ?? this.#begin(key, work);
    entry.waiting += 1;
    try {
      return await rejectOnAbort(entry.value, signal);
    } finally {
      entry.waiting -= 1;
      if (entry.waiting === 0 && entry.until === undefined) {
        this.#forget(key, entry);
        entry.work.abort(new Error("no caller is left"));
      }
    }
  }

  #begin(key: string, work: (signal: AbortSignal) => Promise<T>): Entry<T> {
    const controller = new AbortController();
    const entry: Entry<T> = { value: work(controller.signal), work: controller, waiting: 0 };
    this.#entries.set(key, entry);
    entry.value.then(
      (value) => {
        entry.until = this.#clock.now() + this.#keepMs;
        if (!this.#isWorth(value)) this.#forget(key, entry);
      },
      () => this.#forget(key, entry),
    );
    return entry;
  }

  #forget(key: string, entry: Entry<T>): void {
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
  }

  #forgetOld(): void {
    const now = this.#clock.now();
    for (const [key, { until = Infinity }] of this.#entries) {
      if (until <= now) this.#entries.delete(key);
    }
  }
}
