import { formatDs, type Ds } from "../../../dnssec/ds";
import type { TaskStatus } from "../../../registrar/registrar";
import type { Pending } from "../request/pending";

/** Maximum age, in ms, of an invisible task. An older one no longer counts. */
const maxInvisibleMs = 120_000;

/** Maximum time, in ms, from the end of a task until the registrar's listing shows its effect. */
export const maxLagMs = 10 * 60_000;

/**
 * Maximum difference of two clocks, in ms: the registrar refuses requests that are more than 15
 * minutes off.
 */
const maxSkewMs = 30 * 60_000;

/** Assumed running time, in ms, of a task whose times the registrar does not report. */
export const assumedRunMs = 20 * 60_000;

/** Returns whether a task still counts as running, by one look at it. */
export function isRunning(status: TaskStatus, task: Pending, now: number): boolean {
  // The time of the submission may come from the clock of another machine.
  const age = Math.abs(now - task.submittedAt);
  return status.state === "running" || (status.state === "invisible" && age < maxInvisibleMs);
}

/**
 * Returns whether these records may lack the effect of a task only because the listing lags behind
 * it.
 */
export function isLagging(endedAt: number, task: Pending, records: readonly Ds[], now: number): boolean {
  const isListed = records.some((record) => formatDs(record) === task.ds);
  return task.ds !== undefined && !isListed && isCredible(task.submittedAt, now) && now < endedAt + maxLagMs;
}

/**
 * Returns whether a submission can have been made at that time. An edited state may have a time far
 * in the future.
 */
export function isCredible(submittedAt: number, now: number): boolean {
  return submittedAt < now + maxSkewMs;
}

/** Returns when a task ended that was over at the first look, in ms since the epoch. */
export function endOf(status: TaskStatus, task: Pending): number {
  return task.submittedAt + ((status.state === "succeeded" ? status.durationMs : undefined) ?? assumedRunMs);
}
