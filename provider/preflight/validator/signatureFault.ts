import type { ServerFinding } from "./findings";
import type { PublishedKey } from "./publishedKey";
import { validityAt, writeSignedData, type ApexRrset, type Rrsig } from "./rrsig";
import type { VerdictCode } from "../verdictCodes";
import { dateText, keyText } from "./recordText";

/** An RRset at a zone's apex, and the words for it in messages about its signatures. */
export interface SignedRrset extends ApexRrset {
  /** Number of the owner's labels. */
  readonly labels: number;
  readonly words: SignatureWords;
}

export interface SignatureWords {
  readonly codes: Readonly<Record<"expired" | "notYetValid" | "invalid", VerdictCode>>;
  /** "the RRSIG" */
  readonly subject: string;
  /** "the published keys: they must be signed again" */
  readonly object: string;
}

/**
 * Finds the fault of a signature by a key.
 *
 * @param verifies The key's function that verifies a signature.
 * @param now In ms since the epoch.
 * @returns Undefined for a valid signature.
 * @see RFC 4035 section 5.3
 */
export function findSignatureFault(
  signature: Rrsig,
  key: PublishedKey,
  verifies: (data: Buffer, signature: Buffer) => boolean,
  rrset: SignedRrset,
  now: number,
): ServerFinding | undefined {
  const { codes, subject, object } = rrset.words;
  const by = `${subject} by ${keyText(key)}`;
  const [from, to] = [dateText(signature.inception, now), dateText(signature.expiration, now)];
  const invalid = (problem: string): ServerFinding => ({
    code: codes.invalid,
    text: `${by}, from ${from} to ${to}, ${problem}`,
  });
  if (!signature.signer.equals(rrset.owner)) return invalid("has a signer's name other than the zone's");
  if (signature.labels !== rrset.labels) {
    return invalid(`is for a name of ${signature.labels} labels, but the zone's name has ${rrset.labels}`);
  }
  switch (validityAt(signature, now)) {
    case "impossible":
      return invalid("has its dates in the wrong order, or more than 68 years apart");
    case "expired":
      return {
        code: codes.expired,
        text: `${by} was valid from ${from} and expired at ${to}: the zone must be signed again`,
      };
    case "notYetValid":
      return {
        code: codes.notYetValid,
        text: `${by} is valid only from ${from} to ${to}: a clock may be wrong`,
      };
    case "current":
      return verifies(writeSignedData(signature, rrset), signature.signature)
        ? undefined
        : invalid(`does not verify over ${object}`);
  }
}
