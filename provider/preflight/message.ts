import { DNSSEC_OK, CHECKING_DISABLED, RECURSION_DESIRED, encode } from "dns-packet";
import { endOfName, readCanonicalNameIn, readName } from "./wireName";

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

/** A question of class IN; `name` in the form of {@link readName}. */
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
}

export const classIn = 1;

/** What fits through without fragments (RFC 9715 section 3.1). */
const udpPayloadSize = 1232;

const headerLength = 12;

/** Serial number, three times and the TTL of negative answers, of four octets each. */
const soaNumbersOctets = 20;

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
 * Reads a message as far as it can be read. `dns-packet` throws all of it away for one odd record, hence this reader.
 *
 * At most 1,024 records, 65,535 octets as UDP and TCP carry them; a name of 255 octets takes up to 1,016 characters.
 *
 * @returns Undefined for what is shorter than a header.
 * @see RFC 1035 section 4.1
 */
export function readMessage(octets: Uint8Array): Message | undefined {
  if (octets.length < headerLength) return undefined;
  const view = viewOf(octets);
  const field = (index: number) => view.getUint16(2 * index);
  const [id, flags, questionCount, ...counts] = [field(0), field(1), field(2), field(3), field(4), field(5)];
  const question = questionCount === 1 ? readQuestion(octets, view) : undefined;
  const sections = readSections(
    octets,
    question?.end ?? (questionCount === 0 ? headerLength : undefined),
    counts,
  );
  const opt = sections.additional.find(({ type }) => type === recordTypes.OPT);
  return {
    id,
    isResponse: (flags & 0x8000) !== 0,
    opcode: (flags >> 11) & 0xf,
    isAuthoritative: (flags & 0x400) !== 0,
    isTruncated: (flags & 0x200) !== 0,
    rcode: (flags & 0xf) | (((opt?.ttl ?? 0) >>> 24) << 4),
    hasEdns: opt !== undefined,
    question: question?.value,
    questionCount,
    ...sections,
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

function readSections(octets: Uint8Array, start: number | undefined, counts: readonly number[]): Sections {
  const sections: RawRecord[][] = [[], [], []];
  const names = ["answers", "authority", "additional"] as const;
  let brokenOffIn: Section | undefined = start === undefined ? "question" : undefined;
  let [offset, left] = [start ?? 0, mostRecords];
  for (const [index, records] of sections.entries()) {
    for (let count = counts[index] ?? 0; count > 0 && brokenOffIn === undefined; count -= 1) {
      const record = left > 0 ? readRecord(octets, offset) : undefined;
      if (record?.value !== undefined) records.push(record.value);
      if (record === undefined) brokenOffIn = names[index];
      offset = record?.end ?? offset;
      left -= 1;
    }
  }
  const [answers = [], authority = [], additional = []] = sections;
  return { answers, authority, additional, brokenOffIn };
}

function readQuestion(octets: Uint8Array, view: DataView): At<Message["question"]> | undefined {
  const end = endOfName(octets, headerLength);
  const name = readName(octets, headerLength);
  if (end === undefined || name === undefined || end + 4 > octets.length) return undefined;
  return { value: { name, type: view.getUint16(end), class: view.getUint16(end + 2) }, end: end + 4 };
}

/** @returns undefined where the record's end cannot be told, and no value where its owner cannot. */
function readRecord(octets: Uint8Array, start: number): At<RawRecord> | undefined {
  const fixed = endOfName(octets, start);
  if (fixed === undefined || fixed + 10 > octets.length) return undefined;
  const view = viewOf(octets);
  const rdataAt = fixed + 10;
  const end = rdataAt + view.getUint16(fixed + 8);
  if (end > octets.length) return undefined;
  const name = readName(octets, start);
  if (name === undefined) return { value: undefined, end };
  const type = view.getUint16(fixed);
  const target =
    holdsName(type) && endOfName(octets, rdataAt) === end ? readName(octets, rdataAt) : undefined;
  const canonical = type === recordTypes.SOA ? canonicalSoa(octets, rdataAt, end) : undefined;
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
function canonicalSoa(octets: Uint8Array, start: number, end: number): Buffer | undefined {
  const contactAt = endOfName(octets, start);
  const numbersAt = contactAt === undefined ? undefined : endOfName(octets, contactAt);
  if (contactAt === undefined || numbersAt === undefined || numbersAt + soaNumbersOctets !== end)
    return undefined;
  const [server, contact] = [start, contactAt].map((at) => readCanonicalNameIn(octets, at));
  return server && contact && Buffer.concat([server, contact, octets.subarray(numbersAt, end)]);
}

function holdsName(type: number): boolean {
  return type === recordTypes.NS || type === recordTypes.CNAME;
}

function viewOf(octets: Uint8Array): DataView {
  return new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
}
