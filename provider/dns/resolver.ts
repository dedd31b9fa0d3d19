import { BlockList, isIPv4, SocketAddress } from "node:net";
import type { Clock } from "../concurrency/clock";
import type { ServerAddress } from "./serverAddress";
import type { Asking, Reply } from "./query";
import {
  classIn,
  rcodes,
  recordsOf,
  recordTypes,
  type Message,
  type Question,
  type RawRecord,
} from "./message";
import { takeFirst } from "../concurrency/abort";
import { isHostName } from "./wireName";

/** What a search for servers goes by. `until` in milliseconds since the epoch; `port` is where servers of zones listen. */
export interface Search {
  readonly ask: (asking: Asking) => Promise<Reply>;
  readonly clock: Clock;
  readonly resolvers: readonly ServerAddress[];
  readonly port: number;
  readonly until: number;
  readonly signal: AbortSignal;
}

/** Milliseconds that a resolver has before the next one is asked too. */
const headStart = 500;

const helpfulRcodes: ReadonlySet<number> = new Set([rcodes.NOERROR, rcodes.NXDOMAIN]);

/**
 * Asks the system's resolvers, one after the other until one helps.
 *
 * @returns Undefined if none gave an answer or a denial.
 */
export function resolve(search: Search, question: Question): Promise<Message | undefined> {
  const { ask, clock, resolvers, until, signal } = search;
  const tasks = resolvers.map((server, index) => async (race: AbortSignal) => {
    if (index > 0) await clock.sleep(index * headStart, race);
    const reply = await ask({ server, question, recursive: true, until, signal: race });
    const helps = reply.kind === "answer" && helpfulRcodes.has(reply.message.rcode);
    return helps ? reply.message : undefined;
  });
  return takeFirst(signal, tasks);
}

/** The addresses of a host, first those of IPv4; none if they cannot be found. */
export async function resolveAddresses(search: Search, name: string): Promise<readonly string[]> {
  if (!isHostName(name)) return [];
  const messages = await Promise.all((["A", "AAAA"] as const).map((type) => resolve(search, { name, type })));
  return messages.flatMap((message) =>
    message ? addressesIn(message.answers, aliasesOf(message, name)) : [],
  );
}

/** The names of a zone's servers in these records: every one once, lower case. */
export function nameServersIn(records: readonly RawRecord[], zone: string): readonly string[] {
  const names = recordsOf(records, zone, recordTypes.NS).flatMap(({ target }) => target ?? []);
  return [...new Set(names)];
}

/**
 * Addresses at which there is no one server, IPv4 addresses within IPv6 ones included. Private addresses and those of this
 * machine stay: a resolver may tell the inside of a network other servers than the outside.
 */
const noServers = new BlockList();
noServers.addAddress("0.0.0.0");
noServers.addAddress("255.255.255.255");
noServers.addSubnet("224.0.0.0", 4);
noServers.addAddress("::", "ipv6");
noServers.addSubnet("ff00::", 8, "ipv6");

/** The addresses of A and AAAA records of these owners, unless there can be no server. */
export function addressesIn(records: readonly RawRecord[], owners: ReadonlySet<string>): readonly string[] {
  return records
    .filter((record) => record.class === classIn && owners.has(record.name))
    .flatMap((record) => addressOf(record) ?? [])
    .filter((address) => !noServers.check(address, isIPv4(address) ? "ipv4" : "ipv6"));
}

function addressOf({ type, rdata }: RawRecord): string | undefined {
  if (type === recordTypes.A && rdata.length === 4) return rdata.join(".");
  if (type !== recordTypes.AAAA || rdata.length !== 16) return undefined;
  const groups = Buffer.from(rdata).toString("hex").match(/.{4}/g) ?? [];
  return new SocketAddress({ family: "ipv6", address: groups.join(":") }).address;
}

/** A name and the names that it is an alias of, as far as CNAME records follow one another. */
function aliasesOf({ answers }: Message, name: string): ReadonlySet<string> {
  const names = new Set([name]);
  for (const alias of names) {
    const [cname] = recordsOf(answers, alias, recordTypes.CNAME);
    if (cname?.target !== undefined) names.add(cname.target);
  }
  return names;
}
