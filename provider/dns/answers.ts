import type { Ds } from "../dnssec/ds";

/** `server` is its name in messages: `ns1.example.com (192.0.2.1)`, or `127.0.0.1:5301`. */
interface FromServer {
  readonly server: string;
}

/**
 * An answer that says nothing about the domain. `silent`: no readable answer in time. `lame`: the
 * server does not serve the zone, and sent a referral or an answer without authority. `failed`: an
 * error code such as SERVFAIL or REFUSED. `detail` describes it in words.
 */
export interface NoHelp extends FromServer {
  readonly outcome: "silent" | "lame" | "failed";
  readonly detail: string;
}

/** A server with authority says that the zone, or the delegation, does not exist. */
export interface Nonexistent extends FromServer {
  readonly outcome: "nonexistent";
}

/**
 * The answer of a server of the domain's zone about the zone's keys and data. `keys` and
 * `signatures` are the RDATA, as received, of DNSKEY records and of RRSIG records that cover
 * DNSKEY, all at the zone's apex. Nothing in them is trusted. `keys` is empty if the server denies
 * a DNSKEY RRset.
 */
export interface ApexAnswer extends FromServer {
  readonly outcome: "answered";
  readonly keys: readonly Uint8Array[];
  readonly signatures: readonly Uint8Array[];
  readonly data: ApexData | Unheard;
}

/**
 * The zone's SOA RRset, which stands for all of the zone's data. `soa` is RDATA in canonical form,
 * or as received if it is unreadable. It is empty if the server denies a SOA record. `signatures`
 * are the RDATA, as received, of RRSIG records that cover SOA.
 */
export interface ApexData {
  readonly soa: readonly Uint8Array[];
  readonly signatures: readonly Uint8Array[];
}

/**
 * A server that sent the zone's keys sent no usable answer about its SOA record. `unheard` says
 * why.
 */
export interface Unheard {
  readonly unheard: string;
}

/**
 * The DS RRset that a server of the parent zone publishes for the domain. `ttl` is in seconds, and
 * absent without DS records.
 */
export interface PublishedDs extends FromServer {
  readonly outcome: "answered";
  readonly ds: readonly Ds[];
  readonly ttl?: number;
}

export type KeyAnswer = ApexAnswer | Nonexistent | NoHelp;
export type DsAnswer = PublishedDs | Nonexistent | NoHelp;

/**
 * Why there is no server to ask, in a sentence. The code is stable: ADDRESSES_NOT_FOUND,
 * NOT_DELEGATED or SERVERS_NOT_FOUND.
 */
export interface SearchProblem {
  readonly code: string;
  readonly message: string;
}

/**
 * The answers of all servers of a zone, one for each server, or the problem that kept any server
 * from being asked. `withheldBy` is set if no server sent the zone's keys: the servers that serve
 * the zone otherwise.
 */
export interface Observation<Answer> {
  readonly answers: readonly Answer[];
  readonly problem?: SearchProblem;
  readonly withheldBy?: readonly string[];
}
