import { formatDs, sameDs, type Ds } from "../dnssec/ds";
import { listed, shortened } from "../wording/listed";
import type { DsAnswer, NoHelp, Observation } from "../dns/answers";
import { serverWarning } from "./judge";
import type { Reason, Verdict, VerdictStatus } from "./verdict";

/** From the one that matters most. */
const gravity: readonly VerdictStatus[] = ["bogus", "unknown", "insecure", "secure"];

/**
 * Maximum number of different DS sets of a parent zone that are judged. While one spreads there are
 * two.
 */
const maxSets = 8;

/** Maximum length of a DS record in a message, in characters. A digest of 64 octets fits. */
const maxDsText = 150;

/** A DS set at the parent, and the servers that answer with it. */
interface PublishedSet {
  readonly ds: readonly Ds[];
  readonly servers: readonly string[];
}

/** The answers of a domain's servers, and of those of its parent zone. */
export interface Answers {
  /** In lower-case A-labels, without the trailing dot. */
  readonly domainName: string;
  /** Judges any DS set of the domain by the answers of the domain's servers. */
  readonly judge: (ds: readonly Ds[]) => Verdict;
  /** Why the domain's servers could not be found. */
  readonly problem?: Reason | undefined;
  /** The answers of the parent's servers. */
  readonly published: Observation<DsAnswer>;
}

/**
 * A domain as its parent zone publishes it. The parent's servers may answer with different DS sets
 * for a while. The worst verdict counts then, since a resolver may ask any of them.
 */
export class PublishedDelegation {
  readonly #answers: Answers;
  readonly #sets: readonly PublishedSet[];

  constructor(answers: Answers) {
    this.#answers = answers;
    this.#sets = distinctSets(answers.published.answers);
  }

  /** The verdict on a DS set that is not published. */
  judge(ds: readonly Ds[]): Verdict {
    return this.#answers.judge(ds);
  }

  /**
   * The distinct DS sets at the parent; none if no server answers. A domain that does not exist has
   * an empty one.
   */
  get sets(): readonly (readonly Ds[])[] {
    return this.#sets.map(({ ds }) => ds);
  }

  /**
   * Returns whether every server of the parent that answers has these records. False if no server
   * answers.
   */
  has(records: readonly Ds[]): boolean {
    const isIn = (set: readonly Ds[]) => records.every((wanted) => set.some((ds) => sameDs(ds, wanted)));
    return this.#sets.length > 0 && this.sets.every(isIn);
  }

  /**
   * Returns the worst verdict on the published sets.
   *
   * @param change Makes of each set the one to judge. Without an answer from the parent, it gets
   *   the empty set.
   */
  worst(change: (set: readonly Ds[]) => readonly Ds[] = (set) => set): Verdict {
    const sets = this.#sets.length === 0 ? [[]] : this.sets;
    const verdicts = sets.slice(0, maxSets).map((set) => this.judge(change(set)));
    const all = sets.length > maxSets ? [...verdicts, tooManySets(sets.length)] : verdicts;
    return all.reduce((worst, verdict) => (gravityOf(verdict) < gravityOf(worst) ? verdict : worst));
  }

  /** Returns the verdict on the domain as it is published. */
  verdict(): Verdict {
    const { answers } = this.#answers.published;
    const warnings = [
      ...disagreement(this.#sets),
      ...answers.filter(isNoHelp).map((answer) => ofParent(serverWarning(answer))),
    ];
    const reason = this.undelegated() ?? this.unanswered();
    if (reason !== undefined) return { status: "unknown", reasons: [reason], warnings };
    const worst = this.worst();
    return { ...worst, warnings: [...worst.warnings, ...warnings] };
  }

  /** Returns a reason if the parent's servers say that there is no such domain. */
  undelegated(): Reason | undefined {
    const { domainName, problem, published } = this.#answers;
    if (problem?.code === "NOT_DELEGATED") return problem;
    const outcomes = new Set(published.answers.map(({ outcome }) => outcome));
    if (outcomes.has("answered") || !outcomes.has("nonexistent")) return undefined;
    return { code: "NOT_DELEGATED", message: `${domainName} is not delegated by its parent zone` };
  }

  /** Returns a reason if no server of the parent answers. */
  unanswered(): Reason | undefined {
    const { domainName, published } = this.#answers;
    if (this.#sets.length > 0) return undefined;
    if (published.problem !== undefined) return ofParent(published.problem);
    const said = published.answers.filter(isNoHelp).map(({ server, detail }) => `${server} (${detail})`);
    const message = `no server of the parent zone says which DS records ${domainName} has: ${listed(said)}`;
    return { code: "NO_ANSWER", message };
  }
}

function gravityOf({ status }: Verdict): number {
  return gravity.indexOf(status);
}

function tooManySets(count: number): Verdict {
  const message = `the servers of the parent zone publish ${count} different DS sets, and at most ${maxSets} are judged`;
  return { status: "unknown", reasons: [{ code: "TOO_MUCH_TO_JUDGE", message }], warnings: [] };
}

function distinctSets(answers: readonly DsAnswer[]): readonly PublishedSet[] {
  const found = new Map<string, PublishedSet>();
  for (const answer of answers) {
    if (isNoHelp(answer)) continue;
    const ds = answer.outcome === "answered" ? answer.ds : [];
    const name = ds.map(formatDs).sort().join(", ");
    found.set(name, { ds, servers: [...(found.get(name)?.servers ?? []), answer.server] });
  }
  return [...found.values()];
}

function disagreement(sets: readonly PublishedSet[]): readonly Reason[] {
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
