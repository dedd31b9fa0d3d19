import { DsRecordError } from "../../../errors";
import type { Submission } from "../../../registrar/registrar";
import { duration } from "../../../wording/duration";
import { recordId } from "../request/identity";
import type { ChangeRequest } from "../request/request";

/** The reason why the registrar has accepted no task yet. */
export type Obstacle = Exclude<Submission, { outcome: "accepted" }>;

/** Verbs for what a task does to a record. */
export const verbs = { add: "add", modify: "change", delete: "delete" } as const;

/** Verbs for what a task has done to a record. */
export const pastVerbs = { add: "added", modify: "changed", delete: "deleted" } as const;

/** The command for the user to run again, by operation. */
export const again = {
  create: "`pulumi up`",
  update: "`pulumi up`",
  delete: "the same command",
} as const;

/**
 * Matches the claim of a message that nothing was done, which other records of the run may
 * contradict.
 */
export const claim = /Nothing was (submitted|changed)\./;

/** Returns the sentence that nothing was done, if that is true. It ends with a space. */
function claimUnless(hasSubmitted: boolean, done: "submitted" | "changed" = "submitted"): string {
  return hasSubmitted ? "" : `Nothing was ${done}. `;
}

/** Returns the end of a message that says that there may be a task. */
export function mayBeTask(operation: keyof typeof again): string {
  const kept =
    operation === "delete"
      ? "stays in the state"
      : "is kept in the state as unfinished, whether it exists or not";
  return (
    `It is not known whether there is a task. The record ${kept}. Run ${again[operation]} again; it first checks what the ` +
    "registrar has."
  );
}

type Failing = Pick<ChangeRequest, "identity" | "wish" | "timeoutMs">;

/**
 * Returns the error for a change whose time ran out before the registrar accepted a task.
 *
 * @param hasSubmitted Whether an earlier submission of this run has, or may have, made a task.
 */
export function outOfTime(
  request: Failing,
  { outcome, failure }: Obstacle,
  hasSubmitted: boolean,
): DsRecordError {
  const { identity, wish, timeoutMs } = request;
  const id = recordId(identity);
  const time = duration(timeoutMs);
  const command = again[wish.operation];
  switch (outcome) {
    case "busy":
      return new DsRecordError(
        "DOMAIN_BUSY",
        `${id}: another task held ${identity.domain} for the whole time-out of ${time}. It comes from the registrar's console, ` +
          `another program or an earlier run. ${failure.message} ${claimUnless(hasSubmitted)}Run ${command} again when that task has ended.`,
        failure.details,
      );
    case "deferred":
      return new DsRecordError(
        failure.code,
        `${id}: the registrar accepted no task within the time-out of ${time}. ${failure.message} ` +
          `${claimUnless(hasSubmitted, "changed")}Run ${command} again.`,
        failure.details,
      );
    case "uncertain":
      return new DsRecordError(
        failure.code,
        `${id}: the time-out of ${time} is over. ${failure.message}`,
        failure.details,
      );
  }
}

/**
 * Returns the error for submissions that never reached the registrar and were tried for as long as
 * that makes sense.
 */
export function unreachable(
  { identity, wish }: Failing,
  triedMs: number,
  { failure }: Obstacle,
  hasSubmitted: boolean,
): DsRecordError {
  return new DsRecordError(
    failure.code,
    `${recordId(identity)}: the registrar accepted no task. ${failure.message} This was tried for ${duration(triedMs)}, the ` +
      `limit for this failure. ${claimUnless(hasSubmitted, "changed")}Run ${again[wish.operation]} again.`,
    failure.details,
  );
}

/**
 * Returns the error for a change that could not find out in time what an earlier run did.
 */
export function stillLost({ identity, timeoutMs }: Failing): DsRecordError {
  return new DsRecordError(
    "TASK_UNFINISHED",
    `${recordId(identity)}: an earlier run lost the registrar's answer to a submission. This run could not find out within ` +
      `${duration(timeoutMs)} whether it took effect. Nothing was submitted.`,
  );
}

/** Returns the error for another task of the domain that is still running when the time is over. */
export function foreignTaskRuns(
  { identity, wish, timeoutMs }: Failing,
  taskNo: string,
  hasSubmitted: boolean,
): DsRecordError {
  return new DsRecordError(
    "DOMAIN_BUSY",
    `${recordId(identity)} is as it should be, but task ${taskNo} of ${identity.domain} is still running after the time-out of ` +
      `${duration(timeoutMs)} and may change that. It comes from the registrar's console, another program or an earlier run. ` +
      `${claimUnless(hasSubmitted)}Run ${again[wish.operation]} again when that task has ended.`,
    { taskNo },
  );
}

/** Returns the error for a record that the parent zone did not show in time. */
export function notPublished({ identity, timeoutMs }: Failing, seen: string): DsRecordError {
  return new DsRecordError(
    "NOT_PUBLISHED",
    `${recordId(identity)} is at the registrar, but not on all servers of the parent zone within the time-out of ` +
      `${duration(timeoutMs)}: ${seen}. ${keptUntilPublished} To allow more time, set customTimeouts.`,
  );
}

/** Returns the error for a record whose wait for the parent zone was aborted. */
export function abandonedWait({ identity }: Failing, { message, details }: DsRecordError): DsRecordError {
  return new DsRecordError(
    "NOT_PUBLISHED",
    `${recordId(identity)} is at the registrar, but the wait for the parent zone was given up. ${message} ${keptUntilPublished}`,
    details,
  );
}

const keptUntilPublished =
  "The record is kept in the state as unfinished, and the next `pulumi up` continues to wait, without a new task.";
