import { classIn } from "./recordTypes";

/** Maximum length of a label, in octets. */
export const maxLabelOctets = 63;

/** Maximum length of a domain name in wire form, in octets. */
export const maxNameOctets = 255;

/** Length of the five numbers that end a SOA record, in octets. */
export const soaNumbersOctets = 20;

const firstPointerOctet = 0xc0;

/** A name in canonical form, and the offset after it. */
export interface CanonicalName {
  readonly name: Buffer;
  readonly end: number;
}

/**
 * Reads a domain name within RDATA and lowers its letters A to Z.
 *
 * A name that ends in a compression pointer means nothing outside its message. It is read as empty,
 * which no name equals.
 *
 * @returns Undefined for a label or a name that is too long or cut short. Never throws.
 * @see RFC 4034 section 6.2
 */
export function readCanonicalName(octets: Buffer, start: number): CanonicalName | undefined {
  let end = start;
  for (;;) {
    const length = octets[end];
    if (length === undefined) return undefined;
    if (length >= firstPointerOctet && end + 2 <= octets.length) {
      return { name: Buffer.alloc(0), end: end + 2 };
    }
    end += 1 + length;
    if (length > maxLabelOctets || end > octets.length || end - start > maxNameOctets) return undefined;
    if (length === 0) return { name: lowerCaseName(octets.subarray(start, end)), end };
  }
}

/** Returns RDATA in canonical order without duplicates (RFC 4034 section 6.3). */
export function sortCanonically(rdatas: readonly Uint8Array[]): Buffer[] {
  return withoutDuplicates(rdatas).sort((a, b) => Buffer.compare(a, b));
}

/** Returns RDATA in the given order without duplicates. */
export function withoutDuplicates(rdatas: readonly Uint8Array[]): Buffer[] {
  const octets = rdatas.map((rdata) => Buffer.from(rdata.buffer, rdata.byteOffset, rdata.byteLength));
  return [...new Map(octets.map((rdata) => [rdata.toString("latin1"), rdata])).values()];
}

/**
 * Writes an RRset of class IN in canonical form, as an RRSIG covers it after its own RDATA.
 *
 * @param owner In canonical wire form.
 * @param rdatas In canonical form and order.
 * @see RFC 4034 section 3.1.8.1
 */
export function writeCanonicalRrset(
  owner: Buffer,
  type: number,
  ttl: number,
  rdatas: readonly Buffer[],
): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(classIn, 2);
  fixed.writeUInt32BE(ttl, 4);
  return Buffer.concat(
    rdatas.flatMap((rdata) => {
      const header = Buffer.from(fixed);
      header.writeUInt16BE(rdata.length, 8);
      return [owner, header, rdata];
    }),
  );
}

/**
 * Returns a name in wire form with its letters A to Z in lower case. Length octets are at most 63,
 * so they are never letters.
 */
export function lowerCaseName(wire: Uint8Array): Buffer {
  return Buffer.from(wire.map(lowerCaseOctet));
}

/** Returns an octet with a letter A to Z in lower case, and every other octet unchanged. */
export function lowerCaseOctet(octet: number): number {
  return octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet;
}
