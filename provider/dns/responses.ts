import type { Ds } from "../dnssec/ds";
import type { ApexData, DsAnswer, KeyAnswer, NoHelp, Nonexistent, Unheard } from "./answers";
import type { Reply } from "./query";
import { rcodeName, rcodes, recordsOf, recordTypes, type Message, type RawRecord } from "./message";

/**
 * What replies to the questions for a domain's DNSKEY and SOA records say of its keys and its data. Records of other
 * owners, classes and types are dropped, and RRSIG records that cover other types; what is left is as it came, however
 * odd, but for the names in SOA records.
 */
export function keyAnswer(server: string, domain: string, reply: Reply, soaReply: Reply): KeyAnswer {
  const message = telling(domain, recordTypes.DNSKEY, reply) ?? withAuthority(server, reply);
  if ("outcome" in message) return message;
  return {
    server,
    outcome: "answered",
    keys: rdataOf(message, domain, recordTypes.DNSKEY),
    signatures: signaturesOver(message, domain, recordTypes.DNSKEY),
    data: apexData(server, domain, soaReply),
  };
}

function apexData(server: string, domain: string, reply: Reply): ApexData | Unheard {
  const message = telling(domain, recordTypes.SOA, reply) ?? withAuthority(server, reply);
  if ("detail" in message) return { unheard: message.detail };
  if ("outcome" in message) return { soa: [], signatures: [] };
  return {
    soa: recordsOf(message.answers, domain, recordTypes.SOA).map(
      ({ rdata, canonical }) => canonical ?? rdata,
    ),
    signatures: signaturesOver(message, domain, recordTypes.SOA),
  };
}

/** The message of a reply with such records: validators take them, whether or not the server claims authority. */
function telling(domain: string, type: number, reply: Reply): Message | undefined {
  if (reply.kind === "silence" || reply.message.rcode !== rcodes.NOERROR) return undefined;
  return recordsOf(reply.message.answers, domain, type).length > 0 ? reply.message : undefined;
}

/** Whether a reply to the question for the zone's SOA record is that of a server of the zone. */
export function servesZone(domain: string, reply: Reply): boolean {
  if (reply.kind === "silence") return false;
  const { rcode, isAuthoritative, answers } = reply.message;
  return (
    rcode === rcodes.NOERROR && isAuthoritative && recordsOf(answers, domain, recordTypes.SOA).length > 0
  );
}

/** Whether a reply is a referral to the zone from one of its own servers: with it a resolver gets nowhere. */
export function refersToItself(domain: string, reply: Reply): boolean {
  if (reply.kind === "silence") return false;
  const { isAuthoritative, answers, authority } = reply.message;
  return !isAuthoritative && answers.length === 0 && recordsOf(authority, domain, recordTypes.NS).length > 0;
}

/** What a reply of a server of the parent zone says of a domain's DS. DS records without a digest are dropped. */
export function dsAnswer(server: string, domain: string, reply: Reply): DsAnswer {
  const message = withAuthority(server, reply);
  if ("outcome" in message) return message;
  const records = recordsOf(message.answers, domain, recordTypes.DS);
  if (records.length === 0 && recordsOf(message.authority, domain, recordTypes.SOA).length > 0) {
    return { server, outcome: "lame", detail: `it serves ${domain} itself and not the zone above it` };
  }
  const ds = records.flatMap(({ rdata }) => dsOfRdata(rdata) ?? []);
  return { server, outcome: "answered", ds, ...(records.length > 0 && { ttl: ttlOf(records) }) };
}

function withAuthority(server: string, reply: Reply): NoHelp | Nonexistent | Message {
  if (reply.kind === "silence") return { server, outcome: "silent", detail: reply.detail };
  const { message } = reply;
  const { rcode, isAuthoritative } = message;
  if (rcode !== rcodes.NOERROR && rcode !== rcodes.NXDOMAIN) {
    return { server, outcome: "failed", detail: `it answers ${rcodeName(rcode)}` };
  }
  if (!isAuthoritative) return { server, outcome: "lame", detail: lameness(message) };
  return rcode === rcodes.NXDOMAIN ? { server, outcome: "nonexistent" } : message;
}

function lameness({ answers, authority }: Message): string {
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

/** RFC 4034 section 5.1. */
function dsOfRdata(rdata: Uint8Array): Ds | undefined {
  const [high = 0, low = 0, algorithm = 0, digestType = 0, ...digest] = rdata;
  if (digest.length === 0) return undefined;
  return {
    keyTag: (high << 8) | low,
    algorithm,
    digestType,
    digest: Buffer.from(digest).toString("hex"),
  };
}

/** The least, since the records of a set may differ; one with the uppermost bit is none (RFC 2181 sections 5.2 and 8). */
function ttlOf(records: readonly RawRecord[]): number {
  return Math.min(...records.map(({ ttl }) => (ttl > 0x7fffffff ? 0 : ttl)));
}
