import { formatDs } from "../../../dnssec/ds";
import type { DsRecordError, ErrorCode } from "../../../errors";
import { recordId, type RecordIdentity } from "../request/identity";
import type { Ledger, Step } from "../../ledger/ledger";
import { claim, pastVerbs, verbs } from "../wording/errors";

/** Refusals that judge the whole domain, so earlier changes of its other records matter. */
const aboutTheDomain: ReadonlySet<ErrorCode> = new Set([
  "PREFLIGHT_BOGUS",
  "PREFLIGHT_UNPROVEN",
  "REPLACEMENT_UNFINISHED",
]);

/**
 * Adds to an error what this run has submitted earlier for other records, and how to undo that: the
 * other step of the same replacement and, for a refusal that judges the whole domain, every step of
 * the domain.
 */
export function withEarlierSteps<T extends DsRecordError>(
  error: T,
  identity: RecordIdentity,
  ledger: Ledger,
): T {
  const own = recordId(identity);
  const partners = partnersOf(own, ledger);
  const steps = ledger.steps().filter(({ id }) => {
    const isOfDomain = id.startsWith(`${identity.domain}/`);
    return id !== own && (partners.has(id) || (isOfDomain && aboutTheDomain.has(error.code)));
  });
  if (steps.length === 0) return error;
  const did = steps
    .map((step, index) => (index === 0 ? "Earlier, it " : "It ") + describeStep(step, ledger))
    .join(" ");
  const undo = steps.map((step) => undoing(step, ledger)).join(" ");
  const message = claim.test(error.message)
    ? error.message.replace(claim, (_, done: string) => `This run ${done} nothing for ${own}. ${did}`)
    : `${error.message} ${did.replace("Earlier, it", "Earlier, this run")}`;
  error.message = `${message} ${undo}`;
  return error;
}

/** Returns the record that replaces this one, and the records that this one replaces. */
function partnersOf(id: string, { declarations, resources }: Ledger): ReadonlySet<string> {
  const [holder, declarer] = [resources.holderOf(id), declarations.declarerOf(id)];
  const successor = holder === undefined ? undefined : declarations.declaredBy(holder);
  const predecessors = declarer === undefined ? [] : resources.heldBy(declarer);
  return new Set([...(successor === undefined ? [] : [successor]), ...predecessors]);
}

/** Returns what a step did, in words that follow "it": "added example.com/2 (task 123).". */
function describeStep(step: Step, ledger: Ledger): string {
  const { id, action, taskNo } = step;
  if (ledger.isComplete(step))
    return `${pastVerbs[action]} ${id}${taskNo === undefined ? "" : ` (task ${taskNo})`}.`;
  if (taskNo !== undefined) return `submitted task ${taskNo} to ${verbs[action]} ${id}.`;
  return `may have submitted a task to ${verbs[action]} ${id}.`;
}

function undoing(step: Step, ledger: Ledger): string {
  return `To undo the change of ${step.id}, ${wayBack(step, ledger)} and run \`pulumi up\`.`;
}

function wayBack({ id, action }: Step, ledger: Ledger): string {
  if (action !== "add") return `declare ${textOf(id, ledger)} again`;
  const [replaced] = [...partnersOf(id, ledger)].filter((partner) => partner !== id);
  return replaced === undefined
    ? `remove ${id} from the program`
    : `declare ${textOf(replaced, ledger)} in its place again`;
}

/** Returns a record with the data that the state has for it. */
function textOf(id: string, ledger: Ledger): string {
  const ds = ledger.ownDataOf(id).at(-1);
  return ds ? `"${formatDs(ds)}" (${id})` : id;
}
