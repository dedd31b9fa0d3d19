import type { Clock } from "../../concurrency/clock";
import { maxAdvisoryMs, questionKey, type ServerTexts } from "../../preflight/settings";
import type { Delegations, Judge } from "../ports";

/** Answers that take longer than this, in ms, are charged to the process's patience. */
const promptMs = 1_000;

/** Maximum delay of a whole refresh by slow domains that come one after the other, in ms. */
const patienceMs = 10_000;

/** The answers about one domain serve all of its records for this long, in ms. */
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

/** Answers of the DNS in one process, shared by the records of a domain. */
export class SharedJudges {
  readonly #asked = new Map<string, Asked>();
  #patienceMs = patienceMs;
  #hasMentioned = false;

  /** @returns undefined where asking has already taken too long. */
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
    if (this.#patienceMs <= 0) return undefined;
    const judge = delegations.keysOf(domain, servers, signal, maxAdvisoryMs);
    this.#asked.set(key, { at: now, judge });
    void this.#charge(judge, now, clock);
    return judge;
  }

  /** @returns whether it is still to be said that domains are not asked about any more. */
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
    this.#patienceMs -= Math.max(0, clock.now() - startedAt - promptMs);
  }
}
