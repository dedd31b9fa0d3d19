/** Time as a parameter, so that tests can control it. */
export interface Clock {
  /** Returns milliseconds since the epoch. */
  now(): number;
  /**
   * Resolves after `ms` milliseconds; rejects with the signal's reason as soon as it is aborted.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The clock of this machine. */
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

/** Waits that grow: `first`, `first * factor`, … up to `max` milliseconds. */
export interface Backoff {
  readonly first: number;
  readonly factor: number;
  readonly max: number;
}

/**
 * Returns the wait before try number `attempt` (0 for the first), in ms. It varies by up to a fifth
 * either way, so that callers spread out.
 *
 * @param random Returns a number from 0 up to 1.
 */
export function backoffDelay(backoff: Backoff, attempt: number, random: () => number): number {
  const delay = Math.min(backoff.max, backoff.first * backoff.factor ** attempt);
  return Math.round(delay * (0.8 + 0.4 * random()));
}

/** Maximum of a duration in Go, which counts nanoseconds in 64 bits, in ms. */
const maxMs = 2 ** 63 / 1e6;

const millisecondsOf: ReadonlyMap<string, number> = new Map([
  ["ns", 1e-6],
  ["us", 1e-3],
  ["\u00b5s", 1e-3],
  ["\u03bcs", 1e-3],
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
]);

/**
 * Reads a duration in Go's syntax.
 *
 * @param text Such as "5m", "1h30m", "1.5h", "500ms", "-2s". Units are ns, us (or µs), ms, s, m, h;
 *   "0" needs none.
 * @returns milliseconds, or undefined for text that Go does not accept or that exceeds its maximum
 *   of 292 years.
 * @example parseDuration("1h30m"); // 5400000
 * @see https://pkg.go.dev/time#ParseDuration
 */
export function parseDuration(text: string): number | undefined {
  const [, sign, amounts = ""] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  if (amounts === "0") return 0;
  if (!/^((\d+(\.\d*)?|\.\d+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h))+$/.test(amounts)) return undefined;
  const parts = [...amounts.matchAll(/([\d.]+)([^\d.]+)/g)];
  const ms = parts.reduce(
    (sum, [, amount, unit = ""]) => sum + Number(amount) * (millisecondsOf.get(unit) ?? 0),
    0,
  );
  if (ms >= maxMs) return undefined;
  return sign === "-" ? 0 - ms : ms;
}
