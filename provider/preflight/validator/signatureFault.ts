import type { Finding } from "./findings";
import type { PublishedKey } from "./publishedKey";
import { signedData, validityAt, type ApexRrset, type Rrsig } from "./rrsig";
import type { VerdictCode } from "../verdictCodes";
import { dateText, keyText } from "./wording";

/** An RRset at a zone's apex that a signature is to cover, and how messages speak of the signature. */
export interface SignedRrset extends ApexRrset {
  /** How many labels the owner has. */
  readonly labels: number;
  readonly words: SignatureWords;
}

export interface SignatureWords {
  readonly codes: Readonly<Record<"expired" | "notYetValid" | "invalid", VerdictCode>>;
  /** "the RRSIG" */
  readonly subject: string;
  /** "the keys that are published: they must be signed anew" */
  readonly object: string;
}

/**
 * Finds out why a signature by a key is not good.
 *
 * @param verifies Of the key.
 * @param now Milliseconds since the epoch.
 * @returns undefined for a good one.
 * @see RFC 4035 section 5.3
 */
export function signatureFault(
  signature: Rrsig,
  key: PublishedKey,
  verifies: (data: Buffer, signature: Buffer) => boolean,
  rrset: SignedRrset,
  now: number,
): Finding | undefined {
  const { codes, subject, object } = rrset.words;
  const by = `${subject} by ${keyText(key)}`;
  const [from, to] = [dateText(signature.inception, now), dateText(signature.expiration, now)];
  const invalid = (problem: string): Finding => ({
    code: codes.invalid,
    text: `${by}, from ${from} to ${to}, ${problem}`,
  });
  if (!signature.signer.equals(rrset.owner)) return invalid("has a signer's name other than the zone's");
  if (signature.labels !== rrset.labels) {
    return invalid(`is for a name of ${signature.labels} labels, the zone's has ${rrset.labels}`);
  }
  switch (validityAt(signature, now)) {
    case "impossible":
      return invalid("has its dates in the wrong order, or more than 68 years apart");
    case "expired":
      return {
        code: codes.expired,
        text: `${by} expired at ${to} (it was made for ${from} on): the zone must be signed anew`,
      };
    case "notYetValid":
      return {
        code: codes.notYetValid,
        text: `${by} is valid from ${from} on only (until ${to}): a clock may be wrong`,
      };
    case "current":
      return verifies(signedData(signature, rrset), signature.signature)
        ? undefined
        : invalid(`does not verify over ${object}`);
  }
}
