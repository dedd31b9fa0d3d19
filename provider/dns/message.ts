import { soaNumbersOctets } from "../dnssec/canonicalForm";
import { classIn, recordTypes } from "../dnssec/recordTypes";
import { headerBits, headerOctets, viewOf } from "./header";
import { endOfName, MessageNames } from "./wireName";

/**
 * A record as received. `ttl` is in seconds. `target` is the name in an NS or CNAME record, and
 * `canonical` the RDATA of a SOA record in canonical form, if they can be read. Both resolve
 * compression pointers, which `rdata` keeps.
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
 * A message as received. Nothing in it is trusted, and records are not interpreted. Records whose
 * owner is not a name are left out.
 */
export interface Message {
  readonly id: number;
  readonly isResponse: boolean;
  readonly opcode: number;
  readonly isAuthoritative: boolean;
  readonly isTruncated: boolean;
  /** The response code, with its upper bits from the OPT record. */
  readonly rcode: number;
  readonly hasEdns: boolean;
  /** Undefined unless the message has exactly one. */
  readonly question: { readonly name: string; readonly type: number; readonly class: number } | undefined;
  readonly questionCount: number;
  readonly answers: readonly RawRecord[];
  readonly authority: readonly RawRecord[];
  readonly additional: readonly RawRecord[];
  /**
   * The section in which the message becomes unreadable. The rest of it and later sections are
   * missing.
   */
  readonly brokenOffIn: Section | undefined;
  /** The work that the names took, in octets read. */
  readonly nameOctets: number;
}

/** Maximum number of records that are read. Real answers have far fewer. */
const maxRecords = 1024;

/**
 * Reads a message as far as possible. Libraries discard a whole message for one odd record; a
 * validator may not.
 *
 * Reads at most 1,024 records of at most 65,535 octets, which is what UDP and TCP carry. A name of
 * 255 octets takes up to 1,016 characters. If the names take too much work, the message ends there.
 *
 * @returns Undefined for octets that are shorter than a header.
 * @see RFC 1035 section 4.1
 */
export function readMessage(octets: Uint8Array): Message | undefined {
  if (octets.length < headerOctets) return undefined;
  const view = viewOf(octets);
  const names = new MessageNames(octets);
  const received = { octets, view, names };
  const field = (index: number) => view.getUint16(2 * index);
  const [id, flags, questionCount, ...counts] = [field(0), field(1), field(2), field(3), field(4), field(5)];
  const question = questionCount === 1 ? readQuestion(received) : undefined;
  const sections = readSections(
    received,
    question?.end ?? (questionCount === 0 ? headerOctets : undefined),
    counts,
  );
  const opt = sections.additional.find(({ type }) => type === recordTypes.OPT);
  return {
    id,
    isResponse: (flags & headerBits.response) !== 0,
    opcode: (flags >> 11) & 0xf,
    isAuthoritative: (flags & headerBits.authoritative) !== 0,
    isTruncated: (flags & headerBits.truncated) !== 0,
    rcode: (flags & 0xf) | (((opt?.ttl ?? 0) >>> 24) << 4),
    hasEdns: opt !== undefined,
    question: question?.value,
    questionCount,
    ...sections,
    nameOctets: names.octetsRead,
  };
}

/** Returns the records of an owner and type, of class IN. */
export function recordsOf(records: readonly RawRecord[], name: string, type: number): readonly RawRecord[] {
  return records.filter((record) => record.name === name && record.type === type && record.class === classIn);
}

interface At<T> {
  readonly value: T | undefined;
  readonly end: number;
}

type Sections = Pick<Message, "answers" | "authority" | "additional" | "brokenOffIn">;

/** A message while it is being read. */
interface Received {
  readonly octets: Uint8Array;
  readonly view: DataView;
  readonly names: MessageNames;
}

function readSections(received: Received, start: number | undefined, counts: readonly number[]): Sections {
  const sections: RawRecord[][] = [[], [], []];
  const names = ["answers", "authority", "additional"] as const;
  let brokenOffIn: Section | undefined = start === undefined ? "question" : undefined;
  let [offset, left] = [start ?? 0, maxRecords];
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
  const end = endOfName(octets, headerOctets);
  const name = names.text(headerOctets);
  if (end === undefined || name === undefined || end + 4 > octets.length) return undefined;
  return { value: { name, type: view.getUint16(end), class: view.getUint16(end + 2) }, end: end + 4 };
}

/**
 * @returns Undefined if the record's end is unknown, and an undefined value if its owner is
 *   unreadable.
 */
function readRecord({ octets, view, names }: Received, start: number): At<RawRecord> | undefined {
  const fixed = endOfName(octets, start);
  if (fixed === undefined || fixed + 10 > octets.length) return undefined;
  const rdataAt = fixed + 10;
  const end = rdataAt + view.getUint16(fixed + 8);
  if (end > octets.length) return undefined;
  const name = names.text(start);
  const type = view.getUint16(fixed);
  const target = holdsName(type) && endOfName(octets, rdataAt, end) === end ? names.text(rdataAt) : undefined;
  const canonical = type === recordTypes.SOA ? readCanonicalSoa(octets, names, rdataAt, end) : undefined;
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

/**
 * Returns two names and five numbers of 32 bits (RFC 1035 section 3.3.13, RFC 4034 section 6.2).
 */
function readCanonicalSoa(
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
