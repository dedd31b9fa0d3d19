import type { Clock } from "../../concurrency/clock";
import { maxAdvisoryMs, questionKey, type ServerTexts } from "../../preflight/settings";
import type { Delegations, Judge } from "../ports";

/** Time that an answer may take, in ms, without using up the process's delay. */
const promptMs = 1_000;

/** Maximum delay of a whole refresh by slow domains, one after the other, in ms. */
const maxDelayMs = 10_000;

/** Lifetime of the answers about a domain, in ms. Within it they serve all of its records. */
const keepMs = 30_000;

interface Asking {
  readonly clock: Clock;
  readonly delegations: Delegations;
  readonly signal: AbortSignal;
}

interface Asked {
  readonly at: number;
  readonly judge: Promise<Judge>;
}

/** Asks the DNS about domains that nothing changes, once for all records of a domain. */
export class SharedJudges {
  readonly #asked = new Map<string, Asked>();
  #delayLeftMs = maxDelayMs;
  #hasMentioned = false;

  /**
   * Returns the judge of a domain; undefined once the answers have delayed the process too long.
   */
  judge(
    domain: string,
    servers: ServerTexts,
    { clock, delegations, signal }: Asking,
  ): Promise<Judge> | undefined {
    const key = questionKey(domain, servers);
    const now = clock.now();
    this.#forgetOld(now);
    const known = this.#asked.get(key);
    if (known) return known.judge;
    if (this.#delayLeftMs <= 0) return undefined;
    const judge = delegations.keysOf(domain, servers, signal, maxAdvisoryMs);
    this.#asked.set(key, { at: now, judge });
    void this.#charge(judge, now, clock);
    return judge;
  }

  /**
   * Returns true only the first time, so that the user learns once that more domains are not
   * judged.
   */
  mentionOnce(): boolean {
    const isFirst = !this.#hasMentioned;
    this.#hasMentioned = true;
    return isFirst;
  }

  #forgetOld(now: number): void {
    for (const [key, { at }] of this.#asked) {
      if (now < at + keepMs) return;
      this.#asked.delete(key);
    }
  }

  async #charge(judge: Promise<Judge>, startedAt: number, clock: Clock): Promise<void> {
    await judge.catch(() => undefined);
    this.#delayLeftMs -= Math.max(0, clock.now() - startedAt - promptMs);
  }
}
