/** Source of the time that tasks follow, in ms since the epoch. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** A clock that only its owner moves. */
export interface ManualClock extends Clock {
  /** Moves the clock forward by `ms` milliseconds. */
  advance(ms: number): void;
}

/**
 * Creates a clock for tests. It stands still until the test moves it, so a task stays in the state
 * that the test wants to see.
 *
 * @param start Initial time, in ms since the epoch. Default: 2026-01-02T03:04:05Z.
 * @example
 * const clock = manualClock();
 * const emulator = await startEmulator({ clock, taskDurationMs: 1000 });
 * clock.advance(1000); // every task submitted so far is finished
 */
export function manualClock(start = Date.UTC(2026, 0, 2, 3, 4, 5)): ManualClock {
  let now = start;
  return {
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
  };
}
