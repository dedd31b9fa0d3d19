import { duration } from "../../../wording/duration";
import type { ChangeAction } from "../../../registrar/registrar";

/** Maximum length of a status text. Pulumi's tree leaves it about 9 of 100 columns, 28 of 120. */
export const maxStatusLength = 40;

/**
 * Every text that a record's row shows while an operation runs. A terminal cuts off its end, so the
 * fact comes first. Anything longer is said once, in a message that stays.
 */
export const statusTexts = {
  reading: () => "reading DS records",
  asking: () => "asking for the zone's keys",
  turn: (place: number, of: number) => `turn ${place} of ${of}`,
  /** @param others How many other changes of the domain may make this one safe. */
  othersFirst: (others: number) =>
    `${others} other ${others === 1 ? "change" : "changes"} first, not safe yet`,
  /** @param awaited Such as "key 2371". */
  keyWait: (awaited: string, leftMs: number) => `${awaited}? ${duration(leftMs)} left`,
  submitting: (action: ChangeAction) => `submitting task (${action})`,
  task: (taskNo: string, seen: string, elapsedMs: number) =>
    `task ${clipped(taskNo, 5)} ${clipped(seen, 17)} ${duration(elapsedMs)}`,
  earlierTask: (taskNo: string) => `task ${clipped(taskNo, 5)} of an earlier run`,
  foreignTask: (taskNo: string) => `task ${clipped(taskNo, 5)} of another run`,
  listing: () => "task done, not listed yet",
  busy: (elapsedMs: number) => `busy with another task, ${duration(elapsedMs)}`,
  /** @param cause Such as "ECONNREFUSED". */
  trouble: (cause: string, leftMs: number) => `${clipped(cause, 22)}, ${duration(leftMs)} left`,
  uncertain: (elapsedMs: number) => `answer lost, looking, ${duration(elapsedMs)}`,
  /**
   * @param servers How many servers of the parent zone are `behind`; 0 if none could be asked.
   */
  publication: (behind: number, servers: number, elapsedMs: number) =>
    servers === 0
      ? `no parent server found, ${duration(elapsedMs)}`
      : `${behind} of ${servers} parent servers behind, ${duration(elapsedMs)}`,
} as const;

function clipped(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
