import { type ServedZone } from "./zones/servedZone";
import {
  readEdns,
  headerFlags,
  opcodeOf,
  createOptRecord,
  writeMessage,
  type Edns,
  type Question,
  type ReceivedMessage,
  type ResourceRecord,
} from "./protocol/message";
import { formatCanonicalName, isWithin, parseName, parentOf } from "./protocol/name";
import { classIn, recordTypes, responseCodes, type Rrset } from "./protocol/records";
import { type Found, type Zone } from "./zones/zone";
import { buildEmptyZone } from "./zones/zoneData";

export type Transport = "udp" | "tcp";

/** The outcome of a query. Without `octets` there is no answer. */
export interface Response {
  readonly octets?: Buffer;
  /** Resets the connection. */
  readonly reset?: true;
  /** Delay of the answer, in ms of real time. */
  readonly delayMs: number;
  readonly rcode?: number;
  readonly truncated: boolean;
  /** Number of records for the answer section, before truncation. */
  readonly answers: number;
}

/** Maximum length of an answer over UDP, in octets. */
const maxUdpLength = 4096;
/** Maximum length of a query over UDP that the server announces (EDNS), in octets. */
const advertisedUdpLength = 1232;
/** Length that every client accepts over UDP, in octets (RFC 1035 section 4.2.1). */
const minUdpLength = 512;

const emptyAnswer = (rcode: number): Found => ({
  rcode,
  authoritative: false,
  answer: [],
  authority: [],
  additional: [],
});

/** Answers a query from the zones of a server. */
export function respond(
  query: ReceivedMessage,
  transport: Transport,
  zones: readonly ServedZone[],
): Response {
  const [question] = query.questions;
  const served = question && selectZone(question, zones);
  const conduct = served?.conduct ?? {};
  const delayMs = conduct.delayMs ?? 0;
  const unanswered = { delayMs, truncated: false, answers: 0 };
  if (conduct.silent) return unanswered;
  if (conduct.resetsTcp && transport === "tcp") return { ...unanswered, reset: true };
  const edns = conduct.withoutEdns ? undefined : readEdns(query);
  const { found, zone } = findAnswer(query, served, edns);
  const truncates = transport === "udp" && conduct.truncatesUdp === true;
  const limit = transport === "tcp" ? 0xffff : limitUdp(edns);
  const whole = writeResponse(query, edns, found, zone);
  const truncated = truncates || whole.length > limit;
  const octets = truncated ? writeResponse(query, edns, { ...found, ...noRecords }, undefined, true) : whole;
  return { octets, delayMs, rcode: found.rcode, truncated, answers: countRecords(found.answer) };
}

const noRecords = { answer: [], authority: [], additional: [] };

function limitUdp(edns: Edns | undefined): number {
  return Math.min(maxUdpLength, Math.max(minUdpLength, edns?.udpSize ?? minUdpLength));
}

/**
 * Selects the zone with the longest name. DS records belong to the parent zone, if the server has
 * it (RFC 4035 section 3.1.4.1).
 */
function selectZone({ name, type }: Question, zones: readonly ServedZone[]): ServedZone | undefined {
  const asked = formatCanonicalName(name);
  const candidates = zones
    .filter(({ zone }) => isWithin(asked, zone.name))
    .sort((a, b) => parseName(b.zone.name).length - parseName(a.zone.name).length);
  const above = candidates.find(({ zone }) => zone.name !== asked);
  return type === recordTypes.DS ? (above ?? candidates[0]) : candidates[0];
}

interface Answered {
  readonly found: Found;
  /** Zone that signs the answer. */
  readonly zone?: Zone;
}

function findAnswer(
  query: ReceivedMessage,
  served: ServedZone | undefined,
  edns: Edns | undefined,
): Answered {
  const [question] = query.questions;
  if (opcodeOf(query) !== 0) return { found: emptyAnswer(responseCodes.NOTIMP) };
  if (!question || query.questions.length !== 1) return { found: emptyAnswer(responseCodes.FORMERR) };
  if (edns && edns.version > 0) return { found: emptyAnswer(responseCodes.BADVERS) };
  if (!served || question.class !== classIn) return { found: emptyAnswer(responseCodes.REFUSED) };
  const { zone, conduct = {} } = served;
  const name = formatCanonicalName(question.name);
  if (conduct.rcode !== undefined && question.type !== conduct.except)
    return { found: emptyAnswer(conduct.rcode) };
  if (conduct.withoutEdns && readEdns(query)) return { found: emptyAnswer(responseCodes.FORMERR) };
  if (conduct.lame) return { found: referUpward(zone.name) };
  if (conduct.nonexistent)
    return { found: buildEmptyZone(parentOf(zone.name)).lookup(name, question.type, false) };
  return { found: zone.lookup(name, question.type, edns?.dnssecOk ?? false), zone };
}

function referUpward(zone: string): Found {
  const parent = parentOf(zone);
  const { answer } = buildEmptyZone(parent).lookup(parent, recordTypes.NS, false);
  return { ...emptyAnswer(responseCodes.NOERROR), authority: answer };
}

function writeResponse(
  query: ReceivedMessage,
  edns: Edns | undefined,
  found: Found,
  zone: Zone | undefined,
  truncated = false,
): Buffer {
  const { rcode, authoritative, answer, authority, additional } = found;
  const records = (rrsets: readonly Rrset[]) =>
    rrsets.flatMap((rrset) => [...toRecords(rrset), ...(edns?.dnssecOk ? toRecords(zone?.sign(rrset)) : [])]);
  return writeMessage({
    id: query.id,
    flags:
      headerFlags.qr |
      (query.flags & (0x7800 | headerFlags.rd | headerFlags.cd)) |
      (authoritative ? headerFlags.aa : 0) |
      (truncated ? headerFlags.tc : 0) |
      (rcode & 15),
    questions: query.questions,
    answers: records(answer),
    authorities: records(authority),
    additionals: [
      ...additional.flatMap(toRecords),
      ...(edns ? [createOptRecord(advertisedUdpLength, edns.dnssecOk, rcode)] : []),
    ],
  });
}

function toRecords(rrset: Rrset | undefined): ResourceRecord[] {
  if (!rrset) return [];
  const { name, type, ttl } = rrset;
  return rrset.rdatas.map((rdata) => ({ name, type, class: classIn, ttl, rdata }));
}

function countRecords(rrsets: readonly Rrset[]): number {
  return rrsets.reduce((sum, { rdatas }) => sum + rdatas.length, 0);
}
