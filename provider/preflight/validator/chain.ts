import { dsFromDnskey } from "../../dnssec/dnskey";
import { sameDs, type Ds } from "../../dnssec/ds";
import { maxSigningKeys, type Examination } from "./examination";
import type { Finding } from "./findings";
import { isRevoked, isZoneKey, unrevoked, type PublishedKey } from "./publishedKey";
import type { Rrsig } from "./rrsig";
import type { SignedKeys } from "./dnskeyRrset";
import type { Signing } from "./keySignature";
import { dsText, flagsText, keysText, keyText } from "./wording";

/** A DS that leads to a key with a valid signature over the zone's keys. */
export interface Chain {
  readonly ds: Ds;
  readonly key: PublishedKey;
  readonly signature: Rrsig;
}

/** A DS that leads nowhere, and where it ends. */
export interface BrokenChain {
  readonly ds: Ds;
  readonly fault: Finding;
}

/**
 * Bounds for hostile answers (CVE-2023-50387). `sameTag`: keys of one tag and algorithm that are compared with a DS;
 * unbound gives up at the fifth that does not match. `keys`: keys that are tried, of each server.
 */
const most = { sameTag: 5, keys: maxSigningKeys, revoked: 16 } as const;

/** Follows every DS through a server's answer. For secure, one of them has to be whole. @see RFC 4035 section 5.2 */
export function followChains(
  records: readonly Ds[],
  zone: SignedKeys,
  examination: Examination,
): readonly (Chain | BrokenChain)[] {
  const tried = new Set<PublishedKey>();
  const signing = (key: PublishedKey): Signing => {
    if (!tried.has(key) && tried.size >= most.keys) return { fault: tooManyKeys };
    tried.add(key);
    return examination.signing(key, zone) ?? { fault: tooMuchForAll };
  };
  return records.map((ds) => followChain(ds, zone, examination, signing));
}

function followChain(
  ds: Ds,
  zone: SignedKeys,
  examination: Examination,
  signing: (key: PublishedKey) => Signing,
): Chain | BrokenChain {
  const key = keyOf(ds, zone, examination);
  if ("code" in key) return { ds, fault: key };
  if (!isZoneKey(key)) return { ds, fault: notZoneKey(key) };
  const signed = signing(key);
  if ("fault" in signed) return { ds, fault: signed.fault };
  if (isRevoked(key) && !anotherSigns(zone)) return { ds, fault: revokedAlone(key) };
  return { ds, key, signature: signed.signature };
}

function keyOf(ds: Ds, zone: SignedKeys, examination: Examination): PublishedKey | Finding {
  const sameTag = zone.keys.filter(({ tag }) => tag === ds.keyTag);
  const candidates = sameTag.filter(({ algorithm }) => algorithm === ds.algorithm);
  const dsOf = (key: PublishedKey) => examination.dsOf(key, ds.digestType, zone);
  const key = candidates.slice(0, most.sameTag).find((one) => sameDs(dsOf(one), ds));
  if (key !== undefined) return key;
  if (candidates.length > most.sameTag) return tooManyOfOneTag(ds, candidates.length);
  if (candidates[0] !== undefined) return otherDigest(ds, candidates[0], dsOf(candidates[0]));
  if (sameTag[0] !== undefined) return otherAlgorithm(ds, sameTag[0]);
  return revokedForm(ds, zone) ?? notPublished(ds, zone);
}

/** BIND takes a revoked key for one that signs only where another has an RRSIG too; it does not verify that. */
function anotherSigns({ keys, signatures, owner }: SignedKeys): boolean {
  const others = keys.filter((key) => !isRevoked(key));
  return signatures.some(
    ({ keyTag, algorithm, signer }) =>
      signer.equals(owner) && others.some((key) => key.tag === keyTag && key.algorithm === algorithm),
  );
}

const tooManyKeys: Finding = {
  code: "TOO_MUCH_WORK",
  text: `the DS set names more than ${most.keys} published keys, and no more of them are tried`,
};

/** Of a domain whose servers make more work together than is done, though none of them makes too much. */
export const tooMuchForAll: Finding = {
  code: "TOO_MUCH_TO_JUDGE",
  text: "the servers have more signatures together than are verified for one domain, and those of this one were left out",
};

function tooManyOfOneTag({ keyTag }: Ds, count: number): Finding {
  const text = `the zone publishes ${count} keys of tag ${keyTag}, and the DS matches none of the first ${most.sameTag}: validators try no more`;
  return { code: "TOO_MUCH_WORK", text };
}

function notPublished(ds: Ds, { keys }: SignedKeys): Finding {
  const published = keysText(keys.map(({ tag }) => tag));
  const text = `the zone publishes ${published}; no key ${ds.keyTag}, which ${dsText(ds)} names: wrong key, or not published yet`;
  return { code: "KEY_NOT_PUBLISHED", text };
}

function revokedForm(ds: Ds, { keys, domainName }: SignedKeys): Finding | undefined {
  const revoked = keys
    .filter(isRevoked)
    .slice(0, most.revoked)
    .find((key) => sameDs(dsFromDnskey(domainName, unrevoked(key), ds.digestType), ds));
  if (revoked === undefined) return undefined;
  const text = `the zone has revoked the key that ${dsText(ds)} names, and publishes it as ${keyText(revoked)}`;
  return { code: "KEY_REVOKED", text };
}

function otherAlgorithm(ds: Ds, key: PublishedKey): Finding {
  const text = `${dsText(ds)} has another algorithm than the published ${keyText(key)}`;
  return { code: "ALGORITHM_MISMATCH", text };
}

function otherDigest(ds: Ds, key: PublishedKey, actual: Ds): Finding {
  const [declared, needed] = [ds, actual].map(({ digest }) => `${digest.slice(0, 8).toLowerCase()}…`);
  const text =
    `${dsText(ds)} has the digest ${declared}, that of the published ${keyText(key)} is ${needed}: ` +
    `it was made from another key, or for another domain`;
  return { code: "DIGEST_MISMATCH", text };
}

function notZoneKey(key: PublishedKey): Finding {
  const text = `${keyText(key)} has ${flagsText(key)}: a key that a DS names needs the Zone Key bit (256) and protocol 3`;
  return { code: "KEY_NOT_ZONE_KEY", text };
}

function revokedAlone(key: PublishedKey): Finding {
  const text = `${keyText(key)} is revoked, and no other key signs the DNSKEY RRset`;
  return { code: "KEY_REVOKED", text };
}
