import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  sign,
  type ED25519KeyPairOptions,
  type JsonWebKey,
  type KeyObject,
} from "node:crypto";
import { type Ds } from "../../ds";
import { encodeName } from "../protocol/name";

/** Options of a key of a test zone. */
export interface ZoneKeyOptions {
  /** 257 for a key-signing key, 256 for a key that signs everything else. Default: 257. */
  readonly flags?: number;
  /** 8, 10, 13, 14, 15 or 16. Default: 13. */
  readonly algorithm?: number;
  /** Default: a new key. */
  readonly privateKey?: JsonWebKey;
  /**
   * Whether the key is in the DNSKEY RRset. A key that is not does not sign either. Default: true.
   */
  readonly published?: boolean;
  /** Whether the key makes signatures. Default: true. */
  readonly signing?: boolean;
}

/** A key of a test zone. */
export interface ZoneKey {
  readonly flags: number;
  readonly algorithm: number;
  readonly privateKey: KeyObject;
  /** The private key, for the state file. */
  readonly jwk: JsonWebKey;
  /** RDATA of the DNSKEY record. */
  readonly rdata: Buffer;
  readonly keyTag: number;
  readonly published: boolean;
  readonly signing: boolean;
}

/**
 * Encodings for a new key, which is then read back. Node 20 can block forever in
 * `export({ format: "jwk" })` of a KeyObject from `generateKeyPairSync`: it holds the key's mutex
 * while it allocates, and a garbage collection that frees the generating job locks the mutex again.
 */
const asDer: ED25519KeyPairOptions<"der", "der"> = {
  publicKeyEncoding: { type: "spki", format: "der" },
  privateKeyEncoding: { type: "pkcs8", format: "der" },
};

interface Algorithm {
  /** Generates a private key, as PKCS #8 in DER. */
  readonly make: () => Buffer;
  readonly publicKey: (jwk: JsonWebKey) => Buffer;
  readonly sign: (data: Buffer, key: KeyObject) => Buffer;
}

const rsa = (hash: string): Algorithm => ({
  make: () => generateKeyPairSync("rsa", { modulusLength: 2048, ...asDer }).privateKey,
  publicKey: ({ e, n }) =>
    Buffer.concat([Buffer.of(decodeBase64url(e).length), decodeBase64url(e), decodeBase64url(n)]),
  sign: (data, key) => sign(hash, data, key),
});

const ecdsa = (namedCurve: string, hash: string): Algorithm => ({
  make: () => generateKeyPairSync("ec", { namedCurve, ...asDer }).privateKey,
  publicKey: ({ x, y }) => Buffer.concat([decodeBase64url(x), decodeBase64url(y)]),
  sign: (data, key) => sign(hash, data, { key, dsaEncoding: "ieee-p1363" }),
});

const eddsa = (make: Algorithm["make"]): Algorithm => ({
  make,
  publicKey: ({ x }) => decodeBase64url(x),
  sign: (data, key) => sign(null, data, key),
});

/** Algorithms by number (RFC 3110, 5702, 6605 and 8080). */
const algorithms: ReadonlyMap<number, Algorithm> = new Map([
  [8, rsa("sha256")],
  [10, rsa("sha512")],
  [13, ecdsa("P-256", "sha256")],
  [14, ecdsa("P-384", "sha384")],
  [15, eddsa(() => generateKeyPairSync("ed25519", asDer).privateKey)],
  [16, eddsa(() => generateKeyPairSync("ed448", asDer).privateKey)],
]);

const digests: ReadonlyMap<number, string> = new Map([
  [1, "sha1"],
  [2, "sha256"],
  [4, "sha384"],
]);

export const keyFlags = { zone: 0x0100, revoke: 0x0080, sep: 0x0001 } as const;

/** Creates a key. @throws {RangeError} for an algorithm that the emulator cannot sign with. */
export function createZoneKey(options: ZoneKeyOptions = {}): ZoneKey {
  const { flags = 257, algorithm = 13, privateKey: given, published = true, signing = true } = options;
  const { make } = findAlgorithm(algorithm);
  const privateKey = given
    ? createPrivateKey({ key: given, format: "jwk" })
    : createPrivateKey({ key: make(), format: "der", type: "pkcs8" });
  const jwk = privateKey.export({ format: "jwk" });
  return withFlags({ algorithm, privateKey, jwk, published, signing: published && signing }, flags);
}

/** Returns the key with other flags, and so another key tag. */
export function withFlags(key: Omit<ZoneKey, "flags" | "rdata" | "keyTag">, flags: number): ZoneKey {
  const { publicKey } = findAlgorithm(key.algorithm);
  const rdata = Buffer.concat([Buffer.of(flags >> 8, flags & 0xff, 3, key.algorithm), publicKey(key.jwk)]);
  return { ...key, flags, rdata, keyTag: computeKeyTag(rdata) };
}

/** Returns the options that create the key again. */
export function toKeyOptions({ flags, algorithm, jwk, published, signing }: ZoneKey): ZoneKeyOptions {
  return { flags, algorithm, privateKey: jwk, published, signing };
}

export function signData(key: ZoneKey, data: Buffer): Buffer {
  return findAlgorithm(key.algorithm).sign(data, key.privateKey);
}

/** Formats the RDATA of a DNSKEY record, such as `257 3 13 mdsswUyr3DPW…`. */
export function formatDnskey({ flags, algorithm, rdata }: ZoneKey): string {
  return `${flags} 3 ${algorithm} ${rdata.subarray(4).toString("base64")}`;
}

/** Computes the DS record of a key. @throws {RangeError} for digest types other than 1, 2 and 4. */
export function computeDs(zone: string, { rdata, keyTag, algorithm }: ZoneKey, digestType: number): Ds {
  const hash = digests.get(digestType);
  if (hash === undefined) throw new RangeError(`The emulator has no digests of type ${digestType}.`);
  const digest = createHash(hash).update(encodeName(zone)).update(rdata).digest("hex");
  return { keyTag, algorithm, digestType, digest };
}

function findAlgorithm(number: number): Algorithm {
  const algorithm = algorithms.get(number);
  if (!algorithm) throw new RangeError(`The emulator cannot sign with algorithm ${number}.`);
  return algorithm;
}

/** Computes a key tag (RFC 4034 appendix B). */
function computeKeyTag(rdata: Buffer): number {
  let sum = 0;
  for (const [index, octet] of rdata.entries()) sum += index % 2 === 0 ? octet * 256 : octet;
  return (sum + Math.floor(sum / 65536)) % 65536;
}

function decodeBase64url(base64url: string | undefined): Buffer {
  return Buffer.from(base64url ?? "", "base64url");
}
