import { readCanonicalName, writeCanonicalRrset } from "../../dnssec/canonicalForm";

/**
 * The data of an RRSIG record (RFC 4034 section 3.1). `signer` is in canonical wire form; dates are
 * serial numbers.
 */
export interface Rrsig {
  readonly typeCovered: number;
  readonly algorithm: number;
  readonly labels: number;
  readonly originalTtl: number;
  readonly expiration: number;
  readonly inception: number;
  readonly keyTag: number;
  readonly signer: Buffer;
  readonly signature: Buffer;
  /** The octets before the signer's name, which the signature covers as they are. */
  readonly fixed: Buffer;
}

export type Validity = "current" | "expired" | "notYetValid" | "impossible";

const fixedOctets = 18;

/**
 * Reads the RDATA of an RRSIG record. Never throws.
 *
 * @returns Undefined if it is cut short, has no signature, or an invalid signer's name.
 * @see RFC 4034 section 3.1
 */
export function readRrsig(rdata: Buffer): Rrsig | undefined {
  if (rdata.length < fixedOctets) return undefined;
  const signer = readCanonicalName(rdata, fixedOctets);
  if (signer === undefined || signer.end === rdata.length) return undefined;
  return {
    typeCovered: rdata.readUInt16BE(0),
    algorithm: rdata.readUInt8(2),
    labels: rdata.readUInt8(3),
    originalTtl: rdata.readUInt32BE(4),
    expiration: rdata.readUInt32BE(8),
    inception: rdata.readUInt32BE(12),
    keyTag: rdata.readUInt16BE(16),
    signer: signer.name,
    signature: rdata.subarray(signer.end),
    fixed: rdata.subarray(0, fixedOctets),
  };
}

/**
 * An RRset at the zone's apex. `owner` is in canonical wire form, `rdatas` in canonical form and
 * order.
 */
export interface ApexRrset {
  readonly owner: Buffer;
  readonly type: number;
  readonly rdatas: readonly Buffer[];
}

/**
 * Writes the data that an RRSIG over an RRset signs.
 *
 * @see RFC 4034 section 3.1.8.1
 */
export function writeSignedData(rrsig: Rrsig, { owner, type, rdatas }: ApexRrset): Buffer {
  const rrset = writeCanonicalRrset(owner, type, rrsig.originalTtl, rdatas);
  return Buffer.concat([rrsig.fixed, rrsig.signer, rrset]);
}

/**
 * Returns whether the time is within the dates of a signature, in serial arithmetic and without
 * tolerance. `impossible`: the signature begins after its end, or so long before it that serial
 * arithmetic defines no order.
 *
 * @param now In ms since the epoch.
 * @see RFC 4034 section 3.1.5, RFC 1982 section 3.2
 */
export function validityAt({ inception, expiration }: Rrsig, now: number): Validity {
  const seconds = serialOf(now);
  if (!isNotAfter(inception, expiration)) return "impossible";
  if (!isNotAfter(inception, seconds)) return "notYetValid";
  return isNotAfter(seconds, expiration) ? "current" : "expired";
}

/** Returns the time that a date of a signature means, the nearest to now, in ms since the epoch. */
export function momentOf(serial: number, now: number): number {
  const seconds = Math.floor(now / 1000);
  return 1000 * (seconds + ((serial - serialOf(now)) | 0));
}

/**
 * A signature expires soon if less time is left than `maxMs` and than this part of its validity.
 * Signers renew earlier. BIND does with five days of fourteen left.
 */
const soon = { maxMs: 3 * 86_400_000, part: 1 / 4 } as const;

/** Returns whether a signature that is valid now expires soon. */
export function expiresSoon({ inception, expiration }: Rrsig, now: number): boolean {
  const span = 1000 * ((expiration - inception) >>> 0);
  return momentOf(expiration, now) - now < Math.min(soon.maxMs, soon.part * span);
}

function serialOf(now: number): number {
  return Math.floor(now / 1000) >>> 0;
}

function isNotAfter(a: number, b: number): boolean {
  return (b - a) >>> 0 < 2 ** 31;
}
