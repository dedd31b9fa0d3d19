import type { ManualClock } from "../../emulator/index";
import type { Clock } from "../../provider/concurrency/clock";

/** Real time without a call, in ms, after which all participants count as asleep. */
const quietMs = 3;

/**
 * A clock for several participants. It stands still while there are calls, and otherwise leaps to
 * the next one that wakes. So an hour takes seconds, and all see the same time.
 */
export function flowingClock(
  manual: ManualClock,
  callsSoFar: () => number,
): { clock: Clock; stop: () => void } {
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();
  let calls = 0;
  const timer = setInterval(() => {
    const isQuiet = callsSoFar() === calls;
    calls = callsSoFar();
    const next = Math.min(...[...sleepers].map(({ at }) => at));
    if (!isQuiet || next === Infinity) return;
    manual.advance(Math.max(0, next - manual.now()));
    for (const sleeper of [...sleepers].filter(({ at }) => at <= manual.now())) {
      sleepers.delete(sleeper);
      sleeper.wake();
    }
  }, quietMs);
  return {
    stop: () => clearInterval(timer),
    clock: {
      now: manual.now,
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          signal?.throwIfAborted();
          const leave = () => {
            sleepers.delete(sleeper);
            reject(signal?.reason as Error);
          };
          const wake = () => {
            signal?.removeEventListener("abort", leave);
            resolve();
          };
          const sleeper = { at: manual.now() + ms, wake };
          sleepers.add(sleeper);
          signal?.addEventListener("abort", leave);
        }),
    },
  };
}
