import { createHash, type Hash } from "node:crypto";
import { DnsDataError } from "./dnsDataError";
import type { Ds } from "./ds";
import { canonicalWireName } from "./name";
import { quoted } from "./quoted";
import { algorithmNumber, findDigestType } from "./registries";
import { dnskeyFindings } from "./rules";
import { readDecimal, parseZoneLine, syntaxError } from "./zoneLine";

/**
 * The data of a DNSKEY record (RFC 4034 section 2.1): `flags` 0 to 65535, `protocol` and
 * `algorithm` 0 to 255, `publicKey` in base64 with padding and without whitespace.
 */
export interface Dnskey {
  readonly flags: number;
  readonly protocol: number;
  readonly algorithm: number;
  readonly publicKey: string;
}

const rsaMd5 = algorithmNumber("RSAMD5");

/**
 * Reads a DNSKEY record as signers print it: the RDATA, or a whole line of a zone file. The owner
 * of a line is dropped. Any flags, protocol and algorithm within their ranges are accepted.
 *
 * @param text Flags and protocol in decimal, the algorithm in decimal or as mnemonic, the public
 *   key in base64. Blanks may split the key, and so may line breaks within parentheses.
 * @returns Numbers, and the public key as one run of base64.
 * @throws {DnsDataError} DNSKEY_SYNTAX for other text and for values out of range;
 *   DOMAIN_NAME_INVALID for an owner that is no name.
 * @example parseDnskey("257 3 13 mdsswUyr3DPW…");
 * // { flags: 257, protocol: 3, algorithm: 13, publicKey: "mdsswUyr3DPW…" }
 * @see RFC 4034 section 2.2
 */
export function parseDnskey(text: string): Dnskey {
  return parseDnskeyRecord(text).dnskey;
}

/**
 * Reads a DNSKEY record as {@link parseDnskey} does, and its owner as written, if the text has one.
 *
 * @throws {DnsDataError} as {@link parseDnskey} does.
 * @example parseDnskeyRecord("example.com. DNSKEY 257 3 13 mdsswUyr3DPW…").owner; // "example.com."
 * @see RFC 1035 section 5.1
 */
export function parseDnskeyRecord(text: string): { owner?: string; dnskey: Dnskey } {
  const { owner, rdata } = parseZoneLine(text, "DNSKEY");
  const dnskey = dnskeyOfFields(rdata);
  return owner === undefined ? { dnskey } : { owner, dnskey };
}

/**
 * Writes the RDATA of a DNSKEY record as text: numbers in decimal, the key as one run of base64.
 *
 * @example formatDnskey(dnskey); // "257 3 13 mdsswUyr3DPW…"
 * @see RFC 4034 section 2.2
 */
export function formatDnskey(dnskey: Dnskey): string {
  return `${dnskey.flags} ${dnskey.protocol} ${dnskey.algorithm} ${dnskey.publicKey}`;
}

/**
 * Writes the RDATA of a DNSKEY record in wire form: two octets of flags, one of protocol, one of
 * algorithm, then the key.
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
 * Computes the key tag of a DNSKEY record. It does not identify a key: two keys of a zone may have
 * the same tag.
 *
 * @param dnskey Any flags, protocol and algorithm are accepted.
 * @returns 0 to 65535.
 * @throws {DnsDataError} DNSKEY_SYNTAX for a field out of range or a key that is not base64.
 * @example keyTag(parseDnskey("257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=")); // 3613
 * @see RFC 4034 appendix B
 */
export function keyTag(dnskey: Dnskey): number {
  const rdata = dnskeyRdata(dnskey);
  // Appendix B.1 contradicts itself. Like ldns and dnspython, this reads the bits that it names,
  // not the octets that it counts.
  if (dnskey.algorithm === rsaMd5) return rdata.readUInt16BE(rdata.length - 3);
  const sum = rdata.reduce((total, octet, index) => total + (index % 2 === 0 ? octet << 8 : octet), 0);
  // The carry is added once and its own carry is lost: not quite a one's-complement sum.
  return (sum + (sum >>> 16)) & 0xffff;
}

/**
 * Computes the DS record that refers to a DNSKEY record.
 *
 * @param owner The zone's name as zone files write it, in any letter case, with or without the
 *   trailing dot. IDNs may be U-labels or A-labels.
 * @param dnskey Any flags, protocol and algorithm are accepted.
 * @param digestType 1 (SHA-1), 2 (SHA-256), 4 (SHA-384) or, if Node's OpenSSL has it, 6 (SM3).
 * @returns The digest is in lower-case hexadecimal.
 * @throws {DnsDataError} DIGEST_TYPE_UNSUPPORTED for another digest type; DNSKEY_SYNTAX for a field
 *   out of range or a key that is not base64; DOMAIN_NAME_INVALID for an owner that is no name.
 * @example dsFromDnskey("example.com", dnskey, 2);
 * // { keyTag: 3613, algorithm: 15, digestType: 2, digest: "3aa5ab37…" }
 * @see RFC 4034 section 5.1.4
 */
export function dsFromDnskey(owner: string, dnskey: Dnskey, digestType: number): Ds {
  const ownerAndRdata = Buffer.concat([canonicalWireName(owner), dnskeyRdata(dnskey)]);
  const digest = hashOf(digestType).update(ownerAndRdata).digest("hex");
  return { keyTag: keyTag(dnskey), algorithm: dnskey.algorithm, digestType, digest };
}

/** Returns whether this Node can compute a digest of a type. */
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
    flags: readDecimal(flags),
    protocol: readDecimal(protocol),
    algorithm: algorithmNumber(algorithm) ?? readDecimal(algorithm),
    publicKey: publicKey.join(""),
  } as Dnskey;
  checkDnskey(dnskey);
  return dnskey;
}

function checkDnskey(dnskey: Dnskey): void {
  if (typeof dnskey !== "object" || dnskey === null) {
    throw syntaxError("DNSKEY", `it must be an object with the four fields, got ${quoted(dnskey)}`);
  }
  const problem = dnskeyFindings(dnskey).find(({ tier }) => tier === "syntax");
  if (problem !== undefined) throw syntaxError("DNSKEY", problem.message);
}

function hashOf(digestType: number): Hash {
  try {
    return createHash(findDigestType(digestType)?.hash ?? "");
  } catch {
    // The build of Node's OpenSSL decides which hashes there are.
    throw new DnsDataError(
      "DIGEST_TYPE_UNSUPPORTED",
      `a digest of type ${quoted(digestType)} cannot be computed here: use 2 (SHA-256) or 4 (SHA-384)`,
    );
  }
}
