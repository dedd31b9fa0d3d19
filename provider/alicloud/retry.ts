import pRetry from "p-retry";
import { backoffDelay, type Backoff, type Clock } from "../concurrency/clock";
import type { Deadline } from "../concurrency/deadline";
import { ApiFailure, orphanedError } from "./errors";

/** Sources of time and randomness, so that tests can control them. */
export interface Pacing {
  readonly clock: Clock;
  /** Returns a number from 0 up to 1, as `Math.random` does. */
  readonly random: () => number;
}

const pace: Backoff = { first: 500, factor: 2, max: 20_000 };

/** p-retry's own delays run on timers that no test controls, so `onFailedAttempt` waits instead. */
const noDelay = { retries: Infinity, minTimeout: 0, factor: 1 } as const;

/**
 * Reads, and tries again with growing pauses while another try may help. Tries at least once,
 * unless the signal is aborted. Not for calls that write: a lost answer does not say that nothing
 * has happened.
 *
 * @param what Description that begins a sentence.
 * @param read Rejects with an {@link ApiFailure}, which says whether and how long another try makes
 *   sense.
 * @throws {ApiFailure} the last one, when it is final, its own time is over, or the next try would
 *   come after `deadline.until`.
 * @throws {DsRecordError} PROCESS_ORPHANED when the signal is aborted.
 */
export async function retry<T>(
  what: string,
  read: () => Promise<T>,
  { until, signal, onTrouble }: Deadline,
  { clock, random }: Pacing,
): Promise<T> {
  if (signal.aborted) throw orphanedError(what);
  const startedAt = clock.now();
  const streak = new Streak();
  return pRetry(read, {
    ...noDelay,
    async onFailedAttempt({ error, attemptNumber }) {
      if (!(error instanceof ApiFailure)) throw error;
      const now = clock.now();
      const leftOfStreak = streak.leftMs(error, now);
      const delay = Math.min(backoffDelay(pace, attemptNumber - 1, random), leftOfStreak);
      if (error.disposition === "fatal" || leftOfStreak <= 0 || now + delay > until)
        throw error.afterTries(attemptNumber, now - startedAt, leftOfStreak <= 0);
      onTrouble?.({ cause: error.retrying.cause, leftMs: Math.min(until - now, leftOfStreak) });
      if (signal.aborted) throw orphanedError(what);
      await clock.sleep(delay, signal).catch(() => {
        throw orphanedError(what);
      });
    },
  });
}

/**
 * Counts the time of consecutive failures that are tried again for a limited time, such as refused
 * connections.
 */
class Streak {
  #since: number | undefined;

  /**
   * Returns the remaining time for further tries, in ms. It starts with the first failure of the
   * series.
   */
  leftMs({ retrying: { maxRetryMs } }: ApiFailure, now: number): number {
    this.#since = maxRetryMs === Infinity ? undefined : (this.#since ?? now);
    return this.#since === undefined ? Infinity : this.#since + maxRetryMs - now;
  }
}
