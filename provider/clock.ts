/** Time as an argument: milliseconds since the epoch, and waits that a signal can end. */
export interface Clock {
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      signal?.addEventListener("abort", onAbort, { once: true });
    }),
};

/** Waits that grow: `first`, `first * factor`, … up to `most` milliseconds. */
export interface Backoff {
  readonly first: number;
  readonly factor: number;
  readonly most: number;
}

/** The wait before try number `attempt` (0 for the first), spread by a fifth either way so that callers do not march in step. */
export function backoffDelay(backoff: Backoff, attempt: number, random: () => number): number {
  const delay = Math.min(backoff.most, backoff.first * backoff.factor ** attempt);
  return Math.round(delay * (0.8 + 0.4 * random()));
}
