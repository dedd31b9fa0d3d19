/** The codes of reasons and warnings, with their meanings. Codes are stable. */
export const verdictCodes = {
  CHAIN_COMPLETE: "a key that a DS names signs the zone's keys: the domain validates",

  NO_DS: "there is no DS: the domain is treated as unsigned",
  ONLY_UNSUPPORTED:
    "no DS has an algorithm and a digest type that validators support: the domain is treated as unsigned",

  ZONE_NONEXISTENT: "the server says that the zone does not exist",
  KEYS_WITHHELD: "the zone is served, but no server answers for its keys",
  ZONE_UNSIGNED: "the zone publishes no keys",
  KEY_NOT_PUBLISHED: "the zone publishes no key of the DS's key tag",
  ALGORITHM_MISMATCH: "the key of the DS's key tag has another algorithm",
  DIGEST_MISMATCH: "the key of the DS's key tag and algorithm has another digest",
  KEY_NOT_ZONE_KEY: "the key lacks the Zone Key bit or has a protocol other than 3: no DS may name it",
  KEY_UNUSABLE: "the key is malformed, or has a size that validators do not accept",
  KEY_REVOKED: "the key is revoked (RFC 5011)",
  KEY_NOT_SIGNING: "the key is published, but does not sign the zone's keys",
  SIGNATURE_EXPIRED: "the key's signature over the zone's keys has expired",
  SIGNATURE_NOT_YET_VALID: "the key's signature over the zone's keys is not valid yet",
  SIGNATURE_INVALID: "the key's signature over the zone's keys is wrong",
  RECORD_MALFORMED: "a record in the server's answer makes validators discard the whole answer",
  DATA_UNSIGNED: "the zone's keys are signed, but its data is not",
  DATA_MISSING: "the server denies that the zone has a SOA record",
  DATA_KEY_NOT_PUBLISHED: "no key in the zone's DNSKEY RRset signs its data",
  DATA_KEY_UNUSABLE: "the key that signs the zone's data is revoked, malformed, or no zone key",
  DATA_SIGNATURE_EXPIRED: "the signature over the zone's data has expired",
  DATA_SIGNATURE_NOT_YET_VALID: "the signature over the zone's data is not valid yet",
  DATA_SIGNATURE_INVALID: "the signature over the zone's data is wrong",
  TOO_MUCH_WORK: "validators would have to try more keys or signatures than their limits allow",

  NO_ANSWER: "no server answered",
  TOO_MUCH_TO_JUDGE:
    "the domain has more DS records, DS sets or signatures than are examined, and was not fully judged",

  DS_SHA1: "a DS has a SHA-1 digest",
  DS_UNSUPPORTED: "a DS has an algorithm or digest type that validators ignore",
  DS_STANDBY: "a DS names no published key, but another DS does",
  ALGORITHM_SHA1: "a key signs with SHA-1: validators may treat the domain as unsigned (RFC 9905)",
  ALGORITHM_NOT_SIGNING:
    "a DS has an algorithm by which no DS leads to a valid signature (RFC 6840 section 5.11)",
  KEY_WITHOUT_SEP: "a key that a DS names lacks the SEP bit",
  KEY_TAG_SHARED: "several keys share a key tag and algorithm",
  SIGNATURE_EXPIRES_SOON: "the last signature by which the domain validates is about to expire",
  DATA_ALGORITHM_NOT_SIGNING:
    "a DS has an algorithm by which the zone's data is not signed (RFC 6840 section 5.11)",
  DATA_SIGNATURE_EXPIRES_SOON: "the last signature over the zone's data is about to expire",
  DATA_UNHEARD: "a server answers for the zone's keys, but not for its SOA record",
  SOME_SERVERS_VALIDATE: "the domain is bogus, but not at all of its servers",
  SERVERS_DISAGREE: "the servers publish different keys or DS records, or do not all validate",
  SERVER_SILENT: "a server did not answer",
  SERVER_LAME: "a server does not serve the zone",
  SERVER_FAILED: "a server answered with an error",
} as const satisfies Readonly<Record<string, string>>;

/**
 * Codes for servers of the zone without a complete answer. Under "strict", one of them makes a
 * change unproven.
 */
export const unheardCodes: ReadonlySet<string> = new Set<VerdictCode>([
  "SERVER_SILENT",
  "SERVER_LAME",
  "SERVER_FAILED",
  "DATA_UNHEARD",
]);

/**
 * Codes for DS records whose key cannot appear: another key has the tag, or the fault is part of
 * the key and so of the digest. After any other code, waiting can help.
 */
export const hopelessCodes: ReadonlySet<string> = new Set<VerdictCode>([
  "ALGORITHM_MISMATCH",
  "DIGEST_MISMATCH",
  "KEY_NOT_ZONE_KEY",
  "KEY_UNUSABLE",
  "KEY_REVOKED",
]);

export type VerdictCode = keyof typeof verdictCodes;
