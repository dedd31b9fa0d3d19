import type { Clock } from "./clock";

/** The reason why a call fails at the moment. */
export interface Trouble {
  /** The reason in a word or two: "ECONNREFUSED", "Throttling.User", "proxy HTTP 407". */
  readonly cause: string;
  /** Remaining time in which the call is tried again, in ms. */
  readonly leftMs: number;
}

/**
 * How long calls may be tried again. Its end never moves: each turn of an operation gets its own.
 */
export interface Deadline {
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** Ends every try and every wait as soon as it is aborted. */
  readonly signal: AbortSignal;
  /**
   * Called after each failure that is followed by another try. Each caller that shares a call is
   * notified.
   */
  readonly onTrouble?: (trouble: Trouble) => void;
}

/**
 * Returns the deadline that ends in `ms` milliseconds.
 *
 * @example deadlineIn(900_000, { clock: systemClock, signal });
 */
export function deadlineIn(
  ms: number,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  onTrouble?: (trouble: Trouble) => void,
): Deadline {
  return Object.freeze({ until: clock.now() + ms, signal, ...(onTrouble && { onTrouble }) });
}

/** Returns the remaining time in ms; negative once the deadline has passed. */
export function leftOf({ until }: Deadline, clock: Clock): number {
  return until - clock.now();
}
