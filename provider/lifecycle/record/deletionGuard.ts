import type { Deadline } from "../../concurrency/deadline";
import { DsRecordError } from "../../errors";
import type { Context } from "../context";
import { parseRecordId, recordId, type RecordIdentity } from "../change/request/identity";
import { refused, type Refused } from "../change/request/request";
import type { Ledger } from "../ledger/ledger";
import { resourceOf } from "../ledger/urn";

/** Whether the registrar's record is deleted together with its resource. */
export type DeletionVerdict = { readonly kind: "delete" } | { readonly kind: "keep" } | Refused;

/**
 * Decides whether the registrar's record is deleted when Pulumi deletes its resource. Pulumi
 * creates first and deletes afterwards. So after a rename, a taint, `--replace` or a reverted key
 * roll it deletes a resource whose record the program declares, and under `--continue-on-error` it
 * deletes although the replacement has failed. Pulumi tells a resource nothing about the others, so
 * this uses what the process has seen.
 *
 * @returns "keep" for a record that the program declares. "refused", with REPLACEMENT_UNFINISHED,
 *   where both the record and the resource must stay.
 * @throws {DsRecordError} as `Registrar.list` does.
 */
export async function guardDeletion(
  identity: RecordIdentity,
  deadline: Deadline,
  { ledger, registrar }: Pick<Context, "ledger" | "registrar">,
): Promise<DeletionVerdict> {
  const id = recordId(identity);
  const { declarations, resources } = ledger;
  const holder = resources.holderOf(id);
  const declarer = declarations.declarerOf(id);
  if (declarer !== undefined) {
    // With deleteBeforeReplace the resource itself declares the record, and its creation is still
    // to come.
    const isKept = ledger.isSettled(id) || (isSame(declarer, holder) && !ledger.failures().has(id));
    return isKept
      ? { kind: "keep" }
      : refuse(identity, `${id}, which ${declarer} declares, did not finish`, ledger);
  }
  const failed = [...ledger.failures().keys()].filter((other) => isOf(identity, other));
  if (failed.length > 0) return refuse(identity, `${failed.join(", ")} did not finish`, ledger);
  const unsettled = declarations.ids().filter((other) => isOf(identity, other) && !ledger.isSettled(other));
  if (unsettled.length === 0 || makesRoom(holder, unsettled, ledger)) return { kind: "delete" };
  const listed = (await registrar.list(identity.domain, deadline)).map(({ keyTag }) => keyTag);
  const missing = unsettled.filter((other) => !listed.includes(parseRecordId(other).keyTag));
  if (missing.length === 0) return { kind: "delete" };
  return refuse(identity, `${missing.join(", ")}, which the program declares, was not created`, ledger);
}

/** Returns whether the resource's own new record is still to come, as with deleteBeforeReplace. */
function makesRoom(
  holder: string | undefined,
  unsettled: readonly string[],
  { declarations }: Ledger,
): boolean {
  const own = holder === undefined ? undefined : declarations.declaredBy(holder);
  return own !== undefined && unsettled.includes(own);
}

/** Compares within the stack, since one run has one stack and one project. */
function isSame(declarer: string, holder: string | undefined): boolean {
  return holder !== undefined && resourceOf(declarer) === resourceOf(holder);
}

function isOf({ domain }: RecordIdentity, id: string): boolean {
  return id.startsWith(`${domain}/`);
}

function refuse(identity: RecordIdentity, why: string, ledger: Ledger): Refused {
  const codes = [...ledger.failures()]
    .filter(([id]) => isOf(identity, id))
    .map(([id, code]) => `${id} failed with ${code}`);
  const causes = codes.length > 0 ? ` (${codes.join(", ")})` : "";
  // Neither `diff` nor `check` has named the resource of the record, and the state may have the URN
  // of an old name.
  const isUntied = codes.length === 0 && ledger.resources.isAssumed(recordId(identity));
  const hint = isUntied
    ? " If an earlier run renamed or moved this resource, run once without deleteBeforeReplace and --replace."
    : "";
  const error = new DsRecordError(
    "REPLACEMENT_UNFINISHED",
    `${recordId(identity)} was not deleted, because in this run ${why}${causes}. Nothing was submitted. ` +
      `${identity.domain} keeps its existing DS records until every declared record is in place. ` +
      `Fix the other failure, then run \`pulumi up\` again.${hint}`,
  );
  return refused(error);
}
