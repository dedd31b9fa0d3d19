import { randomInt } from "node:crypto";
import { getServers } from "node:dns";
import { systemClock, type Clock } from "../clock";
import type { Ds } from "../dnssec/ds";
import { parseServerAddress, type ServerAddress } from "../serverAddress";
import type { DsAnswer, KeyAnswer, Observation } from "./answers";
import { judgeDelegation } from "./judge";
import { createDelegationObserver, type DelegationObserver } from "./observe";
import type { ServerTexts } from "./settings";
import type { Verdict } from "./verdict";

/** Delegations as they are seen from here, and what validating resolvers make of them. */
export class Delegations {
  readonly #observer: DelegationObserver;
  readonly #clock: Clock;

  constructor(observer: DelegationObserver, clock: Clock) {
    this.#observer = observer;
    this.#clock = clock;
  }

  /**
   * Asks all servers of the domain's zone for its keys.
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
    const observed: Observation<KeyAnswer> = await this.#observer.keys(domain, {
      nameServers: addressesOf(servers.nameServers),
      parentNameServers: addressesOf(servers.parentNameServers),
      signal,
      timeoutMs,
    });
    const now = this.#clock.now();
    return (ds) => judgeDelegation({ domainName: domain, ds, observed, now });
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

/** By way of the system's resolvers, whose addresses are looked up every time. */
export function systemDelegations(): Delegations {
  const randomId = () => randomInt(0x10000);
  const observer = createDelegationObserver({ resolvers: getServers, clock: systemClock, randomId });
  return new Delegations(observer, systemClock);
}

function addressesOf(texts: readonly string[] | undefined): ServerAddress[] | undefined {
  return texts?.flatMap((text) => parseServerAddress(text) ?? []);
}
