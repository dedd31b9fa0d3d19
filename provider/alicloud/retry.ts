import pRetry from "p-retry";
import { backoffDelay, type Backoff, type Clock } from "../concurrency/clock";
import type { Deadline } from "../concurrency/deadline";
import { orphaned, RegistrarFailure } from "./errors";

/** Time and chance, as arguments. */
export interface Pacing {
  readonly clock: Clock;
  readonly random: () => number;
}

const pace: Backoff = { first: 500, factor: 2, most: 20_000 };

/** p-retry's own delays run on timers that no test can hold: it has none here, and awaits ours in `onFailedAttempt`. */
const noDelay = { retries: Infinity, minTimeout: 0, factor: 1 } as const;

/**
 * Reads, again and again while asking again may help, with pauses that grow. Tries once in any case, unless the signal is
 * aborted. Never for a submission: a lost answer does not say that there is no task.
 *
 * @param what The reading, in words that begin a sentence.
 * @param read Rejects with a {@link RegistrarFailure}, which says by its disposition whether to go on, and how long.
 * @throws {RegistrarFailure} the last one, when it is final, its own time is over, or the next try would be after
 *   `deadline.until`.
 * @throws {DsRecordError} PROCESS_ORPHANED when the signal is aborted.
 */
export async function retried<T>(
  what: string,
  read: () => Promise<T>,
  { until, signal, onTrouble }: Deadline,
  { clock, random }: Pacing,
): Promise<T> {
  if (signal.aborted) throw orphaned(what);
  const startedAt = clock.now();
  const streak = new Streak();
  return pRetry(read, {
    ...noDelay,
    async onFailedAttempt({ error, attemptNumber }) {
      if (!(error instanceof RegistrarFailure)) throw error;
      const now = clock.now();
      const leftOfStreak = streak.leftMs(error, now);
      const delay = Math.min(backoffDelay(pace, attemptNumber - 1, random), leftOfStreak);
      if (error.disposition === "fatal" || leftOfStreak <= 0 || now + delay > until)
        throw error.afterTries(attemptNumber, now - startedAt, leftOfStreak <= 0);
      onTrouble?.({ cause: error.retrying.cause, leftMs: Math.min(until - now, leftOfStreak) });
      if (signal.aborted) throw orphaned(what);
      await clock.sleep(delay, signal).catch(() => {
        throw orphaned(what);
      });
    },
  });
}

/** Failures in a row, each of which is tried again for a limited time only, such as a refused connection. */
class Streak {
  #since: number | undefined;

  /** Returns the time for which the failure is still tried again, in ms, from the first one of the row. */
  leftMs({ retrying: { maxRetryMs } }: RegistrarFailure, now: number): number {
    this.#since = maxRetryMs === Infinity ? undefined : (this.#since ?? now);
    return this.#since === undefined ? Infinity : this.#since + maxRetryMs - now;
  }
}
