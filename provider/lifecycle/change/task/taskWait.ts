import type { Backoff } from "../../../concurrency/clock";
import type { Deadline } from "../../../concurrency/deadline";
import { poll, type Look } from "../../../concurrency/poll";
import type { TaskStatus } from "../../../registrar/registrar";
import { duration } from "../../../wording/duration";
import type { Context } from "../../context";
import type { Reporter } from "../../ports";
import { recordId, type RecordIdentity } from "../request/identity";
import type { PendingTask } from "../request/pending";
import { statusTexts } from "../wording/statusTexts";
import { endOf, isRunning } from "./taskTimes";

/**
 * How a task ended, as far as this wait could see. `at` is in ms since the epoch. `vanished`: the
 * registrar does not show such a task, so only the listing can tell.
 */
export type TaskEnd =
  | { readonly end: "vanished" }
  | { readonly end: "succeeded"; readonly at: number }
  | { readonly end: "failed"; readonly reason: string; readonly tries?: number }
  | { readonly end: "timeout"; readonly seen: ReadonlyMap<string, number> };

const pace: Backoff = { first: 500, factor: 1.35, max: 15_000 };

/** Wait for a task, in ms, after which a message names its whole number. */
const slowMs = 60_000;

/** Waits until a task has ended, and shows its status on the record's row. */
export async function waitForTask(
  identity: RecordIdentity,
  task: PendingTask,
  { deadline, reporter, context }: { deadline: Deadline; reporter: Reporter; context: Context },
): Promise<TaskEnd> {
  const startedAt = context.clock.now();
  let wasRunning = false;
  let isTold = false;
  const result = await poll(
    {
      pace,
      until: deadline.until,
      look: async () => {
        const status = await context.registrar.taskStatus(identity.domain, task.taskNo, deadline);
        const now = context.clock.now();
        if (!isRunning(status, task, now)) return ended(status, wasRunning ? now : endOf(status, task));
        wasRunning = true;
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

function ended(status: TaskStatus, at: number): Look<TaskEnd> {
  if (status.state === "failed") {
    const { reason, tries } = status;
    return { done: true, value: { end: "failed", reason, ...(tries !== undefined && { tries }) } };
  }
  if (status.state === "succeeded") return { done: true, value: { end: "succeeded", at } };
  return { done: true, value: { end: "vanished" } };
}
