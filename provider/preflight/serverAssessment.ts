import type { Ds } from "../dnssec/ds";
import { listed } from "../wording/listed";
import { algorithmName } from "../dnssec/registries";
import type { Keys, Nonexistent } from "../dns/answers";
import { followChains, tooMuchForAll, type BrokenChain, type Chain } from "./validator/chain";
import type { Examination } from "./validator/examination";
import type { Finding } from "./validator/findings";
import {
  isRevoked,
  isSecureEntryPoint,
  isSupportedAlgorithm,
  type PublishedKey,
} from "./validator/publishedKey";
import { expiresSoon, momentOf } from "./validator/rrsig";
import type { SignedKeys } from "./validator/dnskeyRrset";
import { unusable } from "./validator/keySignature";
import { dateText, dsText, keysText, keyText } from "./validator/wording";
import { unsignedWith } from "./validator/zoneData";

/** What a validator makes of one server's answer. */
export interface Assessment {
  readonly server: string;
  /** `unheard`: its keys are right, and it did not tell its data. `unjudged`: that would take too much work. */
  readonly status: "secure" | "bogus" | "unheard" | "unjudged";
  readonly reasons: readonly Finding[];
  readonly warnings: readonly Finding[];
  /** The keys that it publishes, in words, and octets by which they are compared. */
  readonly publishes: { readonly text: string; readonly rrset: string };
}

/** Keys that are tried out, for a warning. */
const mostLoaded = 16;

const sha1Algorithms: readonly number[] = [5, 7];

/** Judges a server that answers that the domain does not exist. */
export function assessNonexistent({ server }: Nonexistent, counting: readonly Ds[]): Assessment {
  return bogus(server, [nonexistent(counting)], nothing);
}

/**
 * Judges a server by its answer.
 *
 * @param counting The DS records by which the domain is judged, at least one.
 * @param now Milliseconds since the epoch.
 */
export function assess(
  counting: readonly Ds[],
  { server, keys }: Keys,
  examination: Examination,
  now: number,
): Assessment {
  if (keys.length === 0) return bogus(server, [unsigned(counting)], nothing);
  const { zone } = examination;
  if ("code" in zone) return bogus(server, [zone], { text: "what cannot be read", rrset: "malformed" });
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
    ...unsignedWith(
      data.algorithms,
      whole.map(({ ds }) => ds.algorithm),
    ),
    ...data.warnings,
  ];
  return { server, status: "secure", reasons, warnings: [...warnings, ...ofData], publishes };
}

type Publishes = Assessment["publishes"];

const nothing: Publishes = { text: "no keys", rrset: "" };

function bogus(server: string, reasons: readonly Finding[], publishes: Publishes): Assessment {
  return { server, status: "bogus", reasons, warnings: [], publishes };
}

function unjudged(server: string, publishes: Publishes): Assessment {
  return { server, status: "unjudged", reasons: [tooMuchForAll], warnings: [], publishes };
}

function publishedIn({ keys, rrset }: SignedKeys): Publishes {
  return { text: keysText(keys.map(({ tag }) => tag)), rrset: Buffer.concat(rrset).toString("latin1") };
}

function nonexistent(counting: readonly Ds[]): Finding {
  const text = `the zone does not exist, and ${listed(counting.map(dsText))} would say that it is signed`;
  return { code: "ZONE_NONEXISTENT", text };
}

function unsigned(counting: readonly Ds[]): Finding {
  const text = `the zone is not signed, it publishes no DNSKEY, and ${listed(counting.map(dsText))} would say that it is`;
  return { code: "ZONE_UNSIGNED", text };
}

function complete({ ds, key, signature }: Chain, now: number): Finding {
  const [from, to] = [dateText(signature.inception, now), dateText(signature.expiration, now)];
  const text = `${dsText(ds)} names ${keyText(key)}, which signs the DNSKEY RRset from ${from} to ${to}`;
  return { code: "CHAIN_COMPLETE", text };
}

function warningsOf(
  whole: readonly Chain[],
  broken: readonly BrokenChain[],
  zone: SignedKeys,
  { load }: Examination,
  now: number,
): readonly Finding[] {
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

/** What breaks a DS that is alone is a standby beside another: a key may be named before it is published (RFC 6781). */
function besideOthers({ ds, fault }: BrokenChain): Finding {
  if (fault.code !== "KEY_NOT_PUBLISHED") return fault;
  const text = `${dsText(ds)} names a key that the zone does not publish: right for a standby or in a rollover`;
  return { code: "DS_STANDBY", text };
}

function withoutSep(key: PublishedKey): Finding {
  const text = `${keyText(key)} lacks the SEP bit: it may be a ZSK, which is changed without a look at the DS`;
  return { code: "KEY_WITHOUT_SEP", text };
}

function revoked(key: PublishedKey): Finding {
  return { code: "KEY_REVOKED", text: `${keyText(key)} is revoked: it is about to leave the zone` };
}

function signsWithSha1(key: PublishedKey): Finding {
  const text = `${keyText(key)} signs with SHA-1: validators that follow RFC 9905 take the domain as unsigned`;
  return { code: "ALGORITHM_SHA1", text };
}

function algorithmsWithoutChain(whole: readonly Chain[], broken: readonly BrokenChain[]): Finding[] {
  const signing = new Set(whole.map(({ ds }) => ds.algorithm));
  const others = new Set(broken.map(({ ds }) => ds.algorithm).filter((algorithm) => !signing.has(algorithm)));
  return [...others].map((algorithm) => ({
    code: "ALGORITHM_NOT_SIGNING",
    text:
      `no DS of algorithm ${algorithm} (${algorithmName(algorithm)}) leads to a valid signature: against RFC 6840 ` +
      `section 5.11, and bogus for validators that look for downgrades, as unbound does with harden-algo-downgrade`,
  }));
}

function expiringSoon(whole: readonly Chain[], now: number): Finding[] {
  const expires = ({ signature }: Chain) => momentOf(signature.expiration, now);
  const [last] = [...whole].sort((a, b) => expires(b) - expires(a));
  if (last === undefined || !expiresSoon(last.signature, now)) return [];
  const to = dateText(last.signature.expiration, now);
  const text = `the RRSIG by ${keyText(last.key)} expires at ${to}, and none that a DS leads to is valid for longer`;
  return [{ code: "SIGNATURE_EXPIRES_SOON", text }];
}

/** BIND can fail for one of them with all of the zone's data. */
function unusableKeys({ keys }: SignedKeys, load: Examination["load"]): Finding[] {
  return keys
    .filter(({ algorithm }) => isSupportedAlgorithm(algorithm))
    .slice(0, mostLoaded)
    .flatMap((key) => {
      const loaded = load(key);
      return "fault" in loaded ? [unusable(key, loaded.fault)] : [];
    });
}

/** BIND fails with what one of them signs, unless it is the first in canonical order. */
function sharedTags({ keys }: SignedKeys): Finding[] {
  const counts = new Map<string, { key: PublishedKey; count: number }>();
  for (const key of keys) {
    const name = `${key.tag} ${key.algorithm}`;
    counts.set(name, { key, count: (counts.get(name)?.count ?? 0) + 1 });
  }
  return [...counts.values()]
    .filter(({ count }) => count > 1)
    .slice(0, mostLoaded)
    .map(({ key, count }) => ({
      code: "KEY_TAG_SHARED",
      text: `${count} keys have tag ${key.tag} and algorithm ${algorithmName(key.algorithm)}: validators try few of one tag`,
    }));
}
