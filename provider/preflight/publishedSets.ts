import { formatDs, type Ds } from "../dnssec/ds";
import type { DsAnswer, KeyAnswer, NoHelp, Observation } from "./answers";
import { judgeDelegation, serverWarning, type Delegation } from "./judge";
import type { Reason, Verdict, VerdictStatus } from "./verdict";
import { listed } from "./wording";

/** From the one that matters most. */
const gravity: readonly VerdictStatus[] = ["bogus", "unknown", "insecure", "secure"];

/** Returns the first of the verdicts that matter most. */
export function worstOf([first, ...others]: readonly Verdict[]): Verdict {
  return others.reduce(
    (worst, verdict) => (gravity.indexOf(verdict.status) < gravity.indexOf(worst.status) ? verdict : worst),
    first as Verdict,
  );
}

/**
 * Returns the distinct DS sets that the parent's servers have, which may differ for a while; none if no server answers. A
 * domain that does not exist has an empty one.
 */
export function publishedSets({ answers }: Observation<DsAnswer>): readonly (readonly Ds[])[] {
  return [...groups(answers).values()].map(({ ds }) => ds);
}

/** A domain as the servers of its zone and those of the parent zone answer for it. */
export interface PublishedDelegation extends Omit<Delegation, "ds"> {
  readonly published: Observation<DsAnswer>;
}

/**
 * Judges a domain by the DS set that its parent publishes. Where the parent's servers have different ones, the worst
 * verdict counts, since a resolver may ask any of them.
 */
export function judgePublished({ published, ...delegation }: PublishedDelegation): Verdict {
  const { domainName, observed } = delegation;
  const warnings = [
    ...disagreement(published.answers),
    ...published.answers.filter(isNoHelp).map((answer) => ofParent(serverWarning(answer))),
  ];
  const reason = withoutSet(domainName, observed, published);
  if (reason !== undefined) return { status: "unknown", reasons: [reason], warnings };
  const worst = worstOf(publishedSets(published).map((ds) => judgeDelegation({ ...delegation, ds })));
  return { ...worst, warnings: [...worst.warnings, ...warnings] };
}

/** Why there is no DS set to judge by. */
function withoutSet(
  domainName: string,
  observed: Observation<KeyAnswer>,
  { answers, problem }: Observation<DsAnswer>,
): Reason | undefined {
  if (observed.problem?.code === "NOT_DELEGATED") return observed.problem;
  if (answers.some(({ outcome }) => outcome === "answered")) return undefined;
  if (answers.some(({ outcome }) => outcome === "nonexistent")) {
    return { code: "NOT_DELEGATED", message: `${domainName} is not delegated by its parent zone` };
  }
  if (problem !== undefined) return ofParent(problem);
  const said = answers.filter(isNoHelp).map(({ server, detail }) => `${server} (${detail})`);
  const message = `no server of the parent zone says which DS records ${domainName} has: ${listed(said)}`;
  return { code: "NO_ANSWER", message };
}

interface Group {
  readonly ds: readonly Ds[];
  readonly servers: readonly string[];
}

/** The answers with a DS set, by the set. */
function groups(answers: readonly DsAnswer[]): ReadonlyMap<string, Group> {
  const found = new Map<string, Group>();
  for (const answer of answers) {
    if (isNoHelp(answer)) continue;
    const ds = answer.outcome === "answered" ? answer.ds : [];
    const name = ds.map(formatDs).sort().join(", ");
    found.set(name, { ds, servers: [...(found.get(name)?.servers ?? []), answer.server] });
  }
  return found;
}

function disagreement(answers: readonly DsAnswer[]): readonly Reason[] {
  const sets = [...groups(answers)];
  if (sets.length < 2) return [];
  const said = sets.map(([text, { servers }]) => `${listed(servers)}: ${text || "none"}`);
  const message = `the servers of the parent zone do not publish the same DS records; ${said.join("; ")}`;
  return [{ code: "SERVERS_DISAGREE", message }];
}

function isNoHelp(answer: DsAnswer): answer is NoHelp {
  return answer.outcome !== "answered" && answer.outcome !== "nonexistent";
}

function ofParent(reason: Reason): Reason {
  return { ...reason, message: `of the parent zone: ${reason.message}` };
}
