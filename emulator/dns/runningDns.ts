import { systemClock, type Clock } from "../clock";
import { type Domain } from "../registrar/domains";
import { type Ds } from "../ds";
import { type ServedZone } from "./zones/servedZone";
import { zoneConditions, type Conduct } from "./zones/conditions";
import { type DnsOptions, type EmulatorDns, type ParentServerOptions } from "./emulatorDns";
import { canonicalZoneName, parentOf } from "./protocol/name";
import { Parents } from "./zones/parents";
import { Publication, type RegistryState } from "./publication";
import { QueryLog, type DnsQuery, type QueryFilter } from "./queries";
import { DnsServer } from "./server";
import { HostedZone, type TestZone, type TestZoneOptions, type ZoneServerOptions } from "./zones/testZone";
import { type Delegation } from "./zones/zoneData";
import { type ZoneKeyOptions } from "./zones/zoneKey";

/** What outlives the process: keys, and what servers that lag still show. */
export interface SavedDns {
  readonly zoneKeys: Readonly<Record<string, readonly ZoneKeyOptions[]>>;
  readonly parentKeys: Readonly<Record<string, ZoneKeyOptions>>;
  readonly registry: Readonly<Record<string, readonly RegistryState[]>>;
}

export interface RunningDnsParts {
  readonly clock: Clock;
  readonly saved?: SavedDns | undefined;
  /** The registered domains, as they are now. */
  readonly registered: () => readonly Domain[];
  /** Saves what has changed. */
  readonly save: () => void;
}

/** The parts put together; what its methods do is said at {@link EmulatorDns}. */
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
    const delays = parentServersOf(options).map((server) => server.publishDelayMs ?? 0);
    this.publication = new Publication(Math.max(...delays, options.publishDelayMs ?? 0), saved?.registry);
    this.#parents = new Parents({ ttl, clock: signingClock, savedKeys: saved?.parentKeys ?? {} });
    this.#shared = this.#server(() =>
      [...this.#zones.values()].flatMap((zone) => {
        const index = zone.servers.indexOf(this.#shared.address);
        return index < 0 ? [] : [zone.served(index)];
      }),
    );
  }

  async listen(): Promise<void> {
    for (const { name, registry } of this.#parts.registered()) this.#takeOver(name, registry);
    const { port = 0, zonesPort = port === 0 ? 0 : port + 1, zones = [] } = this.#options;
    this.#parentServers = parentServersOf(this.#options).map((server) => this.#parentServer(server));
    for (const [index, server] of this.#parentServers.entries())
      await server.listen(parentServersOf(this.#options)[index]?.port ?? 0);
    await this.#shared.listen(zonesPort);
    for (const zone of zones) await this.addZone(zone);
  }

  /** Variables that point the provider here: at the zones' servers only where one list holds for every zone. */
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
    const zone = this.#zones.get(canonicalZoneName(name));
    if (!zone) throw new Error(`The emulator has no test zone ${JSON.stringify(name)}: add it first.`);
    return zone;
  }

  servers(name: string): readonly string[] {
    return this.zone(name).servers;
  }

  async addZone(options: TestZoneOptions): Promise<TestZone> {
    const keys = options.keys ?? this.#savedZoneKeys[canonicalZoneName(options.name)];
    const { save } = this.#parts;
    const zone = new HostedZone({ ...options, ...(keys && { keys }) }, this.#signingClock, save);
    const more: ZoneServerOptions[] = zoneConditions[zone.condition].others === undefined ? [] : [{}];
    if (!options.servers) zone.attach(this.#shared.address);
    this.#zones.set(zone.name, zone);
    for (const { port = 0 } of options.servers ?? more) {
      const index = zone.servers.length;
      const server = this.#server(() => [zone.served(index)]);
      await server.listen(port);
      this.#ownServers.push(server);
      zone.attach(server.address);
    }
    save();
    return zone;
  }

  trustAnchor(parentZone: string): string {
    const name = canonicalZoneName(parentZone);
    const { flags, algorithm, rdata } = this.#parents.key(name);
    const owner = name === "." ? name : `${name}.`;
    return `${owner} ${this.#options.ttl ?? 300} IN DNSKEY ${flags} 3 ${algorithm} ${rdata.subarray(4).toString("base64")}`;
  }

  get journal(): readonly DnsQuery[] {
    return this.#queryLog.entries;
  }

  queries(filter?: QueryFilter): DnsQuery[] {
    return this.#queryLog.queries(filter);
  }

  clearJournal(): void {
    this.#queryLog.clear();
  }

  waitForQuery(filter: QueryFilter, { count = 1 }: { readonly count?: number } = {}): Promise<DnsQuery> {
    return this.#queryLog.waitFor(filter, count);
  }

  saved(): SavedDns {
    const zoneKeys = [...this.#zones.values()].map(({ name, keys }) => [name, keys] as const);
    return {
      zoneKeys: { ...this.#savedZoneKeys, ...Object.fromEntries(zoneKeys) },
      parentKeys: this.#parents.savedKeys(),
      registry: this.publication.saved(),
    };
  }

  async close(): Promise<void> {
    this.#queryLog.close();
    const servers = [...this.#parentServers, this.#shared, ...this.#ownServers];
    await Promise.all(servers.map((server) => server.close()));
  }

  #server(zones: () => readonly ServedZone[]): DnsServer {
    const { answerDelayMs = 0 } = this.#options;
    return new DnsServer({ zones, queries: this.#queryLog, clock: this.#parts.clock, answerDelayMs });
  }

  #parentServer({ publishDelayMs = this.#options.publishDelayMs ?? 0, condition }: ParentServerOptions) {
    const zones = this.#parents.server(() => this.#delegations(publishDelayMs));
    const conduct: Conduct | undefined = zoneConditions[condition ?? "healthy"].conduct;
    return this.#server(() => (conduct ? zones().map(({ zone }) => ({ zone, conduct })) : zones()));
  }

  #delegations(delayMs: number): Delegation[] {
    const now = this.#parts.clock.now();
    return this.#parts.registered().map(({ name: unicodeName }) => {
      const name = this.#dnsName(unicodeName);
      const servers = this.#zones.get(name)?.servers.length ?? 1;
      return { name, servers, ds: this.publication.published(unicodeName, delayMs, now) };
    });
  }

  #dnsName(domain: string): string {
    const name = this.#dnsNames.get(domain) ?? canonicalZoneName(domain);
    this.#dnsNames.set(domain, name);
    return name;
  }

  /** A state file may have no history of the domain, or one that the registry has left behind without this side. */
  #takeOver(domain: string, registry: readonly Ds[]): void {
    if (!this.publication.endsWith(domain, registry)) this.publication.reset(domain, registry);
    this.#parents.key(parentOf(canonicalZoneName(domain)));
  }
}

/** @throws {RangeError} for a condition that is about what is in a zone. */
function parentServersOf({ port = 0, parentServers }: DnsOptions): readonly ParentServerOptions[] {
  const servers = parentServers ?? [{ port }];
  for (const { condition = "healthy" } of servers)
    if (condition !== "healthy" && !zoneConditions[condition].conduct)
      throw new RangeError(`A parent's server cannot be ${condition}.`);
  if (servers.length === 0) throw new RangeError("The parent needs a server.");
  return servers;
}
