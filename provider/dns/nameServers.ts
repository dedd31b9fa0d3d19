import { isIPv6 } from "node:net";
import type { ServerAddress } from "./serverAddress";
import type { SearchProblem } from "./answers";
import { rcodes } from "./header";
import type { Message } from "./message";
import { readAddresses, readNameServers, resolve, resolveAddresses, type Search } from "./resolver";
import { takeFirst } from "../concurrency/abort";
import { isWithin, nameAbove } from "./wireName";

/** A server of a zone. A server that was given by its address has no name. */
export interface NameServer {
  readonly name?: string;
  readonly at: ServerAddress;
}

/**
 * The servers of a zone, each address once, and the names of servers whose addresses were not
 * found.
 */
export interface Servers {
  readonly servers: readonly NameServer[];
  readonly addressless: readonly string[];
}

/** The servers of the zone above a domain. `zone` is that zone's name. */
export interface Parent extends Servers {
  readonly zone: string;
}

/** A search that found no servers. */
export interface NotFound {
  readonly problem: SearchProblem;
}

/** The NS names of a domain, and the addresses that came with them. */
interface Delegation {
  readonly names: readonly string[];
  readonly glue: ReadonlyMap<string, readonly string[]>;
}

/** Maximum number of a zone's server names that are looked up. No working zone has that many. */
const maxNames = 32;

/** Maximum number of a zone's server addresses that are asked. */
const maxAddresses = 32;

/** Number of the parent's servers that are asked for a delegation at one time. */
const maxAskedAtOnce = 4;

/** Maximum time to ask the parent's servers for a delegation, in ms. */
const maxDelegationMs = 2_000;

/** Returns the name of a server in messages: `ns1.example.com (192.0.2.1)`, `127.0.0.1:5301`. */
export function labelServer({ name, at: { address, port } }: NameServer): string {
  const place = port === 53 ? address : `${isIPv6(address) ? `[${address}]` : address}:${port}`;
  return name === undefined ? place : `${name} (${place})`;
}

/** Returns servers that were given by their addresses. */
export function serversAt(addresses: readonly ServerAddress[]): Servers {
  return { servers: addresses.map((at) => ({ at })), addressless: [] };
}

/**
 * Finds the zone above a domain, which may be several labels up, and its servers, through the
 * resolvers.
 *
 * @returns The servers, or a problem with the code SERVERS_NOT_FOUND or ADDRESSES_NOT_FOUND.
 */
export async function findParent(search: Search, domain: string): Promise<Parent | NotFound> {
  for (let zone = nameAbove(domain); ; zone = nameAbove(zone)) {
    const message = await resolve(search, { name: zone, type: "NS" });
    if (message === undefined) return noServers(zone);
    const names = readNameServers(message.answers, zone);
    if (names.length > 0) {
      const found = await addAddresses(search, zone, { names, glue: new Map() });
      return "problem" in found ? found : { zone, ...found };
    }
    if (zone === ".") return noServers(zone);
  }
}

/**
 * Finds the servers that a domain is delegated to. Asks the parent's servers, a few at a time, and
 * the resolvers if no parent server answers. Glue is trusted only for names within the parent zone;
 * other names are looked up.
 *
 * @returns The servers, or a problem. Its code is NOT_DELEGATED if a parent server denies the
 *   delegation and no server asked with it confirms it; else SERVERS_NOT_FOUND or
 *   ADDRESSES_NOT_FOUND.
 * @see RFC 1034 section 5.3.3, RFC 2181 section 5.4.1
 */
export async function findDelegated(
  search: Search,
  domain: string,
  parent: Parent | NotFound,
): Promise<Servers | NotFound> {
  const delegation =
    ("servers" in parent ? await askParent(search, domain, parent) : undefined) ??
    (await askResolvers(search, domain));
  if (delegation === undefined) return noServers(domain);
  if (delegation === "absent")
    return problem("NOT_DELEGATED", `${domain} is not delegated by its parent zone`);
  return addAddresses(search, domain, delegation);
}

async function askParent(
  search: Search,
  domain: string,
  { servers, zone }: Parent,
): Promise<Delegation | "absent" | undefined> {
  const { ask, clock, signal } = search;
  const until = Math.min(search.until, clock.now() + maxDelegationMs);
  const question = { name: domain, type: "NS" } as const;
  let isAbsent = false;
  for (let first = 0; first < servers.length && clock.now() < until && !isAbsent; first += maxAskedAtOnce) {
    const tasks = servers.slice(first, first + maxAskedAtOnce).map(({ at }) => async (race: AbortSignal) => {
      const reply = await ask({ server: at, question, until, signal: race });
      const found = reply.kind === "answer" ? readDelegation(reply.message, domain, zone) : undefined;
      isAbsent ||= found === "absent";
      return found === "absent" ? undefined : found;
    });
    const delegation = await takeFirst(signal, tasks);
    if (delegation !== undefined) return delegation;
  }
  return isAbsent ? "absent" : undefined;
}

/**
 * Reads a parent server's answer. Without authority it is a referral. With authority, the server
 * also serves the domain's own zone, or denies it.
 */
function readDelegation(message: Message, domain: string, zone: string): Delegation | "absent" | undefined {
  if (message.rcode !== rcodes.NOERROR && message.rcode !== rcodes.NXDOMAIN) return undefined;
  const names = readNameServers([...message.answers, ...message.authority], domain);
  if (names.length > 0) return { names, glue: readGlue(message, names, zone) };
  return message.isAuthoritative && message.brokenOffIn === undefined ? "absent" : undefined;
}

function readGlue({ additional }: Message, names: readonly string[], zone: string): Delegation["glue"] {
  const trusted = names.filter((name) => isWithin(name, zone));
  return new Map(trusted.map((name) => [name, readAddresses(additional, new Set([name]))]));
}

async function askResolvers(search: Search, domain: string): Promise<Delegation | undefined> {
  const message = await resolve(search, { name: domain, type: "NS" });
  const names = message ? readNameServers(message.answers, domain) : [];
  return names.length > 0 ? { names, glue: new Map() } : undefined;
}

async function addAddresses(
  search: Search,
  zone: string,
  { names, glue }: Delegation,
): Promise<Servers | NotFound> {
  const found = await Promise.all(
    names.slice(0, maxNames).map(async (name) => {
      const addresses = glue.get(name) ?? [];
      return { name, addresses: addresses.length > 0 ? addresses : await resolveAddresses(search, name) };
    }),
  );
  const servers = spreadEvenly(found).map(({ name, address }) => ({
    name,
    at: { address, port: search.port },
  }));
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

/**
 * Returns each address once: the first of every name, then the second, and so on, up to the limit.
 */
function spreadEvenly(found: readonly Addressed[]): readonly { name: string; address: string }[] {
  const ranked = found.flatMap(({ name, addresses }) =>
    addresses.map((address, rank) => ({ name, address, rank })),
  );
  const byAddress = new Map<string, { name: string; address: string }>();
  for (const { name, address } of ranked.sort((a, b) => a.rank - b.rank)) {
    if (!byAddress.has(address)) byAddress.set(address, { name, address });
  }
  return [...byAddress.values()].slice(0, maxAddresses);
}

function noServers(zone: string): NotFound {
  const what = zone === "." ? "the root zone" : zone;
  return problem("SERVERS_NOT_FOUND", `the system's resolvers return no name servers for ${what}`);
}

function problem(code: string, message: string): NotFound {
  return { problem: { code, message } };
}
