import type { Ds } from "../dnssec/ds";
import type { Reason } from "../preflight/verdict";

/** Where an answer comes from, as messages name it: `ns1.example.com (192.0.2.1)`, or `127.0.0.1:5301`. */
interface FromServer {
  readonly server: string;
}

/**
 * That a server was no help. `silent`: no answer in time, or none that could be read. `lame`: it does not serve the zone
 * (a referral, or an answer without authority). `failed`: an error code (SERVFAIL, REFUSED, …). `detail` says it in words.
 */
export interface NoHelp extends FromServer {
  readonly outcome: "silent" | "lame" | "failed";
  readonly detail: string;
}

/** The zone, or the delegation, does not exist, says a server with authority. */
export interface Nonexistent extends FromServer {
  readonly outcome: "nonexistent";
}

/**
 * What a server of the domain's zone answered to the question for its DNSKEY RRset. `keys` and `signatures` are RDATA
 * octets as they came, of DNSKEY and of RRSIG records that cover DNSKEY, at the zone's apex: nothing of them is trusted.
 * Without keys there is no DNSKEY RRset. `data` is its answer to the question for the zone's SOA RRset.
 */
export interface Keys extends FromServer {
  readonly outcome: "answered";
  readonly keys: readonly Uint8Array[];
  readonly signatures: readonly Uint8Array[];
  readonly data: ApexData | Unheard;
}

/**
 * The zone's SOA RRset, which stands for all of its data. `soa` is RDATA in canonical form, or as it came where that
 * cannot be read; without any, the server denies that there is a SOA record. `signatures` are RDATA of RRSIG records that
 * cover SOA, as they came.
 */
export interface ApexData {
  readonly soa: readonly Uint8Array[];
  readonly signatures: readonly Uint8Array[];
}

/** A server that tells the zone's keys did not tell its SOA record; `unheard` says why, in words. */
export interface Unheard {
  readonly unheard: string;
}

/** What a server of the parent zone answered to the question for the domain's DS RRset; `ttl` in seconds, if there is one. */
export interface PublishedDs extends FromServer {
  readonly outcome: "answered";
  readonly ds: readonly Ds[];
  readonly ttl?: number;
}

export type KeyAnswer = Keys | Nonexistent | NoHelp;
export type DsAnswer = PublishedDs | Nonexistent | NoHelp;

/**
 * What all servers of a zone answered, each one once. `problem`: why there is nobody to ask: the domain is not delegated, or
 * its servers or their addresses could not be found. `withheldBy`: where no server answered the question for the zone's keys,
 * those that do answer for the zone otherwise.
 */
export interface Observation<Answer> {
  readonly answers: readonly Answer[];
  readonly problem?: Reason;
  readonly withheldBy?: readonly string[];
}
