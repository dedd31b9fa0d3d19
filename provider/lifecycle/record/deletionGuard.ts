import { DsRecordError } from "../../errors";
import type { Context } from "../context";
import { parseRecordId, recordId, type RecordIdentity } from "../change/identity";
import type { Memory } from "../ledger/ledger";
import type { Deadline } from "../../concurrency/deadline";
import { resourceOf } from "../ledger/urn";

/**
 * Whether the registrar's record is to go when Pulumi deletes the resource. Pulumi creates first and deletes then: after a
 * rename, a taint, `--replace` or a reverted key roll the record that it deletes is one that the program declares; and
 * under `--continue-on-error` it deletes although what comes in its place could not be made. No resource is told of the
 * others, so this goes by what the process has seen.
 *
 * @returns "keep" for a record that the program declares.
 * @throws {DsRecordError} REPLACEMENT_UNFINISHED: the record must stay, and so must the resource.
 */
export async function permission(
  identity: RecordIdentity,
  deadline: Deadline,
  { memory, registrar }: Pick<Context, "memory" | "registrar">,
): Promise<"delete" | "keep"> {
  const id = recordId(identity);
  const { declarations, resources } = memory;
  const holder = resources.holderOf(id);
  const failed = [...memory.failures()].filter(([other]) => isOf(identity, other));
  const declarer = declarations.declarerOf(id);
  if (declarer !== undefined) {
    // With deleteBeforeReplace the resource itself declares it, and has not come to its creation yet.
    if (memory.isSettled(id) || (isSame(declarer, holder) && !memory.failures().has(id))) return "keep";
    throw unfinished(identity, `${id}, which ${declarer} declares, was not brought to its end`, memory);
  }
  if (failed.length > 0) {
    throw unfinished(
      identity,
      `${failed.map(([other]) => other).join(", ")} was not brought to its end`,
      memory,
    );
  }
  const unsettled = declarations.ids().filter((other) => isOf(identity, other) && !memory.isSettled(other));
  if (unsettled.length === 0 || makesRoom(holder, unsettled, memory)) return "delete";
  const listed = (await registrar.list(identity.domain, deadline)).map(({ keyTag }) => keyTag);
  const missing = unsettled.filter((other) => !listed.includes(parseRecordId(other).keyTag));
  if (missing.length === 0) return "delete";
  throw unfinished(identity, `${missing.join(", ")}, which the program declares, has not been made`, memory);
}

/** With deleteBeforeReplace, the resource's own new record is still to come. */
function makesRoom(
  holder: string | undefined,
  unsettled: readonly string[],
  { declarations }: Memory,
): boolean {
  const own = holder === undefined ? undefined : declarations.declaredBy(holder);
  return own !== undefined && unsettled.includes(own);
}

/** One run knows one stack and one project. */
function isSame(declarer: string, holder: string | undefined): boolean {
  return holder !== undefined && resourceOf(declarer) === resourceOf(holder);
}

function isOf({ domain }: RecordIdentity, id: string): boolean {
  return id.startsWith(`${domain}/`);
}

function unfinished(identity: RecordIdentity, why: string, memory: Memory): DsRecordError {
  const codes = [...memory.failures()]
    .filter(([id]) => isOf(identity, id))
    .map(([id, code]) => `${id} failed with ${code}`);
  const causes = codes.length > 0 ? ` (${codes.join(", ")})` : "";
  // Then neither `diff` nor `check` ties the record to its resource, and the state may have the URN of an old name.
  const isUntied = codes.length === 0 && memory.resources.isAssumed(recordId(identity));
  const hint = isUntied
    ? " Where an earlier run renamed or moved this resource, leave deleteBeforeReplace and --replace out once."
    : "";
  return new DsRecordError(
    "REPLACEMENT_UNFINISHED",
    `${recordId(identity)} was not deleted, because in this run ${why}${causes}. Nothing was submitted. ` +
      `${identity.domain} keeps its existing DS records until every declared record is in place. ` +
      `Fix the other failure, then run \`pulumi up\` again.${hint}`,
  );
}
