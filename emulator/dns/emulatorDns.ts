import { type Clock } from "../clock";
import { type ZoneConditionName } from "./zones/conditions";
import { type DnsQuery, type QueryFilter } from "./queries";
import { type TestZone, type TestZoneOptions } from "./zones/testZone";

/** How an emulator's servers of the DNS are set up. All are on 127.0.0.1, over UDP and TCP on one port. */
export interface DnsOptions {
  /** The port of the parent's server. Default: 0, any that is free. */
  readonly port?: number;
  /** The port of the server that test zones share. Default: the next after `port`, or any that is free. */
  readonly zonesPort?: number;
  /** Test zones that are there from the start. Default: none. */
  readonly zones?: readonly TestZoneOptions[];
  /**
   * Milliseconds from a change in the registry until the parent has it: by the emulator's clock. What `addDomain` and
   * `setRecords` put everywhere is there at once. Default: 0.
   */
  readonly publishDelayMs?: number;
  /** The parent's servers, where one is not enough. Default: one, on `port`. */
  readonly parentServers?: readonly ParentServerOptions[];
  /** Seconds, of the parent's delegations and DS records. Default: 300. */
  readonly ttl?: number;
  /** Milliseconds of real time before every answer. Default: 0. */
  readonly answerDelayMs?: number;
  /** The time that signatures go by. Default: the machine's, which validators go by. */
  readonly signingClock?: Clock;
}

export interface ParentServerOptions {
  /** Default: 0, any that is free. */
  readonly port?: number;
  /** Default: that of all. */
  readonly publishDelayMs?: number;
  /** One that is about how a server answers: `silent`, `servfail`, … Default: `healthy`. */
  readonly condition?: ZoneConditionName;
}

/**
 * The emulator's servers of the DNS: those of the parent zones of the registered domains, signed, and those of test zones.
 * Addresses are texts such as `127.0.0.1:5301`, as the provider takes them.
 */
export interface EmulatorDns {
  /** The parent's first server. */
  readonly parent: string;
  readonly parentServers: readonly string[];
  /** The server that test zones share. */
  readonly zonesServer: string;
  readonly zones: readonly TestZone[];
  /** @throws {Error} where there is no such test zone. */
  zone(name: string): TestZone;
  /** The servers of a test zone. @throws {Error} where there is no such. */
  servers(name: string): readonly string[];
  /**
   * Adds a test zone, in the place of one of that name. It is delegated where the domain is registered, and has no DS
   * records there but those that the registry gets.
   */
  addZone(options: TestZoneOptions): Promise<TestZone>;
  /**
   * A parent zone's key, for a validator that is to trust it, as a zone-file line.
   *
   * @example emulator.dns.trustAnchor("com"); // "com. 300 IN DNSKEY 257 3 13 …"
   */
  trustAnchor(parentZone: string): string;

  /** The questions that servers were asked, oldest first; the last 100,000 of them. */
  readonly journal: readonly DnsQuery[];
  /** The journal's entries for a record type, or those that a predicate accepts; by default all. */
  queries(filter?: QueryFilter): DnsQuery[];
  clearJournal(): void;
  /** Resolves with the `count`th matching query, as `waitForCall` does. */
  waitForQuery(filter: QueryFilter, options?: { readonly count?: number }): Promise<DnsQuery>;
}
