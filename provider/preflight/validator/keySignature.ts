import { isBy } from "./dataTries";
import type { Finding } from "./findings";
import type { LoadedKey, PublishedKey } from "./publishedKey";
import { recordTypes } from "../../dns/message";
import { momentOf, type Rrsig } from "./rrsig";
import { signatureFault, type SignatureWords } from "./signatureFault";
import type { SignedKeys } from "./dnskeyRrset";
import { keysText, keyText } from "./wording";

/** A key's valid signature over the zone's keys, the one that expires last; or why there is none. */
export type Signing = { readonly signature: Rrsig } | { readonly fault: Finding };

/** How many signatures of a key are tried, whether they turn out expired or wrong. unbound does the same. */
const mostSignatures = 9;

const words: SignatureWords = {
  codes: {
    invalid: "SIGNATURE_INVALID",
    expired: "SIGNATURE_EXPIRED",
    notYetValid: "SIGNATURE_NOT_YET_VALID",
  },
  subject: "the RRSIG",
  object: "the keys that are published: they must be signed anew",
};

/** What is told of a key with several bad signatures: of the one that should have been good. */
const telling = [words.codes.invalid, words.codes.expired, words.codes.notYetValid];

/**
 * Whether a key has signed the DNSKEY RRset that it is in.
 *
 * @param now Milliseconds since the epoch.
 * @param load Makes it ready for verifying.
 * @see RFC 4035 section 5.3
 */
export function signingOf(
  key: PublishedKey,
  zone: SignedKeys,
  now: number,
  load: (key: PublishedKey) => LoadedKey,
): Signing {
  const loaded = load(key);
  if ("fault" in loaded) return { fault: unusable(key, loaded.fault) };
  const { owner, labels, rrset } = zone;
  const keys = { owner, labels, type: recordTypes.DNSKEY, rdatas: rrset, words };
  const signatures = zone.signatures
    .filter((signature) => isBy(signature, key))
    .map((signature) => ({ signature, expires: momentOf(signature.expiration, now) }));
  if (signatures.length === 0) return { fault: notSigning(key, zone) };
  const tried = signatures
    .slice(0, mostSignatures)
    .map((one) => ({ ...one, fault: signatureFault(one.signature, key, loaded.verifies, keys, now) }))
    .sort((a, b) => b.expires - a.expires);
  const valid = tried.find(({ fault }) => fault === undefined);
  if (valid !== undefined) return { signature: valid.signature };
  if (signatures.length > mostSignatures) return { fault: tooMany(key, signatures.length) };
  const faults = telling.flatMap((code) => tried.filter(({ fault }) => fault?.code === code));
  return { fault: faults[0]?.fault ?? notSigning(key, zone) };
}

/** That a key cannot be used, and why. */
export function unusable(key: PublishedKey, fault: string): Finding {
  return { code: "KEY_UNUSABLE", text: `${keyText(key)} cannot be used: ${fault}` };
}

function notSigning(key: PublishedKey, { signatures }: SignedKeys): Finding {
  const signers = keysText([...new Set(signatures.map(({ keyTag }) => keyTag))]);
  const instead = signatures.length === 0 ? "no RRSIG at all" : `RRSIGs by ${signers}`;
  const text = `${keyText(key)} is published, but does not sign the DNSKEY RRset, which has ${instead}`;
  return { code: "KEY_NOT_SIGNING", text };
}

function tooMany(key: PublishedKey, count: number): Finding {
  const text = `${keyText(key)} has ${count} RRSIGs, and the first ${mostSignatures} do not verify: validators try no more`;
  return { code: "TOO_MUCH_WORK", text };
}
