import { type ServedZone } from "./zones/servedZone";
import {
  ednsOf,
  flagBits,
  opcodeOf,
  optRecord,
  writeMessage,
  type Edns,
  type Question,
  type ReceivedMessage,
  type ResourceRecord,
} from "./protocol/message";
import { canonicalText, isWithin, labelsOf, parentOf } from "./protocol/name";
import { classIn, recordTypes, responseCodes, type Rrset } from "./protocol/records";
import { type Found, type Zone } from "./zones/zone";
import { emptyZoneData } from "./zones/zoneData";

export type Transport = "udp" | "tcp";

/** What comes of a query; without `octets` it is not answered. */
export interface Response {
  readonly octets?: Buffer;
  /** The connection is to be reset. */
  readonly reset?: true;
  readonly delayMs: number;
  readonly rcode?: number;
  readonly truncated: boolean;
  /** How many records the answer section was to have. */
  readonly answers: number;
}

/** What the server would take over UDP, and the most that it sends over it. */
const largestUdp = 4096;
const advertisedUdp = 1232;
const smallestUdp = 512;

const refused = (rcode: number): Found => ({
  rcode,
  authoritative: false,
  answer: [],
  authority: [],
  additional: [],
});

/** Answers a query that could be read, from the zones that the server has. */
export function respond(
  query: ReceivedMessage,
  transport: Transport,
  zones: readonly ServedZone[],
): Response {
  const [question] = query.questions;
  const served = question && zoneFor(question, zones);
  const conduct = served?.conduct ?? {};
  const delayMs = conduct.delayMs ?? 0;
  const unanswered = { delayMs, truncated: false, answers: 0 };
  if (conduct.silent) return unanswered;
  if (conduct.resetsTcp && transport === "tcp") return { ...unanswered, reset: true };
  const edns = conduct.withoutEdns ? undefined : ednsOf(query);
  const { found, zone } = answerTo(query, served, edns);
  const truncates = transport === "udp" && conduct.truncatesUdp === true;
  const limit = transport === "tcp" ? 0xffff : udpLimit(edns);
  const whole = written(query, edns, found, zone);
  const truncated = truncates || whole.length > limit;
  const octets = truncated ? written(query, edns, { ...found, ...noRecords }, undefined, true) : whole;
  return { octets, delayMs, rcode: found.rcode, truncated, answers: recordCount(found.answer) };
}

const noRecords = { answer: [], authority: [], additional: [] };

function udpLimit(edns: Edns | undefined): number {
  return Math.min(largestUdp, Math.max(smallestUdp, edns?.udpSize ?? smallestUdp));
}

/** The zone of the longest name. DS records belong to the parent, where the server has that (RFC 4035 section 3.1.4.1). */
function zoneFor({ name, type }: Question, zones: readonly ServedZone[]): ServedZone | undefined {
  const asked = canonicalText(name);
  const candidates = zones
    .filter(({ zone }) => isWithin(asked, zone.name))
    .sort((a, b) => labelsOf(b.zone.name).length - labelsOf(a.zone.name).length);
  const above = candidates.find(({ zone }) => zone.name !== asked);
  return type === recordTypes.DS ? (above ?? candidates[0]) : candidates[0];
}

interface Answered {
  readonly found: Found;
  /** The zone that signs it. */
  readonly zone?: Zone;
}

function answerTo(query: ReceivedMessage, served: ServedZone | undefined, edns: Edns | undefined): Answered {
  const [question] = query.questions;
  if (opcodeOf(query) !== 0) return { found: refused(responseCodes.NOTIMP) };
  if (!question || query.questions.length !== 1) return { found: refused(responseCodes.FORMERR) };
  if (edns && edns.version > 0) return { found: refused(responseCodes.BADVERS) };
  if (!served || question.class !== classIn) return { found: refused(responseCodes.REFUSED) };
  const { zone, conduct = {} } = served;
  const name = canonicalText(question.name);
  if (conduct.rcode !== undefined && question.type !== conduct.except)
    return { found: refused(conduct.rcode) };
  if (conduct.withoutEdns && ednsOf(query)) return { found: refused(responseCodes.FORMERR) };
  if (conduct.lame) return { found: upwardReferral(zone.name) };
  if (conduct.nonexistent)
    return { found: emptyZoneData(parentOf(zone.name)).lookup(name, question.type, false) };
  return { found: zone.lookup(name, question.type, edns?.dnssecOk ?? false), zone };
}

function upwardReferral(zone: string): Found {
  const parent = parentOf(zone);
  const { answer } = emptyZoneData(parent).lookup(parent, recordTypes.NS, false);
  return { ...refused(responseCodes.NOERROR), authority: answer };
}

function written(
  query: ReceivedMessage,
  edns: Edns | undefined,
  found: Found,
  zone: Zone | undefined,
  truncated = false,
): Buffer {
  const { rcode, authoritative, answer, authority, additional } = found;
  const records = (rrsets: readonly Rrset[]) =>
    rrsets.flatMap((rrset) => [
      ...recordsOf(rrset),
      ...(edns?.dnssecOk ? recordsOf(zone?.signatures(rrset)) : []),
    ]);
  return writeMessage({
    id: query.id,
    flags:
      flagBits.qr |
      (query.flags & (0x7800 | flagBits.rd | flagBits.cd)) |
      (authoritative ? flagBits.aa : 0) |
      (truncated ? flagBits.tc : 0) |
      (rcode & 15),
    questions: query.questions,
    answers: records(answer),
    authorities: records(authority),
    additionals: [
      ...additional.flatMap(recordsOf),
      ...(edns ? [optRecord(advertisedUdp, edns.dnssecOk, rcode)] : []),
    ],
  });
}

function recordsOf(rrset: Rrset | undefined): ResourceRecord[] {
  if (!rrset) return [];
  const { name, type, ttl } = rrset;
  return rrset.rdatas.map((rdata) => ({ name, type, class: classIn, ttl, rdata }));
}

function recordCount(rrsets: readonly Rrset[]): number {
  return rrsets.reduce((sum, { rdatas }) => sum + rdatas.length, 0);
}
