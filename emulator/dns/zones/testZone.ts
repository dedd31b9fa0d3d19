import { type Clock } from "../../clock";
import { type Ds } from "../../ds";
import { type ServedZone } from "./servedZone";
import { maxSignatureAgeMs, planSigning, zoneConditions, type ZoneConditionName } from "./conditions";
import { normalizeZoneName } from "../protocol/name";
import { buildTestZone } from "./zoneData";
import {
  computeDs,
  formatDnskey,
  toKeyOptions,
  createZoneKey,
  type ZoneKey,
  type ZoneKeyOptions,
} from "./zoneKey";

/** Options of a test zone. */
export interface TestZoneOptions {
  /** Domain name. IDNs in Unicode or as A-labels. */
  readonly name: string;
  /** Default: `healthy`. */
  readonly condition?: ZoneConditionName;
  /** Default: the keys in the state file, or else one key of algorithm 13 that signs everything. */
  readonly keys?: readonly ZoneKeyOptions[];
  /** TTL of the records, in seconds. Default: 300. */
  readonly ttl?: number;
  /**
   * Servers for this zone alone. Default: the server that test zones share, plus one if the
   * condition needs two.
   */
  readonly servers?: readonly ZoneServerOptions[];
}

/** Options of a server for one test zone. */
export interface ZoneServerOptions {
  /** Port on 127.0.0.1, for UDP and TCP. Default: 0, any free port. */
  readonly port?: number;
  /** Condition of the zone on this server. Default: that of the zone. */
  readonly condition?: ZoneConditionName;
}

interface Built {
  readonly served: ServedZone;
  readonly at: number;
}

/** A test zone. Its condition and its keys can change while it is served. */
export interface TestZone {
  /** Name in lower case, as A-labels, without the trailing dot. */
  readonly name: string;
  /** Addresses of the servers, such as `127.0.0.1:5302`. */
  readonly servers: readonly string[];
  readonly condition: ZoneConditionName;
  /** The zone's keys, with the private keys, in the form that {@link setKeys} takes. */
  readonly keys: readonly ZoneKeyOptions[];
  /**
   * Changes the condition at once, on all servers or on one.
   *
   * @param options `server`: index in {@link servers}. Default: all.
   * @throws {RangeError} if the condition needs two servers and there is one, or for an unknown
   *   server.
   * @example zone.publish("healthy", { server: 1 });
   */
  publish(condition: ZoneConditionName, options?: { readonly server?: number }): void;
  /**
   * Replaces the zone's keys at once, as a rollover does.
   *
   * @throws {RangeError} for an empty list, or an algorithm that the emulator cannot sign with.
   * @example zone.setKeys([...zone.keys, { flags: 257 }]); // a second key, published and signing
   */
  setKeys(keys: readonly ZoneKeyOptions[]): void;
  /**
   * Returns the DS record of a key as text, whatever the zone's condition.
   *
   * @param digestType 1, 2 or 4. Default: 2. @param key Index in {@link keys}. Default: 0.
   * @throws {RangeError} for another digest type or key.
   * @example zone.ds(); // "2371 13 2 c988ec42…"
   */
  ds(digestType?: number, key?: number): string;
  /** Returns {@link ds} in the form that `setRecords` takes. */
  dsRecord(digestType?: number, key?: number): Ds;
  /**
   * Returns the DNSKEY record of a key as text.
   *
   * @param key Index in {@link keys}. Default: 0. @throws {RangeError} for an unknown key.
   * @example zone.dnskey(); // "257 3 13 mdsswUyr3DPW…"
   */
  dnskey(key?: number): string;
}

/** A test zone with the methods that servers need. */
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
   * @param clock Clock for signatures. @param save Runs after a change of keys.
   * @throws {RangeError} for an algorithm that the emulator cannot sign with.
   */
  constructor(options: TestZoneOptions, clock: Clock, save: () => void) {
    this.name = normalizeZoneName(options.name);
    this.#clock = clock;
    this.#save = save;
    this.#ttl = options.ttl ?? 300;
    this.#condition = options.condition ?? "healthy";
    this.#own = (options.servers ?? []).map(({ condition }) => condition);
    this.#keys = createKeys(options.keys ?? [{}]);
  }

  get condition(): ZoneConditionName {
    return this.#condition;
  }

  get keys(): ZoneKeyOptions[] {
    return this.#keys.map(toKeyOptions);
  }

  publish(condition: ZoneConditionName, { server }: { readonly server?: number } = {}): void {
    if (zoneConditions[condition].others !== undefined && this.servers.length < 2)
      throw new RangeError(`The zone ${this.name} has one server, but ${condition} needs two.`);
    if (server !== undefined && this.servers[server] === undefined)
      throw new RangeError(`The zone ${this.name} has no server ${server}.`);
    if (server === undefined) {
      this.#condition = condition;
      this.#own.fill(undefined);
    } else {
      this.#own[server] = condition;
    }
    this.#invalidate();
  }

  setKeys(keys: readonly ZoneKeyOptions[]): void {
    this.#keys = createKeys(keys);
    this.#invalidate();
    this.#save();
  }

  ds(digestType = 2, key = 0): string {
    const { keyTag, algorithm, digest } = this.dsRecord(digestType, key);
    return `${keyTag} ${algorithm} ${digestType} ${digest}`;
  }

  dsRecord(digestType = 2, key = 0): Ds {
    return computeDs(this.name, this.#key(key), digestType);
  }

  dnskey(key = 0): string {
    return formatDnskey(this.#key(key));
  }

  /** Adds a server. */
  attach(address: string): void {
    this.servers.push(address);
    this.#invalidate();
  }

  /** Returns the zone as one of its servers shows it. */
  serve(server: number): ServedZone {
    const now = this.#clock.now();
    const built = this.#built[server];
    if (built && Math.abs(now - built.at) < maxSignatureAgeMs) return built.served;
    const served = this.#build(server, now);
    this.#built[server] = { served, at: now };
    return served;
  }

  #build(server: number, now: number): ServedZone {
    const { plan: change, conduct } = zoneConditions[this.#conditionOf(server)];
    const healthy = planSigning(this.#keys);
    const plan = change ? change(healthy, () => this.#otherKey()) : healthy;
    const servers = Math.max(1, this.servers.length);
    const { name } = this;
    const zone = buildTestZone({ name, serial: this.#serial, ttl: this.#ttl, servers, plan, now });
    return { zone, ...(conduct && { conduct }) };
  }

  #conditionOf(server: number): ZoneConditionName {
    const others = server > 0 ? zoneConditions[this.#condition].others : undefined;
    return this.#own[server] ?? others ?? this.#condition;
  }

  #otherKey(): ZoneKey {
    this.#other ??= createZoneKey({ flags: 257, algorithm: this.#key(0).algorithm });
    return this.#other;
  }

  #key(index: number): ZoneKey {
    const key = this.#keys[index];
    if (!key) throw new RangeError(`The zone ${this.name} has no key ${index}.`);
    return key;
  }

  #invalidate(): void {
    this.#serial += 1;
    this.#built = [];
  }
}

function createKeys(keys: readonly ZoneKeyOptions[]): ZoneKey[] {
  if (keys.length === 0)
    throw new RangeError(
      "A test zone needs a key. For a zone without signatures, use the condition `unsigned`.",
    );
  return keys.map(createZoneKey);
}
