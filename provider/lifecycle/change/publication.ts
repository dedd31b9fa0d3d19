import type { Backoff } from "../../concurrency/clock";
import { formatDs, sameDs, type Ds } from "../../dnssec/ds";
import { shortened } from "../../wording/listed";
import type { DsAnswer, Observation } from "../../dns/answers";
import type { Context } from "../context";
import { recordId } from "./request/identity";
import type { Job } from "./request/request";
import { poll, type Look } from "../../concurrency/poll";
import { remarksOn } from "./safety/safetyRuling";
import { statusTexts } from "./wording/statusTexts";

const pace: Backoff = { first: 1_000, factor: 1.5, most: 15_000 };

/** `parentTtl`: how long, in seconds, resolvers keep the DS set at the most. `seen`: what there was instead at the last look. */
export type Publication =
  | { readonly published: true; readonly parentTtl?: number }
  | { readonly published: false; readonly seen: string };

/**
 * Waits until every server of the parent zone answers with the record, or without the deleted one; then looks at the domain
 * as a validating resolver does, from the parent down, and warns of what it finds.
 *
 * @param forMs For so many milliseconds at the most.
 * @param isHeld Nothing was changed. Where the parent has the record already, the program process tells how the domain is.
 */
export async function waitForPublication(
  job: Job,
  forMs: number,
  context: Context,
  isHeld = false,
): Promise<Publication> {
  const { identity, dns, reporter } = job;
  const { clock, delegations, signal } = context;
  const startedAt = clock.now();
  let last: Missing = { text: "", behind: 0, servers: 0 };
  let isTold = false;
  const look = async (): Promise<Look<readonly DsAnswer[]>> => {
    const observation = await delegations.published(identity.domain, dns.servers, signal);
    const missing = notYet(job, observation);
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
  if (!result.done) return { published: false, seen: last.text };
  if (!isHeld || last.text !== "") await lookDown(job, result.value, context);
  return { published: true, ...ttlOf(result.value) };
}

interface Missing {
  readonly text: string;
  /** How many of the parent's servers do not have what is wanted. */
  readonly behind: number;
  readonly servers: number;
}

/** @returns undefined when every server has what is wanted. */
function notYet({ wish }: Job, { answers, problem }: Observation<DsAnswer>): Missing | undefined {
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

/** Resolvers may have any of the sets that the servers answer with. */
async function lookDown(job: Job, answers: readonly DsAnswer[], context: Context): Promise<void> {
  const { identity, dns, reporter } = job;
  if (dns.mode === "off") return;
  const judge = await context.delegations.keysOf(identity.domain, dns.servers, context.signal);
  const sets = answers.flatMap((answer) => (answer.outcome === "answered" ? [answer.ds] : []));
  const remarks = sets.flatMap((set) => (isEmptyAsWanted(job, set) ? [] : remarksOn(identity, set, judge)));
  for (const text of shortened([...new Set(remarks)])) {
    reporter.warning(`As the parent zone has ${recordId(identity)} now: ${text}`);
  }
}

function isEmptyAsWanted({ wish }: Job, set: readonly Ds[]): boolean {
  return wish.operation === "delete" && set.length === 0;
}

function ttlOf(answers: readonly DsAnswer[]): { parentTtl?: number } {
  const ttls = answers.flatMap((answer) =>
    answer.outcome === "answered" && answer.ttl !== undefined ? [answer.ttl] : [],
  );
  return ttls.length === 0 ? {} : { parentTtl: Math.max(...ttls) };
}
