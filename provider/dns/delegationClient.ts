import { inTime } from "../concurrency/abort";
import { Gate } from "../concurrency/semaphore";
import { Remembered } from "../concurrency/sharedResults";
import type { DsAnswer, KeyAnswer, Observation } from "./answers";
import {
  findDelegated,
  findParent,
  serversAt,
  labelServer,
  type NameServer,
  type NotFound,
  type Parent,
  type Servers,
} from "./nameServers";
import { askServer, type Query, type QueryContext, type Reply } from "./query";
import type { Question } from "./queryMessage";
import type { Search } from "./resolver";
import { readDsAnswer, readKeyAnswer, refersToItself, servesZone } from "./responses";
import { parseServerAddress, type ServerAddress } from "./serverAddress";
import { nameAbove } from "./wireName";

/**
 * Options of a client. `resolvers` returns the addresses of the system's resolvers in the form of
 * `dns.getServers()`, and is called for every search. Servers of zones listen on `port`, 53 by
 * default.
 */
export interface DelegationClientOptions extends QueryContext {
  readonly resolvers: () => readonly string[];
  readonly port?: number;
}

/**
 * `timeoutMs` is the time for everything, 5,000 by default. A list of servers, unless empty,
 * replaces the search.
 */
export interface DsOptions {
  readonly parentNameServers?: readonly ServerAddress[] | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

export interface KeysOptions extends DsOptions {
  readonly nameServers?: readonly ServerAddress[] | undefined;
}

/**
 * Asks the servers of domains, whose names are in the form of `domainName`. Rejects only for an
 * aborted signal, with its reason. Whatever servers do is in the result.
 */
export interface DelegationClient {
  /** Asks every server that the domain is delegated to for the domain's DNSKEY and SOA records. */
  keys(domain: string, options?: KeysOptions): Promise<Observation<KeyAnswer>>;
  /** Asks every server of the zone above the domain for the domain's DS records. */
  ds(domain: string, options?: DsOptions): Promise<Observation<DsAnswer>>;
}

const defaultTimeoutMs = 5_000;

/** Maximum time of a search for servers, in ms, which may be longer than a caller waits for it. */
const maxSearchMs = 5_000;

/** Lifetime of remembered servers, in ms. */
const keepMs = 60_000;

/**
 * Maximum number of open sockets. To ask for 200 domains at once takes about a thousand questions.
 */
const maxSockets = 256;

/**
 * Creates a client for the servers of domains and of their parent zones. It remembers found servers
 * for a minute and shares a running search. So the records of one domain, the domains below one
 * zone and a wait for publication search once. It does not remember answers.
 *
 * It asks at most 32 names and 32 addresses of a zone, over at most 256 sockets at one time. An
 * answer has at most 65,535 octets.
 */
export function createDelegationClient(options: DelegationClientOptions): DelegationClient {
  const client = new Client(options);
  return {
    keys: (domain, how = {}) => client.keys(domain, how),
    ds: async (domain, how = {}) => (await client.observe(domain, how, dsLookup)).observation,
  };
}

/**
 * The questions about a domain, asked at the same time. `answerOf` gets the replies in the order of
 * `types`.
 */
interface Lookup<A> {
  readonly types: readonly [Question["type"], ...Question["type"][]];
  readonly answerOf: (server: string, domain: string, replies: Replies) => A;
  readonly serversOf: (
    client: Client,
    domain: string,
    options: KeysOptions,
    signal: AbortSignal,
  ) => Promise<Servers | NotFound>;
}

type Replies = readonly [Reply, ...Reply[]];

const keysLookup: Lookup<KeyAnswer> = {
  types: ["DNSKEY", "SOA"],
  answerOf: (server, domain, [keys, soa = keys]) => readKeyAnswer(server, domain, keys, soa),
  serversOf: (client, domain, options, signal) => client.delegated(domain, options, signal),
};

const dsLookup: Lookup<DsAnswer> = {
  types: ["DS"],
  answerOf: (server, domain, [reply]) => readDsAnswer(server, domain, reply),
  serversOf: (client, domain, options, signal) => client.parent(domain, options, signal),
};

interface Replied {
  readonly server: NameServer;
  readonly replies: Replies;
}

class Client {
  readonly #options: DelegationClientOptions;
  readonly #gate = new Gate(maxSockets);
  readonly #parents: Remembered<Parent | NotFound>;
  readonly #delegated: Remembered<Servers | NotFound>;

  constructor(options: DelegationClientOptions) {
    this.#options = options;
    const isFound = (found: Servers | NotFound) => "servers" in found;
    this.#parents = new Remembered<Parent | NotFound>(options.clock, keepMs, isFound);
    this.#delegated = new Remembered<Servers | NotFound>(options.clock, keepMs, isFound);
  }

  /** If no server sends the keys, the judge needs to know whether any server serves the zone. */
  async keys(domain: string, options: KeysOptions): Promise<Observation<KeyAnswer>> {
    const { observation, replied } = await this.observe(domain, options, keysLookup);
    const isKnown = observation.answers.some(
      ({ outcome }) => outcome === "answered" || outcome === "nonexistent",
    );
    if (isKnown) return observation;
    const isServing = ({ replies: [keys, soa = keys] }: Replied) =>
      refersToItself(domain, keys) || servesZone(domain, soa);
    const withheldBy = replied.filter(isServing).map(({ server }) => labelServer(server));
    return withheldBy.length === 0 ? observation : { ...observation, withheldBy };
  }

  async observe<A extends KeyAnswer | DsAnswer>(
    domain: string,
    options: KeysOptions,
    { types, answerOf, serversOf }: Lookup<A>,
  ): Promise<{ observation: Observation<A | Silent>; replied: readonly Replied[] }> {
    const { clock } = this.#options;
    const { timeoutMs = defaultTimeoutMs, signal = new AbortController().signal } = options;
    const until = clock.now() + timeoutMs;
    const found =
      (await inTime(clock, timeoutMs, signal, (limit) => serversOf(this, domain, options, limit))) ??
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
    const reached = dropUnreachable(replied);
    const answers = [
      ...reached.map(({ server, replies }) => answerOf(labelServer(server), domain, replies)),
      ...found.addressless.map(silentWithoutAddress),
    ];
    return { observation: { answers }, replied: reached };
  }

  async delegated(domain: string, options: KeysOptions, signal: AbortSignal): Promise<Servers | NotFound> {
    const { nameServers = [], parentNameServers = [] } = options;
    if (nameServers.length > 0) return serversAt(nameServers);
    const key = [domain, ...parentNameServers.map((at) => labelServer({ at }))].join(" ");
    return this.#delegated.get(key, signal, async (work) => {
      const search = this.#search(work);
      return findDelegated(search, domain, await this.parent(domain, options, work));
    });
  }

  async parent(
    domain: string,
    { parentNameServers = [] }: DsOptions,
    signal: AbortSignal,
  ): Promise<Parent | NotFound> {
    const zone = nameAbove(domain);
    if (parentNameServers.length > 0) return { zone, ...serversAt(parentNameServers) };
    return this.#parents.get(zone, signal, (work) => findParent(this.#search(work), domain));
  }

  #search(signal: AbortSignal): Search {
    const { clock, port = 53, resolvers } = this.#options;
    return {
      ask: (query) => this.#ask(query),
      clock,
      port,
      resolvers: resolvers().flatMap((text) => parseServerAddress(text) ?? []),
      until: clock.now() + maxSearchMs,
      signal,
    };
  }

  #ask(query: Query): Promise<Reply> {
    return this.#gate.run(query.signal, () => askServer(query, this.#options));
  }
}

type Silent = ReturnType<typeof silentWithoutAddress>;

function silentWithoutAddress(server: string) {
  return { server, outcome: "silent", detail: "its address was not found" } as const;
}

const notFoundInTime: NotFound = {
  problem: { code: "SERVERS_NOT_FOUND", message: "the name servers could not be found in time" },
};

/**
 * Leaves out the addresses of a family, usually IPv6, to which this machine cannot send at all, if
 * the same name has addresses of the other family. That is a fact about the machine, not about the
 * server.
 */
function dropUnreachable(all: readonly Replied[]): readonly Replied[] {
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
