import { setMaxListeners } from "node:events";
import type { Clock } from "./clock";

/**
 * Does work under a signal of its own, which is aborted with the caller's, and once the work has ended: nothing that it
 * started outlives it.
 *
 * @throws what the work throws, and the signal's reason if it is aborted already.
 */
export async function scoped<T>(
  signal: AbortSignal,
  work: (scope: AbortController) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const scope = new AbortController();
  const abort = () => scope.abort(signal.reason);
  // All that is under way listens to the one signal: that is no leak, of which Node would warn.
  setMaxListeners(0, signal);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await work(scope);
  } finally {
    signal.removeEventListener("abort", abort);
    scope.abort();
  }
}

const late = new Error("the time is over");

/**
 * Does work that ends within `ms` milliseconds, or is aborted then.
 *
 * @returns Undefined when the time ran out.
 */
export function inTime<T>(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  return scoped(signal, async (scope) => {
    void clock.sleep(ms, scope.signal).then(
      () => scope.abort(late),
      () => undefined,
    );
    try {
      return await work(scope.signal);
    } catch (error) {
      if (error === late) return undefined;
      throw error;
    }
  });
}

const nothing = new Error("there is no result");

/** The first result that is not undefined, whereupon the other tasks are aborted; undefined if there is none. */
export function firstOf<T>(
  signal: AbortSignal,
  tasks: readonly ((signal: AbortSignal) => Promise<T | undefined>)[],
): Promise<T | undefined> {
  return scoped(signal, async (scope) => {
    const results = tasks.map(async (task) => {
      const result = await task(scope.signal);
      if (result === undefined) throw nothing;
      return result;
    });
    try {
      return await Promise.any(results);
    } catch (error) {
      signal.throwIfAborted();
      const failure = (error as AggregateError).errors.find((one) => one !== nothing) as Error | undefined;
      if (failure) throw failure;
      return undefined;
    }
  });
}

/** A promise's value, or the signal's reason as a rejection as soon as it is aborted. */
export function unlessAborted<T>(value: Promise<T>, signal: AbortSignal): Promise<T> {
  return scoped(signal, ({ signal: scope }) => {
    const aborted = new Promise<never>((_, reject) =>
      scope.addEventListener("abort", () => reject(scope.reason as Error), { once: true }),
    );
    return Promise.race([value, aborted]);
  });
}
