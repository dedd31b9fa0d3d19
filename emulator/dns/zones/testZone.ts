import { type Clock } from "../../clock";
import { type Ds } from "../../ds";
import { type ServedZone } from "./servedZone";
import { signingPlan, zoneConditions, type ZoneConditionName } from "./conditions";
import { canonicalZoneName } from "../protocol/name";
import { testZoneData } from "./zoneData";
import { dsOf, keyOptions, zoneKey, type ZoneKey, type ZoneKeyOptions } from "./zoneKey";

/** A zone that the emulator serves and signs. */
export interface TestZoneOptions {
  /** IDNs in Unicode or as A-labels. */
  readonly name: string;
  /** Default: `healthy`. */
  readonly condition?: ZoneConditionName;
  /** Default: one of algorithm 13 that signs everything; those of a state file stay. */
  readonly keys?: readonly ZoneKeyOptions[];
  /** Seconds, of its records. Default: 300. */
  readonly ttl?: number;
  /** Servers of its own. Default: the one that all test zones share, and a second one where the condition needs it. */
  readonly servers?: readonly ZoneServerOptions[];
}

export interface ZoneServerOptions {
  /** On 127.0.0.1, for UDP and TCP. Default: 0, any that is free. */
  readonly port?: number;
  /** What this server has, whatever the zone's condition is. Default: the zone's. */
  readonly condition?: ZoneConditionName;
}

interface Built {
  readonly served: ServedZone;
  readonly at: number;
}

/** Signatures are made anew after so long, so that those of a zone in good health stay good. */
const renewalMs = 86_400_000;

/** A test zone: in some condition, on some servers, all of which can change while they run. */
export interface TestZone {
  /** In lower case, as A-labels, without the trailing dot. */
  readonly name: string;
  /** Where it is served: `127.0.0.1:5302`. */
  readonly servers: readonly string[];
  readonly condition: ZoneConditionName;
  /** The zone's keys, as {@link setKeys} takes them: with the private keys. */
  readonly keys: readonly ZoneKeyOptions[];
  /**
   * Brings the zone into a condition, at once, on all its servers, or on one of them alone.
   *
   * @param options `server`: its index in {@link servers}.
   * @throws {RangeError} for a condition that takes two servers, where there is one; for a server that there is not.
   * @example zone.publish("healthy", { server: 1 });
   */
  publish(condition: ZoneConditionName, options?: { readonly server?: number }): void;
  /**
   * Changes the zone's keys, at once, as a rollover does.
   *
   * @throws {RangeError} for none, or one that the emulator cannot sign with.
   * @example zone.setKeys([...zone.keys, { flags: 257 }]); // a second key, published and signing
   */
  setKeys(keys: readonly ZoneKeyOptions[]): void;
  /**
   * The DS record for one of its keys, whether or not its condition makes that good, as a line of text.
   *
   * @param digestType 1, 2 or 4. Default: 2. @param key Its index in {@link keys}. Default: 0.
   * @throws {RangeError} for another digest type or key.
   * @example zone.ds(); // "2371 13 2 c988ec42…"
   */
  ds(digestType?: number, key?: number): string;
  /** {@link ds} in the form that `setRecords` takes. */
  dsRecord(digestType?: number, key?: number): Ds;
  /** @example zone.dnskey(); // "257 3 13 mdsswUyr3DPW…" */
  dnskey(key?: number): string;
}

/** A test zone, as its servers see it. */
export class HostedZone implements TestZone {
  readonly name: string;
  readonly servers: string[] = [];
  readonly #clock: Clock;
  readonly #save: () => void;
  readonly #ttl: number;
  readonly #own: (ZoneConditionName | undefined)[];
  #condition: ZoneConditionName;
  #keys: readonly ZoneKey[];
  #other: ZoneKey | undefined;
  #serial = 1;
  #built: (Built | undefined)[] = [];

  /**
   * @param clock The time that signatures go by. @param save Called when its keys have changed.
   * @throws {RangeError} for a key that the emulator cannot sign with.
   */
  constructor(options: TestZoneOptions, clock: Clock, save: () => void) {
    this.name = canonicalZoneName(options.name);
    this.#clock = clock;
    this.#save = save;
    this.#ttl = options.ttl ?? 300;
    this.#condition = options.condition ?? "healthy";
    this.#own = (options.servers ?? []).map(({ condition }) => condition);
    this.#keys = madeKeys(options.keys ?? [{}]);
  }

  get condition(): ZoneConditionName {
    return this.#condition;
  }

  get keys(): ZoneKeyOptions[] {
    return this.#keys.map(keyOptions);
  }

  publish(condition: ZoneConditionName, { server }: { readonly server?: number } = {}): void {
    if (zoneConditions[condition].others !== undefined && this.servers.length < 2)
      throw new RangeError(`The zone ${this.name} has one server; ${condition} takes two.`);
    if (server !== undefined && this.servers[server] === undefined)
      throw new RangeError(`The zone ${this.name} has no server ${server}.`);
    if (server === undefined) {
      this.#condition = condition;
      this.#own.fill(undefined);
    } else {
      this.#own[server] = condition;
    }
    this.#changed();
  }

  setKeys(keys: readonly ZoneKeyOptions[]): void {
    this.#keys = madeKeys(keys);
    this.#changed();
    this.#save();
  }

  ds(digestType = 2, key = 0): string {
    const { keyTag, algorithm, digest } = this.dsRecord(digestType, key);
    return `${keyTag} ${algorithm} ${digestType} ${digest}`;
  }

  dsRecord(digestType = 2, key = 0): Ds {
    return dsOf(this.name, this.#key(key), digestType);
  }

  dnskey(key = 0): string {
    const { flags, algorithm, rdata } = this.#key(key);
    return `${flags} 3 ${algorithm} ${rdata.subarray(4).toString("base64")}`;
  }

  /** Tells the zone of a server more. */
  attach(address: string): void {
    this.servers.push(address);
    this.#changed();
  }

  /** What one of its servers has. */
  served(server: number): ServedZone {
    const now = this.#clock.now();
    const built = this.#built[server];
    if (built && Math.abs(now - built.at) < renewalMs) return built.served;
    const served = this.#build(server, now);
    this.#built[server] = { served, at: now };
    return served;
  }

  #build(server: number, now: number): ServedZone {
    const { plan: change, conduct } = zoneConditions[this.#conditionOf(server)];
    const healthy = signingPlan(this.#keys);
    const plan = change ? change(healthy, () => this.#otherKey()) : healthy;
    const servers = Math.max(1, this.servers.length);
    const { name } = this;
    const zone = testZoneData({ name, serial: this.#serial, ttl: this.#ttl, servers, plan, now });
    return { zone, ...(conduct && { conduct }) };
  }

  #conditionOf(server: number): ZoneConditionName {
    const others = server > 0 ? zoneConditions[this.#condition].others : undefined;
    return this.#own[server] ?? others ?? this.#condition;
  }

  #otherKey(): ZoneKey {
    this.#other ??= zoneKey({ flags: 257, algorithm: this.#key(0).algorithm });
    return this.#other;
  }

  #key(index: number): ZoneKey {
    const key = this.#keys[index];
    if (!key) throw new RangeError(`The zone ${this.name} has no key ${index}.`);
    return key;
  }

  #changed(): void {
    this.#serial += 1;
    this.#built = [];
  }
}

function madeKeys(keys: readonly ZoneKeyOptions[]): ZoneKey[] {
  if (keys.length === 0) throw new RangeError("A test zone has a key; its condition may be unsigned.");
  return keys.map(zoneKey);
}
