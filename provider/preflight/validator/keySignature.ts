import { isBy } from "./dataTries";
import type { ServerFinding } from "./findings";
import type { LoadedKey, PublishedKey } from "./publishedKey";
import { recordTypes } from "../../dnssec/recordTypes";
import { momentOf, type Rrsig } from "./rrsig";
import { findSignatureFault, type SignatureWords } from "./signatureFault";
import type { DnskeyRrset } from "./dnskeyRrset";
import { keysText, keyText } from "./recordText";

/**
 * A key's valid signature over the zone's keys, the last one to expire, or the reason why there is
 * none.
 */
export type KeySignature = { readonly signature: Rrsig } | { readonly fault: ServerFinding };

/**
 * Maximum number of signatures of a key that are tried, good or bad. unbound has the same limit.
 */
const maxSignatures = 9;

const words: SignatureWords = {
  codes: {
    invalid: "SIGNATURE_INVALID",
    expired: "SIGNATURE_EXPIRED",
    notYetValid: "SIGNATURE_NOT_YET_VALID",
  },
  subject: "the RRSIG",
  object: "the published keys: they must be signed again",
};

/** The fault to report for a key with several bad signatures: that of the most nearly good one. */
const faultsByRelevance = [words.codes.invalid, words.codes.expired, words.codes.notYetValid];

/**
 * Finds a key's signature over the DNSKEY RRset that has the key.
 *
 * @param now In ms since the epoch.
 * @param load Returns the key ready for verification.
 * @see RFC 4035 section 5.3
 */
export function findKeySignature(
  key: PublishedKey,
  zone: DnskeyRrset,
  now: number,
  load: (key: PublishedKey) => LoadedKey,
): KeySignature {
  const loaded = load(key);
  if ("fault" in loaded) return { fault: unusable(key, loaded.fault) };
  const { owner, labels, rrset } = zone;
  const keys = { owner, labels, type: recordTypes.DNSKEY, rdatas: rrset, words };
  const signatures = zone.signatures
    .filter((signature) => isBy(signature, key))
    .map((signature) => ({ signature, expires: momentOf(signature.expiration, now) }));
  if (signatures.length === 0) return { fault: notSigning(key, zone) };
  const tried = signatures
    .slice(0, maxSignatures)
    .map((one) => ({ ...one, fault: findSignatureFault(one.signature, key, loaded.verifies, keys, now) }))
    .sort((a, b) => b.expires - a.expires);
  const valid = tried.find(({ fault }) => fault === undefined);
  if (valid !== undefined) return { signature: valid.signature };
  if (signatures.length > maxSignatures) return { fault: tooMany(key, signatures.length) };
  const faults = faultsByRelevance.flatMap((code) => tried.filter(({ fault }) => fault?.code === code));
  return { fault: faults[0]?.fault ?? notSigning(key, zone) };
}

/** Returns the finding for a key that cannot be used. */
export function unusable(key: PublishedKey, fault: string): ServerFinding {
  return { code: "KEY_UNUSABLE", text: `${keyText(key)} cannot be used: ${fault}` };
}

function notSigning(key: PublishedKey, { signatures }: DnskeyRrset): ServerFinding {
  const signers = keysText([...new Set(signatures.map(({ keyTag }) => keyTag))]);
  const instead = signatures.length === 0 ? "no RRSIG at all" : `RRSIGs by ${signers}`;
  const text = `${keyText(key)} is published, but does not sign the DNSKEY RRset, which has ${instead}`;
  return { code: "KEY_NOT_SIGNING", text };
}

function tooMany(key: PublishedKey, count: number): ServerFinding {
  const text = `${keyText(key)} has ${count} RRSIGs, and the first ${maxSignatures} do not verify: validators try no more`;
  return { code: "TOO_MUCH_WORK", text };
}
