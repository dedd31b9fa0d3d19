import { quoted } from "./quoted";
import { findAlgorithm, findDigestType, type Algorithm, type DigestType } from "./registries";

/**
 * Something to say about a record. `syntax` and `rfc` are failures: no such record can exist, or it can never work;
 * `practice` is a warning: it works or may work, and is advised against. `id` is stable; `message` says what was got and
 * what is allowed; `reference` is the RFC section.
 */
export interface Finding {
  readonly id: string;
  readonly tier: "syntax" | "rfc" | "practice";
  readonly property: "keyTag" | "algorithm" | "digestType" | "digest" | "dnskey";
  readonly message: string;
  readonly reference: string;
}

/** A `Partial<Ds>` as a program may really give it: values of any type; what is undefined is not known yet. */
export interface DsFields {
  readonly keyTag?: unknown;
  readonly algorithm?: unknown;
  readonly digestType?: unknown;
  readonly digest?: unknown;
}

/** A `Dnskey` as a program may really give it. */
export interface DnskeyFields {
  readonly flags: unknown;
  readonly protocol: unknown;
  readonly algorithm: unknown;
  readonly publicKey: unknown;
}

const zoneFlag = 0x0100;
const revokeFlag = 0x0080;
const secureEntryPointFlag = 0x0001;

/** RDATA is at most 65535 octets, four of which are flags, protocol and algorithm. */
const longestPublicKey = 65531;

const usableAlgorithms = "use 13 (ECDSAP256SHA256), 15 (ED25519) or 8 (RSASHA256)";
const usableDigestTypes = "use 2 (SHA-256)";

/**
 * What the rules find in the data of a DS record, failures first. A field that is undefined is not known yet: the rules
 * that need it are skipped. Other values may be of any type; never throws.
 *
 * @param ds `algorithm` as a number (see `algorithmNumber` for mnemonics), `digest` in hexadecimal of either case.
 * @returns Nothing to say is an empty list.
 * @example dsFindings({ digestType: 1 }).map(({ id }) => id); // ["digest-type-must-not"]
 * @see RFC 4034 section 5, RFC 9904, RFC 9905, RFC 9906
 */
export function dsFindings(ds: DsFields): readonly Finding[] {
  const syntax = [
    ...rangeFinding("keyTag", ds.keyTag),
    ...rangeFinding("algorithm", ds.algorithm),
    ...rangeFinding("digestType", ds.digestType),
    ...digestFinding(ds.digest, ds.digestType),
  ];
  return failuresFirst([...syntax, ...algorithmFinding(ds.algorithm), ...digestTypeFinding(ds.digestType)]);
}

/**
 * What the rules find in a DNSKEY, failures first; of its algorithm only the range and the length of its keys, since
 * {@link dsFindings} judges it in the DS record made of the key. Values may be of any type; never throws.
 *
 * @param dnskey `publicKey` in base64 without whitespace.
 * @returns Nothing to say is an empty list.
 * @example dnskeyFindings({ ...dnskey, flags: 256 }).map(({ id }) => id); // ["dnskey-sep"]
 * @see RFC 4034 sections 2.1 and 5.2, RFC 5011 section 2.1
 */
export function dnskeyFindings(dnskey: DnskeyFields): readonly Finding[] {
  return failuresFirst([
    ...dnskeyRangeFinding("flags", dnskey.flags, 65535),
    ...dnskeyRangeFinding("protocol", dnskey.protocol, 255),
    ...dnskeyRangeFinding("algorithm", dnskey.algorithm, 255),
    ...publicKeyFinding(dnskey.publicKey),
    ...keyLengthFinding(dnskey.publicKey, dnskey.algorithm),
    ...protocolFinding(dnskey.protocol),
    ...flagsFindings(dnskey.flags),
  ]);
}

const dsRanges = {
  keyTag: {
    id: "key-tag-range",
    what: "key tag",
    largest: 65535,
    also: "",
    reference: "RFC 4034 section 5.1.1",
  },
  algorithm: {
    id: "algorithm-range",
    what: "algorithm",
    largest: 255,
    also: " or a mnemonic such as ECDSAP256SHA256",
    reference: "RFC 4034 section 5.1.2",
  },
  digestType: {
    id: "digest-type-range",
    what: "digest type",
    largest: 255,
    also: " or a name such as SHA-256",
    reference: "RFC 4034 section 5.1.3",
  },
} as const;

function rangeFinding(property: keyof typeof dsRanges, value: unknown): Finding[] {
  const { id, what, largest, also, reference } = dsRanges[property];
  if (value === undefined || isWholeNumber(value, largest)) return [];
  const message = `${what} must be a whole number 0 to ${largest}${also}, got ${quoted(value)} (${reference})`;
  return [{ id, tier: "syntax", property, message, reference }];
}

function digestFinding(digest: unknown, digestType: unknown): Finding[] {
  if (digest === undefined) return [];
  if (typeof digest !== "string" || !/^([0-9a-f]{2})+$/i.test(digest)) {
    const reference = "RFC 4034 section 5.3";
    const message = `digest must be pairs of hexadecimal digits, got ${quoted(digest)} (${reference})`;
    return [{ id: "digest-hex", tier: "syntax", property: "digest", message, reference }];
  }
  const type = isWholeNumber(digestType, 255) ? findDigestType(digestType) : undefined;
  if (type?.octets === undefined || digest.length === 2 * type.octets) return [];
  return [digestLengthFinding(digest.length / 2, type, type.octets)];
}

function digestLengthFinding(got: number, type: DigestType, octets: number): Finding {
  const reference = "RFC 4509 section 2";
  const message =
    `digest of type ${type.number} (${type.name}) must have ${octets} octets (${2 * octets} hexadecimal digits), ` +
    `got ${got} ${got === 1 ? "octet" : "octets"}; a digest is never cut short (${reference})`;
  return { id: "digest-length", tier: "syntax", property: "digest", message, reference };
}

function algorithmFinding(value: unknown): Finding[] {
  if (!isWholeNumber(value, 255)) return [];
  const row = findAlgorithm(value);
  if (row === undefined) {
    const reference = "RFC 9904 section 3";
    const message = `algorithm ${value} is unassigned, validators ignore it (${reference}): ${usableAlgorithms}`;
    return [{ id: "algorithm-unknown", tier: "practice", property: "algorithm", message, reference }];
  }
  const verdict = algorithmVerdict(row);
  if (verdict === undefined) return [];
  const message = `algorithm ${value} (${row.mnemonic}) ${verdict.says} (${row.reference}): ${usableAlgorithms}`;
  return [{ id: verdict.id, tier: verdict.tier, property: "algorithm", message, reference: row.reference }];
}

interface Verdict {
  readonly id: string;
  readonly tier: "rfc" | "practice";
  readonly says: string;
}

function algorithmVerdict({ status }: Algorithm): Verdict | undefined {
  switch (status) {
    case "recommended":
    case "may":
      return undefined;
    case "notRecommended":
      return { id: "algorithm-not-recommended", tier: "practice", says: "is not recommended for signing" };
    case "mustNot":
      return { id: "algorithm-must-not", tier: "practice", says: "must not be used for a new delegation" };
    case "notForZones":
      return { id: "algorithm-not-for-zones", tier: "practice", says: "is not for signing zones" };
    case "reserved":
      return { id: "algorithm-reserved", tier: "practice", says: "is reserved, no zone is signed with it" };
    case "delete":
      return { id: "algorithm-delete", tier: "rfc", says: "exists in CDS and CDNSKEY only, never in DS" };
  }
}

function digestTypeFinding(value: unknown): Finding[] {
  if (!isWholeNumber(value, 255)) return [];
  const row = findDigestType(value);
  if (row === undefined) {
    const reference = "RFC 9904 section 4";
    const message = `digest type ${value} is unassigned, validators ignore it (${reference}): ${usableDigestTypes}`;
    return [{ id: "digest-type-unknown", tier: "practice", property: "digestType", message, reference }];
  }
  const verdict = digestTypeVerdict(row);
  if (verdict === undefined) return [];
  const message = `digest type ${value} (${row.name}) ${verdict.says} (${row.reference}): ${usableDigestTypes}`;
  return [{ id: verdict.id, tier: verdict.tier, property: "digestType", message, reference: row.reference }];
}

function digestTypeVerdict({ status }: DigestType): Verdict | undefined {
  if (status === "mustNot") {
    return { id: "digest-type-must-not", tier: "practice", says: "must not be used for a new delegation" };
  }
  if (status === "delete") {
    return { id: "digest-type-null", tier: "rfc", says: "exists in CDS only, never in DS" };
  }
  return undefined;
}

function dnskeyRangeFinding(
  field: "flags" | "protocol" | "algorithm",
  value: unknown,
  largest: number,
): Finding[] {
  if (isWholeNumber(value, largest)) return [];
  const also = field === "algorithm" ? dsRanges.algorithm.also : "";
  const message = `${field} of a DNSKEY must be a whole number 0 to ${largest}${also}, got ${quoted(value)}`;
  return [dnskeyFinding(`dnskey-${field}-range`, "syntax", message, "RFC 4034 section 2.2")];
}

function publicKeyFinding(publicKey: unknown): Finding[] {
  const octets = publicKeyOctets(publicKey);
  if (octets !== undefined && octets > 0 && octets <= longestPublicKey) return [];
  const message = `public key of a DNSKEY must be base64 with its padding, 1 to ${longestPublicKey} octets, got ${quoted(publicKey)}`;
  return [dnskeyFinding("dnskey-public-key", "syntax", message, "RFC 4034 section 2.2")];
}

function keyLengthFinding(publicKey: unknown, algorithm: unknown): Finding[] {
  const row = isWholeNumber(algorithm, 255) ? findAlgorithm(algorithm) : undefined;
  const octets = publicKeyOctets(publicKey);
  if (row?.keyOctets === undefined || !octets || octets === row.keyOctets) return [];
  const message = `public key of algorithm ${row.number} (${row.mnemonic}) must have ${row.keyOctets} octets, got ${octets}`;
  return [dnskeyFinding("dnskey-key-length", "rfc", message, row.reference)];
}

function protocolFinding(protocol: unknown): Finding[] {
  if (!isWholeNumber(protocol, 255) || protocol === 3) return [];
  const message = `protocol of a DNSKEY must be 3, got ${protocol}`;
  return [dnskeyFinding("dnskey-protocol", "rfc", message, "RFC 4034 section 2.1.2")];
}

function flagsFindings(flags: unknown): Finding[] {
  if (!isWholeNumber(flags, 65535)) return [];
  const got = `flags ${flags}`;
  const findings: Finding[] = [];
  if (!(flags & zoneFlag)) {
    const message = `${got} lack the Zone Key bit (256): no DS may refer to this key; a KSK has flags 257`;
    findings.push(dnskeyFinding("dnskey-zone-bit", "rfc", message, "RFC 4034 section 5.2"));
  }
  if (flags & revokeFlag) {
    const message = `${got} have the REVOKE bit (128): this key is being retired; use one that is not revoked, flags 257`;
    findings.push(dnskeyFinding("dnskey-revoked", "rfc", message, "RFC 5011 section 2.1"));
  }
  if (!(flags & secureEntryPointFlag)) {
    const message = `${got} lack the SEP bit (1): this may be a ZSK; a KSK has flags 257`;
    findings.push(dnskeyFinding("dnskey-sep", "practice", message, "RFC 4034 section 2.1.1"));
  }
  return findings;
}

function dnskeyFinding(id: string, tier: Finding["tier"], message: string, reference: string): Finding {
  return { id, tier, property: "dnskey", message: `${message} (${reference})`, reference };
}

function isWholeNumber(value: unknown, largest: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= largest;
}

/** Length of a key in canonical base64, or undefined: Node decodes anything, so only what it encodes back is base64. */
function publicKeyOctets(publicKey: unknown): number | undefined {
  if (typeof publicKey !== "string") return undefined;
  const octets = Buffer.from(publicKey, "base64");
  return octets.toString("base64") === publicKey ? octets.length : undefined;
}

function failuresFirst(findings: readonly Finding[]): readonly Finding[] {
  return [
    ...findings.filter(({ tier }) => tier !== "practice"),
    ...findings.filter(({ tier }) => tier === "practice"),
  ];
}
