import { Log, type Filter } from "../log";

/** A query that a server received, and its answer. */
export interface DnsQuery {
  /** Number of the query in order of arrival, from 1. The journal is in order of the answers. */
  readonly n: number;
  /** Time of arrival by the emulator's clock, in ms since the epoch. */
  readonly at: number;
  /** Address of the server, such as `127.0.0.1:5301`. */
  readonly server: string;
  /** Address of the client. */
  readonly client: string;
  readonly transport: "udp" | "tcp";
  /** Name in lower case, without the trailing dot. */
  readonly name: string;
  /** Record type, such as `DNSKEY`. */
  readonly type: string;
  readonly dnssecOk: boolean;
  /** Response code, such as `NOERROR`; empty if there was no answer. */
  readonly rcode: string;
  readonly truncated: boolean;
  /** Number of records in the answer section, without signatures. */
  readonly answers: number;
}

/** Selects queries: those for a type (`"DNSKEY"`), or those that a predicate accepts. */
export type QueryFilter = Filter<DnsQuery>;

/** The queries of all servers. */
export class QueryLog extends Log<DnsQuery> {
  #arrivals = 0;

  constructor() {
    super("query", ({ type }) => type);
  }

  /** Returns the number of a query that has just arrived. */
  nextNumber(): number {
    return (this.#arrivals += 1);
  }
}
