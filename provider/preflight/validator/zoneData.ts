import { algorithmName } from "../../dnssec/registries";
import type { ApexData, Unheard } from "../../dns/answers";
import { canonicalOrder, distinct, readCanonicalName } from "../../dnssec/canonicalForm";
import type { Finding } from "./findings";
import { isBy, obstacleForBind, remembering, triesOf, type Try } from "./dataTries";
import { isRevoked, isZoneKey, type LoadedKey, type PublishedKey } from "./publishedKey";
import { recordTypes, soaNumbersOctets } from "../../dns/message";
import { expiresSoon, momentOf, readRrsig, type Rrsig } from "./rrsig";
import { signatureFault, type SignatureWords, type SignedRrset } from "./signatureFault";
import { malformed, type SignedKeys } from "./dnskeyRrset";
import { dateText, flagsText, keysText, keyText } from "./wording";

/**
 * Why validators take none of a server's data, that it did not tell it, or the algorithms by which it is signed and what
 * else there is to say of it.
 */
export type DataExamination =
  | { readonly fault: Finding }
  | { readonly unheard: Finding }
  | { readonly algorithms: ReadonlySet<number>; readonly warnings: readonly Finding[] };

/** Signatures that are tried, each with every key that it may be by. unbound gives up after as many. */
const mostTries = 9;

const words: SignatureWords = {
  codes: {
    invalid: "DATA_SIGNATURE_INVALID",
    expired: "DATA_SIGNATURE_EXPIRED",
    notYetValid: "DATA_SIGNATURE_NOT_YET_VALID",
  },
  subject: "the RRSIG over the SOA record",
  object: "the record that is served: the zone must be signed again",
};

/** The fault to report where no signature is good: that of the signature that was nearest to being so. */
const telling: readonly Finding["code"][] = [
  words.codes.invalid,
  words.codes.expired,
  words.codes.notYetValid,
  "DATA_KEY_UNUSABLE",
];

/**
 * Examines a server's SOA record, which stands for all data of its zone. One signature must be by a key of the DNSKEY
 * RRset, whichever that is; and in the order in which the server sends them, nothing may come before it at which BIND
 * gives up.
 *
 * @param zone Its DNSKEY RRset.
 * @param now Milliseconds since the epoch.
 * @param load Makes a key ready for verifying.
 * @see RFC 4035 section 5.3
 */
export function examineData(
  zone: SignedKeys,
  data: ApexData | Unheard,
  now: number,
  load: (key: PublishedKey) => LoadedKey,
): DataExamination {
  if ("unheard" in data) return { unheard: unheard(data) };
  const rrset = readSoa(zone, data.soa);
  if ("code" in rrset) return { fault: rrset };
  const signatures = readSignatures(zone, data.signatures);
  if ("code" in signatures) return { fault: signatures };
  const judge = ({ signature, key }: Try, loaded: LoadedKey) =>
    "fault" in loaded
      ? unusable(key, loaded.fault)
      : signatureFault(signature, key, loaded.verifies, rrset, now);
  const faultOf = remembering(judge, load);
  const keys = zone.keys.filter((key) => isZoneKey(key) && !isRevoked(key));
  const tries = triesOf(signatures, keys, mostTries);
  const tried = tries.slice(0, mostTries).map((one) => ({ ...one, fault: faultOf(one) }));
  const valid = tried.filter(({ fault }) => fault === undefined).map(({ signature }) => signature);
  if (valid.length > 0) {
    const obstacle = obstacleForBind(signatures, keys, zone, faultOf);
    if (obstacle !== undefined) return { fault: beforeValid(obstacle) };
    const algorithms = new Set(valid.map(({ algorithm }) => algorithm));
    return { algorithms, warnings: expiringSoon(valid, now) };
  }
  if (tries.length > mostTries) return { fault: tooMany };
  const faults = tried.map(({ fault }) => fault);
  const fault = telling.flatMap((code) => faults.find((one) => one?.code === code) ?? [])[0];
  return { fault: fault ?? noKey(signatures, zone) };
}

/** The zone's one SOA record. BIND discards an answer with several, or with one that is malformed. */
function readSoa({ owner, labels }: SignedKeys, soa: readonly Uint8Array[]): SignedRrset | Finding {
  const rdatas = canonicalOrder(soa);
  if (rdatas.length === 0) return missing;
  if (rdatas.length > 1) return malformed(`${rdatas.length} SOA records`);
  if (!rdatas.every(isSoa)) return malformed("a SOA record that cannot be read");
  return { owner, labels, type: recordTypes.SOA, rdatas, words };
}

function isSoa(rdata: Buffer): boolean {
  const server = readCanonicalName(rdata, 0);
  const contact = server && readCanonicalName(rdata, server.end);
  const isWhole = contact?.end === rdata.length - soaNumbersOctets;
  return isWhole && [server, contact].every((one) => one !== undefined && one.name.length > 0);
}

/** unbound takes no data if the labels of one signature are not the owner's, or the first one names another signer. */
function readSignatures(
  { owner, labels }: SignedKeys,
  rdatas: readonly Uint8Array[],
): readonly Rrsig[] | Finding {
  const all = distinct(rdatas).map(readRrsig);
  const signatures = all.filter((signature) => signature !== undefined);
  if (signatures.length < all.length) return malformed("an RRSIG record that is cut short");
  const [first] = signatures;
  if (first === undefined) return unsigned;
  const other = signatures.find((signature) => signature.labels !== labels);
  if (other !== undefined) return otherLabels(other, labels);
  return first.signer.equals(owner) ? signatures : otherSigner;
}

/** Returns a warning for each algorithm by which a DS leads to the zone's keys, and none of its data is signed. */
export function unsignedWith(signing: ReadonlySet<number>, algorithms: readonly number[]): Finding[] {
  return [...new Set(algorithms)].filter((algorithm) => !signing.has(algorithm)).map(notSignedWith);
}

function expiringSoon(valid: readonly Rrsig[], now: number): Finding[] {
  const [last] = [...valid].sort((a, b) => momentOf(b.expiration, now) - momentOf(a.expiration, now));
  if (last === undefined || !expiresSoon(last, now)) return [];
  const to = dateText(last.expiration, now);
  const text = `the RRSIG over the SOA record expires at ${to}, and none is valid for longer`;
  return [{ code: "DATA_SIGNATURE_EXPIRES_SOON", text }];
}

function notSignedWith(algorithm: number): Finding {
  const text =
    `no key of algorithm ${algorithm} (${algorithmName(algorithm)}), which the DS set names, signs the SOA record: ` +
    `against RFC 6840 section 5.11, and bogus for validators that look for downgrades, as unbound does with harden-algo-downgrade`;
  return { code: "DATA_ALGORITHM_NOT_SIGNING", text };
}

function unheard({ unheard: detail }: Unheard): Finding {
  return { code: "DATA_UNHEARD", text: `it tells its keys, and not the zone's SOA record: ${detail}` };
}

const missing: Finding = {
  code: "DATA_MISSING",
  text: "it tells its keys, and answers that the zone has no SOA record",
};

const unsigned: Finding = {
  code: "DATA_UNSIGNED",
  text: "the zone's keys are signed, and its data is not: the SOA record has no RRSIG. The whole zone must be signed",
};

const otherSigner: Finding = {
  code: words.codes.invalid,
  text: `${words.subject} has a signer's name other than the zone's`,
};

function otherLabels({ labels }: Rrsig, expected: number): Finding {
  const text = `an RRSIG over the SOA record is for a name of ${labels} labels, the zone's has ${expected}: validators then take none`;
  return { code: words.codes.invalid, text };
}

const tooMany: Finding = {
  code: "TOO_MUCH_WORK",
  text: `the first ${mostTries} signatures over the SOA record do not verify: validators try no more`,
};

function beforeValid({ code, text }: Finding): Finding {
  return { code, text: `${text}. There is a valid one after it, which BIND does not come to` };
}

/** Of signatures none of which is by a key that can be used. */
function noKey(signatures: readonly Rrsig[], zone: SignedKeys): Finding {
  const key = zone.keys.find((one) => signatures.some((signature) => isBy(signature, one)));
  if (key !== undefined) return unusable(key, isRevoked(key) ? "it is revoked" : `it has ${flagsText(key)}`);
  const signers = keysText([...new Set(signatures.map(({ keyTag }) => keyTag))]);
  const published = keysText(zone.keys.map(({ tag }) => tag));
  const text = `the SOA record has RRSIGs by ${signers}, and the zone publishes ${published}: the key that signs the data is missing from the DNSKEY RRset`;
  return { code: "DATA_KEY_NOT_PUBLISHED", text };
}

function unusable(key: PublishedKey, why: string): Finding {
  return {
    code: "DATA_KEY_UNUSABLE",
    text: `${keyText(key)} signs the SOA record, and cannot be used: ${why}`,
  };
}
