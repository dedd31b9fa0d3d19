import type { Backoff } from "../../../concurrency/clock";
import { formatDs, type Ds } from "../../../dnssec/ds";
import type { Context } from "../../context";
import { recordId, type RecordIdentity } from "../identity";
import { duration, poll, type Look } from "./polling";
import type { Deadline } from "../../../concurrency/deadline";
import type { TaskStatus } from "../../../registrar/registrar";
import type { Reporter } from "../../ports";
import type { Pending, PendingTask } from "../../record/state";
import { statusTexts } from "../statusTexts";

/**
 * How a task ended, as far as this wait could see. `at`: since when it is over, in milliseconds since the epoch.
 * `vanished`: there is no such task, the listing has to tell.
 */
export type TaskEnd =
  | { readonly end: "vanished" }
  | { readonly end: "succeeded"; readonly at: number }
  | { readonly end: "failed"; readonly reason: string; readonly tries?: number }
  | { readonly end: "timeout"; readonly seen: ReadonlyMap<string, number> };

const pace: Backoff = { first: 500, factor: 1.35, most: 15_000 };

/** Age of a task, in ms, from which its whole number is worth a line that stays. */
const slowMs = 60_000;

/** A task that is not shown for so long before or after its submission, by our clock, does not count any more. */
const invisibleMs = 120_000;

/** For so long after the end of a task, its effect may not be in the registrar's listing yet. */
export const lagMs = 10 * 60_000;

/** The registrar takes no request of a clock that is more than 15 minutes off: two such clocks differ by this at the most. */
const mostSkewMs = 30 * 60_000;

/** How long a task is taken to have run of which the registrar does not tell it. */
export const usualMs = 20 * 60_000;

/** Waits until a task has ended, and tells on the record's row where it is. */
export async function waitForTask(
  identity: RecordIdentity,
  task: PendingTask,
  { deadline, reporter, context }: { deadline: Deadline; reporter: Reporter; context: Context },
): Promise<TaskEnd> {
  const startedAt = context.clock.now();
  let wasGoingOn = false;
  let isTold = false;
  const result = await poll(
    {
      pace,
      until: deadline.until,
      look: async () => {
        const status = await context.registrar.taskStatus(identity.domain, task.taskNo, deadline);
        const now = context.clock.now();
        if (!isGoingOn(status, task, now)) return endOf(status, wasGoingOn ? now : endedAt(status, task));
        wasGoingOn = true;
        return { done: false, seen: status.state === "running" ? status.status : "not visible yet" };
      },
      onWait: (seen) => {
        const elapsedMs = context.clock.now() - startedAt;
        if (elapsedMs >= slowMs && !isTold) {
          isTold = true;
          const name = `Task ${task.taskNo} (${task.action}) of ${recordId(identity)}`;
          reporter.info(`${name} is still ${seen} after ${duration(elapsedMs)}.`);
        }
        reporter.status(statusTexts.task(task.taskNo, seen, elapsedMs));
      },
    },
    context,
  );
  if (!result.done) return { end: "timeout", seen: result.seen };
  context.registrar.taskEnded(identity.domain);
  return result.value;
}

/** Whether a task still counts as going on, by one look at it. */
export function isGoingOn(status: TaskStatus, task: Pending, now: number): boolean {
  // The time of the submission may be by another machine's clock.
  const age = Math.abs(now - task.submittedAt);
  return status.state === "running" || (status.state === "invisible" && age < invisibleMs);
}

/** Whether a task has succeeded so lately that its effect is still missing from these records because they lag behind. */
export function isLagging(endedSince: number, task: Pending, records: readonly Ds[], now: number): boolean {
  const isListed = records.some((record) => formatDs(record) === task.ds);
  return task.ds !== undefined && !isListed && isDated(task.submittedAt, now) && now < endedSince + lagMs;
}

/** Whether a submission can have been then. Else a state that was edited by hand would not be looked behind before that time. */
export function isDated(submittedAt: number, now: number): boolean {
  return submittedAt < now + mostSkewMs;
}

/** When a task ended that was over at the first look. */
export function endedAt(status: TaskStatus, task: Pending): number {
  return task.submittedAt + ((status.state === "succeeded" ? status.durationMs : undefined) ?? usualMs);
}

function endOf(status: TaskStatus, at: number): Look<TaskEnd> {
  if (status.state === "failed") {
    const { reason, tries } = status;
    return { done: true, value: { end: "failed", reason, ...(tries !== undefined && { tries }) } };
  }
  if (status.state === "succeeded") return { done: true, value: { end: "succeeded", at } };
  return { done: true, value: { end: "vanished" } };
}
