import { dnskeyFlags, dnskeyProtocol, hasZoneBit, isRevoked, isSecureEntryPoint } from "./dnskeyFlags";
import { quoted } from "./quoted";
import {
  algorithmNumber,
  digestTypeNumber,
  findAlgorithm,
  findDigestType,
  type Algorithm,
  type DigestType,
} from "./registries";
import { isWholeNumber } from "./wholeNumber";

/**
 * A rule that a record breaks. The tiers `syntax` and `rfc` are failures: the record cannot exist,
 * or can never work. The tier `practice` is a warning: the record may work, but advice is against
 * it. `id` is stable, `message` names the given and the allowed values, and `reference` is the RFC
 * section.
 */
export interface Finding {
  readonly id: string;
  readonly tier: "syntax" | "rfc" | "practice";
  readonly property: "keyTag" | "algorithm" | "digestType" | "digest" | "dnskey";
  readonly message: string;
  readonly reference: string;
}

/**
 * A `Partial<Ds>` as a program may give it, with values of any type. Undefined fields are not known
 * yet.
 */
export interface DsFields {
  readonly keyTag?: unknown;
  readonly algorithm?: unknown;
  readonly digestType?: unknown;
  readonly digest?: unknown;
}

/** A `Dnskey` as a program may give it, with values of any type. */
export interface DnskeyFields {
  readonly flags: unknown;
  readonly protocol: unknown;
  readonly algorithm: unknown;
  readonly publicKey: unknown;
}

/**
 * Maximum length of a public key, in octets. Flags, protocol and algorithm take four of RDATA's
 * 65,535.
 */
const maxPublicKeyOctets = 65_531;

const named = (mnemonic: string) => `${algorithmNumber(mnemonic)} (${mnemonic})`;
const usableAlgorithms = `use ${named("ECDSAP256SHA256")}, ${named("ED25519")} or ${named("RSASHA256")}`;
const usableDigestTypes = `use ${digestTypeNumber("SHA-256")} (SHA-256)`;

/**
 * Checks the data of a DS record. Rules that need an undefined field are skipped. Values may be of
 * any type; never throws.
 *
 * @param ds `algorithm` as a number (see `algorithmNumber` for mnemonics), `digest` in hexadecimal
 *   of either case.
 * @returns The broken rules, failures first.
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
 * Checks the data of a DNSKEY record. The algorithm is checked for its range and the length of its
 * keys only, since {@link dsFindings} checks it in the DS record of the key. Values may be of any
 * type; never throws.
 *
 * @param dnskey `publicKey` in base64 without whitespace.
 * @returns The broken rules, failures first.
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
    max: 65535,
    also: "",
    reference: "RFC 4034 section 5.1.1",
  },
  algorithm: {
    id: "algorithm-range",
    what: "algorithm",
    max: 255,
    also: " or a mnemonic such as ECDSAP256SHA256",
    reference: "RFC 4034 section 5.1.2",
  },
  digestType: {
    id: "digest-type-range",
    what: "digest type",
    max: 255,
    also: " or a name such as SHA-256",
    reference: "RFC 4034 section 5.1.3",
  },
} as const;

function rangeFinding(property: keyof typeof dsRanges, value: unknown): Finding[] {
  const { id, what, max, also, reference } = dsRanges[property];
  if (value === undefined || isWholeNumber(value, max)) return [];
  const message = `${what} must be a whole number 0 to ${max}${also}, got ${quoted(value)} (${reference})`;
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
    const message = `algorithm ${value} is unassigned, and validators ignore it (${reference}): ${usableAlgorithms}`;
    return [{ id: "algorithm-unknown", tier: "practice", property: "algorithm", message, reference }];
  }
  const advice = adviceOnAlgorithm(row);
  if (advice === undefined) return [];
  const message = `algorithm ${value} (${row.mnemonic}) ${advice.says} (${row.reference}): ${usableAlgorithms}`;
  return [{ id: advice.id, tier: advice.tier, property: "algorithm", message, reference: row.reference }];
}

interface Advice {
  readonly id: string;
  readonly tier: "rfc" | "practice";
  readonly says: string;
}

function adviceOnAlgorithm({ status }: Algorithm): Advice | undefined {
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
      return {
        id: "algorithm-reserved",
        tier: "practice",
        says: "is reserved, and no zone is signed with it",
      };
    case "delete":
      return { id: "algorithm-delete", tier: "rfc", says: "exists in CDS and CDNSKEY only, never in DS" };
  }
}

function digestTypeFinding(value: unknown): Finding[] {
  if (!isWholeNumber(value, 255)) return [];
  const row = findDigestType(value);
  if (row === undefined) {
    const reference = "RFC 9904 section 4";
    const message = `digest type ${value} is unassigned, and validators ignore it (${reference}): ${usableDigestTypes}`;
    return [{ id: "digest-type-unknown", tier: "practice", property: "digestType", message, reference }];
  }
  const advice = adviceOnDigestType(row);
  if (advice === undefined) return [];
  const message = `digest type ${value} (${row.name}) ${advice.says} (${row.reference}): ${usableDigestTypes}`;
  return [{ id: advice.id, tier: advice.tier, property: "digestType", message, reference: row.reference }];
}

function adviceOnDigestType({ status }: DigestType): Advice | undefined {
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
  max: number,
): Finding[] {
  if (isWholeNumber(value, max)) return [];
  const also = field === "algorithm" ? dsRanges.algorithm.also : "";
  const message = `${field} of a DNSKEY must be a whole number 0 to ${max}${also}, got ${quoted(value)}`;
  return [dnskeyFinding(`dnskey-${field}-range`, "syntax", message, "RFC 4034 section 2.2")];
}

function publicKeyFinding(publicKey: unknown): Finding[] {
  const octets = publicKeyOctets(publicKey);
  if (octets !== undefined && octets > 0 && octets <= maxPublicKeyOctets) return [];
  const message = `public key of a DNSKEY must be base64 with its padding, 1 to ${maxPublicKeyOctets} octets, got ${quoted(publicKey)}`;
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
  if (!isWholeNumber(protocol, 255) || protocol === dnskeyProtocol) return [];
  const message = `protocol of a DNSKEY must be ${dnskeyProtocol}, got ${protocol}`;
  return [dnskeyFinding("dnskey-protocol", "rfc", message, "RFC 4034 section 2.1.2")];
}

const kskFlags = dnskeyFlags.zone | dnskeyFlags.secureEntryPoint;

function flagsFindings(flags: unknown): Finding[] {
  if (!isWholeNumber(flags, 65535)) return [];
  const got = `flags ${flags}`;
  const findings: Finding[] = [];
  if (!hasZoneBit({ flags })) {
    const message = `${got} lack the Zone Key bit (${dnskeyFlags.zone}): no DS may refer to this key; a KSK has flags ${kskFlags}`;
    findings.push(dnskeyFinding("dnskey-zone-bit", "rfc", message, "RFC 4034 section 5.2"));
  }
  if (isRevoked({ flags })) {
    const message = `${got} have the REVOKE bit (${dnskeyFlags.revoke}): this key is being retired; use one that is not revoked, flags ${kskFlags}`;
    findings.push(dnskeyFinding("dnskey-revoked", "rfc", message, "RFC 5011 section 2.1"));
  }
  if (!isSecureEntryPoint({ flags })) {
    const message = `${got} lack the SEP bit (${dnskeyFlags.secureEntryPoint}): this may be a ZSK; a KSK has flags ${kskFlags}`;
    findings.push(dnskeyFinding("dnskey-sep", "practice", message, "RFC 4034 section 2.1.1"));
  }
  return findings;
}

function dnskeyFinding(id: string, tier: Finding["tier"], message: string, reference: string): Finding {
  return { id, tier, property: "dnskey", message: `${message} (${reference})`, reference };
}

/**
 * Returns the length of a key in octets, or undefined for text that is not canonical base64. Node
 * decodes any text; it is base64 only if Node encodes the octets back to it.
 */
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
