import { BlockList, isIPv4, SocketAddress } from "node:net";
import { firstOf } from "../concurrency/abort";
import type { Clock } from "../concurrency/clock";
import { classIn, recordTypes } from "../dnssec/recordTypes";
import { rcodes } from "./header";
import { recordsOf, type Message, type RawRecord } from "./message";
import type { Query, Reply } from "./query";
import type { Question } from "./queryMessage";
import type { ServerAddress } from "./serverAddress";
import { isHostName } from "./wireName";

/**
 * What a search for servers needs. `until` is in ms since the epoch; servers of zones listen on
 * `port`.
 */
export interface Search {
  readonly ask: (query: Query) => Promise<Reply>;
  readonly clock: Clock;
  readonly resolvers: readonly ServerAddress[];
  readonly port: number;
  readonly until: number;
  readonly signal: AbortSignal;
}

/** Time before the next resolver is asked too, in ms. */
const headStartMs = 500;

const helpfulRcodes: ReadonlySet<number> = new Set([rcodes.NOERROR, rcodes.NXDOMAIN]);

/**
 * Asks the system's resolvers, one after the other, until one answers or denies.
 *
 * @returns Undefined if no resolver did.
 */
export function resolve(search: Search, question: Question): Promise<Message | undefined> {
  const { ask, clock, resolvers, until, signal } = search;
  const tasks = resolvers.map((server, index) => async (race: AbortSignal) => {
    if (index > 0) await clock.sleep(index * headStartMs, race);
    const reply = await ask({ server, question, recursive: true, until, signal: race });
    const helps = reply.kind === "answer" && helpfulRcodes.has(reply.message.rcode);
    return helps ? reply.message : undefined;
  });
  return firstOf(signal, tasks);
}

/** Returns the addresses of a host, IPv4 first; none if they cannot be found. */
export async function resolveAddresses(search: Search, name: string): Promise<readonly string[]> {
  if (!isHostName(name)) return [];
  const messages = await Promise.all((["A", "AAAA"] as const).map((type) => resolve(search, { name, type })));
  return messages.flatMap((message) =>
    message ? readAddresses(message.answers, collectAliases(message, name)) : [],
  );
}

/** Returns the names of a zone's servers in these records, each once and in lower case. */
export function readNameServers(records: readonly RawRecord[], zone: string): readonly string[] {
  const names = recordsOf(records, zone, recordTypes.NS).flatMap(({ target }) => target ?? []);
  return [...new Set(names)];
}

/**
 * Addresses that are never those of one server. IPv4 addresses within IPv6 addresses count too.
 * Private and loopback addresses are allowed, since inside a network a resolver may name servers
 * that are unknown outside.
 */
const noServers = new BlockList();
noServers.addAddress("0.0.0.0");
noServers.addAddress("255.255.255.255");
noServers.addSubnet("224.0.0.0", 4);
noServers.addAddress("::", "ipv6");
noServers.addSubnet("ff00::", 8, "ipv6");

/** Returns the addresses in A and AAAA records of these owners, if a server can be there. */
export function readAddresses(records: readonly RawRecord[], owners: ReadonlySet<string>): readonly string[] {
  return records
    .filter((record) => record.class === classIn && owners.has(record.name))
    .flatMap((record) => readAddress(record) ?? [])
    .filter((address) => !noServers.check(address, isIPv4(address) ? "ipv4" : "ipv6"));
}

function readAddress({ type, rdata }: RawRecord): string | undefined {
  if (type === recordTypes.A && rdata.length === 4) return rdata.join(".");
  if (type !== recordTypes.AAAA || rdata.length !== 16) return undefined;
  const groups = Buffer.from(rdata).toString("hex").match(/.{4}/g) ?? [];
  return new SocketAddress({ family: "ipv6", address: groups.join(":") }).address;
}

/** Returns a name and the names that it is an alias of, along the CNAME records. */
function collectAliases({ answers }: Message, name: string): ReadonlySet<string> {
  const names = new Set([name]);
  for (const alias of names) {
    const [cname] = recordsOf(answers, alias, recordTypes.CNAME);
    if (cname?.target !== undefined) names.add(cname.target);
  }
  return names;
}
