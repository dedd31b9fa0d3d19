import { formatDs, type Ds } from "../dnssec/ds";
import { listed, shortened } from "../wording/listed";
import type { DsAnswer, KeyAnswer, NoHelp, Observation } from "../dns/answers";
import { judgeDelegation, serverWarning, type Evidence } from "./judge";
import type { Reason, Verdict, VerdictStatus } from "./verdict";

/** From the one that matters most. */
const gravity: readonly VerdictStatus[] = ["bogus", "unknown", "insecure", "secure"];

/** Maximum number of different DS sets of a parent zone that are judged. While one spreads there are two. */
const maxSets = 8;

/** Maximum length of a DS record in a message, in characters. A digest of 64 octets fits. */
const maxDsText = 150;

/** Returns the verdict that matters most of those on DS sets, at least one, that the parent's servers have. */
export function worstVerdict(
  sets: readonly (readonly Ds[])[],
  judge: (ds: readonly Ds[]) => Verdict,
): Verdict {
  const verdicts = sets.slice(0, maxSets).map(judge);
  const all = sets.length > maxSets ? [...verdicts, tooManySets(sets.length)] : verdicts;
  const [first, ...others] = all as [Verdict, ...Verdict[]];
  return others.reduce(
    (worst, verdict) => (gravity.indexOf(verdict.status) < gravity.indexOf(worst.status) ? verdict : worst),
    first,
  );
}

function tooManySets(count: number): Verdict {
  const message = `the servers of the parent zone publish ${count} different DS sets, and at most ${maxSets} are judged`;
  return { status: "unknown", reasons: [{ code: "TOO_MUCH_TO_JUDGE", message }], warnings: [] };
}

/**
 * Returns the distinct DS sets that the parent's servers have, which may differ for a while; none if no server answers. A
 * domain that does not exist has an empty one.
 */
export function publishedSets({ answers }: Observation<DsAnswer>): readonly (readonly Ds[])[] {
  return [...groups(answers).values()].map(({ ds }) => ds);
}

/** A domain as the servers of its zone and those of the parent zone answer for it. */
export interface PublishedDelegation extends Omit<Evidence, "ds"> {
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
  const worst = worstVerdict(publishedSets(published), (ds) => judgeDelegation({ ...delegation, ds }));
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
  const sets = [...groups(answers).values()];
  if (sets.length < 2) return [];
  const said = sets.map(({ ds, servers }) => `${listed(servers)}: ${setText(ds)}`);
  const message = `the servers of the parent zone do not publish the same DS records; ${shortened(said).join("; ")}`;
  return [{ code: "SERVERS_DISAGREE", message }];
}

function setText(ds: readonly Ds[]): string {
  const texts = ds.map(formatDs).sort();
  const short = texts.map((text) => (text.length > maxDsText ? `${text.slice(0, maxDsText)}…` : text));
  return shortened(short).join(", ") || "none";
}

function isNoHelp(answer: DsAnswer): answer is NoHelp {
  return answer.outcome !== "answered" && answer.outcome !== "nonexistent";
}

function ofParent(reason: Reason): Reason {
  return { ...reason, message: `of the parent zone: ${reason.message}` };
}
