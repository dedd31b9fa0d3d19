import { randomInt } from "node:crypto";
import { getServers } from "node:dns";
import { systemClock, type Clock } from "../concurrency/clock";
import { formatDs, type Ds } from "../dnssec/ds";
import { parseServerAddress, type ServerAddress } from "../dns/serverAddress";
import type { DsAnswer, KeyAnswer, Observation } from "../dns/answers";
import { Examinations } from "./validator/examinations";
import { judgeDelegation, maxDs } from "./judge";
import { createDelegationClient, type DelegationClient } from "../dns/delegationClient";
import { judgePublished } from "./publishedSets";
import type { ServerTexts } from "./settings";
import type { Verdict } from "./verdict";

/** Delegations as they are seen from here, and what validating resolvers make of them. */
export class Delegations {
  readonly #observer: DelegationClient;
  readonly #clock: Clock;

  constructor(observer: DelegationClient, clock: Clock) {
    this.#observer = observer;
    this.#clock = clock;
  }

  /**
   * Asks all servers of the domain's zone for its keys and its SOA record.
   *
   * @param timeoutMs Five seconds by default.
   * @returns what judges any DS set by their answers.
   */
  async keysOf(
    domain: string,
    servers: ServerTexts,
    signal?: AbortSignal,
    timeoutMs?: number,
  ): Promise<(ds: readonly Ds[]) => Verdict> {
    const observed = await this.#keys(domain, servers, signal, timeoutMs);
    const examined = await this.#examined(domain, observed, signal);
    return judgingOnce((ds) => judgeDelegation({ ...examined, ds }));
  }

  /**
   * Asks the servers of both zones, and judges the domain by the DS set that the parent publishes.
   *
   * @param timeoutMs Five seconds by default.
   */
  async asPublished(
    domain: string,
    servers: ServerTexts,
    signal?: AbortSignal,
    timeoutMs?: number,
  ): Promise<Verdict> {
    const [observed, published] = await Promise.all([
      this.#keys(domain, servers, signal, timeoutMs),
      this.published(domain, servers, signal, timeoutMs),
    ]);
    return judgePublished({ ...(await this.#examined(domain, observed, signal)), published });
  }

  /** Does what takes time before anything is judged, in small steps. */
  async #examined(domainName: string, observed: Observation<KeyAnswer>, signal: AbortSignal | undefined) {
    const now = this.#clock.now();
    const examinations = new Examinations(domainName, now);
    await examinations.prepare(observed, signal);
    return { domainName, observed, now, examinations };
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
}

/** Sets whose verdicts are remembered. */
const maxRemembered = 64;

/** Judges equal sets once: the records of a domain, and the servers of its parent, ask for the same ones. */
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

/** By way of the system's resolvers, whose addresses are looked up every time. */
export function systemDelegations(): Delegations {
  const randomId = () => randomInt(0x10000);
  const observer = createDelegationClient({ resolvers: getServers, clock: systemClock, randomId });
  return new Delegations(observer, systemClock);
}

function addressesOf(texts: readonly string[] | undefined): ServerAddress[] | undefined {
  return texts?.flatMap((text) => parseServerAddress(text) ?? []);
}
