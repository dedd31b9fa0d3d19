import type { Ds } from "../dnssec/ds";
import type { Delegations } from "./delegations";
import { publishedSets, worstVerdict } from "./publishedDelegation";
import { maxAdvisoryMs, type ServerTexts } from "./settings";
import type { Verdict } from "./verdict";

/** A record that a program declares. */
export interface Declared {
  readonly domainName: string;
  readonly ds: Ds;
  readonly servers: ServerTexts;
  /** Settles when the program has come to its other records, as far as can be told: they count too. */
  readonly until?: Promise<void>;
}

/**
 * `heldUpBy` has the key tags of records that the parent has and the program does not declare, where the domain validates
 * because of them alone; `declaredAlone` is the verdict on the domain without them. The program may be about to replace or
 * to remove them, so that such a domain is not called secure.
 */
export interface PreviewedVerdict extends Verdict {
  readonly heldUpBy: readonly number[];
  readonly declaredAlone?: Verdict;
}

interface Domain {
  /** By key tag, as far as the program has come. */
  readonly declared: Map<number, Ds>;
  readonly asked: Promise<Asked>;
}

interface Asked {
  readonly judge: (ds: readonly Ds[]) => Verdict;
  /** The sets that the parent's servers have, which may differ for a while; none if nobody answers. */
  readonly published: readonly (readonly Ds[])[];
  /** Whether the parent's servers say that there is no such domain. */
  readonly isUndelegated: boolean;
}

/**
 * What a preview can tell of delegations before anything is changed: the set that is judged is what the parent's servers have, with the
 * program's records put over it by key tag. Each domain is asked for once, as soon as the program comes to it.
 */
export class PreviewedDelegations {
  readonly #delegations: Pick<Delegations, "keysOf" | "published">;
  readonly #domains = new Map<string, Domain>();

  constructor(delegations: Pick<Delegations, "keysOf" | "published">) {
    this.#delegations = delegations;
  }

  /** What a validating resolver would make of the record's domain. */
  async verdictOn({ domainName, ds, servers, until }: Declared): Promise<PreviewedVerdict> {
    const key = JSON.stringify([domainName, servers.nameServers, servers.parentNameServers]);
    const domain = this.#domains.get(key) ?? {
      declared: new Map<number, Ds>(),
      asked: this.#ask(domainName, servers),
    };
    this.#domains.set(key, domain);
    domain.declared.set(ds.keyTag, ds);
    const { judge, published, isUndelegated } = await domain.asked;
    await until;
    const sets = published.length === 0 ? [[]] : published;
    const worst = worstVerdict(sets, (set) => judge(overlaid(set, domain.declared)));
    if (published.length === 0 && worst.status !== "secure") return { ...withoutParent(worst), heldUpBy: [] };
    if (isUndelegated && worst.status === "unknown")
      return { ...undelegated(domainName, worst), heldUpBy: [] };
    const alone = judge([...domain.declared.values()]);
    const others = published.flat().filter(({ keyTag }) => !domain.declared.has(keyTag));
    if (worst.status !== "secure" || alone.status === "secure") return { ...worst, heldUpBy: [] };
    const isEnough = (one: Ds) => judge([...domain.declared.values(), one]).status === "secure";
    const holding = others.some(isEnough) ? others.filter(isEnough) : others;
    return { ...worst, heldUpBy: [...new Set(holding.map(({ keyTag }) => keyTag))], declaredAlone: alone };
  }

  async #ask(domainName: string, servers: ServerTexts): Promise<Asked> {
    const [judge, observation] = await Promise.all([
      this.#delegations.keysOf(domainName, servers, undefined, maxAdvisoryMs),
      this.#delegations.published(domainName, servers, undefined, maxAdvisoryMs),
    ]);
    const outcomes = new Set(observation.answers.map(({ outcome }) => outcome));
    const isUndelegated = outcomes.has("nonexistent") && !outcomes.has("answered");
    return { judge, published: publishedSets(observation), isUndelegated };
  }
}

function overlaid(published: readonly Ds[], declared: ReadonlyMap<number, Ds>): readonly Ds[] {
  return [...published.filter(({ keyTag }) => !declared.has(keyTag)), ...declared.values()];
}

function undelegated(domainName: string, { reasons, warnings }: Verdict): Verdict {
  const known = reasons.some(({ code }) => code === "NOT_DELEGATED");
  const message = `${domainName} is not delegated by its parent zone`;
  const said = known ? reasons : [{ code: "NOT_DELEGATED", message }, ...reasons];
  return { status: "unknown", reasons: said, warnings };
}

/** What else the parent has is not known, and it may be what holds the domain up. */
function withoutParent({ reasons, warnings }: Verdict): Verdict {
  const code = "NO_ANSWER";
  const message = "no server of the parent zone says which other DS records there are";
  return { status: "unknown", reasons: [{ code, message }, ...reasons], warnings };
}
