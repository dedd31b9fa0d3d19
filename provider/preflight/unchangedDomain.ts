import { sameDs, type Ds } from "../dnssec/ds";
import type { Delegations } from "./delegations";
import { publishedSets, worstVerdict } from "./publishedDelegation";
import { maxAdvisoryMs, type ServerTexts } from "./settings";
import type { Verdict } from "./verdict";

/** A domain as it was published when a program began to declare its records. */
export class Standing {
  readonly #asked: Promise<{ judge: (ds: readonly Ds[]) => Verdict; published: readonly (readonly Ds[])[] }>;
  readonly #declared: Ds[] = [];
  #expected = 0;

  constructor(delegations: Pick<Delegations, "keysOf" | "published">, domain: string, servers: ServerTexts) {
    const keys = delegations.keysOf(domain, servers, undefined, maxAdvisoryMs);
    const published = delegations.published(domain, servers, undefined, maxAdvisoryMs);
    this.#asked = Promise.all([keys, published]).then(([judge, observation]) => ({
      judge,
      published: publishedSets(observation),
    }));
    this.#asked.catch(() => undefined);
  }

  /** To be called for each record of the domain before Pulumi brings it about. */
  expect(): void {
    this.#expected += 1;
  }

  /**
   * To be called when a record is as the program declares it.
   *
   * @returns whether all records that were expected are.
   */
  declare(ds: Ds): boolean {
    this.#declared.push(ds);
    return this.#declared.length >= this.#expected;
  }

  /**
   * @returns undefined where this run changes the domain, as far as can be seen: some server of the parent zone did
   *   not answer with all declared records before the run brought them about, or none answered.
   */
  async verdict(): Promise<Verdict | undefined> {
    const { judge, published } = await this.#asked;
    const isUnchanged = published.every((set) =>
      this.#declared.every((wanted) => set.some((ds) => sameDs(ds, wanted))),
    );
    return published.length > 0 && isUnchanged ? worstVerdict(published, judge) : undefined;
  }
}
