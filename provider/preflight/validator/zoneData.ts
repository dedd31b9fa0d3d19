import { algorithmName } from "../../dnssec/registries";
import type { ApexData, Unheard } from "../../dns/answers";
import {
  readCanonicalName,
  soaNumbersOctets,
  sortCanonically,
  withoutDuplicates,
} from "../../dnssec/canonicalForm";
import type { ServerFinding } from "./findings";
import { isBy, findBindObstacle, rememberFaults, listTries, type Try } from "./dataTries";
import { isRevoked } from "../../dnssec/dnskeyFlags";
import { isZoneKey, type LoadedKey, type PublishedKey } from "./publishedKey";
import { recordTypes } from "../../dnssec/recordTypes";
import { expiresSoon, momentOf, readRrsig, type Rrsig } from "./rrsig";
import { findSignatureFault, type SignatureWords, type SignedRrset } from "./signatureFault";
import { malformed, type DnskeyRrset } from "./dnskeyRrset";
import { dateText, flagsText, keysText, keyText } from "./recordText";

/**
 * The reason why validators reject a server's data, or why the server sent none. Otherwise the
 * algorithms that sign the data, and warnings about it.
 */
export type DataExamination =
  | { readonly fault: ServerFinding }
  | { readonly unheard: ServerFinding }
  | { readonly algorithms: ReadonlySet<number>; readonly warnings: readonly ServerFinding[] };

/** Maximum number of pairs of a signature and a key that are tried. unbound has the same limit. */
const maxTries = 9;

const words: SignatureWords = {
  codes: {
    invalid: "DATA_SIGNATURE_INVALID",
    expired: "DATA_SIGNATURE_EXPIRED",
    notYetValid: "DATA_SIGNATURE_NOT_YET_VALID",
  },
  subject: "the RRSIG over the SOA record",
  object: "the served record: the zone must be signed again",
};

/** The fault to report if no signature is good: that of the most nearly good one. */
const faultsByRelevance: readonly ServerFinding["code"][] = [
  words.codes.invalid,
  words.codes.expired,
  words.codes.notYetValid,
  "DATA_KEY_UNUSABLE",
];

/**
 * Examines a server's SOA record, which stands for all data of its zone. Any key of the DNSKEY
 * RRset must have signed it. In the server's order, no signature at which BIND gives up may precede
 * that one.
 *
 * @param zone The server's DNSKEY RRset.
 * @param now In ms since the epoch.
 * @param load Returns a key ready for verification.
 * @see RFC 4035 section 5.3
 */
export function examineData(
  zone: DnskeyRrset,
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
      : findSignatureFault(signature, key, loaded.verifies, rrset, now);
  const findFault = rememberFaults(judge, load);
  const keys = zone.keys.filter((key) => isZoneKey(key) && !isRevoked(key));
  const tries = listTries(signatures, keys, maxTries);
  const tried = tries.slice(0, maxTries).map((one) => ({ ...one, fault: findFault(one) }));
  const valid = tried.filter(({ fault }) => fault === undefined).map(({ signature }) => signature);
  if (valid.length > 0) {
    const obstacle = findBindObstacle(signatures, keys, zone, findFault);
    if (obstacle !== undefined) return { fault: beforeValid(obstacle) };
    const algorithms = new Set(valid.map(({ algorithm }) => algorithm));
    return { algorithms, warnings: expiringSoon(valid, now) };
  }
  if (tries.length > maxTries) return { fault: tooMany };
  const faults = tried.map(({ fault }) => fault);
  const fault = faultsByRelevance.flatMap((code) => faults.find((one) => one?.code === code) ?? [])[0];
  return { fault: fault ?? noKey(signatures, zone) };
}

/**
 * Reads the zone's one SOA record. BIND discards an answer with several, or with a malformed one.
 */
function readSoa({ owner, labels }: DnskeyRrset, soa: readonly Uint8Array[]): SignedRrset | ServerFinding {
  const rdatas = sortCanonically(soa);
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

/**
 * Reads the signatures. unbound rejects all if one has a wrong label count, or the first names
 * another signer.
 */
function readSignatures(
  { owner, labels }: DnskeyRrset,
  rdatas: readonly Uint8Array[],
): readonly Rrsig[] | ServerFinding {
  const all = withoutDuplicates(rdatas).map(readRrsig);
  const signatures = all.filter((signature) => signature !== undefined);
  if (signatures.length < all.length) return malformed("an RRSIG record that is cut short");
  const [first] = signatures;
  if (first === undefined) return unsigned;
  const other = signatures.find((signature) => signature.labels !== labels);
  if (other !== undefined) return otherLabels(other, labels);
  return first.signer.equals(owner) ? signatures : otherSigner;
}

/**
 * Returns a warning for each algorithm by which a DS leads to the zone's keys, but that signs no
 * data.
 */
export function warnOfUnsigned(signing: ReadonlySet<number>, algorithms: readonly number[]): ServerFinding[] {
  return [...new Set(algorithms)].filter((algorithm) => !signing.has(algorithm)).map(notSignedWith);
}

function expiringSoon(valid: readonly Rrsig[], now: number): ServerFinding[] {
  const [last] = [...valid].sort((a, b) => momentOf(b.expiration, now) - momentOf(a.expiration, now));
  if (last === undefined || !expiresSoon(last, now)) return [];
  const to = dateText(last.expiration, now);
  const text = `the RRSIG over the SOA record expires at ${to}, and none is valid for longer`;
  return [{ code: "DATA_SIGNATURE_EXPIRES_SOON", text }];
}

function notSignedWith(algorithm: number): ServerFinding {
  const text =
    `no key of algorithm ${algorithm} (${algorithmName(algorithm)}), which the DS set names, signs the SOA record. ` +
    `That breaks RFC 6840 section 5.11, and is bogus for validators that check for downgrades, ` +
    `such as unbound with harden-algo-downgrade`;
  return { code: "DATA_ALGORITHM_NOT_SIGNING", text };
}

function unheard({ unheard: detail }: Unheard): ServerFinding {
  return { code: "DATA_UNHEARD", text: `it sends the zone's keys, but not its SOA record: ${detail}` };
}

const missing: ServerFinding = {
  code: "DATA_MISSING",
  text: "it sends the zone's keys, but answers that the zone has no SOA record",
};

const unsigned: ServerFinding = {
  code: "DATA_UNSIGNED",
  text: "the zone's keys are signed, but its data is not: the SOA record has no RRSIG. The whole zone must be signed",
};

const otherSigner: ServerFinding = {
  code: words.codes.invalid,
  text: `${words.subject} has a signer's name other than the zone's`,
};

function otherLabels({ labels }: Rrsig, expected: number): ServerFinding {
  const text = `an RRSIG over the SOA record is for a name of ${labels} labels, but the zone's name has ${expected}: validators then accept none`;
  return { code: words.codes.invalid, text };
}

const tooMany: ServerFinding = {
  code: "TOO_MUCH_WORK",
  text: `the first ${maxTries} signatures over the SOA record do not verify: validators try no more`,
};

function beforeValid({ code, text }: ServerFinding): ServerFinding {
  return { code, text: `${text}. A valid one follows, which BIND does not reach` };
}

/** Returns the finding for signatures that are all by unusable or unpublished keys. */
function noKey(signatures: readonly Rrsig[], zone: DnskeyRrset): ServerFinding {
  const key = zone.keys.find((one) => signatures.some((signature) => isBy(signature, one)));
  if (key !== undefined) return unusable(key, isRevoked(key) ? "it is revoked" : `it has ${flagsText(key)}`);
  const signers = keysText([...new Set(signatures.map(({ keyTag }) => keyTag))]);
  const published = keysText(zone.keys.map(({ tag }) => tag));
  const text = `the SOA record has RRSIGs by ${signers}, but the zone publishes ${published}: the key that signs the data is missing from the DNSKEY RRset`;
  return { code: "DATA_KEY_NOT_PUBLISHED", text };
}

function unusable(key: PublishedKey, why: string): ServerFinding {
  return {
    code: "DATA_KEY_UNUSABLE",
    text: `${keyText(key)} signs the SOA record, but cannot be used: ${why}`,
  };
}
