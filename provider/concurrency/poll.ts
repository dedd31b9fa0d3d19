import { shortened } from "../wording/listed";
import { backoffDelay, type Backoff, type Clock } from "./clock";

/** The result of one look: a value, or a word for what was there instead. */
export type Look<T> =
  { readonly done: true; readonly value: T } | { readonly done: false; readonly seen: string };

/** The result of a wait: a value, or how often each word was seen before the time ran out. */
export type PollResult<T> =
  | { readonly done: true; readonly value: T }
  | { readonly done: false; readonly seen: ReadonlyMap<string, number> };

export interface Poll<T> {
  readonly look: () => Promise<Look<T>>;
  readonly pace: Backoff;
  /** Time of the last look, in ms since the epoch. There is always at least one look. */
  readonly until: number;
  /** Called before each pause. */
  readonly onWait: (seen: string) => void;
}

/**
 * Looks repeatedly, with growing pauses, until there is a value or the time runs out.
 *
 * @throws what `look` throws, and the signal's reason once the signal is aborted.
 */
export async function poll<T>(
  { look, pace, until, onWait }: Poll<T>,
  {
    clock,
    random,
    signal,
  }: { readonly clock: Clock; readonly random: () => number; readonly signal: AbortSignal },
): Promise<PollResult<T>> {
  const seen = new Map<string, number>();
  for (let attempt = 0; ; attempt += 1) {
    const result = await look();
    if (result.done) return result;
    seen.set(result.seen, (seen.get(result.seen) ?? 0) + 1);
    const left = until - clock.now();
    if (left <= 0) return { done: false, seen };
    onWait(result.seen);
    await clock.sleep(Math.min(left, backoffDelay(pace, attempt, random)), signal);
  }
}

/**
 * Returns how often each word was seen, as text for users.
 *
 * @example histogram(new Map([["WAITING_EXECUTE", 1], ["EXECUTING", 12]])); // "WAITING_EXECUTE once, EXECUTING 12 times"
 */
export function histogram(seen: ReadonlyMap<string, number>): string {
  const told = [...seen].map(([word, count]) => `${word} ${count === 1 ? "once" : `${count} times`}`);
  return shortened(told).join(", ");
}
