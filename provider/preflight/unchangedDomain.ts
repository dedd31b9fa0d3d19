import type { Ds } from "../dnssec/ds";
import type { Delegations } from "./delegations";
import type { PublishedDelegation } from "./publishedDelegation";
import { maxAdvisoryMs, type ServerTexts } from "./settings";
import type { Verdict } from "./verdict";

/**
 * A domain whose records a program declares, as it was published before the run changed anything.
 */
export class UnchangedDomain {
  readonly #published: Promise<PublishedDelegation>;
  readonly #declared: Ds[] = [];
  #expected = 0;

  /** Asks the DNS at once. */
  constructor(delegations: Pick<Delegations, "ask">, domain: string, servers: ServerTexts) {
    this.#published = delegations.ask(domain, servers, undefined, maxAdvisoryMs);
    this.#published.catch(() => undefined);
  }

  /** Counts a record of the domain. Call this before Pulumi creates or updates it. */
  expect(): void {
    this.#expected += 1;
  }

  /**
   * Takes a record as the program declares it. Call this when Pulumi is done with it.
   *
   * @returns Whether all expected records have been declared.
   */
  declare(ds: Ds): boolean {
    this.#declared.push(ds);
    return this.#declared.length >= this.#expected;
  }

  /**
   * Returns the verdict on the published DS sets.
   *
   * @returns Undefined where this run seems to change the domain: before the run, a server of the
   *   parent zone did not answer with all declared records, or no server answered.
   */
  async verdict(): Promise<Verdict | undefined> {
    const published = await this.#published;
    return published.has(this.#declared) ? published.worst() : undefined;
  }
}
