import type { Ds } from "../dnssec/ds";
import { listed, shortened } from "../wording/listed";
import type { Keys, KeyAnswer, NoHelp, Nonexistent, Observation } from "../dns/answers";
import { assess, assessNonexistent, type Assessment } from "./serverAssessment";
import { sha1, sortDsSet, type DsSet } from "./validator/dsSet";
import type { Examination } from "./validator/examination";
import { Examinations } from "./validator/examinations";
import { reasonsOf } from "./validator/findings";
import type { Reason, Verdict } from "./verdict";
import type { VerdictCode } from "./verdictCodes";
import { dsText } from "./validator/wording";

export interface Delegation {
  /** In lower-case A-labels, without the trailing dot. */
  readonly domainName: string;
  /** The set to judge: the one that results from a change. */
  readonly ds: readonly Ds[];
  /** What the servers of the domain's zone answer. */
  readonly observed: Observation<KeyAnswer>;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What was found out of the same answers before, at the same time. */
  readonly examinations?: Examinations;
}

/** Maximum number of DS records that a domain is judged by. The most that are known to be published are some ten. */
export const maxDs = 64;

/**
 * What validating resolvers make of a domain with these DS records, whose servers answer so: a DS must lead to signed keys,
 * and one of these must sign the zone's data. Where BIND and unbound were
 * seen to differ, the stricter counts; among the servers, the worst does, since a resolver may ask any of them. Never
 * throws for what a server answers; the work is bounded for each server, and for all of them.
 *
 * @see RFC 10026 section 4.2.1, RFC 4035 section 5
 */
export function judgeDelegation({
  domainName,
  ds,
  observed,
  now,
  examinations = new Examinations(domainName, now),
}: Delegation): Verdict {
  if (ds.length > maxDs) return { status: "unknown", reasons: [tooManyDs(ds.length)], warnings: [] };
  const set = sortDsSet(ds);
  if (set.counting.length === 0) return { status: "insecure", reasons: [insecurity(ds)], warnings: [] };
  const assessments = assessmentsOf(set.counting, observed.answers.filter(isAnswer), examinations, now);
  const unhelpful = observed.answers.filter(isNoHelp);
  const unjudged = assessments.filter((one) => one.status === "unjudged");
  const untold = assessments.filter((one) => one.status === "unheard");
  const isAnySettled = untold.length < assessments.length;
  const warnings = [
    ...reasonsOf(located(assessments, "warnings")),
    ...(isAnySettled ? reasonsOf(located(untold, "reasons")) : []),
    ...disagreement(assessments),
    ...unhelpful.map(serverWarning),
    ...dsWarnings(set),
  ];
  if (observed.problem !== undefined) return { status: "unknown", reasons: [observed.problem], warnings };
  if (assessments.length === 0) return { ...withoutKeys(observed, unhelpful), warnings };
  if (!isAnySettled) return { status: "unknown", reasons: reasonsOf(located(untold, "reasons")), warnings };
  const isBogus = assessments.some((one) => one.status === "bogus");
  if (!isBogus && unjudged.length > 0) {
    return { status: "unknown", reasons: reasonsOf(located(unjudged, "reasons")), warnings };
  }
  const status = isBogus ? "bogus" : "secure";
  const worst = assessments.filter((one) => one.status === status);
  const better = status === "bogus" ? assessments.filter((one) => one.status !== "bogus") : [];
  const all = better.length === 0 ? warnings : [stillValidating(better), ...warnings];
  return { status, reasons: reasonsOf(located(worst, "reasons")), warnings: all };
}

/** Servers with equal answers are judged once. */
function assessmentsOf(
  counting: readonly Ds[],
  answers: readonly (Keys | Nonexistent)[],
  examinations: Examinations,
  now: number,
): readonly Assessment[] {
  const assessed = new Map<Examination, Assessment>();
  return answers.map((answer) => {
    if (answer.outcome === "nonexistent") return assessNonexistent(answer, counting);
    const examination = examinations.of(answer);
    const assessment = assessed.get(examination) ?? assess(counting, answer, examination, now);
    assessed.set(examination, assessment);
    return { ...assessment, server: answer.server };
  });
}

function tooManyDs(count: number): Reason {
  const message = `there are ${count} DS records, and a domain is judged by at most ${maxDs}`;
  return reason("TOO_MUCH_TO_JUDGE", message);
}

/** A bogus domain of which some servers validate still works for whom they answer. */
function stillValidating(better: readonly Assessment[]): Reason {
  const servers = listed(better.map(({ server }) => server));
  const isCertain = better.some(({ status }) => status === "secure");
  return reason(
    "SOME_SERVERS_VALIDATE",
    `with ${servers} alone the domain ${isCertain ? "would" : "may"} validate`,
  );
}

function isAnswer(answer: KeyAnswer): answer is Keys | Nonexistent {
  return answer.outcome === "answered" || answer.outcome === "nonexistent";
}

function isNoHelp(answer: KeyAnswer): answer is NoHelp {
  return !isAnswer(answer);
}

function located(assessments: readonly Assessment[], which: "reasons" | "warnings") {
  return assessments.flatMap((one) => one[which].map((finding) => ({ server: one.server, finding })));
}

function reason(code: VerdictCode, message: string): Reason {
  return { code, message };
}

function insecurity(ds: readonly Ds[]): Reason {
  if (ds.length === 0) return reason("NO_DS", "without a DS the domain is taken as unsigned");
  const message = `validators do not support the algorithm or the digest type of ${listed(ds.map(dsText))}: the domain is taken as unsigned`;
  return reason("ONLY_UNSUPPORTED", message);
}

/** A zone that is served without its keys is bogus; of one that nobody serves, or can reach from here, nothing is known. */
function withoutKeys(
  { withheldBy = [] }: Observation<KeyAnswer>,
  unhelpful: readonly NoHelp[],
): Pick<Verdict, "status" | "reasons"> {
  if (withheldBy.length === 0) return { status: "unknown", reasons: [noAnswer(unhelpful)] };
  const message = `${listed(withheldBy)} ${withheldBy.length === 1 ? "serves" : "serve"} the zone, but nobody tells its keys`;
  return { status: "bogus", reasons: [reason("KEYS_WITHHELD", message), noAnswer(unhelpful)] };
}

function noAnswer(unhelpful: readonly NoHelp[]): Reason {
  const said = unhelpful.map(({ server, detail }) => `${server} (${detail})`);
  if (said.length === 0) return reason("NO_ANSWER", "there was no server to ask for the domain's keys");
  return reason("NO_ANSWER", `no server says what keys the zone publishes: ${listed(said)}`);
}

/** Two servers need not have signatures of the same dates. Their keys differ only while one lags behind. */
function disagreement(assessments: readonly Assessment[]): readonly Reason[] {
  const groups = new Map<string, { text: string; servers: string[] }>();
  for (const { server, status, publishes } of assessments) {
    const worth = status === "bogus" ? "bogus" : "secure";
    const name = `${worth} ${publishes.rrset}`;
    const group = groups.get(name) ?? { text: `${publishes.text} (${worth})`, servers: [] };
    groups.set(name, { ...group, servers: [...group.servers, server] });
  }
  if (groups.size < 2) return [];
  const said = [...groups.values()].map(({ text, servers }) => `${listed(servers)}: ${text}`);
  return [reason("SERVERS_DISAGREE", `the servers do not publish the same; ${shortened(said).join("; ")}`)];
}

const serverCodes = {
  silent: "SERVER_SILENT",
  lame: "SERVER_LAME",
  failed: "SERVER_FAILED",
} as const satisfies Record<NoHelp["outcome"], VerdictCode>;

/** Of a server that was no help. */
export function serverWarning({ server, outcome, detail }: NoHelp): Reason {
  return { code: serverCodes[outcome], message: `${server}: ${detail}`, server };
}

function dsWarnings({ counting, displaced, unsupported }: DsSet): readonly Reason[] {
  return [
    ...displaced.map((ds) =>
      reason("DS_SHA1", `${dsText(ds)} is ignored beside a better digest (RFC 4509 section 3): remove it`),
    ),
    ...counting
      .filter(({ digestType }) => digestType === sha1)
      .map((ds) =>
        reason("DS_SHA1", `${dsText(ds)} has a SHA-1 digest, which no delegation should have (RFC 9905)`),
      ),
    ...unsupported.map((ds) =>
      reason("DS_UNSUPPORTED", `${dsText(ds)} is ignored: validators do not support it`),
    ),
  ];
}
