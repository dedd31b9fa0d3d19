import type { Clock } from "./clock";
import { unlessAborted } from "./abort";

interface Entry<T> {
  readonly value: Promise<T>;
  readonly work: AbortController;
  waiting: number;
  /** Milliseconds since the epoch; undefined while the work goes on. */
  until?: number;
}

/**
 * Results by key, kept for `keepMs` milliseconds. Whoever asks for one while the work for it goes on gets the same one;
 * the work is aborted when all who wait for it have left. What `isWorth` refuses is not kept, nor is a failure.
 */
export class Remembered<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #clock: Clock;
  readonly #keepMs: number;
  readonly #isWorth: (value: T) => boolean;

  constructor(clock: Clock, keepMs: number, isWorth: (value: T) => boolean) {
    this.#clock = clock;
    this.#keepMs = keepMs;
    this.#isWorth = isWorth;
  }

  /** @throws what the work throws, and the signal's reason when it is aborted. */
  async get(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    this.#forgetOld();
    const entry = this.#entries.get(key) ?? this.#begin(key, work);
    entry.waiting += 1;
    try {
      return await unlessAborted(entry.value, signal);
    } finally {
      entry.waiting -= 1;
      if (entry.waiting === 0 && entry.until === undefined) {
        this.#forget(key, entry);
        entry.work.abort(new Error("nobody waits for it any more"));
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
