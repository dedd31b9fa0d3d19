import type { Clock } from "../concurrency/clock";
import type { Deadline } from "../concurrency/deadline";
import { orphaned, outOfTurn, RegistrarFailure } from "./errors";

/** Calls that are under way at one time. */
const mostAtOnce = 8;

/**
 * Milliseconds from one call to the next. No rate is published for the Domain API, so it is learned: `least` until the
 * registrar throttles, then twice as long every time, from `throttled` to `most`; every call that it answers takes
 * `recovery` off again, which is some ten seconds' worth of calls from `throttled` to `least`.
 */
const intervals = { least: 20, throttled: 200, most: 5_000, recovery: 0.98 } as const;

/** As long as nothing is throttled, this many calls may come at once and catch up later. */
const burst = 20;

interface Waiting {
  readonly what: string;
  readonly deadline: Deadline;
  readonly go: () => void;
  readonly giveUp: (error: Error) => void;
}

/** The rate limit of one account: every call takes its turn here, in the order of their coming. */
export class Limiter {
  readonly #clock: Clock;
  readonly #waiting: Waiting[] = [];
  #running = 0;
  #interval: number = intervals.least;
  /** When the next call would be due if all were evenly spread, in milliseconds since the epoch. */
  #evenly = 0;
  #throttledAt = -Infinity;
  #wakes = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Makes a call in its turn.
   *
   * @param what The call, in words that begin a sentence.
   * @param deadline Only of the wait: a call that is under way is awaited. Without a wait, `until` is not looked at.
   * @throws {RegistrarFailure} REGISTRAR_UNAVAILABLE, without effect, when its turn would come after `deadline.until`.
   * @throws {DsRecordError} PROCESS_ORPHANED when the signal is aborted before its turn.
   */
  async run<T>(what: string, call: () => Promise<T>, deadline: Deadline): Promise<T> {
    await this.#turn(what, deadline);
    const startedAt = this.#clock.now();
    try {
      if (deadline.signal.aborted) throw orphaned(what);
      const result = await call();
      this.#interval = Math.max(intervals.least, this.#interval * intervals.recovery);
      return result;
    } catch (error) {
      if (error instanceof RegistrarFailure && error.throttles) this.#slowDown(startedAt);
      throw error;
    } finally {
      this.#running -= 1;
      this.#admit();
    }
  }

  #turn(what: string, deadline: Deadline): Promise<void> {
    const { signal } = deadline;
    if (signal.aborted) return Promise.reject(orphaned(what));
    if (this.#waiting.length === 0 && this.#running < mostAtOnce && this.#due() <= this.#clock.now()) {
      this.#start();
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(orphaned(what));
      };
      const ended = (end: () => void) => {
        signal.removeEventListener("abort", leave);
        end();
      };
      const waiting: Waiting = {
        what,
        deadline,
        go: () => ended(resolve),
        giveUp: (error) => ended(() => reject(error)),
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#waiting.push(waiting);
      this.#admit();
    });
  }

  /** Lets in whoever's turn it is, and turns away those who would be too late. */
  #admit(): void {
    for (let [first] = this.#waiting; first; [first] = this.#waiting) {
      const now = this.#clock.now();
      const due = this.#due();
      if (Math.max(now, due) > first.deadline.until) {
        this.#waiting.shift();
        first.giveUp(outOfTurn(first.what));
        continue;
      }
      if (this.#running >= mostAtOnce) return;
      if (due > now) return this.#wakeIn(due - now);
      this.#waiting.shift();
      this.#start();
      first.go();
    }
  }

  #start(): void {
    this.#running += 1;
    this.#evenly = Math.max(this.#evenly, this.#clock.now()) + this.#interval;
  }

  #due(): number {
    return this.#interval > intervals.least ? this.#evenly : this.#evenly - burst * intervals.least;
  }

  /** Once for all calls that were under way together: it is one reproach to all of them. */
  #slowDown(startedAt: number): void {
    if (startedAt <= this.#throttledAt) return;
    const now = this.#clock.now();
    this.#throttledAt = now;
    this.#interval = Math.min(intervals.most, Math.max(intervals.throttled, 2 * this.#interval));
    this.#evenly = now + this.#interval;
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
