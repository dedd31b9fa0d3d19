import { type Clock } from "../../clock";
import { signingPlan } from "./conditions";
import { parentOf } from "../protocol/name";
import { type ServedZone } from "./servedZone";
import { parentZoneData, type Delegation } from "./zoneData";
import { zoneKey, keyOptions, type ZoneKey, type ZoneKeyOptions } from "./zoneKey";

export interface ParentsOptions {
  /** Seconds, of delegations and DS records. */
  readonly ttl: number;
  /** The time that signatures go by. */
  readonly clock: Clock;
  readonly savedKeys?: Readonly<Record<string, ZoneKeyOptions>>;
}

/** Signatures are made anew after so long. */
const renewalMs = 86_400_000;

/** The zones that domains are registered in, each with a key that stays. */
export class Parents {
  readonly #options: ParentsOptions;
  readonly #keys: Map<string, ZoneKey>;

  constructor(options: ParentsOptions) {
    this.#options = options;
    const saved = Object.entries(options.savedKeys ?? {});
    this.#keys = new Map(saved.map(([name, key]) => [name, zoneKey(key)]));
  }

  /** @param delegations What a server has now. @returns What it serves, which is made only when that has changed. */
  server(delegations: () => readonly Delegation[]): () => readonly ServedZone[] {
    let last: { readonly from: readonly Delegation[]; readonly at: number } | undefined;
    let zones: readonly ServedZone[] = [];
    let serial = 0;
    return () => {
      const now = this.#options.clock.now();
      const from = delegations();
      if (last && Math.abs(now - last.at) < renewalMs && isSame(last.from, from)) return zones;
      last = { from, at: now };
      zones = this.#zones(from, (serial += 1), now);
      return zones;
    };
  }

  /** The key of a parent zone: a trust anchor. */
  key(zone: string): ZoneKey {
    const key = this.#keys.get(zone) ?? zoneKey();
    this.#keys.set(zone, key);
    return key;
  }

  savedKeys(): Record<string, ZoneKeyOptions> {
    return Object.fromEntries([...this.#keys].map(([name, key]) => [name, keyOptions(key)]));
  }

  #zones(delegations: readonly Delegation[], serial: number, now: number): ServedZone[] {
    const { ttl } = this.#options;
    // One that has lost its last domain is still there, to deny it.
    const names = new Set([...this.#keys.keys(), ...delegations.map((child) => parentOf(child.name))]);
    return [...names].map((name) => {
      const children = delegations.filter((child) => parentOf(child.name) === name);
      const plan = signingPlan([this.key(name)]);
      return { zone: parentZoneData({ name, serial, ttl, servers: 1, plan, now }, children) };
    });
  }
}

/** Sets of records are never changed, only replaced. */
function isSame(before: readonly Delegation[], after: readonly Delegation[]): boolean {
  return (
    before.length === after.length &&
    before.every(({ name, servers, ds }, index) => {
      const other = after[index];
      return other?.name === name && other.servers === servers && other.ds === ds;
    })
  );
}
