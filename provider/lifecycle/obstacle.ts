import { DsRecordError } from "../errors";
import { recordId, type RecordIdentity } from "./identity";
import { duration } from "./polling";
import type { Submission } from "./ports";

/** Why there is no task yet. */
export type Obstacle = Exclude<Submission, { outcome: "accepted" }>;

/** What to do again, as messages say it, and which task is meant. */
export const again = {
  create: "`pulumi up`",
  update: "`pulumi up`",
  delete: "the same command",
} as const;

/** What a row says while something is in the way. */
export const reasonToWait: Readonly<Record<Obstacle["outcome"], (domain: string) => string>> = {
  busy: (domain) => `another task of the registrar holds ${domain}`,
  deferred: () => "the registrar takes no request now",
  uncertain: () => "the registrar's answer was lost: looking whether there is a task",
};

/** That there may be a task, in a sentence for the end of a message. */
export function doubt(operation: keyof typeof again): string {
  return `It is not known whether there is a task. Run ${again[operation]} again: it looks at what the registrar has first.`;
}

/** The time ran out, and no task was accepted. */
export function outOfTime(
  identity: RecordIdentity,
  operation: keyof typeof again,
  timeoutMs: number,
  { outcome, failure }: Obstacle,
): DsRecordError {
  const id = recordId(identity);
  const time = duration(timeoutMs);
  switch (outcome) {
    case "busy":
      return new DsRecordError(
        "DOMAIN_BUSY",
        `${id}: another task of the registrar held ${identity.domain} during all of the ${time} that this had: one of the ` +
          `console, of another program or of an earlier run. ${failure.message} Nothing was submitted. Run ${again[operation]} ` +
          "again when it has ended.",
        failure.details,
      );
    case "deferred":
      return new DsRecordError(
        failure.code,
        `${id}: no task was accepted in the ${time} that this had. ${failure.message} Nothing was changed. Run ${again[operation]} again.`,
        failure.details,
      );
    case "uncertain":
      return new DsRecordError(
        failure.code,
        `${id}: the ${time} that this had are over. ${failure.message} ${doubt(operation)}`,
        failure.details,
      );
  }
}
