import { isIPv6 } from "node:net";
import type { ServerAddress } from "./serverAddress";
import { rcodes, type Message } from "./message";
import { addressesIn, nameServersIn, resolve, resolveAddresses, type Search } from "./resolver";
import { takeFirst } from "../concurrency/abort";
import type { Reason } from "../preflight/verdict";
import { isWithin, nameAbove } from "./wireName";

/** A server of a zone; without a name where it was given by its address. */
export interface NameServer {
  readonly name?: string;
  readonly at: ServerAddress;
}

/** The servers of a zone, every address once, and the names of those whose addresses were not found. */
export interface Servers {
  readonly servers: readonly NameServer[];
  readonly addressless: readonly string[];
}

/** The servers of the zone above a domain. `zone` is that zone's name. */
export interface Parent extends Servers {
  readonly zone: string;
}

export interface Problem {
  readonly problem: Reason;
}

interface Delegation {
  readonly names: readonly string[];
  /** The addresses that came with it. */
  readonly glue: ReadonlyMap<string, readonly string[]>;
}

/** No zone that works has as many servers; what is more is not looked up, or not asked. */
const mostNames = 32;
const mostAddresses = 32;

/** So many of the parent's servers are asked at one time where a domain is delegated to, for at most so many milliseconds. */
const askedAtOnce = 4;
const longestDelegationMs = 2_000;

/** How messages name a server: `ns1.example.com (192.0.2.1)`, `127.0.0.1:5301`. */
export function serverLabel({ name, at: { address, port } }: NameServer): string {
  const place = port === 53 ? address : `${isIPv6(address) ? `[${address}]` : address}:${port}`;
  return name === undefined ? place : `${name} (${place})`;
}

/** Servers that are given by their addresses. */
export function givenServers(addresses: readonly ServerAddress[]): Servers {
  return { servers: addresses.map((at) => ({ at })), addressless: [] };
}

/**
 * Finds the zone above a domain, which may be several labels up, and its servers, through the resolvers.
 *
 * @returns A problem with code SERVERS_NOT_FOUND or ADDRESSES_NOT_FOUND.
 */
export async function findParent(search: Search, domain: string): Promise<Parent | Problem> {
  for (let zone = nameAbove(domain); ; zone = nameAbove(zone)) {
    const message = await resolve(search, { name: zone, type: "NS" });
    if (message === undefined) return noServers(zone);
    const names = nameServersIn(message.answers, zone);
    if (names.length > 0) {
      const found = await withAddresses(search, zone, { names, glue: new Map() });
      return "problem" in found ? found : { zone, ...found };
    }
    if (zone === ".") return noServers(zone);
  }
}

/**
 * Finds the servers that a domain is delegated to: asks the parent's servers, a few at a time, and the resolvers if none
 * of them answers or there are none. Of the addresses that come with the delegation, those of names within the parent
 * zone are believed; other names are looked up.
 *
 * @returns A problem with code NOT_DELEGATED where a server of the parent denies the delegation and none asked with it
 *   confirms it; SERVERS_NOT_FOUND or ADDRESSES_NOT_FOUND.
 * @see RFC 1034 section 5.3.3, RFC 2181 section 5.4.1
 */
export async function findDelegated(
  search: Search,
  domain: string,
  parent: Parent | Problem,
): Promise<Servers | Problem> {
  const delegation =
    ("servers" in parent ? await delegationAtParent(search, domain, parent) : undefined) ??
    (await delegationAtResolver(search, domain));
  if (delegation === undefined) return noServers(domain);
  if (delegation === "absent")
    return problem("NOT_DELEGATED", `${domain} is not delegated by its parent zone`);
  return withAddresses(search, domain, delegation);
}

async function delegationAtParent(
  search: Search,
  domain: string,
  { servers, zone }: Parent,
): Promise<Delegation | "absent" | undefined> {
  const { ask, clock, signal } = search;
  const until = Math.min(search.until, clock.now() + longestDelegationMs);
  const question = { name: domain, type: "NS" } as const;
  let isAbsent = false;
  for (let first = 0; first < servers.length && clock.now() < until && !isAbsent; first += askedAtOnce) {
    const tasks = servers.slice(first, first + askedAtOnce).map(({ at }) => async (race: AbortSignal) => {
      const reply = await ask({ server: at, question, until, signal: race });
      const found = reply.kind === "answer" ? delegationIn(reply.message, domain, zone) : undefined;
      isAbsent ||= found === "absent";
      return found === "absent" ? undefined : found;
    });
    const delegation = await takeFirst(signal, tasks);
    if (delegation !== undefined) return delegation;
  }
  return isAbsent ? "absent" : undefined;
}

/** Without authority it is a referral; with it, the server has the domain's own zone too, or denies it. */
function delegationIn(message: Message, domain: string, zone: string): Delegation | "absent" | undefined {
  if (message.rcode !== rcodes.NOERROR && message.rcode !== rcodes.NXDOMAIN) return undefined;
  const names = nameServersIn([...message.answers, ...message.authority], domain);
  if (names.length > 0) return { names, glue: glueIn(message, names, zone) };
  return message.isAuthoritative && message.brokenOffIn === undefined ? "absent" : undefined;
}

function glueIn({ additional }: Message, names: readonly string[], zone: string): Delegation["glue"] {
  const believed = names.filter((name) => isWithin(name, zone));
  return new Map(believed.map((name) => [name, addressesIn(additional, new Set([name]))]));
}

async function delegationAtResolver(search: Search, domain: string): Promise<Delegation | undefined> {
  const message = await resolve(search, { name: domain, type: "NS" });
  const names = message ? nameServersIn(message.answers, domain) : [];
  return names.length > 0 ? { names, glue: new Map() } : undefined;
}

async function withAddresses(
  search: Search,
  zone: string,
  { names, glue }: Delegation,
): Promise<Servers | Problem> {
  const found = await Promise.all(
    names.slice(0, mostNames).map(async (name) => {
      const addresses = glue.get(name) ?? [];
      return { name, addresses: addresses.length > 0 ? addresses : await resolveAddresses(search, name) };
    }),
  );
  const servers = evenly(found).map(({ name, address }) => ({ name, at: { address, port: search.port } }));
  if (servers.length === 0) {
    return problem("ADDRESSES_NOT_FOUND", `the addresses of ${zone}'s name servers could not be found`);
  }
  const addressless = found.filter(({ addresses }) => addresses.length === 0).map(({ name }) => name);
  return { servers, addressless };
}

interface Addressed {
  readonly name: string;
  readonly addresses: readonly string[];
}

/** Every address once: the first one of every name, then the second ones, and so on, up to the limit. */
function evenly(found: readonly Addressed[]): readonly { name: string; address: string }[] {
  const ranked = found.flatMap(({ name, addresses }) =>
    addresses.map((address, rank) => ({ name, address, rank })),
  );
  const byAddress = new Map<string, { name: string; address: string }>();
  for (const { name, address } of ranked.sort((a, b) => a.rank - b.rank)) {
    if (!byAddress.has(address)) byAddress.set(address, { name, address });
  }
  return [...byAddress.values()].slice(0, mostAddresses);
}

function noServers(zone: string): Problem {
  const what = zone === "." ? "the root zone" : zone;
  return problem("SERVERS_NOT_FOUND", `the system's resolvers name no name servers of ${what}`);
}

function problem(code: string, message: string): Problem {
  return { problem: { code, message } };
}
