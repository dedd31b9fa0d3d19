import { createHash, type Hash } from "node:crypto";
import { DnsDataError } from "./dnsDataError";
import type { Ds } from "./ds";
import { canonicalWireName } from "./name";
import { quoted } from "./quoted";
import { algorithmNumber } from "./registries";
import { dnskeyFindings } from "./rules";
import { decimal, parseZoneLine, syntaxError } from "./zoneLine";

/**
 * The data of a DNSKEY record (RFC 4034 section 2.1): `flags` 0 to 65535, `protocol` and `algorithm` 0 to 255,
 * `publicKey` in base64 with padding and without whitespace.
 */
export interface Dnskey {
  readonly flags: number;
  readonly protocol: number;
  readonly algorithm: number;
  readonly publicKey: string;
}

const rsaMd5 = 1;

const hashNames: ReadonlyMap<number, string> = new Map([
  [1, "sha1"],
  [2, "sha256"],
  [4, "sha384"],
  [6, "sm3"],
]);

/**
 * Reads a DNSKEY record as signers print it: the RDATA, or a whole zone-file line, whose owner is dropped (see
 * {@link parseDnskeyRecord}).
 *
 * @param text Flags and protocol in decimal, algorithm in decimal or as mnemonic, public key in base64, which may be
 *   split by blanks, and by line breaks within parentheses.
 * @throws {DnsDataError} DNSKEY_SYNTAX for anything else or out of range; DOMAIN_NAME_INVALID for an owner that is no
 *   name. Flags, protocol and algorithm are not judged.
 * @example parseDnskey("257 3 13 mdsswUyr3DPW…"); // { flags: 257, protocol: 3, algorithm: 13, publicKey: "mdsswUyr3DPW…" }
 * @see RFC 4034 section 2.2
 */
export function parseDnskey(text: string): Dnskey {
  return parseDnskeyRecord(text).dnskey;
}

/**
 * Reads a DNSKEY record as {@link parseDnskey} does, with the owner as it is written, where there is one.
 *
 * @throws {DnsDataError} as {@link parseDnskey} does.
 * @example parseDnskeyRecord("example.com. IN DNSKEY 257 3 13 mdsswUyr3DPW…").owner; // "example.com."
 * @see RFC 1035 section 5.1
 */
export function parseDnskeyRecord(text: string): { owner?: string; dnskey: Dnskey } {
  const { owner, rdata } = parseZoneLine(text, "DNSKEY");
  const dnskey = dnskeyOfFields(rdata);
  return owner === undefined ? { dnskey } : { owner, dnskey };
}

/**
 * The one text form of a DNSKEY record: numbers in decimal, the key as one run of base64.
 *
 * @example formatDnskey(dnskey); // "257 3 13 mdsswUyr3DPW…"
 * @see RFC 4034 section 2.2
 */
export function formatDnskey(dnskey: Dnskey): string {
  return `${dnskey.flags} ${dnskey.protocol} ${dnskey.algorithm} ${dnskey.publicKey}`;
}

/**
 * The RDATA of a DNSKEY in wire form: two octets of flags, one of protocol, one of algorithm, the key.
 *
 * @throws {DnsDataError} DNSKEY_SYNTAX for a field out of range or a key that is not base64.
 * @example dnskeyRdata(dnskey).length; // 68 for algorithm 13
 * @see RFC 4034 section 2.1
 */
export function dnskeyRdata(dnskey: Dnskey): Buffer {
  checkDnskey(dnskey);
  const { flags, protocol, algorithm, publicKey } = dnskey;
  return Buffer.concat([
    Buffer.of(flags >> 8, flags & 0xff, protocol, algorithm),
    Buffer.from(publicKey, "base64"),
  ]);
}

/**
 * The key tag of a DNSKEY, 0 to 65535. It does not identify a key: two keys of a zone may have one tag.
 *
 * @param dnskey With any flags, protocol and algorithm.
 * @throws {DnsDataError} DNSKEY_SYNTAX for a field out of range or a key that is not base64.
 * @example keyTag(parseDnskey("257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=")); // 3613
 * @see RFC 4034 appendix B
 */
export function keyTag(dnskey: Dnskey): number {
  const rdata = dnskeyRdata(dnskey);
  // Appendix B.1 contradicts itself; like ldns and dnspython this takes the bits it names, not the octets it counts.
  if (dnskey.algorithm === rsaMd5) return rdata.readUInt16BE(rdata.length - 3);
  const sum = rdata.reduce((total, octet, index) => total + (index % 2 === 0 ? octet << 8 : octet), 0);
  // The carry is added once and its own carry is lost: this is not quite a one's-complement sum.
  return (sum + (sum >>> 16)) & 0xffff;
}

/**
 * The DS record that refers to a DNSKEY.
 *
 * @param owner The zone's name in presentation form, as `canonicalWireName` takes it.
 * @param dnskey With any flags, protocol and algorithm.
 * @param digestType 1 (SHA-1), 2 (SHA-256), 4 (SHA-384) or, where Node's OpenSSL has it, 6 (SM3).
 * @throws {DnsDataError} DIGEST_TYPE_UNSUPPORTED for another digest type; DNSKEY_SYNTAX for a field out of range or a
 *   key that is not base64; DOMAIN_NAME_INVALID for an owner that is no name.
 * @example dsFromDnskey("example.com", dnskey, 2); // { keyTag: 3613, algorithm: 15, digestType: 2, digest: "3aa5ab37…" }
 * @see RFC 4034 section 5.1.4
 */
export function dsFromDnskey(owner: string, dnskey: Dnskey, digestType: number): Ds {
  const ownerAndRdata = Buffer.concat([canonicalWireName(owner), dnskeyRdata(dnskey)]);
  const digest = hashOf(digestType).update(ownerAndRdata).digest("hex");
  return { keyTag: keyTag(dnskey), algorithm: dnskey.algorithm, digestType, digest };
}

/** Returns whether a digest of this type can be computed here. */
export function canDigest(digestType: number): boolean {
  try {
    hashOf(digestType);
    return true;
  } catch {
    return false;
  }
}

function dnskeyOfFields([flags, protocol, algorithm, ...publicKey]: readonly string[]): Dnskey {
  if (algorithm === undefined || publicKey.length === 0) {
    throw syntaxError("DNSKEY", "flags, protocol, algorithm and public key are needed");
  }
  const dnskey = {
    flags: decimal(flags),
    protocol: decimal(protocol),
    algorithm: algorithmNumber(algorithm) ?? decimal(algorithm),
    publicKey: publicKey.join(""),
  } as Dnskey;
  checkDnskey(dnskey);
  return dnskey;
}

function checkDnskey(dnskey: Dnskey): void {
  if (typeof dnskey !== "object" || dnskey === null) {
    throw syntaxError("DNSKEY", `an object with its fields is needed, got ${quoted(dnskey)}`);
  }
  const problem = dnskeyFindings(dnskey).find(({ tier }) => tier === "syntax");
  if (problem !== undefined) throw syntaxError("DNSKEY", problem.message);
}

function hashOf(digestType: number): Hash {
  try {
    return createHash(hashNames.get(digestType) ?? "");
  } catch {
    // Which hashes there are depends on how Node's OpenSSL was built.
    throw new DnsDataError(
      "DIGEST_TYPE_UNSUPPORTED",
      `a digest of type ${quoted(digestType)} cannot be computed here: use 2 (SHA-256) or 4 (SHA-384)`,
    );
  }
}
