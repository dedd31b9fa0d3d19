/** Every code that the judge gives a reason or a warning, and what it means. Stable. */
export const verdictCodes = {
  CHAIN_COMPLETE: "a key that a DS names signs the zone's keys: the domain validates",

  NO_DS: "there is no DS: the domain is taken as unsigned",
  ONLY_UNSUPPORTED: "no DS has an algorithm and a digest type that validators support: taken as unsigned",

  ZONE_NONEXISTENT: "the server says that the zone does not exist",
  KEYS_WITHHELD: "the zone is served, and no server answers the question for its keys",
  ZONE_UNSIGNED: "the zone publishes no keys",
  KEY_NOT_PUBLISHED: "the zone publishes no key of the DS's key tag",
  ALGORITHM_MISMATCH: "the key of the DS's key tag has another algorithm",
  DIGEST_MISMATCH: "the key of the DS's key tag and algorithm has another digest",
  KEY_NOT_ZONE_KEY: "the key lacks the Zone Key bit or has a protocol other than 3: no DS may name it",
  KEY_UNUSABLE: "the key is malformed, or of a size that validators do not take",
  KEY_REVOKED: "the key is revoked (RFC 5011)",
  KEY_NOT_SIGNING: "the key is published, and does not sign the zone's keys",
  SIGNATURE_EXPIRED: "the key's signature over the zone's keys has expired",
  SIGNATURE_NOT_YET_VALID: "the key's signature over the zone's keys is not valid yet",
  SIGNATURE_INVALID: "the key's signature over the zone's keys is wrong",
  RECORD_MALFORMED: "the server's answer has a record for which validators discard all of it",
  DATA_UNSIGNED: "the zone's keys are signed, and its data is not",
  DATA_MISSING: "the server denies that the zone has a SOA record",
  DATA_KEY_NOT_PUBLISHED: "no key in the zone's DNSKEY RRset signs its data",
  DATA_KEY_UNUSABLE: "the key that signs the zone's data is revoked, malformed, or no zone key",
  DATA_SIGNATURE_EXPIRED: "the signature over the zone's data has expired",
  DATA_SIGNATURE_NOT_YET_VALID: "the signature over the zone's data is not valid yet",
  DATA_SIGNATURE_INVALID: "the signature over the zone's data is wrong",
  TOO_MUCH_WORK: "validators would have to try more keys or signatures than they do",

  NO_ANSWER: "no server answered",
  TOO_MUCH_TO_JUDGE:
    "there are more DS records, sets of them or signatures than are looked at for one domain: it was not judged to the end",

  DS_SHA1: "a DS has a SHA-1 digest",
  DS_UNSUPPORTED: "a DS has an algorithm or digest type that validators ignore",
  DS_STANDBY: "a DS names no published key, beside one that does",
  ALGORITHM_SHA1: "a key signs with SHA-1: validators may take the domain as unsigned (RFC 9905)",
  ALGORITHM_NOT_SIGNING:
    "a DS has an algorithm by which no DS leads to a valid signature (RFC 6840 section 5.11)",
  KEY_WITHOUT_SEP: "a key that a DS names lacks the SEP bit",
  KEY_TAG_SHARED: "several keys have one key tag and algorithm",
  SIGNATURE_EXPIRES_SOON: "the last signature that holds the domain up is about to expire",
  DATA_ALGORITHM_NOT_SIGNING:
    "a DS has an algorithm by which the zone's data is not signed (RFC 6840 section 5.11)",
  DATA_SIGNATURE_EXPIRES_SOON: "the last signature over the zone's data is about to expire",
  DATA_UNHEARD: "a server tells the zone's keys, and not its SOA record",
  SOME_SERVERS_VALIDATE: "the domain is bogus, but not with every one of its servers",
  SERVERS_DISAGREE: "the servers publish different keys or DS records, or do not all validate",
  SERVER_SILENT: "a server did not answer",
  SERVER_LAME: "a server does not serve the zone",
  SERVER_FAILED: "a server answered with an error",
} as const satisfies Readonly<Record<string, string>>;

/** Of servers of the zone that did not tell all that they have. Under "strict", nothing is safe beside one. */
export const unheardCodes: ReadonlySet<string> = new Set<VerdictCode>([
  "SERVER_SILENT",
  "SERVER_LAME",
  "SERVER_FAILED",
  "DATA_UNHEARD",
]);

/**
 * Of DS records whose key cannot appear: their tag is taken by another key, or the digest itself holds what is
 * wrong with the key. After every other code a wait can help.
 */
export const hopelessCodes: ReadonlySet<string> = new Set<VerdictCode>([
  "ALGORITHM_MISMATCH",
  "DIGEST_MISMATCH",
  "KEY_NOT_ZONE_KEY",
  "KEY_UNUSABLE",
  "KEY_REVOKED",
]);

export type VerdictCode = keyof typeof verdictCodes;
