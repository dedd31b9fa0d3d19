import type { Ds } from "../dnssec/ds";
import type { Delegations } from "./delegations";
import type { PublishedDelegation } from "./publishedDelegation";
import { maxAdvisoryMs, questionKey, type ServerTexts } from "./settings";
import type { Reason, Verdict } from "./verdict";

/** A record that a program declares. */
export interface Declared {
  readonly domainName: string;
  readonly ds: Ds;
  readonly servers: ServerTexts;
  /**
   * Settles when the program has, as far as can be known, declared its other records. They count
   * too.
   */
  readonly until?: Promise<void>;
}

/** Undeclared records of the parent zone without which the domain would not validate. */
export interface HeldUp {
  /** Their key tags. */
  readonly by: readonly number[];
  /** The verdict on the declared records alone. */
  readonly declaredAlone: Verdict;
}

/**
 * The verdict on a domain in a preview. With `heldUp`, it is secure only because of undeclared
 * records. The program may be about to replace or delete them, so such a domain is not called
 * secure.
 */
export interface PreviewedVerdict extends Verdict {
  readonly heldUp?: HeldUp;
}

interface Domain {
  /** The records declared so far, by key tag. */
  readonly declared: Map<number, Ds>;
  readonly asked: Promise<PublishedDelegation>;
}

/**
 * Judges the domains of a program in a preview, before anything is changed. The set that is judged
 * is the one at the parent's servers, with the program's records put over it by key tag. The DNS is
 * asked once about each domain, when its first record is declared.
 */
export class PreviewedDelegations {
  readonly #delegations: Pick<Delegations, "ask">;
  readonly #domains = new Map<string, Domain>();

  constructor(delegations: Pick<Delegations, "ask">) {
    this.#delegations = delegations;
  }

  /** Returns how a validating resolver would treat the record's domain. */
  async verdictOn({ domainName, ds, servers, until }: Declared): Promise<PreviewedVerdict> {
    const { declared, asked } = this.#domainOf(domainName, servers);
    declared.set(ds.keyTag, ds);
    const published = await asked;
    await until;
    const worst = published.worst((set) => overlaid(set, declared));
    const unanswered = published.unanswered();
    // The parent may have other records, and the domain may validate only because of them.
    if (unanswered && worst.status !== "secure") return unknownFor(unanswered, worst);
    const undelegated = published.undelegated();
    if (undelegated && worst.status === "unknown") return unknownFor(undelegated, worst);
    const heldUp = worst.status === "secure" ? heldUpBy(published, declared) : undefined;
    return heldUp ? { ...worst, heldUp } : worst;
  }

  #domainOf(domainName: string, servers: ServerTexts): Domain {
    const key = questionKey(domainName, servers);
    const known = this.#domains.get(key);
    if (known) return known;
    const asked = this.#delegations.ask(domainName, servers, undefined, maxAdvisoryMs);
    const domain = { declared: new Map<number, Ds>(), asked };
    this.#domains.set(key, domain);
    return domain;
  }
}

function overlaid(published: readonly Ds[], declared: ReadonlyMap<number, Ds>): readonly Ds[] {
  return [...published.filter(({ keyTag }) => !declared.has(keyTag)), ...declared.values()];
}

function heldUpBy(published: PublishedDelegation, declared: ReadonlyMap<number, Ds>): HeldUp | undefined {
  const own = [...declared.values()];
  const declaredAlone = published.judge(own);
  if (declaredAlone.status === "secure") return undefined;
  const others = published.sets.flat().filter(({ keyTag }) => !declared.has(keyTag));
  const enough = others.filter((one) => published.judge([...own, one]).status === "secure");
  const holding = enough.length > 0 ? enough : others;
  return { by: [...new Set(holding.map(({ keyTag }) => keyTag))], declaredAlone };
}

function unknownFor(reason: Reason, { reasons, warnings }: Verdict): Verdict {
  const isKnown = reasons.some(({ code, message }) => code === reason.code && message === reason.message);
  return { status: "unknown", reasons: isKnown ? reasons : [reason, ...reasons], warnings };
}
