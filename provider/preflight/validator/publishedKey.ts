import { createPublicKey, verify, type JsonWebKeyInput, type KeyObject } from "node:crypto";
import { readCanonicalName } from "../../dnssec/canonicalForm";
import { keyTag, type Dnskey } from "../../dnssec/dnskey";
import { dnskeyFlags, dnskeyProtocol, hasZoneBit } from "../../dnssec/dnskeyFlags";
import { algorithmNumber } from "../../dnssec/registries";

/** A key that a zone publishes. */
export interface PublishedKey extends Dnskey {
  readonly rdata: Buffer;
  readonly tag: number;
}

/** A key ready for verification, or the reason why it cannot be used. */
export type LoadedKey = { readonly verifies: (data: Buffer, signature: Buffer) => boolean } | UnusableKey;

/**
 * `fault` is the reason, in words. `failsInUse`: BIND reads the key, and fails when it verifies
 * with it.
 */
export interface UnusableKey {
  readonly fault: string;
  readonly failsInUse?: true;
}

/** In RFC 2535, this bit announced two more octets of flags. BIND still cuts them off the key. */
const extendedFlag = 0x1000;

const fixedOctets = 4;
const maxOctets = 65_535;
const privateDns = algorithmNumber("PRIVATEDNS");

/**
 * BIND's limits for RSA keys, in bits. unbound has its library's limits, and rejects leading zeros.
 */
const maxRsaBits = { modulus: 4096, exponent: 35 } as const;

interface SigningAlgorithm {
  /** Undefined if the algorithm includes its hash. */
  readonly hash?: string;
  readonly read: (publicKey: Buffer) => RawKey | UnusableKey;
}

/** A key in the form that node:crypto imports, and the length of its signatures. */
interface RawKey {
  readonly jwk: JsonWebKeyInput["key"];
  readonly signatureOctets: number;
}

const signingAlgorithms: ReadonlyMap<number, SigningAlgorithm> = new Map([
  [algorithmNumber("RSASHA1"), rsa("sha1", 0)],
  [algorithmNumber("RSASHA1-NSEC3-SHA1"), rsa("sha1", 0)],
  [algorithmNumber("RSASHA256"), rsa("sha256", 512)],
  [algorithmNumber("RSASHA512"), rsa("sha512", 1024)],
  [algorithmNumber("ECDSAP256SHA256"), ecdsa("sha256", "P-256", 32)],
  [algorithmNumber("ECDSAP384SHA384"), ecdsa("sha384", "P-384", 48)],
  [algorithmNumber("ED25519"), eddsa("Ed25519", 32)],
  [algorithmNumber("ED448"), eddsa("Ed448", 57)],
]);

/** Returns whether signatures of this algorithm can be verified: 5, 7, 8, 10, 13, 14, 15 and 16. */
export function isSupportedAlgorithm(algorithm: number): boolean {
  return signingAlgorithms.has(algorithm);
}

/**
 * Reads the RDATA of a DNSKEY record. Never throws.
 *
 * @returns Undefined for RDATA that BIND rejects: without a key, or of algorithm 253 without its
 *   name.
 * @see RFC 4034 sections 2.1 and A.1.1
 */
export function readPublishedKey(rdata: Buffer): PublishedKey | undefined {
  if (rdata.length <= fixedOctets || rdata.length > maxOctets) return undefined;
  const algorithm = rdata.readUInt8(3);
  if (algorithm === privateDns && !readCanonicalName(rdata, fixedOctets)?.name.length) return undefined;
  const publicKey = rdata.subarray(fixedOctets).toString("base64");
  const dnskey = { flags: rdata.readUInt16BE(0), protocol: rdata.readUInt8(2), algorithm, publicKey };
  return { ...dnskey, rdata, tag: keyTag(dnskey) };
}

/**
 * Returns whether a DS may refer to the key. unbound checks its protocol and its Zone bit.
 *
 * @see RFC 4034 section 5.2
 */
export function isZoneKey(key: Dnskey): boolean {
  return hasZoneBit(key) && key.protocol === dnskeyProtocol;
}

/** Returns the key as it was before it was revoked, which an old DS names. */
export function withoutRevokeBit({ flags, protocol, algorithm, publicKey }: Dnskey): Dnskey {
  return { flags: flags & ~dnskeyFlags.revoke, protocol, algorithm, publicKey };
}

/** Makes a key ready for verification, within the limits of validators. Never throws. */
export function loadKey({ flags, algorithm, publicKey }: Dnskey): LoadedKey {
  const signing = signingAlgorithms.get(algorithm);
  if (signing === undefined) return { fault: "its algorithm is not supported" };
  if (flags & extendedFlag) return { fault: "its flags have bit 0x1000, which BIND does not accept" };
  const raw = signing.read(Buffer.from(publicKey, "base64"));
  if ("fault" in raw) return raw;
  const key = importKey(raw.jwk);
  if (key === undefined) return { fault: "its octets are not a key of its algorithm" };
  return {
    verifies: (data, signature) =>
      signature.length === raw.signatureOctets && isSignature(signing.hash, key, data, signature),
  };
}

function importKey(jwk: JsonWebKeyInput["key"]): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk, format: "jwk" });
  } catch {
    return undefined;
  }
}

function isSignature(hash: string | undefined, key: KeyObject, data: Buffer, signature: Buffer): boolean {
  try {
    return verify(hash, data, { key, dsaEncoding: "ieee-p1363" }, signature);
  } catch {
    // OpenSSL rejects some keys only when they are used, such as RSA keys with an even exponent.
    return false;
  }
}

/** Reads keys of RFC 3110 section 2 and RFC 5702 section 2. */
function rsa(hash: string, minBits: number): SigningAlgorithm {
  const read = (publicKey: Buffer): RawKey | UnusableKey => {
    const [start, length] =
      publicKey[0] === 0 && publicKey.length >= 3 ? [3, publicKey.readUInt16BE(1)] : [1, publicKey[0] ?? 0];
    const exponent = withoutLeadingZeros(publicKey.subarray(start, start + length));
    const modulus = publicKey.subarray(start + length);
    if (exponent.length === 0 || modulus.length === 0) return { fault: "its octets are not an RSA key" };
    if (modulus[0] === 0)
      return { fault: "its RSA modulus has leading zeros, which unbound does not accept" };
    const bits = bitLength(modulus);
    if (bits < minBits || bits > maxRsaBits.modulus) {
      const fault = `its RSA modulus has ${bits} bits, but BIND accepts ${minBits} to ${maxRsaBits.modulus}`;
      return { fault, failsInUse: true };
    }
    if (bitLength(exponent) > maxRsaBits.exponent) {
      const fault = `its RSA exponent has ${bitLength(exponent)} bits, but BIND accepts at most ${maxRsaBits.exponent}`;
      return { fault, failsInUse: true };
    }
    const jwk = { kty: "RSA", n: modulus.toString("base64url"), e: exponent.toString("base64url") };
    return { jwk, signatureOctets: modulus.length };
  };
  return { hash, read };
}

/** Reads keys of RFC 6605 section 4. */
function ecdsa(hash: string, crv: string, octets: number): SigningAlgorithm {
  const read = (publicKey: Buffer): RawKey | UnusableKey => {
    if (publicKey.length !== 2 * octets)
      return { fault: `it has ${publicKey.length} octets, not ${2 * octets}` };
    const [x, y] = [publicKey.subarray(0, octets), publicKey.subarray(octets)];
    const jwk = { kty: "EC", crv, x: x.toString("base64url"), y: y.toString("base64url") };
    return { jwk, signatureOctets: 2 * octets };
  };
  return { hash, read };
}

/** Reads keys of RFC 8080 sections 3 and 4. */
function eddsa(crv: string, octets: number): SigningAlgorithm {
  const read = (publicKey: Buffer): RawKey | UnusableKey => {
    if (publicKey.length !== octets) return { fault: `it has ${publicKey.length} octets, not ${octets}` };
    return { jwk: { kty: "OKP", crv, x: publicKey.toString("base64url") }, signatureOctets: 2 * octets };
  };
  return { read };
}

function withoutLeadingZeros(octets: Buffer): Buffer {
  const first = octets.findIndex((octet) => octet !== 0);
  return first === -1 ? octets.subarray(octets.length) : octets.subarray(first);
}

/** Returns the length, in bits, of a number without leading zero octets. */
function bitLength(octets: Buffer): number {
  return 8 * octets.length - Math.clz32(octets[0] ?? 0) + 24;
}
