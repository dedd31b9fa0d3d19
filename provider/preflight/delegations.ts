import { randomInt } from "node:crypto";
import { getServers } from "node:dns";
import { systemClock, type Clock } from "../concurrency/clock";
import { formatDs, type Ds } from "../dnssec/ds";
import { parseServerAddress, type ServerAddress } from "../dns/serverAddress";
import type { DsAnswer, KeyAnswer, Observation } from "../dns/answers";
import { Examinations } from "./validator/examinations";
import { judgeDelegation, maxDs } from "./judge";
import { createDelegationObserver, type DelegationObserver } from "../dns/delegationClient";
import { PublishedDelegation } from "./publishedDelegation";
import type { ServerTexts } from "./settings";
import type { Verdict } from "./verdict";

/**
 * Asks the DNS about domains, and judges how validating resolvers treat them. Each question takes
 * at most `timeoutMs`, five seconds by default.
 */
export class Delegations {
  readonly #observer: DelegationObserver;
  readonly #clock: Clock;

  constructor(observer: DelegationObserver, clock: Clock) {
    this.#observer = observer;
    this.#clock = clock;
  }

  /**
   * Asks all servers of the domain's zone for its keys and its SOA record.
   *
   * @returns A function that judges any DS set by their answers.
   */
  async keysOf(
    domain: string,
    servers: ServerTexts,
    signal?: AbortSignal,
    timeoutMs?: number,
  ): Promise<(ds: readonly Ds[]) => Verdict> {
    return this.#judgeBy(domain, await this.#keys(domain, servers, signal, timeoutMs), signal);
  }

  /**
   * Asks all servers of the domain's zone, as `keysOf` does, and those of the parent zone, as
   * `published` does.
   */
  async ask(
    domainName: string,
    servers: ServerTexts,
    signal?: AbortSignal,
    timeoutMs?: number,
  ): Promise<PublishedDelegation> {
    const [observed, published] = await Promise.all([
      this.#keys(domainName, servers, signal, timeoutMs),
      this.published(domainName, servers, signal, timeoutMs),
    ]);
    const judge = await this.#judgeBy(domainName, observed, signal);
    return new PublishedDelegation({ domainName, judge, problem: observed.problem, published });
  }

  /** Asks all servers of the parent zone for the domain's DS set. */
  async published(
    domain: string,
    servers: ServerTexts,
    signal?: AbortSignal,
    timeoutMs?: number,
  ): Promise<Observation<DsAnswer>> {
    const parentNameServers = addressesOf(servers.parentNameServers);
    return this.#observer.ds(domain, { parentNameServers, signal, timeoutMs });
  }

  #keys(
    domain: string,
    servers: ServerTexts,
    signal: AbortSignal | undefined,
    timeoutMs: number | undefined,
  ): Promise<Observation<KeyAnswer>> {
    return this.#observer.keys(domain, {
      nameServers: addressesOf(servers.nameServers),
      parentNameServers: addressesOf(servers.parentNameServers),
      signal,
      timeoutMs,
    });
  }

  /** Does the slow work before anything is judged, in small steps. */
  async #judgeBy(domainName: string, observed: Observation<KeyAnswer>, signal: AbortSignal | undefined) {
    const now = this.#clock.now();
    const examinations = new Examinations(domainName, now);
    await examinations.prepare(observed, signal);
    return judgingOnce((ds) => judgeDelegation({ domainName, observed, now, examinations, ds }));
  }
}

/** Maximum number of DS sets whose verdicts are remembered. */
const maxRemembered = 64;

/**
 * Judges equal sets once, since the records of a domain and the servers of its parent lead to the
 * same ones.
 */
function judgingOnce(judge: (ds: readonly Ds[]) => Verdict): (ds: readonly Ds[]) => Verdict {
  const verdicts = new Map<string, Verdict>();
  return (ds) => {
    if (ds.length > maxDs) return judge(ds);
    const set = ds.map(formatDs).join(", ");
    const verdict = verdicts.get(set) ?? judge(ds);
    if (verdicts.size < maxRemembered) verdicts.set(set, verdict);
    return verdict;
  };
}

/**
 * Returns delegations as the system's resolvers show them. The resolvers' addresses are read for
 * each question.
 */
export function systemDelegations(): Delegations {
  const randomId = () => randomInt(0x10000);
  const observer = createDelegationObserver({ resolvers: getServers, clock: systemClock, randomId });
  return new Delegations(observer, systemClock);
}

function addressesOf(texts: readonly string[] | undefined): ServerAddress[] | undefined {
  return texts?.flatMap((text) => parseServerAddress(text) ?? []);
}
