import { createPublicKey, verify, type JsonWebKeyInput, type KeyObject } from "node:crypto";
import { keyTag, type Dnskey } from "../../dnssec/dnskey";
import { readCanonicalName } from "../../dnssec/canonicalForm";

/** A key that a zone publishes. */
export interface PublishedKey extends Dnskey {
  readonly rdata: Buffer;
  readonly tag: number;
}

/** A key that can be put to use, or why it cannot. */
export type LoadedKey = { readonly verifies: (data: Buffer, signature: Buffer) => boolean } | UnusableKey;

/** `fault` says why, in words. `failsInUse`: BIND reads it, and fails when it has to verify a signature by it. */
export interface UnusableKey {
  readonly fault: string;
  readonly failsInUse?: true;
}

const zoneFlag = 0x0100;
const revokeFlag = 0x0080;
const secureEntryPointFlag = 0x0001;

/** RFC 2535 had two more octets of flags behind it. BIND still takes them off the key. */
const extendedFlag = 0x1000;

const fixedOctets = 4;
const mostOctets = 65_535;
const privateDns = 253;

/** BIND takes RSA keys in these limits only, in bits; unbound takes what its library does, but no leading zeros. */
const rsaLimits = { modulus: 4096, exponent: 35 } as const;

interface SigningAlgorithm {
  /** Undefined where the algorithm has its own. */
  readonly hash?: string;
  readonly read: (publicKey: Buffer) => RawKey | UnusableKey;
}

/** A key as node:crypto takes it, and the length that its signatures have. */
interface RawKey {
  readonly jwk: JsonWebKeyInput["key"];
  readonly signatureOctets: number;
}

const signingAlgorithms: ReadonlyMap<number, SigningAlgorithm> = new Map([
  [5, rsa("sha1", 0)],
  [7, rsa("sha1", 0)],
  [8, rsa("sha256", 512)],
  [10, rsa("sha512", 1024)],
  [13, ecdsa("sha256", "P-256", 32)],
  [14, ecdsa("sha384", "P-384", 48)],
  [15, eddsa("Ed25519", 32)],
  [16, eddsa("Ed448", 57)],
]);

/** Whether signatures of this algorithm can be verified: 5, 7, 8, 10, 13, 14, 15 and 16. */
export function isSupportedAlgorithm(algorithm: number): boolean {
  return signingAlgorithms.has(algorithm);
}

/**
 * Reads the RDATA of a DNSKEY.
 *
 * @returns undefined for what BIND takes for no DNSKEY at all: without a key, or of algorithm 253 without its name. Never
 *   throws.
 * @see RFC 4034 sections 2.1 and A.1.1
 */
export function readKey(rdata: Buffer): PublishedKey | undefined {
  if (rdata.length <= fixedOctets || rdata.length > mostOctets) return undefined;
  const algorithm = rdata.readUInt8(3);
  if (algorithm === privateDns && !readCanonicalName(rdata, fixedOctets)?.name.length) return undefined;
  const publicKey = rdata.subarray(fixedOctets).toString("base64");
  const dnskey = { flags: rdata.readUInt16BE(0), protocol: rdata.readUInt8(2), algorithm, publicKey };
  return { ...dnskey, rdata, tag: keyTag(dnskey) };
}

/** Whether a DS may refer to the key: unbound looks at its protocol and its Zone bit. @see RFC 4034 section 5.2 */
export function isZoneKey({ flags, protocol }: Dnskey): boolean {
  return (flags & zoneFlag) !== 0 && protocol === 3;
}

/** @see RFC 5011 section 2.1 */
export function isRevoked({ flags }: Dnskey): boolean {
  return (flags & revokeFlag) !== 0;
}

/** @see RFC 4034 section 2.1.1 */
export function isSecureEntryPoint({ flags }: Dnskey): boolean {
  return (flags & secureEntryPointFlag) !== 0;
}

/** The key as it was before it was revoked: the one that an old DS names. */
export function unrevoked({ flags, protocol, algorithm, publicKey }: Dnskey): Dnskey {
  return { flags: flags & ~revokeFlag, protocol, algorithm, publicKey };
}

/** Makes a key ready for verifying, in the limits that validators set. Never throws. */
export function loadKey({ flags, algorithm, publicKey }: Dnskey): LoadedKey {
  const signing = signingAlgorithms.get(algorithm);
  if (signing === undefined) return { fault: "its algorithm is not supported" };
  if (flags & extendedFlag) return { fault: "its flags have bit 0x1000, which BIND does not take" };
  const raw = signing.read(Buffer.from(publicKey, "base64"));
  if ("fault" in raw) return raw;
  const key = importKey(raw.jwk);
  if (key === undefined) return { fault: "its octets are no key of its algorithm" };
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
    // OpenSSL says so of some keys only when they are used, such as RSA keys with an even exponent.
    return false;
  }
}

/** RFC 3110 section 2, RFC 5702 section 2 */
function rsa(hash: string, leastBits: number): SigningAlgorithm {
  const read = (publicKey: Buffer): RawKey | UnusableKey => {
    const [start, length] =
      publicKey[0] === 0 && publicKey.length >= 3 ? [3, publicKey.readUInt16BE(1)] : [1, publicKey[0] ?? 0];
    const exponent = withoutLeadingZeros(publicKey.subarray(start, start + length));
    const modulus = publicKey.subarray(start + length);
    if (exponent.length === 0 || modulus.length === 0) return { fault: "its octets are no RSA key" };
    if (modulus[0] === 0) return { fault: "its RSA modulus has leading zeros, which unbound does not take" };
    const bits = bitLength(modulus);
    if (bits < leastBits || bits > rsaLimits.modulus) {
      const fault = `its RSA modulus has ${bits} bits, BIND takes ${leastBits} to ${rsaLimits.modulus}`;
      return { fault, failsInUse: true };
    }
    if (bitLength(exponent) > rsaLimits.exponent) {
      const fault = `its RSA exponent has ${bitLength(exponent)} bits, BIND takes at most ${rsaLimits.exponent}`;
      return { fault, failsInUse: true };
    }
    const jwk = { kty: "RSA", n: modulus.toString("base64url"), e: exponent.toString("base64url") };
    return { jwk, signatureOctets: modulus.length };
  };
  return { hash, read };
}

/** RFC 6605 section 4 */
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

/** RFC 8080 sections 3 and 4 */
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

/** Of a number without leading zeros. */
function bitLength(octets: Buffer): number {
  return 8 * octets.length - Math.clz32(octets[0] ?? 0) + 24;
}
