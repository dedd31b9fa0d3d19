import type { Backoff } from "../clock";
import type { Context } from "./context";
import type { RecordIdentity } from "./identity";
import { duration, poll, type Look } from "./polling";
import type { Patience, Reporter, TaskStatus } from "./ports";
import type { Pending } from "./state";

/** How a task ended, as far as this wait could see. `vanished`: there is no such task, the listing has to tell. */
export type TaskEnd =
  | { readonly end: "succeeded" | "vanished" }
  | { readonly end: "failed"; readonly reason: string; readonly tries?: number }
  | { readonly end: "timeout"; readonly seen: ReadonlyMap<string, number> };

const pace: Backoff = { first: 500, factor: 1.35, most: 15_000 };

/** A task that is not shown for so long after its submission does not count any more. */
const invisibleMs = 120_000;

/** Waits until a task has ended, and tells on the record's row where it is. */
export async function waitForTask(
  identity: RecordIdentity,
  task: Pending,
  { patience, reporter, context }: { patience: Patience; reporter: Reporter; context: Context },
): Promise<TaskEnd> {
  const startedAt = context.clock.now();
  const elapsed = () => duration(context.clock.now() - startedAt);
  const result = await poll(
    {
      pace,
      until: patience.until,
      look: async () =>
        endOf(await context.registrar.taskStatus(identity.domain, task.taskNo, patience), task, context),
      onWait: (seen) => {
        reporter.status(`task ${task.taskNo} (${task.action}): ${seen}, ${elapsed()}`);
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
  return status.state === "running" || (status.state === "invisible" && now - task.submittedAt < invisibleMs);
}

function endOf(status: TaskStatus, task: Pending, { clock }: Context): Look<TaskEnd> {
  if (isGoingOn(status, task, clock.now())) {
    return { done: false, seen: status.state === "running" ? status.status : "not visible yet" };
  }
  if (status.state === "failed") {
    const { reason, tries } = status;
    return { done: true, value: { end: "failed", reason, ...(tries !== undefined && { tries }) } };
  }
  return { done: true, value: { end: status.state === "succeeded" ? "succeeded" : "vanished" } };
}
