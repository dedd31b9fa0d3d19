import { createHash, generateKeyPairSync, generatePrimeSync, randomBytes, sign } from "node:crypto";
import type { Ds } from "../../../provider/dnssec/ds";
import { asDer, readKey } from "../../harness/derKeys";

// A signer that makes every mistake on request. realValidators.test.ts proves it right by BIND and
// unbound.

export interface ForgedKey {
  readonly rdata: Buffer;
  readonly sign: (data: Buffer) => Buffer;
}

export const [zsk, ksk, revokedKsk] = [256, 257, 385];

export const types = { A: 1, SOA: 6, MX: 15, DS: 43, RRSIG: 46, NSEC: 47, DNSKEY: 48 } as const;

type Octets = number | readonly number[] | Uint8Array;

export function octets(...parts: readonly Octets[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === "number" ? Buffer.of(part) : Buffer.from(part))));
}

export const uint16 = (value: number): Buffer => Buffer.of((value >> 8) & 0xff, value & 0xff);

export function uint32(value: number): Buffer {
  const four = Buffer.alloc(4);
  four.writeUInt32BE(value >>> 0);
  return four;
}

export function wireName(name: string): Buffer {
  const labels = name.split(".").filter((label) => label !== "");
  return octets(...labels.flatMap((label) => [label.length, Buffer.from(label)]), 0);
}

export function dnskey(flags: number, algorithm: number, publicKey: Octets, protocol = 3): Buffer {
  return octets(uint16(flags), protocol, algorithm, publicKey);
}

/** Computes a key tag by the code of RFC 4034 appendix B. */
export function tagOf(rdata: Buffer): number {
  let sum = 0;
  for (const [index, octet] of rdata.entries()) sum += index & 1 ? octet : octet << 8;
  return (sum + (sum >>> 16)) & 0xffff;
}

export function dsOf(zone: string, rdata: Buffer, digestType = 2): Ds {
  const hash = { 1: "sha1", 2: "sha256", 4: "sha384" }[digestType] ?? "sha256";
  const digest = createHash(hash).update(wireName(zone)).update(rdata).digest("hex");
  return { keyTag: tagOf(rdata), algorithm: rdata[3] ?? 0, digestType, digest };
}

export function wrongDigest(ds: Ds, place = 0): Ds {
  const digest = Buffer.from(ds.digest, "hex");
  digest[place] = (digest[place] ?? 0) ^ 1;
  return { ...ds, digest: digest.toString("hex") };
}

export interface SignatureOptions {
  readonly type?: number;
  readonly covered?: number;
  readonly algorithm?: number;
  readonly labels?: number;
  /** The owner that is signed, such as the wildcard. */
  readonly signedOwner?: string;
  readonly originalTtl?: number;
  /** Seconds from now. */
  readonly inception?: number;
  readonly expiration?: number;
  readonly keyTag?: number;
  readonly signer?: string;
  readonly signerOctets?: Buffer;
  readonly mangled?: (signature: Buffer) => Buffer;
}

/** @param now In ms since the epoch. */
export function rrsig(
  owner: string,
  rdatas: readonly Buffer[],
  key: ForgedKey,
  now: number,
  options: SignatureOptions = {},
): Buffer {
  const {
    type = types.DNSKEY,
    signer = owner,
    originalTtl = 60,
    mangled = (signature) => signature,
  } = options;
  const seconds = Math.floor(now / 1000);
  const fixed = octets(
    uint16(options.covered ?? type),
    options.algorithm ?? key.rdata[3] ?? 0,
    options.labels ?? owner.split(".").length,
    uint32(originalTtl),
    uint32(seconds + (options.expiration ?? 14 * 86_400)),
    uint32(seconds + (options.inception ?? -86_400)),
    uint16(options.keyTag ?? tagOf(key.rdata)),
  );
  const records = [...new Map(rdatas.map((rdata) => [rdata.toString("hex"), rdata])).values()]
    .sort((a, b) => Buffer.compare(a, b))
    .map((rdata) => record(options.signedOwner ?? owner, type, originalTtl, rdata));
  const data = octets(fixed, wireName(signer.toLowerCase()), ...records);
  return octets(fixed, options.signerOctets ?? wireName(signer), mangled(key.sign(data)));
}

export function record(owner: string, type: number, ttl: number, rdata: Buffer): Buffer {
  return octets(wireName(owner), uint16(type), uint16(1), uint32(ttl), uint16(rdata.length), rdata);
}

export function flipped(signature: Buffer): Buffer {
  const copy = Buffer.from(signature);
  copy[5] = (copy[5] ?? 0) ^ 1;
  return copy;
}

const curves = {
  13: { namedCurve: "P-256", hash: "sha256" },
  14: { namedCurve: "P-384", hash: "sha384" },
} as const;

export function ecdsaKey(flags: number, algorithm: 13 | 14 = 13, protocol = 3): ForgedKey {
  const { namedCurve, hash } = curves[algorithm];
  const privateKey = readKey(generateKeyPairSync("ec", { namedCurve, ...asDer }).privateKey);
  const { x, y } = privateKey.export({ format: "jwk" });
  const rdata = dnskey(flags, algorithm, octets(fromBase64(x), fromBase64(y)), protocol);
  return { rdata, sign: (data) => sign(hash, data, { key: privateKey, dsaEncoding: "ieee-p1363" }) };
}

export function eddsaKey(flags: number, algorithm: 15 | 16 = 15): ForgedKey {
  const pair = algorithm === 15 ? generateKeyPairSync("ed25519", asDer) : generateKeyPairSync("ed448", asDer);
  const privateKey = readKey(pair.privateKey);
  const rdata = dnskey(flags, algorithm, fromBase64(privateKey.export({ format: "jwk" }).x));
  return { rdata, sign: (data) => sign(null, data, privateKey) };
}

export function rsaPublicKey(exponent: Octets, modulus: Octets, longForm = false): Buffer {
  const e = octets(exponent);
  return octets(longForm || e.length > 255 ? octets(0, uint16(e.length)) : e.length, e, modulus);
}

/**
 * Makes an RSA key with another key's tag. A tag is nearly a sum, so two octets can take the
 * difference.
 */
export function twinOf(key: Buffer): Buffer {
  for (;;) {
    const modulus = octets(0x80, randomBytes(59), 0, 0, randomBytes(65), 1);
    const lacking = tagOf(key) - tagOf(dnskey(ksk, 8, rsaPublicKey([1, 0, 1], modulus)));
    modulus.writeUInt16BE(lacking & 0xffff, 60);
    const twin = dnskey(ksk, 8, rsaPublicKey([1, 0, 1], modulus));
    if (tagOf(twin) === tagOf(key)) return twin;
  }
}

export interface RsaOptions {
  readonly flags?: number;
  readonly exponent?: bigint;
  readonly publicKey?: (exponent: Buffer, modulus: Buffer) => Buffer;
}

type RsaAlgorithm = 5 | 7 | 8 | 10;

const digestInfo: Readonly<Record<RsaAlgorithm, readonly [hash: string, prefix: string]>> = {
  5: ["sha1", "3021300906052b0e03021a05000414"],
  7: ["sha1", "3021300906052b0e03021a05000414"],
  8: ["sha256", "3031300d060960864801650304020105000420"],
  10: ["sha512", "3051300d060960864801650304020305000440"],
};

/** Makes an RSA key of any size. Its modulus has more than two primes, which is quicker to make. */
export function rsaKey(bits: number, algorithm: RsaAlgorithm = 8, options: RsaOptions = {}): ForgedKey {
  const { flags = ksk, exponent = 65_537n, publicKey = rsaPublicKey } = options;
  for (;;) {
    const primes = primesOf(bits);
    const modulus = primes.reduce((product, prime) => product * prime, 1n);
    const order = primes.reduce((product, prime) => product * (prime - 1n), 1n);
    const inverse = inverseOf(exponent, order);
    if (bitLength(modulus) !== bits || inverse === undefined) continue;
    const length = Math.ceil(bits / 8);
    const rdata = dnskey(flags, algorithm, publicKey(toOctets(exponent), toOctets(modulus)));
    return {
      rdata,
      sign: (data) => {
        const padded = pkcs1(data, algorithm, length);
        const signature = toOctets(power(BigInt(`0x${padded.toString("hex")}`), inverse, modulus));
        return octets(Buffer.alloc(length - signature.length), signature);
      },
    };
  }
}

function pkcs1(data: Buffer, algorithm: RsaAlgorithm, length: number): Buffer {
  const [hash, prefix] = digestInfo[algorithm];
  const info = octets(Buffer.from(prefix, "hex"), createHash(hash).update(data).digest());
  return octets(0, 1, Buffer.alloc(length - info.length - 3, 0xff), 0, info);
}

/** Returns primes whose product has this number of bits, give or take one. */
function primesOf(bits: number): bigint[] {
  const primes: bigint[] = [];
  for (let rest = bits; rest >= 64; rest = bits - bitLength(primes.reduce((a, b) => a * b, 1n))) {
    const size = rest > 400 ? 200 : rest > 200 ? rest >> 1 : rest;
    primes.push(generatePrimeSync(size, { bigint: true }));
  }
  return primes;
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}

function inverseOf(value: bigint, modulus: bigint): bigint | undefined {
  let [a, b, s, t] = [value % modulus, modulus, 1n, 0n];
  while (b !== 0n) [a, b, s, t] = [b, a % b, t, s - (a / b) * t];
  return a === 1n ? ((s % modulus) + modulus) % modulus : undefined;
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let [result, square] = [1n, base % modulus];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

export function toOctets(value: bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
}

function fromBase64(text: string | undefined): Buffer {
  return Buffer.from(text ?? "", "base64url");
}
