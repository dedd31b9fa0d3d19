import type { Ds } from "../dnssec/ds";
import { maxTtlSeconds, recordTypes } from "../dnssec/recordTypes";
import type { ApexData, DsAnswer, KeyAnswer, NoHelp, Nonexistent, Unheard } from "./answers";
import { rcodeName, rcodes } from "./header";
import { recordsOf, type Message, type RawRecord } from "./message";
import type { Reply } from "./query";

/**
 * Reads the replies to the questions for a domain's DNSKEY and SOA records. Records of other
 * owners, classes and types are dropped, and RRSIG records that cover other types. The rest is as
 * received, however odd, except that the names in SOA records become canonical.
 */
export function readKeyAnswer(server: string, domain: string, reply: Reply, soaReply: Reply): KeyAnswer {
  const message = messageWith(domain, recordTypes.DNSKEY, reply) ?? requireAuthority(server, reply);
  if ("outcome" in message) return message;
  return {
    server,
    outcome: "answered",
    keys: rdataOf(message, domain, recordTypes.DNSKEY),
    signatures: signaturesOver(message, domain, recordTypes.DNSKEY),
    data: readApexData(server, domain, soaReply),
  };
}

function readApexData(server: string, domain: string, reply: Reply): ApexData | Unheard {
  const message = messageWith(domain, recordTypes.SOA, reply) ?? requireAuthority(server, reply);
  if ("detail" in message) return { unheard: message.detail };
  if ("outcome" in message) return { soa: [], signatures: [] };
  return {
    soa: recordsOf(message.answers, domain, recordTypes.SOA).map(
      ({ rdata, canonical }) => canonical ?? rdata,
    ),
    signatures: signaturesOver(message, domain, recordTypes.SOA),
  };
}

/**
 * Returns the message of a reply that has such records. Validators accept them even without
 * authority.
 */
function messageWith(domain: string, type: number, reply: Reply): Message | undefined {
  if (reply.kind === "silence" || reply.message.rcode !== rcodes.NOERROR) return undefined;
  return recordsOf(reply.message.answers, domain, type).length > 0 ? reply.message : undefined;
}

/**
 * Returns whether a reply to the question for the zone's SOA record is from a server of the zone.
 */
export function servesZone(domain: string, reply: Reply): boolean {
  if (reply.kind === "silence") return false;
  const { rcode, isAuthoritative, answers } = reply.message;
  return (
    rcode === rcodes.NOERROR && isAuthoritative && recordsOf(answers, domain, recordTypes.SOA).length > 0
  );
}

/**
 * Returns whether a zone's own server refers to the zone itself, which leads no resolver any
 * further.
 */
export function refersToItself(domain: string, reply: Reply): boolean {
  if (reply.kind === "silence") return false;
  const { isAuthoritative, answers, authority } = reply.message;
  return !isAuthoritative && answers.length === 0 && recordsOf(authority, domain, recordTypes.NS).length > 0;
}

/**
 * Reads a parent server's reply to the question for a domain's DS. Drops DS records without a
 * digest.
 */
export function readDsAnswer(server: string, domain: string, reply: Reply): DsAnswer {
  const message = requireAuthority(server, reply);
  if ("outcome" in message) return message;
  const records = recordsOf(message.answers, domain, recordTypes.DS);
  if (records.length === 0 && recordsOf(message.authority, domain, recordTypes.SOA).length > 0) {
    return { server, outcome: "lame", detail: `it serves ${domain} itself and not the zone above it` };
  }
  const ds = records.flatMap(({ rdata }) => readDs(rdata) ?? []);
  return { server, outcome: "answered", ds, ...(records.length > 0 && { ttl: ttlOf(records) }) };
}

function requireAuthority(server: string, reply: Reply): NoHelp | Nonexistent | Message {
  if (reply.kind === "silence") return { server, outcome: "silent", detail: reply.detail };
  const { message } = reply;
  const { rcode, isAuthoritative } = message;
  if (rcode !== rcodes.NOERROR && rcode !== rcodes.NXDOMAIN) {
    return { server, outcome: "failed", detail: `it answers ${rcodeName(rcode)}` };
  }
  if (!isAuthoritative) return { server, outcome: "lame", detail: describeLameness(message) };
  return rcode === rcodes.NXDOMAIN ? { server, outcome: "nonexistent" } : message;
}

function describeLameness({ answers, authority }: Message): string {
  const isReferral = answers.length === 0 && authority.some(({ type }) => type === recordTypes.NS);
  return isReferral ? "it refers to other servers" : "it answers without authority";
}

function rdataOf({ answers }: Message, domain: string, type: number): readonly Uint8Array[] {
  return recordsOf(answers, domain, type).map(({ rdata }) => rdata);
}

function signaturesOver(message: Message, domain: string, type: number): readonly Uint8Array[] {
  const covers = ([high = 0, low = 0]: Uint8Array) => ((high << 8) | low) === type;
  return rdataOf(message, domain, recordTypes.RRSIG).filter(covers);
}

/** Reads the RDATA of a DS record (RFC 4034 section 5.1). Undefined without a digest. */
function readDs(rdata: Uint8Array): Ds | undefined {
  const [high = 0, low = 0, algorithm = 0, digestType = 0, ...digest] = rdata;
  if (digest.length === 0) return undefined;
  return {
    keyTag: (high << 8) | low,
    algorithm,
    digestType,
    digest: Buffer.from(digest).toString("hex"),
  };
}

/**
 * Returns the smallest TTL of a set, whose records may differ (RFC 2181 section 5.2). A TTL with
 * its uppermost bit set counts as 0 (section 8).
 */
function ttlOf(records: readonly RawRecord[]): number {
  return Math.min(...records.map(({ ttl }) => (ttl > maxTtlSeconds ? 0 : ttl)));
}
