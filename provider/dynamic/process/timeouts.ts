import { parseDuration } from "../../concurrency/clock";
import { quoted } from "../../dnssec/quoted";
import { isUnknown, type Failure } from "../../records";

/** The operations that `customTimeouts` names. */
export type TimedOperation = "create" | "update" | "delete";

const timedOperations: readonly TimedOperation[] = ["create", "update", "delete"];

/**
 * Returns the time-out that `customTimeouts` gives an operation, in ms.
 *
 * @param timeouts The hidden input, of any state.
 * @returns undefined for a time-out that is missing, zero, negative or unreadable.
 */
export function readTimeout(timeouts: unknown, operation: TimedOperation): number | undefined {
  const text = timeoutOf(timeouts, operation);
  const ms = typeof text === "string" ? (parseDuration(text) ?? 0) : 0;
  return ms > 0 ? ms : undefined;
}

/**
 * Returns a failure for each time-out that is not a duration, in terms of the option
 * `customTimeouts`.
 */
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
