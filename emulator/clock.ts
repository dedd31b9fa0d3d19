/** Where the emulator reads the time of its tasks: milliseconds since the epoch. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** A clock that only its owner moves. */
export interface ManualClock extends Clock {
  /** Moves the clock on by `ms` milliseconds. */
  advance(ms: number): void;
}

/**
 * A clock for tests: it stands still until it is moved, so that a task is in the state that the test wants to see.
 *
 * @param start Milliseconds since the epoch; by default 2026-01-02T03:04:05Z.
 * @example
 * const clock = manualClock();
 * const emulator = await startEmulator({ clock, taskDurationMs: 1000 });
 * clock.advance(1000); // every task submitted before is done
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
