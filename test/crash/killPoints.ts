import { interruptions, type Interruption, type InterruptionName } from "./interruptions";
import { operations, type Operation, type OperationName } from "./operations";

/** The step at which a change is interrupted. */
export type Step = "listing" | "submission" | "answer" | "polling" | "confirming";

/**
 * The call whose answer is held while the interruption strikes. It is the nth call of its action,
 * held before or after its effect.
 */
export interface HeldCall {
  readonly action: string;
  readonly count: number;
  readonly when: "before" | "after";
}

export interface KillPoint {
  readonly operation: Operation;
  /** Number of the change within the operation, from 0. */
  readonly change: number;
  readonly step: Step;
  readonly interruption: Interruption;
  /** The task runs until the next run has met it. */
  readonly outlasting: boolean;
  /**
   * The held submission is never answered, although the provider is alive and waits for the answer.
   */
  readonly unanswered: boolean;
  /** The listing shows the task's effect only after the next run has read the listing once. */
  readonly lagging: boolean;
  /**
   * A known fault. The next run submits the same change again and it is accepted, because neither
   * the listing nor the state shows the task. Remove this field together with the fault.
   */
  readonly doubles: boolean;
  /** The next run refreshes first. */
  readonly refresh: boolean;
  readonly inCi: boolean;
}

type Options = Partial<Omit<KillPoint, "operation" | "step" | "interruption">>;

const ci: Options = { inCi: true };
const second: Options = { change: 1 };

/** Every run must converge from there. Those of `ci` are part of `npm test`. */
export const killPoints: readonly KillPoint[] = [
  point("create", "listing", "cli", ci),
  point("create", "listing", "provider"),
  point("create", "listing", "both"),
  point("create", "listing", "hangUp"),
  point("create", "submission", "cli"),
  point("create", "submission", "cli", { unanswered: true, ...ci }),
  point("create", "submission", "provider", ci),
  point("create", "submission", "both"),
  point("create", "answer", "cli"),
  point("create", "answer", "cli", { outlasting: true }),
  point("create", "answer", "provider"),
  point("create", "answer", "both", { outlasting: true, ...ci }),
  point("create", "answer", "hangUp"),
  point("create", "answer", "twice", ci),
  point("create", "answer", "ciJob"),
  point("create", "answer", "cli", { outlasting: true, refresh: true }),
  point("create", "answer", "once"),
  point("create", "polling", "cli", { outlasting: true }),
  point("create", "polling", "provider"),
  point("create", "polling", "provider", { outlasting: true, ...ci }),
  point("create", "polling", "both"),
  point("create", "polling", "hangUp", ci),
  point("create", "polling", "twice", { outlasting: true }),
  point("create", "polling", "once"),
  point("create", "polling", "terminate"),
  point("create", "confirming", "cli"),
  point("create", "confirming", "provider"),
  point("create", "confirming", "both"),
  point("create", "confirming", "both", { lagging: true, doubles: true }),
  point("hurriedCreate", "polling", "once", { outlasting: true }),
  point("hurriedCreate", "polling", "once", { outlasting: true, lagging: true, ...ci }),
  point("twoCreates", "answer", "cli"),
  point("twoCreates", "polling", "both", { outlasting: true }),
  point("twoCreates", "polling", "once"),
  point("adopt", "listing", "cli"),
  point("adopt", "confirming", "both"),
  point("update", "listing", "both"),
  point("update", "submission", "cli"),
  point("update", "answer", "cli", ci),
  point("update", "answer", "provider"),
  point("update", "answer", "provider", { lagging: true, doubles: true }),
  point("update", "polling", "both", { outlasting: true }),
  point("update", "polling", "both", { outlasting: true, refresh: true }),
  point("update", "polling", "twice"),
  point("update", "confirming", "hangUp"),
  point("update", "confirming", "once"),
  point("replace", "listing", "both"),
  point("replace", "answer", "cli", { outlasting: true }),
  point("replace", "polling", "provider"),
  point("replace", "polling", "once"),
  point("replace", "confirming", "cli"),
  point("replace", "listing", "cli", { ...second, ...ci }),
  point("replace", "listing", "provider", second),
  point("replace", "listing", "twice", second),
  point("replace", "submission", "both", second),
  point("replace", "answer", "both", { ...second, ...ci }),
  point("replace", "polling", "cli", { ...second, outlasting: true }),
  point("replace", "polling", "cli", { ...second, outlasting: true, refresh: true }),
  point("replace", "confirming", "provider", second),
  point("replaceOldFirst", "answer", "cli"),
  point("replaceOldFirst", "listing", "both", second),
  point("replaceOldFirst", "polling", "provider", second),
  point("delete", "listing", "cli"),
  point("delete", "submission", "both"),
  point("delete", "answer", "cli", { outlasting: true, ...ci }),
  point("delete", "answer", "provider"),
  point("delete", "answer", "both", { refresh: true }),
  point("delete", "answer", "terminate"),
  point("delete", "polling", "twice"),
  point("delete", "polling", "once"),
  point("delete", "polling", "cli", { outlasting: true, refresh: true }),
  point("delete", "confirming", "both"),
  point("delete", "confirming", "cli", { lagging: true, doubles: true }),
  point("destroy", "submission", "hangUp"),
  point("destroy", "answer", "both", ci),
  point("destroy", "polling", "cli", { outlasting: true }),
  point("destroy", "confirming", "provider"),
];

function point(
  operation: OperationName,
  step: Step,
  interruption: InterruptionName,
  options: Options = {},
): KillPoint {
  const defaults = {
    change: 0,
    outlasting: false,
    unanswered: false,
    lagging: false,
    doubles: false,
    refresh: false,
    inCi: false,
  };
  return {
    operation: operations[operation],
    step,
    interruption: interruptions[interruption],
    ...defaults,
    ...options,
  };
}

/** The action that submits one of an operation's changes. */
export function submissionOf({ operation, change }: KillPoint): string {
  const [verb] = (operation.changes[change] ?? "").split(" ");
  return `SaveSingleTaskFor${verb}DSRecord`;
}

/**
 * Returns the call to hold. A change lists the records, submits, queries the task until it ends (at
 * once, unless tasks are held), and lists the records again.
 */
export function heldCall(killPoint: KillPoint): HeldCall {
  const { operation, change, step } = killPoint;
  const after = { when: "after" } as const;
  switch (step) {
    case "listing":
      return { action: "QueryDSRecord", count: 2 * change + 1, ...after };
    case "submission":
      return { action: submissionOf(killPoint), count: 1, when: "before" };
    case "answer":
      return { action: submissionOf(killPoint), count: 1, ...after };
    case "polling":
      return { action: "QueryTaskDetailList", count: change + 2, ...after };
    case "confirming":
      // An adoption is not read back. It only checks that no task is about to change the record.
      if (operation.changes.length === 0) return { action: "QueryTaskList", count: 1, ...after };
      return { action: "QueryDSRecord", count: 2 * change + 2, ...after };
  }
}

/**
 * Returns whether the held call is a submission. An orphaned provider still waits for the answer to
 * a submission, but not for the answer to a query.
 */
export function isSubmission({ step }: KillPoint): boolean {
  return step === "submission" || step === "answer";
}

/** Whether the change's task does not end before the interruption. */
export function holdsTask({ step, outlasting }: KillPoint): boolean {
  return step === "polling" || outlasting;
}
