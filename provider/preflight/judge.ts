import type { ApexAnswer, KeyAnswer, NoHelp, Nonexistent, Observation } from "../dns/answers";
import type { Ds } from "../dnssec/ds";
import { listed, shortened } from "../wording/listed";
import { assess, assessNonexistent, type Assessment } from "./serverAssessment";
import { hasSha1Digest, sortDsSet, type DsSet } from "./validator/dsSet";
import type { Examination } from "./validator/examination";
import { Examinations } from "./validator/examinations";
import type { ServerFinding } from "./validator/findings";
import { dsText } from "./validator/recordText";
import type { Reason, Verdict } from "./verdict";
import type { VerdictCode } from "./verdictCodes";

/** The evidence by which a domain is judged. */
export interface Evidence {
  /** In lower-case A-labels, without the trailing dot. */
  readonly domainName: string;
  /** The DS set to judge, such as the one that results from a change. */
  readonly ds: readonly Ds[];
  /** The answers of the servers of the domain's zone. */
  readonly observed: Observation<KeyAnswer>;
  /** In ms since the epoch. */
  readonly now: number;
  /** Earlier examinations of the same answers, for the same time. */
  readonly examinations?: Examinations;
}

/**
 * Maximum number of DS records by which a domain is judged. No domain is known to have many more
 * than ten.
 */
export const maxDs = 64;

/**
 * Judges how validating resolvers see a domain with these DS records and these answers of its
 * servers. A DS must lead to signed keys, and one of the keys must sign the zone's data. Where BIND
 * and unbound were seen to differ, the stricter one counts. The worst server counts, since a
 * resolver may ask any of them.
 *
 * Never throws for what a server answers. The work is bounded for each server and for all of them.
 *
 * @see RFC 10026 section 4.2.1, RFC 4035 section 5
 */
export function judgeDelegation({
  domainName,
  ds,
  observed,
  now,
  examinations = new Examinations(domainName, now),
}: Evidence): Verdict {
  if (ds.length > maxDs) return { status: "unknown", reasons: [tooManyDs(ds.length)], warnings: [] };
  const set = sortDsSet(ds);
  if (set.counting.length === 0)
    return { status: "insecure", reasons: [explainInsecurity(ds)], warnings: [] };
  const assessments = assessmentsOf(set.counting, observed.answers.filter(isAnswer), examinations, now);
  const unhelpful = observed.answers.filter(isNoHelp);
  const unjudged = assessments.filter((one) => one.status === "unjudged");
  const unheard = assessments.filter((one) => one.status === "unheard");
  const isAnySettled = unheard.length < assessments.length;
  const warnings = [
    ...collectReasons(assessments, "warnings"),
    ...(isAnySettled ? collectReasons(unheard, "reasons") : []),
    ...warnOfDisagreement(assessments),
    ...unhelpful.map(serverWarning),
    ...dsWarnings(set),
  ];
  if (observed.problem !== undefined) return { status: "unknown", reasons: [observed.problem], warnings };
  if (assessments.length === 0) return { ...judgeWithoutKeys(observed, unhelpful), warnings };
  if (!isAnySettled) return { status: "unknown", reasons: collectReasons(unheard, "reasons"), warnings };
  const isBogus = assessments.some((one) => one.status === "bogus");
  if (!isBogus && unjudged.length > 0) {
    return { status: "unknown", reasons: collectReasons(unjudged, "reasons"), warnings };
  }
  const status = isBogus ? "bogus" : "secure";
  const worst = assessments.filter((one) => one.status === status);
  const better = status === "bogus" ? assessments.filter((one) => one.status !== "bogus") : [];
  const all = better.length === 0 ? warnings : [warnOfValidating(better), ...warnings];
  return { status, reasons: collectReasons(worst, "reasons"), warnings: all };
}

/** Assesses servers. Those with equal answers are assessed once. */
function assessmentsOf(
  counting: readonly Ds[],
  answers: readonly (ApexAnswer | Nonexistent)[],
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
  const message = `there are ${count} DS records, but a domain is judged by at most ${maxDs}`;
  return reason("TOO_MUCH_TO_JUDGE", message);
}

/** Returns the warning that a bogus domain still works for resolvers that ask certain servers. */
function warnOfValidating(better: readonly Assessment[]): Reason {
  const servers = listed(better.map(({ server }) => server));
  const isCertain = better.some(({ status }) => status === "secure");
  return reason(
    "SOME_SERVERS_VALIDATE",
    `with ${servers} alone the domain ${isCertain ? "would" : "may"} validate`,
  );
}

function isAnswer(answer: KeyAnswer): answer is ApexAnswer | Nonexistent {
  return answer.outcome === "answered" || answer.outcome === "nonexistent";
}

function isNoHelp(answer: KeyAnswer): answer is NoHelp {
  return !isAnswer(answer);
}

/**
 * Returns findings as reasons, in order. A finding at several servers is one reason, which names
 * them.
 */
function collectReasons(
  assessments: readonly Assessment[],
  which: "reasons" | "warnings",
): readonly Reason[] {
  const groups = new Map<string, { finding: ServerFinding; servers: Set<string> }>();
  for (const { server, [which]: findings } of assessments) {
    for (const finding of findings) {
      const name = `${finding.code} ${finding.text}`;
      const group = groups.get(name) ?? { finding, servers: new Set() };
      groups.set(name, { ...group, servers: group.servers.add(server) });
    }
  }
  return [...groups.values()].map(({ finding, servers }) => reasonAt([...servers], finding));
}

function reasonAt(servers: readonly string[], { code, text }: ServerFinding): Reason {
  const message = `${listed(servers)}: ${text}`;
  const [server] = servers;
  return servers.length === 1 && server !== undefined ? { code, message, server } : { code, message };
}

function reason(code: VerdictCode, message: string): Reason {
  return { code, message };
}

function explainInsecurity(ds: readonly Ds[]): Reason {
  if (ds.length === 0) return reason("NO_DS", "without a DS the domain is treated as unsigned");
  const message = `validators do not support the algorithm or the digest type of ${listed(ds.map(dsText))}: the domain is treated as unsigned`;
  return reason("ONLY_UNSUPPORTED", message);
}

/** A zone that is served without its keys is bogus. Without any answer the verdict is unknown. */
function judgeWithoutKeys(
  { withheldBy = [] }: Observation<KeyAnswer>,
  unhelpful: readonly NoHelp[],
): Pick<Verdict, "status" | "reasons"> {
  if (withheldBy.length === 0) return { status: "unknown", reasons: [explainNoAnswer(unhelpful)] };
  const message = `${listed(withheldBy)} ${withheldBy.length === 1 ? "serves" : "serve"} the zone, but no server sends its keys`;
  return { status: "bogus", reasons: [reason("KEYS_WITHHELD", message), explainNoAnswer(unhelpful)] };
}

function explainNoAnswer(unhelpful: readonly NoHelp[]): Reason {
  const said = unhelpful.map(({ server, detail }) => `${server} (${detail})`);
  if (said.length === 0) return reason("NO_ANSWER", "there was no server to ask for the domain's keys");
  return reason("NO_ANSWER", `no server says which keys the zone publishes: ${listed(said)}`);
}

/**
 * Compares keys and status only. The dates of signatures may differ; keys differ only while a
 * server lags.
 */
function warnOfDisagreement(assessments: readonly Assessment[]): readonly Reason[] {
  const groups = new Map<string, { text: string; servers: string[] }>();
  for (const { server, status, publishes } of assessments) {
    const worth = status === "bogus" ? "bogus" : "secure";
    const name = `${worth} ${publishes.rrset}`;
    const group = groups.get(name) ?? { text: `${publishes.text} (${worth})`, servers: [] };
    groups.set(name, { ...group, servers: [...group.servers, server] });
  }
  if (groups.size < 2) return [];
  const said = [...groups.values()].map(({ text, servers }) => `${listed(servers)}: ${text}`);
  return [reason("SERVERS_DISAGREE", `the servers disagree; ${shortened(said).join("; ")}`)];
}

const serverCodes = {
  silent: "SERVER_SILENT",
  lame: "SERVER_LAME",
  failed: "SERVER_FAILED",
} as const satisfies Record<NoHelp["outcome"], VerdictCode>;

/** Returns the warning about a server whose answer says nothing about the domain. */
export function serverWarning({ server, outcome, detail }: NoHelp): Reason {
  return { code: serverCodes[outcome], message: `${server}: ${detail}`, server };
}

function dsWarnings({ counting, displaced, unsupported }: DsSet): readonly Reason[] {
  return [
    ...displaced.map((ds) =>
      reason("DS_SHA1", `${dsText(ds)} is ignored beside a better digest (RFC 4509 section 3): remove it`),
    ),
    ...counting
      .filter(hasSha1Digest)
      .map((ds) =>
        reason("DS_SHA1", `${dsText(ds)} has a SHA-1 digest, which no delegation should have (RFC 9905)`),
      ),
    ...unsupported.map((ds) =>
      reason("DS_UNSUPPORTED", `${dsText(ds)} is ignored: validators do not support it`),
    ),
  ];
}
