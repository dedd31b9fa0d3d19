import { type Ds } from "../../ds";
import { parseName, encodeName } from "./name";

/** Record types with a name here (IANA "DNS Parameters"). */
export const recordTypes = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  TXT: 16,
  AAAA: 28,
  OPT: 41,
  DS: 43,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  CDS: 59,
  CDNSKEY: 60,
  ANY: 255,
} as const;

export const responseCodes = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  BADVERS: 16,
} as const;

export const classIn = 1;

/** Records of one name and type: `name` in canonical form, `ttl` in seconds, RDATA in wire form. */
export interface Rrset {
  readonly name: string;
  readonly type: number;
  readonly ttl: number;
  readonly rdatas: readonly Buffer[];
}

/** Formats a type: `DNSKEY`, or `TYPE65280` for one without a name (RFC 3597). */
export function formatType(type: number): string {
  return findName(recordTypes, type) ?? `TYPE${type}`;
}

export function formatRcode(rcode: number): string {
  return findName(responseCodes, rcode) ?? `RCODE${rcode}`;
}

export function encodeAddress(address: string): Buffer {
  return Buffer.from(address.split(".").map(Number));
}

export function encodeSoa(server: string, contact: string, serial: number, negativeTtl: number): Buffer {
  const numbers = Buffer.alloc(20);
  [serial, 3600, 600, 86400, negativeTtl].forEach((number, index) =>
    numbers.writeUInt32BE(number, 4 * index),
  );
  return Buffer.concat([encodeName(server), encodeName(contact), numbers]);
}

/** Encodes the RDATA of a DS record (RFC 4034 section 5.1). */
export function encodeDs({ keyTag, algorithm, digestType, digest }: Ds): Buffer {
  return Buffer.concat([
    Buffer.of(keyTag >> 8, keyTag & 0xff, algorithm, digestType),
    Buffer.from(digest, "hex"),
  ]);
}

/** Encodes the RDATA of an NSEC record (RFC 4034 section 4.1). */
export function encodeNsec(next: string, types: readonly number[]): Buffer {
  const windows = [...new Set(types.map((type) => type >> 8))].sort((a, b) => a - b);
  const blocks = windows.map((window) => {
    const octets = Buffer.alloc(32);
    for (const type of types.filter((candidate) => candidate >> 8 === window)) {
      const bit = type & 0xff;
      octets[bit >> 3] = (octets[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
    }
    const length = octets.findLastIndex((octet) => octet !== 0) + 1;
    return Buffer.concat([Buffer.of(window, length), octets.subarray(0, length)]);
  });
  return Buffer.concat([encodeName(next), ...blocks]);
}

export interface RrsigFields {
  readonly typeCovered: number;
  readonly algorithm: number;
  /** Owner of the signed records. */
  readonly owner: string;
  readonly originalTtl: number;
  /** Seconds since the epoch. */
  readonly expiration: number;
  readonly inception: number;
  readonly keyTag: number;
  readonly signer: string;
}

/** Encodes the RDATA of an RRSIG record without the signature (RFC 4034 section 3.1). */
export function encodeRrsig(fields: RrsigFields): Buffer {
  const labels = parseName(fields.owner).filter((label) => label !== "*").length;
  const fixed = Buffer.alloc(18);
  fixed.writeUInt16BE(fields.typeCovered, 0);
  fixed.writeUInt8(fields.algorithm, 2);
  fixed.writeUInt8(labels, 3);
  fixed.writeUInt32BE(fields.originalTtl, 4);
  fixed.writeUInt32BE(fields.expiration >>> 0, 8);
  fixed.writeUInt32BE(fields.inception >>> 0, 12);
  fixed.writeUInt16BE(fields.keyTag, 16);
  return Buffer.concat([fixed, encodeName(fields.signer)]);
}

function findName(numbers: Readonly<Record<string, number>>, number: number): string | undefined {
  return Object.entries(numbers).find(([, candidate]) => candidate === number)?.[0];
}
