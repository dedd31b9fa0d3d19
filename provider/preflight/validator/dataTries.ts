import type { Finding } from "./findings";
import { isSupportedAlgorithm, type LoadedKey, type PublishedKey } from "./publishedKey";
import type { Rrsig } from "./rrsig";
import type { SignedKeys } from "./dnskeyRrset";

/** A signature, and a key of the tag and algorithm that it names. */
export interface Try {
  readonly signature: Rrsig;
  readonly key: PublishedKey;
}

/** Tells what is wrong with a signature by a key. `loaded`: the key, ready for verifying. */
export interface FaultOf {
  (one: Try): Finding | undefined;
  readonly loaded: (key: PublishedKey) => LoadedKey;
}

/** All that there are to try, in the server's order; one more than `most`, and no further. */
export function triesOf(
  signatures: readonly Rrsig[],
  keys: readonly PublishedKey[],
  most: number,
): readonly Try[] {
  const tries: Try[] = [];
  for (const signature of signatures) {
    for (const key of keys) {
      if (isBy(signature, key)) tries.push({ signature, key });
      if (tries.length > most) return tries;
    }
  }
  return tries;
}

/**
 * Where BIND gives up before it comes to a valid signature. It goes through the signatures in the server's order and looks
 * for each one's key in the canonical order of the keys. At the first that does not verify it stops. After one outside of
 * its dates it passes over the next one, whatever that is (seen with 9.18.49).
 */
export function obstacleForBind(
  signatures: readonly Rrsig[],
  keys: readonly PublishedKey[],
  { owner }: SignedKeys,
  faultOf: FaultOf,
): Finding | undefined {
  const inOrder = [...keys].sort((a, b) => Buffer.compare(a.rdata, b.rdata));
  let last: Finding | undefined;
  let passesOver = false;
  for (const signature of signatures) {
    if (!isSupportedAlgorithm(signature.algorithm) || !signature.signer.equals(owner)) continue;
    const key = passesOver
      ? undefined
      : inOrder.find((one) => isBy(signature, one) && isRead(faultOf.loaded(one)));
    passesOver = false;
    if (key === undefined) continue;
    const fault = faultOf({ signature, key });
    if (fault === undefined || !isOfDates(fault)) return fault;
    last = fault;
    passesOver = true;
  }
  return last;
}

function isOfDates({ code }: Finding): boolean {
  return code === "DATA_SIGNATURE_EXPIRED" || code === "DATA_SIGNATURE_NOT_YET_VALID";
}

/** Whether BIND reads it as a key, even if it fails to verify with it. */
function isRead(key: LoadedKey): boolean {
  return !("fault" in key) || key.failsInUse === true;
}

/** Whether a signature names the tag and the algorithm of a key. */
export function isBy({ keyTag, algorithm }: Rrsig, key: PublishedKey): boolean {
  return key.tag === keyTag && key.algorithm === algorithm;
}

/** Tries every signature with a key once. */
export function remembering(
  judge: (one: Try, loaded: LoadedKey) => Finding | undefined,
  loaded: (key: PublishedKey) => LoadedKey,
): FaultOf {
  const faults = new Map<PublishedKey, Map<Rrsig, Finding | undefined>>();
  const faultOf = (one: Try) => {
    const ofKey = faults.get(one.key) ?? new Map<Rrsig, Finding | undefined>();
    if (!ofKey.has(one.signature)) ofKey.set(one.signature, judge(one, loaded(one.key)));
    faults.set(one.key, ofKey);
    return ofKey.get(one.signature);
  };
  return Object.assign(faultOf, { loaded });
}
