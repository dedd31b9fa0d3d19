import { Log } from "../log";

/** A question that a server was asked, and what it made of it. */
export interface DnsQuery {
  /** From 1, in the order of their arrival; entries are in the order of the answers. */
  readonly n: number;
  /** When it arrived: the emulator's clock, milliseconds since the epoch. */
  readonly at: number;
  /** Who was asked: `127.0.0.1:5301`. */
  readonly server: string;
  /** Who asked. */
  readonly client: string;
  readonly transport: "udp" | "tcp";
  /** In lower case, without the trailing dot. */
  readonly name: string;
  /** `DNSKEY`, `DS`, … */
  readonly type: string;
  readonly dnssecOk: boolean;
  /** `NOERROR`, `NXDOMAIN`, …; empty when there was no answer. */
  readonly rcode: string;
  readonly truncated: boolean;
  /** Records of the answer section, signatures not counted. */
  readonly answers: number;
}

/** Which queries: those for a type (`"DNSKEY"`), or those that a predicate accepts. */
export type QueryFilter = string | ((query: DnsQuery) => boolean);

/** The questions that several servers were asked. */
export class QueryLog extends Log<DnsQuery> {
  #arrivals = 0;

  constructor() {
    super("query");
  }

  /** The number of a query that has just arrived. */
  arrived(): number {
    return (this.#arrivals += 1);
  }

  queries(filter?: QueryFilter): DnsQuery[] {
    return this.matching(filter === undefined ? undefined : accepted(filter));
  }

  waitFor(filter: QueryFilter, count: number): Promise<DnsQuery> {
    return this.waitUntil(accepted(filter), count);
  }
}

function accepted(filter: QueryFilter): (query: DnsQuery) => boolean {
  return typeof filter === "string" ? ({ type }) => type === filter : filter;
}
