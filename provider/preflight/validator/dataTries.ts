import type { ServerFinding } from "./findings";
import { isSupportedAlgorithm, type LoadedKey, type PublishedKey } from "./publishedKey";
import type { Rrsig } from "./rrsig";
import type { DnskeyRrset } from "./dnskeyRrset";

/** A signature, and a key with the tag and algorithm that it names. */
export interface Try {
  readonly signature: Rrsig;
  readonly key: PublishedKey;
}

/** Finds the fault of a signature by a key. `load` returns the key ready for verification. */
export interface FindFault {
  (one: Try): ServerFinding | undefined;
  readonly load: (key: PublishedKey) => LoadedKey;
}

/** Returns the pairs to try, in the server's order: all, or one more than `max`. */
export function listTries(
  signatures: readonly Rrsig[],
  keys: readonly PublishedKey[],
  max: number,
): readonly Try[] {
  const tries: Try[] = [];
  for (const signature of signatures) {
    for (const key of keys) {
      if (isBy(signature, key)) tries.push({ signature, key });
      if (tries.length > max) return tries;
    }
  }
  return tries;
}

/**
 * Finds the fault at which BIND gives up before it reaches a valid signature. BIND tries the
 * signatures in the server's order, and finds the key of each in the canonical order of the keys.
 * It stops at the first signature that does not verify. After a signature outside its dates it
 * skips the next one, valid or not (seen with 9.18.49).
 */
export function findBindObstacle(
  signatures: readonly Rrsig[],
  keys: readonly PublishedKey[],
  { owner }: DnskeyRrset,
  findFault: FindFault,
): ServerFinding | undefined {
  const inOrder = [...keys].sort((a, b) => Buffer.compare(a.rdata, b.rdata));
  let last: ServerFinding | undefined;
  let skipsNext = false;
  for (const signature of signatures) {
    if (!isSupportedAlgorithm(signature.algorithm) || !signature.signer.equals(owner)) continue;
    const key = skipsNext
      ? undefined
      : inOrder.find((one) => isBy(signature, one) && isReadable(findFault.load(one)));
    skipsNext = false;
    if (key === undefined) continue;
    const fault = findFault({ signature, key });
    if (fault === undefined || !isDateFault(fault)) return fault;
    last = fault;
    skipsNext = true;
  }
  return last;
}

function isDateFault({ code }: ServerFinding): boolean {
  return code === "DATA_SIGNATURE_EXPIRED" || code === "DATA_SIGNATURE_NOT_YET_VALID";
}

/** Returns whether BIND reads it as a key, even if it cannot verify with it. */
function isReadable(key: LoadedKey): boolean {
  return !("fault" in key) || key.failsInUse === true;
}

/** Returns whether a signature names the tag and the algorithm of a key. */
export function isBy({ keyTag, algorithm }: Rrsig, key: PublishedKey): boolean {
  return key.tag === keyTag && key.algorithm === algorithm;
}

/** Returns a function that judges every pair of signature and key once, and remembers the fault. */
export function rememberFaults(
  judge: (one: Try, loaded: LoadedKey) => ServerFinding | undefined,
  load: (key: PublishedKey) => LoadedKey,
): FindFault {
  const faults = new Map<PublishedKey, Map<Rrsig, ServerFinding | undefined>>();
  const findFault = (one: Try) => {
    const ofKey = faults.get(one.key) ?? new Map<Rrsig, ServerFinding | undefined>();
    if (!ofKey.has(one.signature)) ofKey.set(one.signature, judge(one, load(one.key)));
    faults.set(one.key, ofKey);
    return ofKey.get(one.signature);
  };
  return Object.assign(findFault, { load });
}
