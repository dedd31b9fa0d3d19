import { formatCanonicalName, parseName, encodeName, type Labels } from "./name";
import { recordTypes } from "./records";

export interface Question {
  /** Name in the case of the query. */
  readonly name: Labels;
  readonly type: number;
  readonly class: number;
}

export interface ResourceRecord {
  readonly name: string | Labels;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  readonly rdata: Buffer;
}

export interface Message {
  readonly id: number;
  /** QR, opcode, AA, TC, RD, RA, AD, CD, and the lower bits of the response code. */
  readonly flags: number;
  readonly questions: readonly Question[];
  readonly answers?: readonly ResourceRecord[];
  readonly authorities?: readonly ResourceRecord[];
  readonly additionals?: readonly ResourceRecord[];
}

export interface ReceivedMessage extends Message {
  readonly additionals: readonly ResourceRecord[];
}

export const headerFlags = { qr: 0x8000, aa: 0x0400, tc: 0x0200, rd: 0x0100, cd: 0x0010 } as const;

export const opcodeOf = ({ flags }: Message) => (flags >> 11) & 15;

/** Length of a header, in octets. */
const headerLength = 12;
/** Greatest offset that a compressed name can point to. */
const maxPointer = 0x3fff;

/** Reads a message. @throws {RangeError} for a malformed one. @see RFC 1035 section 4 */
export function readMessage(octets: Buffer): ReceivedMessage {
  const count = (index: number) => Array.from({ length: octets.readUInt16BE(4 + 2 * index) });
  let at = headerLength;
  const question = (): Question => {
    const { labels, end } = readName(octets, at);
    at = end + 4;
    return { name: labels, type: octets.readUInt16BE(end), class: octets.readUInt16BE(end + 2) };
  };
  const record = (): ResourceRecord => {
    const { labels, end } = readName(octets, at);
    at = end + 10 + octets.readUInt16BE(end + 8);
    if (at > octets.length) throw new RangeError("A record extends beyond the message.");
    return {
      name: labels,
      type: octets.readUInt16BE(end),
      class: octets.readUInt16BE(end + 2),
      ttl: octets.readUInt32BE(end + 4),
      rdata: octets.subarray(end + 10, at),
    };
  };
  return {
    id: octets.readUInt16BE(0),
    flags: octets.readUInt16BE(2),
    questions: count(0).map(question),
    answers: count(1).map(record),
    authorities: count(2).map(record),
    additionals: count(3).map(record),
  };
}

/**
 * Writes a message. Owner names are compressed, names in RDATA are not. The answer repeats the case
 * of the question.
 */
export function writeMessage({ id, flags, questions, ...sections }: Message): Buffer {
  const { answers = [], authorities = [], additionals = [] } = sections;
  const header = Buffer.alloc(headerLength);
  const numbers = [id, flags, questions.length, answers.length, authorities.length, additionals.length];
  numbers.forEach((number, index) => header.writeUInt16BE(number, 2 * index));
  const writer = new NameWriter(header);
  for (const { name, type, class: class_ } of questions) {
    writer.name(name);
    writer.octets(encodeUint16(type, class_));
  }
  for (const { name, type, class: class_, ttl, rdata } of [...answers, ...authorities, ...additionals]) {
    writer.name(typeof name === "string" ? parseName(name) : name);
    writer.octets(encodeUint16(type, class_, ttl >>> 16, ttl & 0xffff, rdata.length));
    writer.octets(rdata);
  }
  return writer.message();
}

/** Encodes 16-bit numbers in network order. */
export function encodeUint16(...numbers: readonly number[]): Buffer {
  const octets = Buffer.alloc(2 * numbers.length);
  numbers.forEach((number, index) => octets.writeUInt16BE(number, 2 * index));
  return octets;
}

/**
 * Reads a name. Returns its labels and the offset after it.
 *
 * @throws {RangeError} for a malformed name.
 */
export function readName(octets: Buffer, start: number): { readonly labels: string[]; readonly end: number } {
  const labels: string[] = [];
  let end: number | undefined;
  for (let at = start, before = start; ;) {
    const length = octets.readUInt8(at);
    if (length === 0) return { labels, end: end ?? at + 1 };
    if (length >= 0xc0) {
      end ??= at + 2;
      at = octets.readUInt16BE(at) & maxPointer;
      // Pointers must lead backwards, so that reading ends.
      if (at >= before) throw new RangeError("A pointer does not lead backwards.");
      before = at;
      continue;
    }
    const label = octets.subarray(at + 1, at + 1 + length);
    if (length > 63 || label.length < length) throw new RangeError("A label is malformed.");
    labels.push(label.toString("latin1"));
    at += 1 + length;
  }
}

export interface Edns {
  /** Maximum length of an answer over UDP, in octets. */
  readonly udpSize: number;
  readonly version: number;
  readonly dnssecOk: boolean;
}

/** Reads the OPT record of a message (RFC 6891 section 6.1). */
export function readEdns({ additionals }: ReceivedMessage): Edns | undefined {
  const opt = additionals.find(({ type }) => type === recordTypes.OPT);
  if (!opt) return undefined;
  return { udpSize: opt.class, version: (opt.ttl >> 16) & 0xff, dnssecOk: (opt.ttl & 0x8000) !== 0 };
}

/** Creates an OPT record, which carries the upper bits of the response code. */
export function createOptRecord(udpSize: number, dnssecOk: boolean, rcode: number): ResourceRecord {
  const ttl = (rcode >> 4) * 2 ** 24 + (dnssecOk ? 0x8000 : 0);
  return { name: ".", type: recordTypes.OPT, class: udpSize, ttl, rdata: Buffer.alloc(0) };
}

class NameWriter {
  readonly #parts: Buffer[];
  readonly #offsets = new Map<string, number>();
  #length: number;

  constructor(header: Buffer) {
    this.#parts = [header];
    this.#length = header.length;
  }

  octets(octets: Buffer): void {
    this.#parts.push(octets);
    this.#length += octets.length;
  }

  name(labels: Labels): void {
    for (const [index, label] of labels.entries()) {
      const rest = formatCanonicalName(labels.slice(index));
      const known = this.#offsets.get(rest);
      if (known !== undefined) {
        this.octets(encodeUint16(0xc000 | known));
        return;
      }
      if (this.#length <= maxPointer) this.#offsets.set(rest, this.#length);
      this.octets(encodeName([label]).subarray(0, -1));
    }
    this.octets(Buffer.of(0));
  }

  message(): Buffer {
    return Buffer.concat(this.#parts);
  }
}
