import { parseServerAddress, type ServerAddress } from "./serverAddress";
import type { DsAnswer, KeyAnswer, Observation } from "./answers";
import { exchange, type Asking, type Reply, type World } from "./query";
import { Semaphore } from "../concurrency/semaphore";
import { dsAnswer, keyAnswer, refersToItself, servesZone } from "./responses";
import type { Question } from "./message";
import { SharedResults } from "../concurrency/sharedResults";
import type { Search } from "./resolver";
import { limitTime } from "../concurrency/abort";
import {
  findDelegated,
  findParent,
  givenServers,
  serverLabel,
  type NameServer,
  type Parent,
  type Problem,
  type Servers,
} from "./nameServers";
import { nameAbove } from "./wireName";

/**
 * What an observer goes by. `resolvers`: the addresses of the system's, in the form of `dns.getServers()`; asked for every
 * time. `port`: where the servers of zones listen, 53 by default.
 */
export interface ObserverOptions extends World {
  readonly resolvers: () => readonly string[];
  readonly port?: number;
}

/** `timeoutMs`: for all of it, 5,000 by default. Lists of servers, unless empty, replace what would be found. */
export interface DsOptions {
  readonly parentNameServers?: readonly ServerAddress[] | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

export interface KeysOptions extends DsOptions {
  readonly nameServers?: readonly ServerAddress[] | undefined;
}

/** Domains in the form of `domainName`. Rejects for an aborted signal only, with its reason: what servers do are values. */
export interface DelegationObserver {
  /** Asks every server that the domain is delegated to for the domain's DNSKEY and SOA records, at the same time. */
  keys(domain: string, options?: KeysOptions): Promise<Observation<KeyAnswer>>;
  /** Asks every server of the zone above the domain for the domain's DS. */
  ds(domain: string, options?: DsOptions): Promise<Observation<DsAnswer>>;
}

const defaultTimeoutMs = 5_000;

/** What a search for servers may take, whoever waits for it and how long. */
const longestSearchMs = 5_000;

/** Found servers are taken for the same for so many milliseconds. */
const keepMs = 60_000;

/** Sockets that are open at one time; 200 domains asked for at once have some thousand questions. */
const mostSockets = 256;

/**
 * An observer of delegations. It remembers the servers that it found for a minute, and shares a search that goes on with
 * all who need it, so that neither the records of one domain nor the domains below one zone, nor a wait for publication
 * repeat it. Answers it does not remember.
 *
 * At most 32 names and 32 addresses of a zone are asked, with at most 256 sockets at one time; an answer has 65,535 octets
 * at most.
 */
export function createDelegationObserver(options: ObserverOptions): DelegationObserver {
  const observer = new Observer(options);
  return {
    keys: (domain, how = {}) => observer.keys(domain, how),
    ds: async (domain, how = {}) => (await observer.observe(domain, how, dsQuery)).observation,
  };
}

interface Query<A> {
  /** Asked at the same time; `answerOf` gets the replies in this order. */
  readonly types: readonly [Question["type"], ...Question["type"][]];
  readonly answerOf: (server: string, domain: string, replies: Replies) => A;
  readonly serversOf: (
    observer: Observer,
    domain: string,
    options: KeysOptions,
    signal: AbortSignal,
  ) => Promise<Servers | Problem>;
}

type Replies = readonly [Reply, ...Reply[]];

const keysQuery: Query<KeyAnswer> = {
  types: ["DNSKEY", "SOA"],
  answerOf: (server, domain, [keys, soa = keys]) => keyAnswer(server, domain, keys, soa),
  serversOf: (observer, domain, options, signal) => observer.delegated(domain, options, signal),
};

const dsQuery: Query<DsAnswer> = {
  types: ["DS"],
  answerOf: (server, domain, [reply]) => dsAnswer(server, domain, reply),
  serversOf: (observer, domain, options, signal) => observer.parent(domain, options, signal),
};

interface Replied {
  readonly server: NameServer;
  readonly replies: Replies;
}

class Observer {
  readonly #options: ObserverOptions;
  readonly #gate = new Semaphore(mostSockets);
  readonly #parents: SharedResults<Parent | Problem>;
  readonly #delegated: SharedResults<Servers | Problem>;

  constructor(options: ObserverOptions) {
    this.#options = options;
    const isFound = (found: Servers | Problem) => "servers" in found;
    this.#parents = new SharedResults<Parent | Problem>(options.clock, keepMs, isFound);
    this.#delegated = new SharedResults<Servers | Problem>(options.clock, keepMs, isFound);
  }

  /** Where nobody tells the keys, it makes a difference whether the zone is served at all. */
  async keys(domain: string, options: KeysOptions): Promise<Observation<KeyAnswer>> {
    const { observation, replied } = await this.observe(domain, options, keysQuery);
    const isTold = observation.answers.some(
      ({ outcome }) => outcome === "answered" || outcome === "nonexistent",
    );
    if (isTold) return observation;
    const isServing = ({ replies: [keys, soa = keys] }: Replied) =>
      refersToItself(domain, keys) || servesZone(domain, soa);
    const withheldBy = replied.filter(isServing).map(({ server }) => serverLabel(server));
    return withheldBy.length === 0 ? observation : { ...observation, withheldBy };
  }

  async observe<A extends KeyAnswer | DsAnswer>(
    domain: string,
    options: KeysOptions,
    { types, answerOf, serversOf }: Query<A>,
  ): Promise<{ observation: Observation<A | Silent>; replied: readonly Replied[] }> {
    const { clock } = this.#options;
    const { timeoutMs = defaultTimeoutMs, signal = new AbortController().signal } = options;
    const until = clock.now() + timeoutMs;
    const found =
      (await limitTime(clock, timeoutMs, signal, (limit) => serversOf(this, domain, options, limit))) ??
      notFoundInTime;
    if ("problem" in found) return { observation: { answers: [], problem: found.problem }, replied: [] };
    const ask = (server: NameServer, type: Question["type"]) =>
      this.#ask({ server: server.at, question: { name: domain, type }, until, signal });
    const [first, ...others] = types;
    const replied = await Promise.all(
      found.servers.map(async (server): Promise<Replied> => {
        const asked = [ask(server, first), ...others.map((type) => ask(server, type))] as const;
        return { server, replies: await Promise.all(asked) };
      }),
    );
    const reached = reachable(replied);
    const answers = [
      ...reached.map(({ server, replies }) => answerOf(serverLabel(server), domain, replies)),
      ...found.addressless.map(silentWithoutAddress),
    ];
    return { observation: { answers }, replied: reached };
  }

  async delegated(domain: string, options: KeysOptions, signal: AbortSignal): Promise<Servers | Problem> {
    const { nameServers = [], parentNameServers = [] } = options;
    if (nameServers.length > 0) return givenServers(nameServers);
    const key = [domain, ...parentNameServers.map((at) => serverLabel({ at }))].join(" ");
    return this.#delegated.get(key, signal, async (work) => {
      const search = this.#search(work);
      return findDelegated(search, domain, await this.parent(domain, options, work));
    });
  }

  async parent(
    domain: string,
    { parentNameServers = [] }: DsOptions,
    signal: AbortSignal,
  ): Promise<Parent | Problem> {
    const zone = nameAbove(domain);
    if (parentNameServers.length > 0) return { zone, ...givenServers(parentNameServers) };
    return this.#parents.get(zone, signal, (work) => findParent(this.#search(work), domain));
  }

  #search(signal: AbortSignal): Search {
    const { clock, port = 53, resolvers } = this.#options;
    return {
      ask: (asking) => this.#ask(asking),
      clock,
      port,
      resolvers: resolvers().flatMap((text) => parseServerAddress(text) ?? []),
      until: clock.now() + longestSearchMs,
      signal,
    };
  }

  #ask(asking: Asking): Promise<Reply> {
    return this.#gate.run(asking.signal, () => exchange(asking, this.#options));
  }
}

type Silent = ReturnType<typeof silentWithoutAddress>;

function silentWithoutAddress(server: string) {
  return { server, outcome: "silent", detail: "its address was not found" } as const;
}

const notFoundInTime: Problem = {
  problem: { code: "SERVERS_NOT_FOUND", message: "the name servers could not be found in time" },
};

/**
 * Without the addresses of a family, IPv6 as a rule, to none of which this machine can send, where the same name has
 * addresses of the other family: that says something of the machine, and nothing of the server.
 */
function reachable(all: readonly Replied[]): readonly Replied[] {
  const canSend = ({ replies }: Replied) =>
    replies.some((reply) => reply.kind === "answer" || !reply.isUnreachable);
  const reached = new Set(all.filter(canSend).map(familyOf));
  const isReached = (replied: Replied) => reached.has(familyOf(replied));
  const names = new Set(all.filter(isReached).flatMap(({ server: { name } }) => name ?? []));
  return all.filter((replied) => isReached(replied) || !names.has(replied.server.name ?? ""));
}

function familyOf({ server: { at } }: Replied): 4 | 6 {
  return at.address.includes(":") ? 6 : 4;
}
