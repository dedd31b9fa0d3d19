import { type Clock } from "../../clock";
import { maxSignatureAgeMs, planSigning } from "./conditions";
import { parentOf } from "../protocol/name";
import { type ServedZone } from "./servedZone";
import { buildParentZone, type Delegation } from "./zoneData";
import { createZoneKey, toKeyOptions, type ZoneKey, type ZoneKeyOptions } from "./zoneKey";

export interface ParentsOptions {
  /** TTL of delegations and DS records, in seconds. */
  readonly ttl: number;
  /** Clock for signatures. */
  readonly clock: Clock;
  readonly savedKeys?: Readonly<Record<string, ZoneKeyOptions>>;
}

/** The parent zones of the registered domains. Each keeps its key. */
export class Parents {
  readonly #options: ParentsOptions;
  readonly #keys: Map<string, ZoneKey>;

  constructor(options: ParentsOptions) {
    this.#options = options;
    const saved = Object.entries(options.savedKeys ?? {});
    this.#keys = new Map(saved.map(([name, key]) => [name, createZoneKey(key)]));
  }

  /**
   * Creates the zones of one server, which are built again only after a change.
   *
   * @param delegations Returns the delegations that the server shows now.
   */
  createServedZones(delegations: () => readonly Delegation[]): () => readonly ServedZone[] {
    let last: { readonly from: readonly Delegation[]; readonly at: number } | undefined;
    let zones: readonly ServedZone[] = [];
    let serial = 0;
    return () => {
      const now = this.#options.clock.now();
      const from = delegations();
      if (last && Math.abs(now - last.at) < maxSignatureAgeMs && areSame(last.from, from)) return zones;
      last = { from, at: now };
      zones = this.#buildZones(from, (serial += 1), now);
      return zones;
    };
  }

  /** Returns the key of a parent zone. */
  key(zone: string): ZoneKey {
    const key = this.#keys.get(zone) ?? createZoneKey();
    this.#keys.set(zone, key);
    return key;
  }

  exportKeys(): Record<string, ZoneKeyOptions> {
    return Object.fromEntries([...this.#keys].map(([name, key]) => [name, toKeyOptions(key)]));
  }

  #buildZones(delegations: readonly Delegation[], serial: number, now: number): ServedZone[] {
    const { ttl } = this.#options;
    // A parent without domains still has to deny them.
    const names = new Set([...this.#keys.keys(), ...delegations.map((child) => parentOf(child.name))]);
    return [...names].map((name) => {
      const children = delegations.filter((child) => parentOf(child.name) === name);
      const plan = planSigning([this.key(name)]);
      return { zone: buildParentZone({ name, serial, ttl, servers: 1, plan, now }, children) };
    });
  }
}

/** Compares DS sets by identity, because they are never modified. */
function areSame(before: readonly Delegation[], after: readonly Delegation[]): boolean {
  return (
    before.length === after.length &&
    before.every(({ name, servers, ds }, index) => {
      const other = after[index];
      return other?.name === name && other.servers === servers && other.ds === ds;
    })
  );
}
