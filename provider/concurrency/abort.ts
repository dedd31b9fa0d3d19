import { setMaxListeners } from "node:events";
import type { Clock } from "./clock";

/**
 * Does work under its own signal, which is aborted with the caller's and as soon as the work has
 * ended, so that nothing that the work started outlives it.
 *
 * @throws what the work throws, and the signal's reason if it is aborted already.
 */
async function runScoped<T>(signal: AbortSignal, work: (scope: AbortController) => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const scope = new AbortController();
  const abort = () => scope.abort(signal.reason);
  // Much work may listen to one signal. That is no leak, but Node would warn of one.
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

/** Does work, and aborts it after `ms` milliseconds. Returns undefined when the time ran out. */
export function limitTime<T>(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  return runScoped(signal, async (scope) => {
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

/**
 * Returns the first result that is not undefined, and aborts the other tasks; undefined if there is
 * none.
 */
export function takeFirst<T>(
  signal: AbortSignal,
  tasks: readonly ((signal: AbortSignal) => Promise<T | undefined>)[],
): Promise<T | undefined> {
  return runScoped(signal, async (scope) => {
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

/** Waits for a promise, and rejects with the signal's reason as soon as it is aborted. */
export function rejectOnAbort<T>(value: Promise<T>, signal: AbortSignal): Promise<T> {
  return runScoped(signal, ({ signal: scope }) => {
    const aborted = new Promise<never>((_, reject) =>
      scope.addEventListener("abort", () => reject(scope.reason as Error), { once: true }),
    );
    return Promise.race([value, aborted]);
  });
}
