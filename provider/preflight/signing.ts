import type { Finding } from "./findings";
import { loadKey, type LoadedKey, type PublishedKey } from "./keys";
import { momentOf, signedData, validityAt, type Rrsig } from "./signature";
import type { SignedKeys } from "./signedKeys";
import { dateText, keysText, keyText } from "./wording";

/** A key's valid signature over the zone's keys, the one that expires last; or why there is none. */
export type Signing = { readonly signature: Rrsig } | { readonly fault: Finding };

/** How many signatures of a key are tried, whether they turn out expired or wrong. unbound does the same. */
const mostSignatures = 9;

/** What is told of a key with several bad signatures: of the one that should have been good. */
const telling: readonly Finding["code"][] = [
  "SIGNATURE_INVALID",
  "SIGNATURE_EXPIRED",
  "SIGNATURE_NOT_YET_VALID",
];

/**
 * Whether a key has signed the DNSKEY RRset that it is in.
 *
 * @param now Milliseconds since the epoch.
 * @see RFC 4035 section 5.3
 */
export function signingOf(key: PublishedKey, zone: SignedKeys, now: number): Signing {
  const loaded = loadKey(key);
  if ("fault" in loaded) return { fault: unusable(key, loaded.fault) };
  const signatures = zone.signatures
    .filter(({ keyTag, algorithm }) => keyTag === key.tag && algorithm === key.algorithm)
    .map((signature) => ({ signature, expires: momentOf(signature.expiration, now) }));
  if (signatures.length === 0) return { fault: notSigning(key, zone) };
  const tried = signatures
    .slice(0, mostSignatures)
    .map((one) => ({ ...one, fault: faultOf(one.signature, key, loaded, zone, now) }))
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

type Usable = Exclude<LoadedKey, { fault: string }>;

function faultOf(
  signature: Rrsig,
  key: PublishedKey,
  { verifies }: Usable,
  zone: SignedKeys,
  now: number,
): Finding | undefined {
  const [from, to] = [dateText(signature.inception, now), dateText(signature.expiration, now)];
  const invalid = (problem: string): Finding => ({
    code: "SIGNATURE_INVALID",
    text: `the RRSIG by ${keyText(key)}, from ${from} to ${to}, ${problem}`,
  });
  if (!signature.signer.equals(zone.owner)) return invalid("has a signer's name other than the zone's");
  if (signature.labels !== zone.labels) {
    return invalid(`is for a name of ${signature.labels} labels, the zone's has ${zone.labels}`);
  }
  switch (validityAt(signature, now)) {
    case "impossible":
      return invalid("has its dates in the wrong order, or more than 68 years apart");
    case "expired":
      return {
        code: "SIGNATURE_EXPIRED",
        text: `the RRSIG by ${keyText(key)} expired at ${to} (it was made for ${from} on): the zone must be signed anew`,
      };
    case "notYetValid":
      return {
        code: "SIGNATURE_NOT_YET_VALID",
        text: `the RRSIG by ${keyText(key)} is valid from ${from} on only (until ${to}): a clock may be wrong`,
      };
    case "current":
      return verifies(signedData(signature, zone.owner, zone.rrset), signature.signature)
        ? undefined
        : invalid("does not verify over the keys that are published: they must be signed anew");
  }
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
