import type { ApexAnswer, Nonexistent } from "../dns/answers";
import { isRevoked, isSecureEntryPoint } from "../dnssec/dnskeyFlags";
import type { Ds } from "../dnssec/ds";
import { algorithmName, algorithmNumber } from "../dnssec/registries";
import { listed } from "../wording/listed";
import { followChains, tooMuchForAll, type BrokenChain, type ChainOfTrust } from "./validator/chain";
import type { Examination } from "./validator/examination";
import type { ServerFinding } from "./validator/findings";
import { isSupportedAlgorithm, type PublishedKey } from "./validator/publishedKey";
import { expiresSoon, momentOf } from "./validator/rrsig";
import type { DnskeyRrset } from "./validator/dnskeyRrset";
import { unusable } from "./validator/keySignature";
import { dateText, dsText, keysText, keyText } from "./validator/recordText";
import { warnOfUnsigned } from "./validator/zoneData";

/** A validator's view of one server's answer. */
export interface Assessment {
  readonly server: string;
  /**
   * `unheard`: the keys are right, but the server sent no data. `unjudged`: judging takes too much
   * work.
   */
  readonly status: "secure" | "bogus" | "unheard" | "unjudged";
  readonly reasons: readonly ServerFinding[];
  readonly warnings: readonly ServerFinding[];
  /** The published keys, in words and as octets that can be compared. */
  readonly publishes: { readonly text: string; readonly rrset: string };
}

/**
 * Maximum number of keys that are loaded, and of shared key tags that are reported, for warnings.
 */
const maxWarned = 16;

const sha1Algorithms: readonly number[] = [algorithmNumber("RSASHA1"), algorithmNumber("RSASHA1-NSEC3-SHA1")];

/** Assesses a server that says that the domain does not exist. */
export function assessNonexistent({ server }: Nonexistent, counting: readonly Ds[]): Assessment {
  return bogus(server, [nonexistent(counting)], nothing);
}

/**
 * Assesses a server by its answer.
 *
 * @param counting The DS records by which the domain is judged, at least one.
 * @param now In ms since the epoch.
 */
export function assess(
  counting: readonly Ds[],
  { server, keys }: ApexAnswer,
  examination: Examination,
  now: number,
): Assessment {
  if (keys.length === 0) return bogus(server, [unsigned(counting)], nothing);
  const { zone } = examination;
  if ("code" in zone) return bogus(server, [zone], { text: "an unreadable answer", rrset: "malformed" });
  const chains = followChains(counting, zone, examination);
  const whole = chains.filter((chain) => "key" in chain);
  const broken = chains.filter((chain) => "fault" in chain);
  const publishes = publishedIn(zone);
  if (whole.length === 0) {
    const faults = broken.map(({ fault }) => fault);
    return faults.includes(tooMuchForAll) ? unjudged(server, publishes) : bogus(server, faults, publishes);
  }
  const data = examination.data(zone);
  if (data === undefined) return unjudged(server, publishes);
  if ("fault" in data) return bogus(server, [data.fault], publishes);
  const warnings = warningsOf(whole, broken, zone, examination, now);
  if ("unheard" in data) return { server, status: "unheard", reasons: [data.unheard], warnings, publishes };
  const reasons = whole.map((chain) => complete(chain, now));
  const ofData = [
    ...warnOfUnsigned(
      data.algorithms,
      whole.map(({ ds }) => ds.algorithm),
    ),
    ...data.warnings,
  ];
  return { server, status: "secure", reasons, warnings: [...warnings, ...ofData], publishes };
}

type Publishes = Assessment["publishes"];

const nothing: Publishes = { text: "no keys", rrset: "" };

function bogus(server: string, reasons: readonly ServerFinding[], publishes: Publishes): Assessment {
  return { server, status: "bogus", reasons, warnings: [], publishes };
}

function unjudged(server: string, publishes: Publishes): Assessment {
  return { server, status: "unjudged", reasons: [tooMuchForAll], warnings: [], publishes };
}

function publishedIn({ keys, rrset }: DnskeyRrset): Publishes {
  return { text: keysText(keys.map(({ tag }) => tag)), rrset: Buffer.concat(rrset).toString("latin1") };
}

function nonexistent(counting: readonly Ds[]): ServerFinding {
  const text = `the zone does not exist, but ${listed(counting.map(dsText))} would declare it signed`;
  return { code: "ZONE_NONEXISTENT", text };
}

function unsigned(counting: readonly Ds[]): ServerFinding {
  const text = `the zone is not signed (it publishes no DNSKEY), but ${listed(counting.map(dsText))} would declare it signed`;
  return { code: "ZONE_UNSIGNED", text };
}

function complete({ ds, key, signature }: ChainOfTrust, now: number): ServerFinding {
  const [from, to] = [dateText(signature.inception, now), dateText(signature.expiration, now)];
  const text = `${dsText(ds)} names ${keyText(key)}, which signs the DNSKEY RRset from ${from} to ${to}`;
  return { code: "CHAIN_COMPLETE", text };
}

function warningsOf(
  whole: readonly ChainOfTrust[],
  broken: readonly BrokenChain[],
  zone: DnskeyRrset,
  { load }: Examination,
  now: number,
): readonly ServerFinding[] {
  const holding = [...new Set(whole.map(({ key }) => key))];
  return [
    ...broken.map(besideOthers),
    ...holding.filter((key) => !isSecureEntryPoint(key)).map(withoutSep),
    ...holding.filter(isRevoked).map(revoked),
    ...holding.filter(({ algorithm }) => sha1Algorithms.includes(algorithm)).map(signsWithSha1),
    ...algorithmsWithoutChain(whole, broken),
    ...expiringSoon(whole, now),
    ...unusableKeys(zone, load),
    ...sharedTags(zone),
  ];
}

/**
 * Returns the warning about a DS without a chain where another DS has one. A DS may name a standby
 * key before that key is published (RFC 6781).
 */
function besideOthers({ ds, fault }: BrokenChain): ServerFinding {
  if (fault.code !== "KEY_NOT_PUBLISHED") return fault;
  const text = `${dsText(ds)} names a key that the zone does not publish, as is right for a standby key or during a rollover`;
  return { code: "DS_STANDBY", text };
}

function withoutSep(key: PublishedKey): ServerFinding {
  const text = `${keyText(key)} lacks the SEP bit: it may be a ZSK, which signers replace regardless of the DS`;
  return { code: "KEY_WITHOUT_SEP", text };
}

function revoked(key: PublishedKey): ServerFinding {
  return { code: "KEY_REVOKED", text: `${keyText(key)} is revoked: it is about to leave the zone` };
}

function signsWithSha1(key: PublishedKey): ServerFinding {
  const text = `${keyText(key)} signs with SHA-1: validators that follow RFC 9905 treat the domain as unsigned`;
  return { code: "ALGORITHM_SHA1", text };
}

function algorithmsWithoutChain(
  whole: readonly ChainOfTrust[],
  broken: readonly BrokenChain[],
): ServerFinding[] {
  const signing = new Set(whole.map(({ ds }) => ds.algorithm));
  const others = new Set(broken.map(({ ds }) => ds.algorithm).filter((algorithm) => !signing.has(algorithm)));
  return [...others].map((algorithm) => ({
    code: "ALGORITHM_NOT_SIGNING",
    text:
      `no DS of algorithm ${algorithm} (${algorithmName(algorithm)}) leads to a valid signature. ` +
      `That breaks RFC 6840 section 5.11, and is bogus for validators that check for downgrades, ` +
      `such as unbound with harden-algo-downgrade`,
  }));
}

function expiringSoon(whole: readonly ChainOfTrust[], now: number): ServerFinding[] {
  const expires = ({ signature }: ChainOfTrust) => momentOf(signature.expiration, now);
  const [last] = [...whole].sort((a, b) => expires(b) - expires(a));
  if (last === undefined || !expiresSoon(last.signature, now)) return [];
  const to = dateText(last.signature.expiration, now);
  const text = `the RRSIG by ${keyText(last.key)} expires at ${to}, and no RRSIG to which a DS leads is valid for longer`;
  return [{ code: "SIGNATURE_EXPIRES_SOON", text }];
}

/** Returns warnings about keys with which BIND can fail for all of the zone's data. */
function unusableKeys({ keys }: DnskeyRrset, load: Examination["load"]): ServerFinding[] {
  return keys
    .filter(({ algorithm }) => isSupportedAlgorithm(algorithm))
    .slice(0, maxWarned)
    .flatMap((key) => {
      const loaded = load(key);
      return "fault" in loaded ? [unusable(key, loaded.fault)] : [];
    });
}

/**
 * Returns warnings about keys that share a tag. BIND verifies only by the first in canonical order.
 */
function sharedTags({ keys }: DnskeyRrset): ServerFinding[] {
  const counts = new Map<string, { key: PublishedKey; count: number }>();
  for (const key of keys) {
    const name = `${key.tag} ${key.algorithm}`;
    counts.set(name, { key, count: (counts.get(name)?.count ?? 0) + 1 });
  }
  return [...counts.values()]
    .filter(({ count }) => count > 1)
    .slice(0, maxWarned)
    .map(({ key, count }) => ({
      code: "KEY_TAG_SHARED",
      text: `${count} keys have tag ${key.tag} and algorithm ${algorithmName(key.algorithm)}: validators try only a few keys with one tag`,
    }));
}
