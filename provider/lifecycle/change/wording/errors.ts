import { DsRecordError } from "../../../errors";
import type { Sighting, Uncertain } from "../task/lostSubmission";
import { recordId, type RecordIdentity } from "../request/identity";
import { duration } from "../../../concurrency/poll";
import type { Submission } from "../../../registrar/registrar";

/** Why there is no task yet. */
export type Obstacle = Exclude<Submission, { outcome: "accepted" }>;

/** What a task does to a record, as messages say it. */
export const verbs = { add: "add", modify: "change", delete: "delete" } as const;

/** What to do again, as messages say it, and which task is meant. */
export const again = {
  create: "`pulumi up`",
  update: "`pulumi up`",
  delete: "the same command",
} as const;

/** That there may be a task, in sentences for the end of a message. */
export function doubtOf(operation: keyof typeof again): string {
  const kept =
    operation === "delete"
      ? "stays in the state"
      : "is kept in the state as unfinished, whether it is there or not";
  return (
    `It is not known whether there is a task. The record ${kept}. Run ${again[operation]} again: it looks at what the ` +
    "registrar has first."
  );
}

/** What can be said of a run that has met with a task of somebody else's. */
export function submittedBefore(hasSubmitted: boolean): string {
  return hasSubmitted ? "" : "Nothing was submitted. ";
}

/**
 * The time ran out, and no task was accepted.
 *
 * @param hasSubmitted Whether there was a submission before that one.
 */
export function outOfTime(
  identity: RecordIdentity,
  operation: keyof typeof again,
  timeoutMs: number,
  { outcome, failure }: Obstacle,
  hasSubmitted: boolean,
): DsRecordError {
  const id = recordId(identity);
  const time = duration(timeoutMs);
  switch (outcome) {
    case "busy":
      return new DsRecordError(
        "DOMAIN_BUSY",
        `${id}: another task of the registrar held ${identity.domain} during all of the ${time} that this had: one of the ` +
          `console, of another program or of an earlier run. ${failure.message} ${submittedBefore(hasSubmitted)}Run ${again[operation]} ` +
          "again when it has ended.",
        failure.details,
      );
    case "deferred":
      return new DsRecordError(
        failure.code,
        `${id}: no task was accepted in the ${time} that this had. ${failure.message} ${hasSubmitted ? "" : "Nothing was changed. "}Run ${again[operation]} again.`,
        failure.details,
      );
    case "uncertain":
      return new DsRecordError(
        failure.code,
        `${id}: the ${time} that this had are over. ${failure.message}`,
        failure.details,
      );
  }
}

/** The registrar was never connected to for a submission, and trying for longer makes no sense. */
export function unreachable(
  identity: RecordIdentity,
  operation: keyof typeof again,
  triedMs: number,
  { failure }: Pick<Obstacle, "failure">,
  hasSubmitted: boolean,
): DsRecordError {
  return new DsRecordError(
    failure.code,
    `${recordId(identity)}: no task was accepted. ${failure.message} Tried for ${duration(triedMs)}, and that is the limit for ` +
      `this failure. ${hasSubmitted ? "" : "Nothing was changed. "}Run ${again[operation]} again.`,
    failure.details,
  );
}

/** The time ran out, and it is still not known what an earlier run has done. */
export function stillInDoubt(identity: RecordIdentity, timeoutMs: number): DsRecordError {
  return new DsRecordError(
    "TASK_UNFINISHED",
    `${recordId(identity)}: in an earlier run the registrar's answer to a submission was lost, and in the ${duration(timeoutMs)} ` +
      "that this had it did not come out what became of it. Nothing was submitted.",
  );
}

/** Asking again would not help, and no task has shown; or it cannot be told whether there is one. */
export function withoutEffect({ failure }: Uncertain, sighting: Sighting["kind"]): DsRecordError {
  const { code, message, details } = failure;
  if (sighting !== "none") return failure;
  return new DsRecordError(code, `${message} It was looked for, and there is none.`, details);
}
