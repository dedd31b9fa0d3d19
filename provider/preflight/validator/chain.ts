import { dsFromDnskey } from "../../dnssec/dnskey";
import { dnskeyFlags, dnskeyProtocol, isRevoked } from "../../dnssec/dnskeyFlags";
import { sameDs, type Ds } from "../../dnssec/ds";
import { maxSigningKeys, type Examination } from "./examination";
import type { ServerFinding } from "./findings";
import { isZoneKey, withoutRevokeBit, type PublishedKey } from "./publishedKey";
import type { Rrsig } from "./rrsig";
import type { DnskeyRrset } from "./dnskeyRrset";
import type { KeySignature } from "./keySignature";
import { dsText, flagsText, keysText, keyText } from "./recordText";

/** A DS that leads to a key with a valid signature over the zone's keys. */
export interface ChainOfTrust {
  readonly ds: Ds;
  readonly key: PublishedKey;
  readonly signature: Rrsig;
}

/** A DS that does not lead to such a key, and the reason. */
export interface BrokenChain {
  readonly ds: Ds;
  readonly fault: ServerFinding;
}

/**
 * Bounds against hostile answers (CVE-2023-50387), for each server. `sameTag`: keys of one tag and
 * algorithm that are compared with a DS; unbound gives up at the fifth mismatch. `keys`: keys whose
 * signatures are verified. `revoked`: revoked keys that are compared with a DS.
 */
const max = { sameTag: 5, keys: maxSigningKeys, revoked: 16 } as const;

/**
 * Follows every DS through a server's answer. The answer is secure if one chain is whole.
 *
 * @see RFC 4035 section 5.2
 */
export function followChains(
  records: readonly Ds[],
  zone: DnskeyRrset,
  examination: Examination,
): readonly (ChainOfTrust | BrokenChain)[] {
  const tried = new Set<PublishedKey>();
  const signatureOf = (key: PublishedKey): KeySignature => {
    if (!tried.has(key) && tried.size >= max.keys) return { fault: tooManyKeys };
    tried.add(key);
    return examination.keySignature(key, zone) ?? { fault: tooMuchForAll };
  };
  return records.map((ds) => followChain(ds, zone, examination, signatureOf));
}

function followChain(
  ds: Ds,
  zone: DnskeyRrset,
  examination: Examination,
  signatureOf: (key: PublishedKey) => KeySignature,
): ChainOfTrust | BrokenChain {
  const key = findKey(ds, zone, examination);
  if ("code" in key) return { ds, fault: key };
  if (!isZoneKey(key)) return { ds, fault: notZoneKey(key) };
  const signed = signatureOf(key);
  if ("fault" in signed) return { ds, fault: signed.fault };
  if (isRevoked(key) && !anotherSigns(zone)) return { ds, fault: revokedAlone(key) };
  return { ds, key, signature: signed.signature };
}

function findKey(ds: Ds, zone: DnskeyRrset, examination: Examination): PublishedKey | ServerFinding {
  const sameTag = zone.keys.filter(({ tag }) => tag === ds.keyTag);
  const candidates = sameTag.filter(({ algorithm }) => algorithm === ds.algorithm);
  const dsOf = (key: PublishedKey) => examination.dsOf(key, ds.digestType, zone);
  const key = candidates.slice(0, max.sameTag).find((one) => sameDs(dsOf(one), ds));
  if (key !== undefined) return key;
  if (candidates.length > max.sameTag) return tooManyOfOneTag(ds, candidates.length);
  if (candidates[0] !== undefined) return otherDigest(ds, candidates[0], dsOf(candidates[0]));
  if (sameTag[0] !== undefined) return otherAlgorithm(ds, sameTag[0]);
  return revokedForm(ds, zone) ?? notPublished(ds, zone);
}

/**
 * BIND accepts a revoked key as signer only if another key has an RRSIG too, which it does not
 * verify.
 */
function anotherSigns({ keys, signatures, owner }: DnskeyRrset): boolean {
  const others = keys.filter((key) => !isRevoked(key));
  return signatures.some(
    ({ keyTag, algorithm, signer }) =>
      signer.equals(owner) && others.some((key) => key.tag === keyTag && key.algorithm === algorithm),
  );
}

const tooManyKeys: ServerFinding = {
  code: "TOO_MUCH_WORK",
  text: `the DS set names more than ${max.keys} published keys: no more are tried`,
};

/** All servers of a domain together cause too much work, although no single one does. */
export const tooMuchForAll: ServerFinding = {
  code: "TOO_MUCH_TO_JUDGE",
  text: "not judged, since the servers together have more signatures than are verified for one domain",
};

function tooManyOfOneTag({ keyTag }: Ds, count: number): ServerFinding {
  const text = `the zone publishes ${count} keys with tag ${keyTag}, and the DS matches none of the first ${max.sameTag}: validators try no more`;
  return { code: "TOO_MUCH_WORK", text };
}

function notPublished(ds: Ds, { keys }: DnskeyRrset): ServerFinding {
  const published = keysText(keys.map(({ tag }) => tag));
  const text = `the zone publishes ${published}, but not key ${ds.keyTag}, which ${dsText(ds)} names: wrong key, or not published yet`;
  return { code: "KEY_NOT_PUBLISHED", text };
}

function revokedForm(ds: Ds, { keys, domainName }: DnskeyRrset): ServerFinding | undefined {
  const revoked = keys
    .filter(isRevoked)
    .slice(0, max.revoked)
    .find((key) => sameDs(dsFromDnskey(domainName, withoutRevokeBit(key), ds.digestType), ds));
  if (revoked === undefined) return undefined;
  const text = `the zone has revoked the key that ${dsText(ds)} names, and publishes it as ${keyText(revoked)}`;
  return { code: "KEY_REVOKED", text };
}

function otherAlgorithm(ds: Ds, key: PublishedKey): ServerFinding {
  const text = `${dsText(ds)} and the published ${keyText(key)} have different algorithms`;
  return { code: "ALGORITHM_MISMATCH", text };
}

function otherDigest(ds: Ds, key: PublishedKey, actual: Ds): ServerFinding {
  const [declared, needed] = [ds, actual].map(({ digest }) => `${digest.slice(0, 8)}…`);
  const text =
    `${dsText(ds)} has the digest ${declared}, but the published ${keyText(key)} needs ${needed}: ` +
    `the DS was made from another key, or for another domain`;
  return { code: "DIGEST_MISMATCH", text };
}

function notZoneKey(key: PublishedKey): ServerFinding {
  const text = `${keyText(key)} has ${flagsText(key)}: a key that a DS names needs the Zone Key bit (${dnskeyFlags.zone}) and protocol ${dnskeyProtocol}`;
  return { code: "KEY_NOT_ZONE_KEY", text };
}

function revokedAlone(key: PublishedKey): ServerFinding {
  const text = `${keyText(key)} is revoked, and no other key signs the DNSKEY RRset`;
  return { code: "KEY_REVOKED", text };
}
