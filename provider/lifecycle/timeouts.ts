import { quoted } from "../dnssec/quoted";
import type { Failure } from "./failure";
import { isUnknown } from "./unknown";

export type TimedOperation = "create" | "update" | "delete";

const timedOperations: readonly TimedOperation[] = ["create", "update", "delete"];
const defaultMs = 15 * 60_000;

/** Go counts in nanoseconds, of which 64 bits hold this many milliseconds. */
const longestMs = 2 ** 63 / 1e6;

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
 * A duration in Go's syntax, which is what Pulumi's `customTimeouts` are written in.
 *
 * @param text Such as "5m", "1h30m", "1.5h", "500ms", "-2s"; units are ns, us (or µs), ms, s, m, h; "0" needs none.
 * @returns Milliseconds, or undefined for text that Go would not read, or longer than its 292 years.
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
  if (ms >= longestMs) return undefined;
  return sign === "-" ? 0 - ms : ms;
}

/**
 * How long an operation may take, in milliseconds: what the hidden input `__timeouts` says, else 15 minutes.
 *
 * @param bag Inputs or outputs, of any state: a time-out that is zero, negative or unreadable counts as none.
 */
export function operationTimeout(bag: Readonly<Record<string, unknown>>, operation: TimedOperation): number {
  const text = timeoutOf(bag["__timeouts"], operation);
  const ms = typeof text === "string" ? (parseDuration(text) ?? 0) : 0;
  return ms > 0 ? ms : defaultMs;
}

/** What is wrong with `__timeouts`, in the words of the resource option that it comes from. */
export function timeoutFailures(timeouts: unknown): Failure[] {
  if (timeouts === undefined || timeouts === null || isUnknown(timeouts)) return [];
  const property = "customTimeouts";
  if (typeof timeouts !== "object" || Array.isArray(timeouts)) {
    return [
      { property, reason: `customTimeouts must be { create, update, delete }, got ${quoted(timeouts)}` },
    ];
  }
  return timedOperations.flatMap((operation) => {
    const given = timeoutOf(timeouts, operation);
    if (given === undefined || given === null || isUnknown(given) || isDuration(given)) return [];
    const allowed = 'a duration with units, such as "15m", "1h30m" or "90s", and not negative';
    return [{ property, reason: `customTimeouts.${operation} must be ${allowed}, got ${quoted(given)}` }];
  });
}

function timeoutOf(timeouts: unknown, operation: TimedOperation): unknown {
  if (typeof timeouts !== "object" || timeouts === null) return undefined;
  return Object.hasOwn(timeouts, operation) ? (timeouts as Record<string, unknown>)[operation] : undefined;
}

function isDuration(value: unknown): boolean {
  return typeof value === "string" && (parseDuration(value) ?? -1) >= 0;
}
