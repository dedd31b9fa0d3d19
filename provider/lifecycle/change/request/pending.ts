import type { Ds } from "../../../dnssec/ds";
import type { ChangeAction } from "../../../registrar/registrar";

/**
 * A submission whose effect has not been seen. The state of an unfinished record keeps it, so its
 * shape is frozen. Without `taskNo` the answer was lost, and there may be no task.
 */
export interface Pending {
  readonly taskNo?: string;
  readonly action: ChangeAction;
  /** Milliseconds since the epoch. */
  readonly submittedAt: number;
  /** The text of the DS record that the submission makes. */
  readonly ds?: string;
  /** The text of the DS record that it changes. */
  readonly was?: string;
}

/** A task whose end has not been seen. */
export interface PendingTask extends Pending {
  readonly taskNo: string;
}

/** A record that the registrar has, and that the parent zone does not show yet. */
export interface PendingPublication {
  readonly action: "publish";
}

export function isTask(pending: Pending): pending is PendingTask {
  return pending.taskNo !== undefined;
}

/** Returns the records that an unfinished change makes and changes. */
export function recordsOf({ ds, was }: Pending): readonly Ds[] {
  return [ds, was].flatMap((text) => {
    const [keyTag, algorithm, digestType, digest = ""] = text?.split(" ") ?? [];
    if (digest === "") return [];
    return [{ keyTag: Number(keyTag), algorithm: Number(algorithm), digestType: Number(digestType), digest }];
  });
}
