import { type Clock } from "../clock";
import { type DnsQuery, type QueryFilter } from "./queries";
import { type ZoneConditionName } from "./zones/conditions";
import { type TestZone, type TestZoneOptions } from "./zones/testZone";

/** Options of the DNS servers. All listen on 127.0.0.1, over UDP and TCP on the same port. */
export interface DnsOptions {
  /** Port of the parent's server. Default: 0, any free port. */
  readonly port?: number;
  /** Port of the server that test zones share. Default: the one after `port`, or any free port. */
  readonly zonesPort?: number;
  /** Initial test zones. Default: none. */
  readonly zones?: readonly TestZoneOptions[];
  /**
   * Delay until the parent publishes a change in the registry, in ms by the emulator's clock. The
   * parent has the records of `addDomain` and `setRecords` at once. Default: 0.
   */
  readonly publishDelayMs?: number;
  /** Servers of the parent zones. Default: one, on `port`. */
  readonly parentServers?: readonly ParentServerOptions[];
  /** TTL of the parent's delegations and DS records, in seconds. Default: 300. */
  readonly ttl?: number;
  /** Delay of every answer, in ms of real time. Default: 0. */
  readonly answerDelayMs?: number;
  /** Clock for signatures. Default: the system clock, which validators use. */
  readonly signingClock?: Clock;
}

/** Options of one of the parent's servers. */
export interface ParentServerOptions {
  /** Default: 0, any free port. */
  readonly port?: number;
  /** Delay of this server, in ms by the emulator's clock. Default: that of `DnsOptions`. */
  readonly publishDelayMs?: number;
  /**
   * How the server answers: `silent`, `servfail` or another condition of servers. Default:
   * `healthy`.
   */
  readonly condition?: ZoneConditionName;
}

/**
 * The DNS servers of an emulator: for the signed parent zones of the registered domains, and for
 * test zones. Addresses are texts such as `127.0.0.1:5301`, which the provider accepts.
 */
export interface EmulatorDns {
  /** Address of the parent's first server. */
  readonly parent: string;
  readonly parentServers: readonly string[];
  /** Address of the server that test zones share. */
  readonly zonesServer: string;
  readonly zones: readonly TestZone[];
  /** Returns a test zone. @throws {Error} if there is none of that name. */
  zone(name: string): TestZone;
  /** Returns the addresses of a zone's servers. @throws {Error} if there is no such test zone. */
  servers(name: string): readonly string[];
  /**
   * Adds a test zone, or replaces the one of that name. The parent delegates it if its domain is
   * registered, with the DS records of the registry.
   *
   * @throws {Error} if a port is in use.
   * @throws {RangeError} for an algorithm that the emulator cannot sign with.
   * @throws {TypeError} for an impossible name.
   */
  addZone(options: TestZoneOptions): Promise<TestZone>;
  /**
   * Returns the key of a parent zone as a zone-file line. A validator with this trust anchor
   * validates the registered domains.
   *
   * @example emulator.dns.trustAnchor("com"); // "com. 300 IN DNSKEY 257 3 13 …"
   */
  trustAnchor(parentZone: string): string;

  /** The last 100,000 queries, oldest first: those answered, and those that never will be. */
  readonly journal: readonly DnsQuery[];
  /**
   * Returns the journal's entries for a record type, or those that a predicate accepts. Default:
   * all.
   */
  queries(filter?: QueryFilter): DnsQuery[];
  /** Empties the journal. */
  clearJournal(): void;
  /**
   * Resolves with the `count`th matching query once it is answered; at once if it already was.
   * Rejects if the emulator is closed first.
   *
   * @param options `count`: 1 by default.
   */
  waitForQuery(filter: QueryFilter, options?: { readonly count?: number }): Promise<DnsQuery>;
}
