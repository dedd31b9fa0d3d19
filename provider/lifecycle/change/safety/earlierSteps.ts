import { formatDs } from "../../../dnssec/ds";
import type { DsRecordError, ErrorCode } from "../../../errors";
import { recordId, type RecordIdentity } from "../request/identity";
import type { Memory, Step } from "../../ledger/ledger";
import { verbs } from "../wording/errors";
import { participles } from "./safetyRuling";

/** Refusals that judge the whole domain, so that what other records of it have gone through matters. */
const aboutTheDomain: ReadonlySet<ErrorCode> = new Set([
  "PREFLIGHT_BOGUS",
  "PREFLIGHT_UNPROVEN",
  "REPLACEMENT_UNFINISHED",
]);

/**
 * Adds to an error what this run has submitted before: the other step of the same replacement and, for a refusal that is
 * about the domain, whatever was submitted for it. Says how to undo that.
 */
export function withEarlierSteps<T extends DsRecordError>(
  error: T,
  identity: RecordIdentity,
  memory: Memory,
): T {
  const own = recordId(identity);
  const partners = partnersOf(own, memory);
  const told = memory.steps().filter(({ id }) => {
    const isOfDomain = id.startsWith(`${identity.domain}/`);
    return id !== own && (partners.has(id) || (isOfDomain && aboutTheDomain.has(error.code)));
  });
  if (told.length === 0) return error;
  const claim = error.message.replace(/Nothing was (submitted|changed)\./, "Nothing was $1 for this record.");
  error.message = [claim, ...told.map((step) => sentenceOn(step, memory))].join(" ");
  return error;
}

/** The record that replaces one, and those that it replaces. */
function partnersOf(id: string, { declarations, resources }: Memory): ReadonlySet<string> {
  const [holder, declarer] = [resources.holderOf(id), declarations.declarerOf(id)];
  const successor = holder === undefined ? undefined : declarations.declaredBy(holder);
  const predecessors = declarer === undefined ? [] : resources.heldBy(declarer);
  return new Set([...(successor === undefined ? [] : [successor]), ...predecessors]);
}

function sentenceOn(step: Step, memory: Memory): string {
  const { id, action, taskNo } = step;
  const task = taskNo === undefined ? "" : ` (task ${taskNo})`;
  const what = memory.isComplete(step)
    ? `${id} was ${participles[action]}${task}`
    : taskNo === undefined
      ? `a task to ${verbs[action]} ${id} may have been submitted`
      : `task ${taskNo} was submitted to ${verbs[action]} ${id}`;
  return `Earlier in this run ${what}. To undo that, ${undoing(step, memory)} and run \`pulumi up\`.`;
}

function undoing({ id, action }: Step, memory: Memory): string {
  if (action !== "add") return `declare ${textOf(id, memory)} again`;
  const [replaced] = [...partnersOf(id, memory)].filter((partner) => partner !== id);
  return replaced === undefined
    ? `remove ${id} from the program`
    : `declare ${textOf(replaced, memory)} in its place again`;
}

/** The data that the state has for a record. */
function textOf(id: string, memory: Memory): string {
  const ds = memory.ours(id).at(-1);
  return ds ? `"${formatDs(ds)}" (${id})` : id;
}
