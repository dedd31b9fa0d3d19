import type { Clock } from "../concurrency/clock";
import type { Api } from "./api";
import { ApiFailure, orphanedError, outOfTurnError } from "./errors";

/** Maximum number of calls in progress at one time. */
const maxRunning = 8;

/**
 * Time from one call to the next, in ms. The rates are not published, so the interval adapts: it
 * starts at `min`, doubles with every throttling, from `throttled` up to `max`, and every answered
 * call multiplies it by `recovery`. From `throttled` back to `min`, that takes about ten seconds of
 * calls.
 */
const intervals = { min: 20, throttled: 200, max: 5_000, recovery: 0.98 } as const;

/**
 * Number of calls that may start at once, with a longer pause afterwards, as long as nothing is
 * throttled.
 */
const burst = 20;

/** How long a call may wait for its turn. A `Deadline` is one. */
export interface TurnLimit {
  /**
   * Milliseconds since the epoch, or a function that returns them: callers may join a call that
   * waits, and each has a deadline of its own.
   */
  readonly until: number | (() => number);
  readonly signal: AbortSignal;
}

interface Waiting {
  readonly what: string;
  readonly limit: TurnLimit;
  readonly go: () => void;
  readonly giveUp: (error: Error) => void;
}

/** The rate limit of one account. Calls take their turns in the order in which they come. */
export class RateLimiter {
  readonly #api: Api;
  readonly #clock: Clock;
  readonly #waiting: Waiting[] = [];
  #running = 0;
  #interval: number = intervals.min;
  /** Time of the next call if all were evenly spread, in milliseconds since the epoch. */
  #nextEvenly = 0;
  #throttledAt = -Infinity;
  #wakes = false;

  constructor(api: Api, clock: Clock) {
    this.#api = api;
    this.#clock = clock;
  }

  /**
   * Makes a call in its turn.
   *
   * @param what Description of the call that begins a sentence.
   * @param limit Limits the wait alone: a call under way is awaited, and without a wait `until`
   *   does not count.
   * @throws {ApiFailure} the API's code for no answer, without effect, when the turn would come
   *   after `limit.until`.
   * @throws {DsRecordError} PROCESS_ORPHANED when the signal is aborted before its turn.
   */
  async run<T>(what: string, call: () => Promise<T>, limit: TurnLimit): Promise<T> {
    await this.#turn(what, limit);
    const startedAt = this.#clock.now();
    try {
      if (limit.signal.aborted) throw orphanedError(what);
      const result = await call();
      this.#interval = Math.max(intervals.min, this.#interval * intervals.recovery);
      return result;
    } catch (error) {
      if (error instanceof ApiFailure && error.throttles) this.#slowDown(startedAt);
      throw error;
    } finally {
      this.#running -= 1;
      this.#admit();
    }
  }

  #turn(what: string, limit: TurnLimit): Promise<void> {
    const { signal } = limit;
    if (signal.aborted) return Promise.reject(orphanedError(what));
    if (this.#waiting.length === 0 && this.#running < maxRunning && this.#due() <= this.#clock.now()) {
      this.#start();
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(orphanedError(what));
      };
      const ended = (end: () => void) => {
        signal.removeEventListener("abort", leave);
        end();
      };
      const waiting: Waiting = {
        what,
        limit,
        go: () => ended(resolve),
        giveUp: (error) => ended(() => reject(error)),
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#waiting.push(waiting);
      this.#admit();
    });
  }

  /** Starts the calls whose turn has come, and rejects those that would be too late. */
  #admit(): void {
    for (let [first] = this.#waiting; first; [first] = this.#waiting) {
      const now = this.#clock.now();
      const due = this.#due();
      if (Math.max(now, due) > endOf(first.limit)) {
        this.#waiting.shift();
        first.giveUp(outOfTurnError(this.#api, first.what));
        continue;
      }
      if (this.#running >= maxRunning) return;
      if (due > now) return this.#wakeIn(due - now);
      this.#waiting.shift();
      this.#start();
      first.go();
    }
  }

  #start(): void {
    this.#running += 1;
    this.#nextEvenly = Math.max(this.#nextEvenly, this.#clock.now()) + this.#interval;
  }

  #due(): number {
    return this.#interval > intervals.min ? this.#nextEvenly : this.#nextEvenly - burst * intervals.min;
  }

  /**
   * Slows down once for all calls that were in progress together, since they were throttled for one
   * reason.
   */
  #slowDown(startedAt: number): void {
    if (startedAt <= this.#throttledAt) return;
    const now = this.#clock.now();
    this.#throttledAt = now;
    this.#interval = Math.min(intervals.max, Math.max(intervals.throttled, 2 * this.#interval));
    this.#nextEvenly = now + this.#interval;
  }

  #wakeIn(ms: number): void {
    if (this.#wakes) return;
    this.#wakes = true;
    void this.#clock.sleep(Math.ceil(ms)).then(() => {
      this.#wakes = false;
      this.#admit();
    });
  }
}

function endOf({ until }: TurnLimit): number {
  return typeof until === "function" ? until() : until;
}
