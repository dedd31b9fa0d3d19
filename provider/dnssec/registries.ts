/**
 * What the IANA registries say of using a number for signing a zone or in a new delegation (RFC 9904, changed by
 * RFC 9905 and RFC 9906). `notForZones` and `reserved` numbers cannot sign a zone at all; `delete` exists in CDS and
 * CDNSKEY only (RFC 8078 section 4).
 */
export type Status =
  "recommended" | "may" | "notRecommended" | "mustNot" | "notForZones" | "reserved" | "delete";

/**
 * A row of "DNS Security Algorithm Numbers". Mnemonics are in upper case, but for the word "reserved", which is none.
 * `aliases` are other spellings that name no second algorithm.
 */
export interface Algorithm {
  readonly number: number;
  readonly mnemonic: string;
  readonly name: string;
  readonly status: Status;
  readonly reference: string;
  readonly aliases?: readonly string[];
  /** Length of the public key in octets, for the algorithms that have only one. */
  readonly keyOctets?: number;
}

/**
 * A row of the "Digest Algorithms" of DS records. `octets` is the length of the digest; the null digest has none.
 * `aliases` are names that tools use, in upper case and without hyphens.
 */
export interface DigestType {
  readonly number: number;
  readonly name: string;
  readonly status: Status;
  readonly reference: string;
  readonly aliases?: readonly string[];
  readonly octets?: number;
}

/** DNSSEC algorithms with a row of their own. A number that is not here is unassigned, which is no error: see rules.ts. */
export const algorithms: readonly Algorithm[] = [
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
];

/** Digest types of DS records with a row of their own. */
export const digestTypes: readonly DigestType[] = [
  { number: 0, name: "null", status: "delete", reference: "RFC 8078 section 4" },
  { number: 1, name: "SHA-1", octets: 20, status: "mustNot", reference: "RFC 9905 section 5" },
  { number: 2, name: "SHA-256", octets: 32, status: "recommended", reference: "RFC 4509 section 2" },
  {
    number: 3,
    name: "GOST R 34.11-94",
    aliases: ["GOST", "GOST94"],
    octets: 32,
    status: "mustNot",
    reference: "RFC 9906 section 2",
  },
  { number: 4, name: "SHA-384", octets: 48, status: "may", reference: "RFC 6605 section 2" },
  {
    number: 5,
    name: "GOST R 34.11-2012",
    aliases: ["GOST12", "GOST2012"],
    octets: 32,
    status: "may",
    reference: "RFC 9558 section 4",
  },
  { number: 6, name: "SM3", octets: 32, status: "may", reference: "RFC 9563" },
];

/** The row of an algorithm number, or undefined for an unassigned number. */
export function findAlgorithm(number: number): Algorithm | undefined {
  return algorithms.find((algorithm) => algorithm.number === number);
}

/** The row of a digest type, or undefined for an unassigned number. */
export function findDigestType(number: number): DigestType | undefined {
  return digestTypes.find((digestType) => digestType.number === number);
}

/**
 * The number of an algorithm given as a number, as decimal text or by its mnemonic in any case ("RSASHA256",
 * "ecdsap256sha256"; also the spellings of BIND such as "NSEC3RSASHA1").
 *
 * @returns 0 to 255, or undefined for anything else, whatever its type. Never throws.
 * @example algorithmNumber("ECDSAP256SHA256"); // 13
 * @see RFC 4034 section 5.3 and appendix A.1
 */
export function algorithmNumber(textOrNumber: string | number): number | undefined {
  if (typeof textOrNumber === "number") return isOctet(textOrNumber) ? textOrNumber : undefined;
  if (typeof textOrNumber !== "string") return undefined;
  if (/^\d+$/.test(textOrNumber)) return algorithmNumber(Number(textOrNumber));
  const mnemonic = textOrNumber.toUpperCase();
  return algorithms.find(
    (algorithm) => algorithm.mnemonic === mnemonic || algorithm.aliases?.includes(mnemonic),
  )?.number;
}

/**
 * Returns the number of a digest type given as a number, as decimal text or by its name, in any case, with or without
 * hyphens, dots and blanks ("SHA-256", "sha256", "GOST R 34.11-94"; also the names of tools, such as "GOST").
 *
 * @returns 0 to 255, or undefined for anything else, whatever its type. Never throws.
 * @example digestTypeNumber("SHA256"); // 2
 * @see https://www.iana.org/assignments/ds-rr-types
 */
export function digestTypeNumber(textOrNumber: string | number): number | undefined {
  if (typeof textOrNumber === "number") return isOctet(textOrNumber) ? textOrNumber : undefined;
  if (typeof textOrNumber !== "string") return undefined;
  if (/^\d+$/.test(textOrNumber)) return digestTypeNumber(Number(textOrNumber));
  const name = plainName(textOrNumber);
  return digestTypes.find((type) => plainName(type.name) === name || type.aliases?.includes(name))?.number;
}

/**
 * The mnemonic of an algorithm number, for messages.
 *
 * @returns "unassigned" for a number that the registry gives no meaning. Never throws.
 * @example algorithmName(13); // "ECDSAP256SHA256"
 * @see RFC 9904 section 3
 */
export function algorithmName(number: number): string {
  return findAlgorithm(number)?.mnemonic ?? "unassigned";
}

/**
 * The name of a digest type, for messages.
 *
 * @returns "unassigned" for a number that the registry gives no meaning. Never throws.
 * @example digestTypeName(2); // "SHA-256"
 * @see RFC 9904 section 4
 */
export function digestTypeName(number: number): string {
  return findDigestType(number)?.name ?? "unassigned";
}

function plainName(name: string): string {
  return name.toUpperCase().replace(/[-_. ]/g, "");
}

function isOctet(number: number): boolean {
  return Number.isInteger(number) && number >= 0 && number <= 255;
}
