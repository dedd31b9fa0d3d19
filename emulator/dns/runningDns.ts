import { systemClock, type Clock } from "../clock";
import { type Domain } from "../registrar/domains";
import { type Ds } from "../ds";
import { type ServedZone } from "./zones/servedZone";
import { zoneConditions, type Conduct } from "./zones/conditions";
import { type DnsOptions, type EmulatorDns, type ParentServerOptions } from "./emulatorDns";
import { normalizeZoneName, parentOf } from "./protocol/name";
import { Parents } from "./zones/parents";
import { Publication, type RegistryState } from "./publication";
import { QueryLog, type DnsQuery, type QueryFilter } from "./queries";
import { DnsServer } from "./server";
import { HostedZone, type TestZone, type TestZoneOptions, type ZoneServerOptions } from "./zones/testZone";
import { type Delegation } from "./zones/zoneData";
import { formatDnskey, type ZoneKeyOptions } from "./zones/zoneKey";

/** The part of the state file about the DNS: keys, and the history for servers that lag. */
export interface SavedDns {
  readonly zoneKeys: Readonly<Record<string, readonly ZoneKeyOptions[]>>;
  readonly parentKeys: Readonly<Record<string, ZoneKeyOptions>>;
  readonly registry: Readonly<Record<string, readonly RegistryState[]>>;
}

export interface RunningDnsParts {
  readonly clock: Clock;
  readonly saved?: SavedDns | undefined;
  /** Returns the registered domains. */
  readonly listDomains: () => readonly Domain[];
  /** Saves the state. */
  readonly save: () => void;
}

/** Joins the parts of the DNS servers. {@link EmulatorDns} documents the methods. */
export class RunningDns implements EmulatorDns {
  readonly publication: Publication;
  readonly #options: DnsOptions;
  readonly #parts: RunningDnsParts;
  readonly #signingClock: Clock;
  readonly #parents: Parents;
  readonly #queryLog = new QueryLog();
  readonly #savedZoneKeys: Record<string, readonly ZoneKeyOptions[]>;
  readonly #zones = new Map<string, HostedZone>();
  readonly #dnsNames = new Map<string, string>();
  readonly #shared: DnsServer;
  readonly #ownServers: DnsServer[] = [];
  #parentServers: readonly DnsServer[] = [];

  constructor(options: DnsOptions, parts: RunningDnsParts) {
    const { ttl = 300, signingClock = systemClock } = options;
    const { saved } = parts;
    this.#options = options;
    this.#parts = parts;
    this.#signingClock = signingClock;
    this.#savedZoneKeys = { ...saved?.zoneKeys };
    const delays = readParentServers(options).map((server) => server.publishDelayMs ?? 0);
    this.publication = new Publication(Math.max(...delays, options.publishDelayMs ?? 0), saved?.registry);
    this.#parents = new Parents({ ttl, clock: signingClock, savedKeys: saved?.parentKeys ?? {} });
    this.#shared = this.#createServer(() =>
      [...this.#zones.values()].flatMap((zone) => {
        const index = zone.servers.indexOf(this.#shared.address);
        return index < 0 ? [] : [zone.serve(index)];
      }),
    );
  }

  async listen(): Promise<void> {
    for (const { name, registry } of this.#parts.listDomains()) this.#takeOver(name, registry);
    const { port = 0, zonesPort = port === 0 ? 0 : port + 1, zones = [] } = this.#options;
    this.#parentServers = readParentServers(this.#options).map((server) => this.#createParentServer(server));
    for (const [index, server] of this.#parentServers.entries())
      await server.listen(readParentServers(this.#options)[index]?.port ?? 0);
    await this.#shared.listen(zonesPort);
    for (const zone of zones) await this.addZone(zone);
  }

  /**
   * Variables for the provider. The zones' servers are among them only if all zones share one list.
   */
  get env(): Record<string, string> {
    const [servers = this.zonesServer, ...others] = new Set(this.zones.map((zone) => zone.servers.join()));
    return {
      ALICLOUD_DNSSEC_PARENT_NAME_SERVERS: this.parentServers.join(),
      ...(others.length === 0 && { ALICLOUD_DNSSEC_NAME_SERVERS: servers }),
    };
  }

  get parent(): string {
    return this.parentServers[0] ?? "";
  }

  get parentServers(): string[] {
    return this.#parentServers.map(({ address }) => address);
  }

  get zonesServer(): string {
    return this.#shared.address;
  }

  get zones(): TestZone[] {
    return [...this.#zones.values()];
  }

  zone(name: string): TestZone {
    const zone = this.#zones.get(normalizeZoneName(name));
    if (!zone) throw new Error(`The emulator has no test zone ${JSON.stringify(name)}: add it first.`);
    return zone;
  }

  servers(name: string): readonly string[] {
    return this.zone(name).servers;
  }

  async addZone(options: TestZoneOptions): Promise<TestZone> {
    const keys = options.keys ?? this.#savedZoneKeys[normalizeZoneName(options.name)];
    const { save } = this.#parts;
    const zone = new HostedZone({ ...options, ...(keys && { keys }) }, this.#signingClock, save);
    const more: ZoneServerOptions[] = zoneConditions[zone.condition].others === undefined ? [] : [{}];
    if (!options.servers) zone.attach(this.#shared.address);
    this.#zones.set(zone.name, zone);
    for (const { port = 0 } of options.servers ?? more) {
      const index = zone.servers.length;
      const server = this.#createServer(() => [zone.serve(index)]);
      await server.listen(port);
      this.#ownServers.push(server);
      zone.attach(server.address);
    }
    save();
    return zone;
  }

  trustAnchor(parentZone: string): string {
    const name = normalizeZoneName(parentZone);
    const owner = name === "." ? name : `${name}.`;
    return `${owner} ${this.#options.ttl ?? 300} IN DNSKEY ${formatDnskey(this.#parents.key(name))}`;
  }

  get journal(): readonly DnsQuery[] {
    return this.#queryLog.entries;
  }

  queries(filter?: QueryFilter): DnsQuery[] {
    return this.#queryLog.select(filter);
  }

  clearJournal(): void {
    this.#queryLog.clear();
  }

  waitForQuery(filter: QueryFilter, { count = 1 }: { readonly count?: number } = {}): Promise<DnsQuery> {
    return this.#queryLog.waitFor(filter, count);
  }

  exportState(): SavedDns {
    const zoneKeys = [...this.#zones.values()].map(({ name, keys }) => [name, keys] as const);
    return {
      zoneKeys: { ...this.#savedZoneKeys, ...Object.fromEntries(zoneKeys) },
      parentKeys: this.#parents.exportKeys(),
      registry: this.publication.exportHistory(),
    };
  }

  async close(): Promise<void> {
    this.#queryLog.close();
    const servers = [...this.#parentServers, this.#shared, ...this.#ownServers];
    await Promise.all(servers.map((server) => server.close()));
  }

  #createServer(zones: () => readonly ServedZone[]): DnsServer {
    const { answerDelayMs = 0 } = this.#options;
    return new DnsServer({ zones, queries: this.#queryLog, clock: this.#parts.clock, answerDelayMs });
  }

  #createParentServer({
    publishDelayMs = this.#options.publishDelayMs ?? 0,
    condition,
  }: ParentServerOptions) {
    const zones = this.#parents.createServedZones(() => this.#listDelegations(publishDelayMs));
    const conduct: Conduct | undefined = zoneConditions[condition ?? "healthy"].conduct;
    return this.#createServer(() => (conduct ? zones().map(({ zone }) => ({ zone, conduct })) : zones()));
  }

  #listDelegations(delayMs: number): Delegation[] {
    const now = this.#parts.clock.now();
    return this.#parts.listDomains().map(({ name: unicodeName }) => {
      const name = this.#toDnsName(unicodeName);
      const servers = this.#zones.get(name)?.servers.length ?? 1;
      return { name, servers, ds: this.publication.recordsAt(unicodeName, delayMs, now) };
    });
  }

  #toDnsName(domain: string): string {
    const name = this.#dnsNames.get(domain) ?? normalizeZoneName(domain);
    this.#dnsNames.set(domain, name);
    return name;
  }

  /**
   * Prepares a domain of the state file, whose history may be missing, or out of date after a run
   * without DNS.
   */
  #takeOver(domain: string, registry: readonly Ds[]): void {
    if (!this.publication.endsWith(domain, registry)) this.publication.reset(domain, registry);
    this.#parents.key(parentOf(normalizeZoneName(domain)));
  }
}

/** @throws {RangeError} for a condition that changes the contents of a zone. */
function readParentServers({ port = 0, parentServers }: DnsOptions): readonly ParentServerOptions[] {
  const servers = parentServers ?? [{ port }];
  for (const { condition = "healthy" } of servers)
    if (condition !== "healthy" && !zoneConditions[condition].conduct)
      throw new RangeError(`The condition ${condition} is for zones, not for a parent's server.`);
  if (servers.length === 0) throw new RangeError("`parentServers` is empty: the parent needs a server.");
  return servers;
}
