import { parseDuration } from "../../../concurrency/clock";
import { quoted } from "../../../dnssec/quoted";
import type { Failure } from "./failure";
import { isUnknown } from "./unknown";

export type TimedOperation = "create" | "update" | "delete";

const timedOperations: readonly TimedOperation[] = ["create", "update", "delete"];
const defaultMs = 15 * 60_000;

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
