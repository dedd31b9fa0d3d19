import { lowerCaseOctet } from "../dnssec/canonicalForm";
import { canonicalWireName } from "../dnssec/name";
import { classIn, recordTypes } from "../dnssec/recordTypes";
import { headerBits, headerOctets, viewOf } from "./header";
import { endOfName } from "./wireName";

/** A question of class IN. `name` is in the form of {@link MessageNames.text}. */
export interface Question {
  readonly name: string;
  readonly type: "A" | "AAAA" | "DNSKEY" | "DS" | "NS" | "SOA";
}

/**
 * Options of a query. `edns`: with an OPT record, which asks for up to 1,232 octets and for DNSSEC
 * records. `recursive`: with RD for a resolver, and with CD, since its validation is not trusted.
 */
export interface QueryOptions {
  readonly edns: boolean;
  readonly recursive: boolean;
}

/** Maximum length of a UDP response that needs no fragments, in octets (RFC 9715 section 3.1). */
const udpPayloadOctets = 1232;

const dnssecOkBit = 0x8000;

/** Length of a question's type and class, in octets. */
const typeAndClassOctets = 4;

/** QR and the opcode, which is 0 in a response to a query. */
const kindBits = 0xf800;

/**
 * Writes a query in wire form.
 *
 * @see RFC 1035 section 4.1, RFC 6891 section 6.1
 */
export function encodeQuery(id: number, { name, type }: Question, { edns, recursive }: QueryOptions): Buffer {
  const flags = recursive ? headerBits.recursionDesired | headerBits.checkingDisabled : 0;
  const header = numbers16(id, flags, 1, 0, 0, edns ? 1 : 0);
  const question = [canonicalWireName(name), numbers16(recordTypes[type], classIn)];
  return Buffer.concat([header, ...question, ...(edns ? [optRecord] : [])]);
}

/**
 * The root as owner, type and payload size, an extended code and a version of 0, flags, no options.
 */
const optRecord = Buffer.concat([
  Buffer.of(0),
  numbers16(recordTypes.OPT, udpPayloadOctets, 0, dnssecOkBit, 0),
]);

function numbers16(...numbers: readonly number[]): Buffer {
  return Buffer.from(numbers.flatMap((number) => [number >> 8, number & 0xff]));
}

/**
 * Returns whether a message is a response to a query, by its id, its kind and its question. The
 * rest of the message is not read.
 *
 * A response without a question passes: a server that cannot read a question cannot repeat it.
 *
 * @param query As {@link encodeQuery} writes it.
 * @see RFC 5452 section 9.1
 */
export function isResponseTo(query: Uint8Array, octets: Uint8Array): boolean {
  if (octets.length < headerOctets) return false;
  const [asked, view] = [viewOf(query), viewOf(octets)];
  if (view.getUint16(0) !== asked.getUint16(0)) return false;
  if ((view.getUint16(2) & kindBits) !== headerBits.response) return false;
  const questionCount = view.getUint16(4);
  if (questionCount !== 1) return questionCount === 0;
  const end = (endOfName(query, headerOctets) ?? 0) + typeAndClassOctets;
  return octets.length >= end && hasSameQuestion(query, octets, end);
}

function hasSameQuestion(query: Uint8Array, octets: Uint8Array, end: number): boolean {
  for (let index = headerOctets; index < end; index += 1) {
    const isOfName = index < end - typeAndClassOctets;
    const [asked = 0, told = 0] = [query[index], octets[index]];
    if (isOfName ? lowerCaseOctet(asked) !== lowerCaseOctet(told) : asked !== told) return false;
  }
  return true;
}
