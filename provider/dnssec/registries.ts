import { isWholeNumber } from "./wholeNumber";

/**
 * The IANA registries' advice on a number, for signing a zone or for a new delegation (RFC 9904,
 * updated by RFC 9905 and RFC 9906). `notForZones` and `reserved` numbers cannot sign a zone;
 * `delete` exists only in CDS and CDNSKEY (RFC 8078 section 4).
 */
export type Status =
  "recommended" | "may" | "notRecommended" | "mustNot" | "notForZones" | "reserved" | "delete";

/**
 * A row of the registry "DNS Security Algorithm Numbers". Mnemonics are in upper case, so
 * "reserved" is not one. `aliases` are other spellings that mean no other algorithm.
 */
export interface Algorithm {
  readonly number: number;
  readonly mnemonic: string;
  readonly name: string;
  readonly status: Status;
  readonly reference: string;
  readonly aliases?: readonly string[];
  /** Length of the public key in octets, for algorithms with a fixed length. */
  readonly keyOctets?: number;
}

/**
 * A row of the registry "Digest Algorithms" of DS records. `octets` is the length of the digest;
 * the null digest has none. `hash` is the name that OpenSSL gives the digest, where Node can
 * compute it. `aliases` are names that tools use, in upper case and without hyphens.
 */
export interface DigestType {
  readonly number: number;
  readonly name: string;
  readonly status: Status;
  readonly reference: string;
  readonly aliases?: readonly string[];
  readonly octets?: number;
  readonly hash?: string;
}

const algorithmRows = [
  { number: 0, mnemonic: "DELETE", name: "delete DS", status: "delete", reference: "RFC 8078 section 4" },
  { number: 1, mnemonic: "RSAMD5", name: "RSA/MD5", status: "mustNot", reference: "RFC 9904 section 3" },
  { number: 2, mnemonic: "DH", name: "Diffie-Hellman", status: "notForZones", reference: "RFC 4034 A.1" },
  { number: 3, mnemonic: "DSA", name: "DSA/SHA-1", status: "mustNot", reference: "RFC 9904 section 3" },
  { number: 4, mnemonic: "ECC", name: "elliptic curve", status: "notForZones", reference: "RFC 4034 A.1" },
  { number: 5, mnemonic: "RSASHA1", name: "RSA/SHA-1", status: "mustNot", reference: "RFC 9905 section 2" },
  {
    number: 6,
    mnemonic: "DSA-NSEC3-SHA1",
    aliases: ["NSEC3DSA"],
    name: "DSA-NSEC3-SHA1",
    status: "mustNot",
    reference: "RFC 9904 section 3",
  },
  {
    number: 7,
    mnemonic: "RSASHA1-NSEC3-SHA1",
    aliases: ["NSEC3RSASHA1"],
    name: "RSASHA1-NSEC3-SHA1",
    status: "mustNot",
    reference: "RFC 9905 section 2",
  },
  { number: 8, mnemonic: "RSASHA256", name: "RSA/SHA-256", status: "recommended", reference: "RFC 5702" },
  { number: 9, mnemonic: "reserved", name: "reserved", status: "reserved", reference: "RFC 6725" },
  {
    number: 10,
    mnemonic: "RSASHA512",
    name: "RSA/SHA-512",
    status: "notRecommended",
    reference: "RFC 9904 section 3",
  },
  { number: 11, mnemonic: "reserved", name: "reserved", status: "reserved", reference: "RFC 6725" },
  {
    number: 12,
    mnemonic: "ECC-GOST",
    aliases: ["ECCGOST"],
    name: "GOST R 34.10-2001",
    status: "mustNot",
    reference: "RFC 9906 section 2",
  },
  {
    number: 13,
    mnemonic: "ECDSAP256SHA256",
    aliases: ["ECDSA256"],
    name: "ECDSA Curve P-256 with SHA-256",
    status: "recommended",
    reference: "RFC 6605 section 4",
    keyOctets: 64,
  },
  {
    number: 14,
    mnemonic: "ECDSAP384SHA384",
    aliases: ["ECDSA384"],
    name: "ECDSA Curve P-384 with SHA-384",
    status: "may",
    reference: "RFC 6605 section 4",
    keyOctets: 96,
  },
  {
    number: 15,
    mnemonic: "ED25519",
    name: "Ed25519",
    status: "recommended",
    reference: "RFC 8080 section 3",
    keyOctets: 32,
  },
  {
    number: 16,
    mnemonic: "ED448",
    name: "Ed448",
    status: "may",
    reference: "RFC 8080 section 3",
    keyOctets: 57,
  },
  { number: 17, mnemonic: "SM2SM3", name: "SM2 with SM3", status: "may", reference: "RFC 9563" },
  { number: 23, mnemonic: "ECC-GOST12", name: "GOST R 34.10-2012", status: "may", reference: "RFC 9558" },
  { number: 252, mnemonic: "INDIRECT", name: "indirect", status: "notForZones", reference: "RFC 4034 A.1" },
  { number: 253, mnemonic: "PRIVATEDNS", name: "private (DNS)", status: "may", reference: "RFC 4034 A.1.1" },
  { number: 254, mnemonic: "PRIVATEOID", name: "private (OID)", status: "may", reference: "RFC 4034 A.1.1" },
  { number: 255, mnemonic: "reserved", name: "reserved", status: "reserved", reference: "RFC 4034 A.1" },
] as const satisfies readonly Algorithm[];

const digestTypeRows = [
  { number: 0, name: "null", status: "delete", reference: "RFC 8078 section 4" },
  { number: 1, name: "SHA-1", octets: 20, hash: "sha1", status: "mustNot", reference: "RFC 9905 section 5" },
  {
    number: 2,
    name: "SHA-256",
    octets: 32,
    hash: "sha256",
    status: "recommended",
    reference: "RFC 4509 section 2",
  },
  {
    number: 3,
    name: "GOST R 34.11-94",
    aliases: ["GOST", "GOST94"],
    octets: 32,
    status: "mustNot",
    reference: "RFC 9906 section 2",
  },
  { number: 4, name: "SHA-384", octets: 48, hash: "sha384", status: "may", reference: "RFC 6605 section 2" },
  {
    number: 5,
    name: "GOST R 34.11-2012",
    aliases: ["GOST12", "GOST2012"],
    octets: 32,
    status: "may",
    reference: "RFC 9558 section 4",
  },
  { number: 6, name: "SM3", octets: 32, hash: "sm3", status: "may", reference: "RFC 9563" },
] as const satisfies readonly DigestType[];

/**
 * The algorithms that have a row. A number without one is unassigned, which is not an error; see
 * rules.ts.
 */
export const algorithms: readonly Algorithm[] = algorithmRows;

/** The digest types of DS records that have a row. */
export const digestTypes: readonly DigestType[] = digestTypeRows;

type Mnemonic = Exclude<(typeof algorithmRows)[number]["mnemonic"], "reserved">;
type DigestTypeName = (typeof digestTypeRows)[number]["name"];

/** Returns the row of an algorithm number, or undefined for an unassigned number. */
export function findAlgorithm(number: number): Algorithm | undefined {
  return algorithms.find((algorithm) => algorithm.number === number);
}

/** Returns the row of a digest type, or undefined for an unassigned number. */
export function findDigestType(number: number): DigestType | undefined {
  return digestTypes.find((digestType) => digestType.number === number);
}

/**
 * Reads an algorithm, given as a number, as decimal text or by its mnemonic in any case, such as
 * "ecdsap256sha256". BIND's spellings, such as "NSEC3RSASHA1", are mnemonics too.
 *
 * @returns 0 to 255, or undefined for anything else, whatever its type. Never throws.
 * @example algorithmNumber("ECDSAP256SHA256"); // 13
 * @see RFC 4034 section 5.3 and appendix A.1
 */
export function algorithmNumber(mnemonic: Mnemonic): number;
export function algorithmNumber(textOrNumber: string | number): number | undefined;
export function algorithmNumber(textOrNumber: string | number): number | undefined {
  return readNumber(textOrNumber, (text) => {
    const mnemonic = text.toUpperCase();
    return algorithms.find((row) => row.mnemonic === mnemonic || row.aliases?.includes(mnemonic))?.number;
  });
}

/**
 * Reads a digest type, given as a number, as decimal text or by its name in any case, with or
 * without hyphens, dots and blanks, such as "SHA-256", "sha256" and "GOST R 34.11-94". Names that
 * tools use, such as "GOST", are read too.
 *
 * @returns 0 to 255, or undefined for anything else, whatever its type. Never throws.
 * @example digestTypeNumber("SHA256"); // 2
 * @see https://www.iana.org/assignments/ds-rr-types
 */
export function digestTypeNumber(name: DigestTypeName): number;
export function digestTypeNumber(textOrNumber: string | number): number | undefined;
export function digestTypeNumber(textOrNumber: string | number): number | undefined {
  return readNumber(textOrNumber, (text) => {
    const name = plainName(text);
    return digestTypes.find((row) => plainName(row.name) === name || row.aliases?.includes(name))?.number;
  });
}

/** The digest type of a DS record that is computed from a key, unless another is given. */
export const defaultDigestType = digestTypeNumber("SHA-256");

/**
 * Returns the mnemonic of an algorithm number, for messages.
 *
 * @returns "unassigned" for a number without a row. Never throws.
 * @example algorithmName(13); // "ECDSAP256SHA256"
 * @see RFC 9904 section 3
 */
export function algorithmName(number: number): string {
  return findAlgorithm(number)?.mnemonic ?? "unassigned";
}

/**
 * Returns the name of a digest type, for messages.
 *
 * @returns "unassigned" for a number without a row. Never throws.
 * @example digestTypeName(2); // "SHA-256"
 * @see RFC 9904 section 4
 */
export function digestTypeName(number: number): string {
  return findDigestType(number)?.name ?? "unassigned";
}

function readNumber(
  textOrNumber: unknown,
  findByName: (text: string) => number | undefined,
): number | undefined {
  if (typeof textOrNumber !== "string") return isWholeNumber(textOrNumber, 255) ? textOrNumber : undefined;
  return /^\d+$/.test(textOrNumber) ? readNumber(Number(textOrNumber), findByName) : findByName(textOrNumber);
}

function plainName(name: string): string {
  return name.toUpperCase().replace(/[-_. ]/g, "");
}
