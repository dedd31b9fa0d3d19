import { backoffDelay, type Backoff } from "./clock";
import { shortened } from "../wording/listed";
import type { Context } from "../lifecycle/context";

/** What one look has shown: the end, or a word for what there is instead. */
export type Look<T> =
  { readonly done: true; readonly value: T } | { readonly done: false; readonly seen: string };

/** How a wait ended: with a value, or because the time ran out, having seen these words so many times each. */
export type PollResult<T> =
  | { readonly done: true; readonly value: T }
  | { readonly done: false; readonly seen: ReadonlyMap<string, number> };

export interface Poll<T> {
  readonly look: () => Promise<Look<T>>;
  readonly pace: Backoff;
  /** Milliseconds since the epoch. The last look is taken then, and one look is taken in any case. */
  readonly until: number;
  readonly onWait: (seen: string) => void;
}

/**
 * Looks again and again, ever less often, until there is an end or the time is over.
 *
 * @throws what `look` throws, and the signal's reason when the context's signal is aborted.
 */
export async function poll<T>(
  { look, pace, until, onWait }: Poll<T>,
  { clock, random, signal }: Pick<Context, "clock" | "random" | "signal">,
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

/** "WAITING_EXECUTE 2 times, EXECUTING 12 times" */
export function histogram(seen: ReadonlyMap<string, number>): string {
  const told = [...seen].map(([word, count]) => `${word} ${count === 1 ? "once" : `${count} times`}`);
  return shortened(told).join(", ");
}

/** A span of time for people: "850 ms", "12 s", "15 min", "1 h 5 min". */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? "" : ` ${rest} min`}`;
}
