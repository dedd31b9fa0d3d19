import type { Backoff } from "../../concurrency/clock";
import { formatDs, sameDs, type Ds } from "../../dnssec/ds";
import { DsRecordError } from "../../errors";
import { duration } from "../../wording/duration";
import { shortened } from "../../wording/listed";
import type { DsAnswer, Observation } from "../../dns/answers";
import type { Context } from "../context";
import { recordId } from "./request/identity";
import type { ChangeRequest, Done, Unfinished } from "./request/request";
import { poll, type Look } from "../../concurrency/poll";
import { remarksOn } from "./safety/safetyRuling";
import { abandonedWait, notPublished } from "./wording/errors";
import { statusTexts } from "./wording/statusTexts";

const pace: Backoff = { first: 1_000, factor: 1.5, max: 15_000 };

/**
 * Waits until every server of the parent zone answers with the record, or without the deleted one,
 * if the record asks for that. Then judges the domain by what the parent zone has, and warns.
 *
 * @param forMs Maximum wait, in ms.
 * @returns Unfinished, with NOT_PUBLISHED, for a record that is not shown in time or whose wait was
 *   aborted. A deletion is done anyway.
 * @throws {DsRecordError} the signal's reason, for a deletion.
 */
export async function confirmPublication(
  request: ChangeRequest,
  done: Done,
  forMs: number,
  context: Context,
): Promise<Done | Unfinished> {
  const { identity, wish, dns, reporter } = request;
  const isDeletion = wish.operation === "delete";
  // If the DNS cannot be reached, a destroy must not wait for it.
  if (!dns.waitForPublication || (isDeletion && dns.mode === "off")) return done;
  const waiting = waitForPublication(request, done.held && !isDeletion, forMs, context);
  const publication = await waiting.catch((error: unknown) => {
    if (isDeletion || !(error instanceof DsRecordError)) throw error;
    return error;
  });
  if (publication instanceof DsRecordError) return unfinished(done, abandonedWait(request, publication));
  if (publication.kind === "published") return { ...done, ...publication.ttl };
  const { seen } = publication;
  if (!isDeletion) return unfinished(done, notPublished(request, seen));
  reporter.warning(
    `${recordId(identity)} is deleted at the registrar, but the parent zone still has it after the time-out of ` +
      `${duration(request.timeoutMs)}: ${seen}. The deletion counts as done, and no later run waits for it.`,
  );
  return done;
}

function unfinished({ taskNo }: Done, error: DsRecordError): Unfinished {
  return {
    kind: "unfinished",
    pending: { action: "publish" },
    error,
    ...(taskNo !== undefined && { taskNo }),
  };
}

/** `seen`: what the last look found instead. */
type Publication =
  | { readonly kind: "published"; readonly ttl: { readonly parentTtl?: number } }
  | { readonly kind: "late"; readonly seen: string };

async function waitForPublication(
  request: ChangeRequest,
  wasThere: boolean,
  forMs: number,
  context: Context,
): Promise<Publication> {
  const { identity, dns, reporter } = request;
  const { clock, delegations, signal } = context;
  const startedAt = clock.now();
  let last: Missing = { text: "", behind: 0, servers: 0 };
  let isTold = false;
  const look = async (): Promise<Look<readonly DsAnswer[]>> => {
    const observation = await delegations.published(identity.domain, dns.servers, signal);
    const missing = missingAt(request, observation);
    if (missing === undefined) return { done: true, value: observation.answers };
    last = missing;
    return { done: false, seen: missing.text };
  };
  const onWait = () => {
    if (!isTold) reporter.info(`${recordId(identity)} waits for the parent zone: ${last.text}.`);
    isTold = true;
    reporter.status(statusTexts.publication(last.behind, last.servers, clock.now() - startedAt));
  };
  const result = await poll({ look, pace, until: startedAt + forMs, onWait }, context);
  if (!result.done) return { kind: "late", seen: last.text };
  // The program process warns about a record that the parent zone has had from the start.
  if (!wasThere || last.text !== "") await warnAbout(request, result.value, context);
  return { kind: "published", ttl: ttlOf(result.value) };
}

interface Missing {
  readonly text: string;
  /** Number of the parent's servers that do not have what is wanted. */
  readonly behind: number;
  readonly servers: number;
}

/** Returns what the servers do not have yet; undefined when every server has what is wanted. */
function missingAt(
  { wish }: ChangeRequest,
  { answers, problem }: Observation<DsAnswer>,
): Missing | undefined {
  if (problem) return { text: problem.message, behind: 0, servers: 0 };
  const isSo = (answer: DsAnswer) => {
    if (answer.outcome === "nonexistent") return wish.operation === "delete";
    if (answer.outcome !== "answered") return false;
    return answer.ds.some((ds) => sameDs(ds, wish.ds)) === (wish.operation !== "delete");
  };
  const behind = answers.filter((answer) => !isSo(answer));
  if (answers.length > 0 && behind.length === 0) return undefined;
  const names = behind.map((answer) => `${answer.server}${"detail" in answer ? ` (${answer.detail})` : ""}`);
  const what = wish.operation === "delete" ? "still with" : "still without";
  const text = `${behind.length} of ${answers.length} servers ${what} "${formatDs(wish.ds)}": ${shortened(names).join(", ")}`;
  return { text, behind: behind.length, servers: answers.length };
}

/** Warns about every set that a server answers with, because resolvers may have any of them. */
async function warnAbout(
  request: ChangeRequest,
  answers: readonly DsAnswer[],
  context: Context,
): Promise<void> {
  const { identity, dns, reporter } = request;
  if (dns.mode === "off") return;
  const judge = await context.delegations.keysOf(identity.domain, dns.servers, context.signal);
  const sets = answers.flatMap((answer) => (answer.outcome === "answered" ? [answer.ds] : []));
  const remarks = sets.flatMap((set) =>
    isEmptyAsWanted(request, set) ? [] : remarksOn(identity, set, judge),
  );
  for (const text of shortened([...new Set(remarks)])) {
    reporter.warning(`The parent zone is now up to date for ${recordId(identity)}. ${text}`);
  }
}

function isEmptyAsWanted({ wish }: ChangeRequest, set: readonly Ds[]): boolean {
  return wish.operation === "delete" && set.length === 0;
}

function ttlOf(answers: readonly DsAnswer[]): { parentTtl?: number } {
  const ttls = answers.flatMap((answer) =>
    answer.outcome === "answered" && answer.ttl !== undefined ? [answer.ttl] : [],
  );
  return ttls.length === 0 ? {} : { parentTtl: Math.max(...ttls) };
}
