import type { ManualClock } from "../../emulator/index";
import type { Clock } from "../../provider/concurrency/clock";

const start = Date.UTC(2026, 0, 2, 3, 4, 5);

/** A clock that only moves when a sleep starts. Sleeps end at once. */
export interface LeapingClock extends Clock {
  /** Lengths of all sleeps, in ms. */
  readonly sleeps: number[];
  readonly start: number;
  advance(ms: number): void;
}

export function leapingClock(from = start): LeapingClock {
  let now = from;
  const sleeps: number[] = [];
  const advance = (ms: number) => {
    now += ms;
  };
  const leaping = leapingOn({ now: () => now, advance });
  return {
    ...leaping,
    start: from,
    sleeps,
    advance,
    sleep: (ms, signal) => {
      if (!signal?.aborted) sleeps.push(ms);
      return leaping.sleep(ms, signal);
    },
  };
}

/** Returns a clock whose sleeps take no time: they move another clock, such as an emulator's. */
export function leapingOn({ now, advance }: ManualClock): Clock {
  return {
    now,
    sleep: (ms, signal) => {
      if (signal?.aborted) return Promise.reject(signal.reason as Error);
      advance(ms);
      return Promise.resolve();
    },
  };
}

/** A clock that only the test moves. Sleeps end when their time has come. */
export interface HeldClock extends Clock {
  readonly start: number;
  /** Lengths of the sleeps in progress, in ms. */
  sleeping(): number[];
  advance(ms: number): void;
}

export function heldClock(): HeldClock {
  let now = start;
  const sleepers = new Set<{ ms: number; at: number; wake: () => void }>();
  return {
    start,
    now: () => now,
    sleeping: () => [...sleepers].map(({ ms }) => ms),
    advance: (ms) => {
      now += ms;
      for (const sleeper of [...sleepers].filter(({ at }) => at <= now)) {
        sleepers.delete(sleeper);
        sleeper.wake();
      }
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { ms, at: now + ms, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", () => {
          sleepers.delete(sleeper);
          reject(signal.reason as Error);
        });
      }),
  };
}
