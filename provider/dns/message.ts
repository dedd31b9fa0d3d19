import { DNSSEC_OK, CHECKING_DISABLED, RECURSION_DESIRED, encode } from "dns-packet";
import { endOfName, MessageNames } from "./wireName";

/** The types of records that are asked for or looked at, by their numbers. */
export const recordTypes = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  AAAA: 28,
  OPT: 41,
  DS: 43,
  RRSIG: 46,
  DNSKEY: 48,
} as const;

export const rcodes = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  BADVERS: 16,
};

/** A question of class IN; `name` in the form of {@link MessageNames}. */
export interface Question {
  readonly name: string;
  readonly type: "A" | "AAAA" | "DNSKEY" | "DS" | "NS" | "SOA";
}

/** `edns`: with an OPT record, 1232 octets and the DO bit. `recursive`: with RD, and with CD, since nothing is taken on trust. */
export interface Manner {
  readonly edns: boolean;
  readonly recursive: boolean;
}

/**
 * A record as it came. `ttl` in seconds. `target` is the name that an NS or CNAME record holds, `canonical` the RDATA of
 * a SOA record in canonical form, if they can be read: both may point to names elsewhere in the message.
 */
export interface RawRecord {
  readonly name: string;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  readonly rdata: Uint8Array;
  readonly target?: string;
  readonly canonical?: Uint8Array;
}

type Section = "question" | "answers" | "authority" | "additional";

/**
 * A message as it came. Nothing in it is trusted, and records are not looked into. Records whose owner is no name are
 * left out.
 */
export interface Message {
  readonly id: number;
  readonly isResponse: boolean;
  readonly opcode: number;
  readonly isAuthoritative: boolean;
  readonly isTruncated: boolean;
  /** With the upper bits that an OPT record holds. */
  readonly rcode: number;
  readonly hasEdns: boolean;
  /** Undefined unless there is exactly one. */
  readonly question: { readonly name: string; readonly type: number; readonly class: number } | undefined;
  readonly questionCount: number;
  readonly answers: readonly RawRecord[];
  readonly authority: readonly RawRecord[];
  readonly additional: readonly RawRecord[];
  /** The section in which the message cannot be read any further: its end and all that comes after it are missing. */
  readonly brokenOffIn: Section | undefined;
  /** The work that its names took: the octets of all that were read. */
  readonly nameOctets: number;
}

export const classIn = 1;

/** What fits through without fragments (RFC 9715 section 3.1). */
const udpPayloadSize = 1232;

const headerLength = 12;

const responseBit = 0x8000;

/** QR and the opcode, which is 0 in an answer to a query. */
const kindBits = 0xf800;

/** Length of the five numbers at the end of a SOA record: serial, three times, TTL of negative answers. */
export const soaNumbersOctets = 20;

/** Far more than any answer has that is looked at here; what comes after so many is not read. */
const mostRecords = 1024;

/**
 * A query in wire form.
 *
 * @see RFC 1035 section 4.1, RFC 6891 section 6.1
 */
export function encodeQuery(id: number, { name, type }: Question, { edns, recursive }: Manner): Buffer {
  return encode({
    type: "query",
    id,
    flags: recursive ? RECURSION_DESIRED | CHECKING_DISABLED : 0,
    questions: [{ name, type, class: "IN" }],
    additionals: edns
      ? [
          {
            type: "OPT",
            name: ".",
            udpPayloadSize,
            extendedRcode: 0,
            ednsVersion: 0,
            flags: DNSSEC_OK,
            flag_do: true,
            options: [],
          },
        ]
      : [],
  });
}

/**
 * Returns whether a message is a response to a query, by its id, its kind and its question. Nothing else is read.
 *
 * An error may come without the question, since a server that cannot read it cannot repeat it.
 *
 * @param query As {@link encodeQuery} writes it.
 * @see RFC 5452 section 9.1
 */
export function isResponseTo(query: Uint8Array, octets: Uint8Array): boolean {
  if (octets.length < headerLength) return false;
  const [asked, view] = [viewOf(query), viewOf(octets)];
  if (view.getUint16(0) !== asked.getUint16(0)) return false;
  if ((view.getUint16(2) & kindBits) !== responseBit) return false;
  const questionCount = view.getUint16(4);
  if (questionCount !== 1) return questionCount === 0;
  const end = (endOfName(query, headerLength) ?? 0) + 4;
  return octets.length >= end && isSameQuestion(query, octets, end);
}

/** Lengths of labels, types and classes that are asked for have no letters in them. */
function isSameQuestion(query: Uint8Array, octets: Uint8Array, end: number): boolean {
  const folded = (octet = 0) => (octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet);
  for (let index = headerLength; index < end; index += 1) {
    const isOfName = index < end - 4;
    const [asked, told] = [query[index], octets[index]];
    if (isOfName ? folded(asked) !== folded(told) : asked !== told) return false;
  }
  return true;
}

/**
 * Reads a message as far as it can be read. `dns-packet` throws all of it away for one odd record, hence this reader.
 *
 * At most 1,024 records, 65,535 octets as UDP and TCP carry them; a name of 255 octets takes up to 1,016 characters. Where
 * the names take too much work, the message ends.
 *
 * @returns Undefined for what is shorter than a header.
 * @see RFC 1035 section 4.1
 */
export function readMessage(octets: Uint8Array): Message | undefined {
  if (octets.length < headerLength) return undefined;
  const view = viewOf(octets);
  const names = new MessageNames(octets);
  const received = { octets, view, names };
  const field = (index: number) => view.getUint16(2 * index);
  const [id, flags, questionCount, ...counts] = [field(0), field(1), field(2), field(3), field(4), field(5)];
  const question = questionCount === 1 ? readQuestion(received) : undefined;
  const sections = readSections(
    received,
    question?.end ?? (questionCount === 0 ? headerLength : undefined),
    counts,
  );
  const opt = sections.additional.find(({ type }) => type === recordTypes.OPT);
  return {
    id,
    isResponse: (flags & responseBit) !== 0,
    opcode: (flags >> 11) & 0xf,
    isAuthoritative: (flags & 0x400) !== 0,
    isTruncated: (flags & 0x200) !== 0,
    rcode: (flags & 0xf) | (((opt?.ttl ?? 0) >>> 24) << 4),
    hasEdns: opt !== undefined,
    question: question?.value,
    questionCount,
    ...sections,
    nameOctets: names.octetsRead,
  };
}

/** The records of an owner and type, of class IN. */
export function recordsOf(records: readonly RawRecord[], name: string, type: number): readonly RawRecord[] {
  return records.filter((record) => record.name === name && record.type === type && record.class === classIn);
}

/** "NXDOMAIN", or "RCODE 23". */
export function rcodeName(rcode: number): string {
  return Object.entries(rcodes).find(([, number]) => number === rcode)?.[0] ?? `RCODE ${rcode}`;
}

interface At<T> {
  readonly value: T | undefined;
  readonly end: number;
}

type Sections = Pick<Message, "answers" | "authority" | "additional" | "brokenOffIn">;

/** A message that is being read. */
interface Received {
  readonly octets: Uint8Array;
  readonly view: DataView;
  readonly names: MessageNames;
}

function readSections(received: Received, start: number | undefined, counts: readonly number[]): Sections {
  const sections: RawRecord[][] = [[], [], []];
  const names = ["answers", "authority", "additional"] as const;
  let brokenOffIn: Section | undefined = start === undefined ? "question" : undefined;
  let [offset, left] = [start ?? 0, mostRecords];
  for (const [index, records] of sections.entries()) {
    for (let count = counts[index] ?? 0; count > 0 && brokenOffIn === undefined; count -= 1) {
      const record = left > 0 ? readRecord(received, offset) : undefined;
      if (record?.value !== undefined) records.push(record.value);
      if (record === undefined) brokenOffIn = names[index];
      offset = record?.end ?? offset;
      left -= 1;
    }
  }
  const [answers = [], authority = [], additional = []] = sections;
  return { answers, authority, additional, brokenOffIn };
}

function readQuestion({ octets, view, names }: Received): At<Message["question"]> | undefined {
  const end = endOfName(octets, headerLength);
  const name = names.text(headerLength);
  if (end === undefined || name === undefined || end + 4 > octets.length) return undefined;
  return { value: { name, type: view.getUint16(end), class: view.getUint16(end + 2) }, end: end + 4 };
}

/** @returns undefined where the record's end cannot be told, and no value where its owner cannot. */
function readRecord({ octets, view, names }: Received, start: number): At<RawRecord> | undefined {
  const fixed = endOfName(octets, start);
  if (fixed === undefined || fixed + 10 > octets.length) return undefined;
  const rdataAt = fixed + 10;
  const end = rdataAt + view.getUint16(fixed + 8);
  if (end > octets.length) return undefined;
  const name = names.text(start);
  const type = view.getUint16(fixed);
  const target = holdsName(type) && endOfName(octets, rdataAt, end) === end ? names.text(rdataAt) : undefined;
  const canonical = type === recordTypes.SOA ? canonicalSoa(octets, names, rdataAt, end) : undefined;
  if (names.isExhausted) return undefined;
  if (name === undefined) return { value: undefined, end };
  return {
    value: {
      name,
      type,
      class: view.getUint16(fixed + 2),
      ttl: view.getUint32(fixed + 4),
      rdata: octets.subarray(rdataAt, end),
      ...(target !== undefined && { target }),
      ...(canonical !== undefined && { canonical }),
    },
    end,
  };
}

/** Two names and five numbers of 32 bits (RFC 1035 section 3.3.13, RFC 4034 section 6.2). */
function canonicalSoa(
  octets: Uint8Array,
  names: MessageNames,
  start: number,
  end: number,
): Buffer | undefined {
  const contactAt = endOfName(octets, start, end);
  const numbersAt = contactAt === undefined ? undefined : endOfName(octets, contactAt, end);
  if (contactAt === undefined || numbersAt === undefined || numbersAt + soaNumbersOctets !== end)
    return undefined;
  const [server, contact] = [start, contactAt].map((at) => names.canonical(at));
  return server && contact && Buffer.concat([server, contact, octets.subarray(numbersAt, end)]);
}

function holdsName(type: number): boolean {
  return type === recordTypes.NS || type === recordTypes.CNAME;
}

function viewOf(octets: Uint8Array): DataView {
  return new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
}
