import type { KeyAnswer, ApexAnswer, Observation } from "../../../provider/dns/answers";
import type { Ds } from "../../../provider/dnssec/ds";
import { dnskey, dsOf, ecdsaKey, ksk, rrsig, tagOf, zsk } from "./forge";
import { dataBy } from "./zones";

export const zone = "example.com";
export const now = Date.UTC(2026, 10, 25, 12);
export const [one, two, three] = [
  "ns1.example.com (192.0.2.1)",
  "ns2.example.com (192.0.2.2)",
  "ns3.example.com (192.0.2.3)",
];

/** Returns a key with this tag. Its octets are made up, so that messages never change. */
function keyOfTag(tag: number, flags = ksk): Buffer {
  const publicKey = Buffer.alloc(32, 7);
  for (let tuning = 0; tuning < 0x10000; tuning += 1) {
    publicKey.writeUInt16BE(tuning, 0);
    const rdata = dnskey(flags, 15, publicKey);
    if (tagOf(rdata) === tag) return rdata;
  }
  throw new Error(`There is no key of tag ${tag}.`);
}

export const [published, alsoPublished, declared] = [keyOfTag(2371), keyOfTag(20326, zsk), keyOfTag(2372)];
export const signer = ecdsaKey(ksk);
export const days = (count: number) => 86_400 * count;
const signedFrom = (from: number, to: number) =>
  rrsig(zone, [signer.rdata], signer, now, { inception: days(from), expiration: days(to) });

const answered = (
  server: string,
  keys: readonly Buffer[],
  signatures: readonly Buffer[] = [],
  data: ApexAnswer["data"] = dataBy(zone, now, signer),
): KeyAnswer => ({
  server,
  outcome: "answered",
  keys,
  signatures,
  data,
});
export const good = (server: string, data?: ApexAnswer["data"]) =>
  answered(server, [signer.rdata], [signedFrom(-1, 13)], data);
const silent: KeyAnswer = { server: three, outcome: "silent", detail: "over UDP no answer in time" };
const lame: KeyAnswer = { server: two, outcome: "lame", detail: "it refers to other servers" };
const failed: KeyAnswer = { server: three, outcome: "failed", detail: "it answers SERVFAIL" };

const withPublished = [signer.rdata, published];
export const tag = tagOf(signer.rdata);
export const [ds, key] = [`DS ${tag} 13 2 (ECDSAP256SHA256, SHA-256)`, `key ${tag} (ECDSAP256SHA256)`];
export const chain = `${ds} names ${key}, which signs the DNSKEY RRset from 2026-11-24T12:00:00Z to 2026-12-08T12:00:00Z`;

/** The answers of servers, and the verdict with the exact words of its messages. */
export interface WordedRow {
  readonly title: string;
  readonly ds?: readonly Ds[];
  readonly answers: readonly KeyAnswer[];
  readonly problem?: Observation<KeyAnswer>["problem"];
  readonly withheldBy?: readonly string[];
  readonly status: string;
  readonly reasons: readonly (readonly [code: string, message: string, server?: string])[];
  readonly warnings?: readonly (readonly [code: string, message: string, server?: string])[];
}

export const table: readonly WordedRow[] = [
  {
    title: "too many DS records",
    ds: Array.from({ length: 65 }, (_, index) => ({ ...dsOf(zone, signer.rdata), keyTag: index })),
    answers: [good(one)],
    status: "unknown",
    reasons: [["TOO_MUCH_TO_JUDGE", "there are 65 DS records, but a domain is judged by at most 64"]],
  },
  {
    title: "one server",
    answers: [good(one)],
    status: "secure",
    reasons: [["CHAIN_COMPLETE", `${one}: ${chain}`, one]],
  },
  {
    title: "servers with equal answers are one reason",
    answers: [good(one), good(two), good(three)],
    status: "secure",
    reasons: [["CHAIN_COMPLETE", `${one}, ${two} and ${three}: ${chain}`]],
  },
  {
    title: "a wrong key",
    ds: [dsOf(zone, declared)],
    answers: [answered(one, [published, alsoPublished])],
    status: "bogus",
    reasons: [
      [
        "KEY_NOT_PUBLISHED",
        `${one}: the zone publishes keys 2371 and 20326, but not key 2372, which DS 2372 15 2 (ED25519, SHA-256) names: wrong key, or not published yet`,
        one,
      ],
    ],
  },
  {
    title: "a digest of another key",
    ds: [{ ...dsOf(zone, published), digest: "c988ec42".padEnd(64, "0") }],
    answers: [answered(one, [published])],
    status: "bogus",
    reasons: [
      [
        "DIGEST_MISMATCH",
        `${one}: DS 2371 15 2 (ED25519, SHA-256) has the digest c988ec42…, but the published key 2371 (ED25519) needs ${dsOf(zone, published).digest.slice(0, 8)}…: the DS was made from another key, or for another domain`,
        one,
      ],
    ],
  },
  {
    title: "published, but not signing",
    ds: [dsOf(zone, published)],
    answers: [answered(one, [published, signer.rdata], [signedFrom(-1, 13)])],
    status: "bogus",
    reasons: [
      [
        "KEY_NOT_SIGNING",
        `${one}: key 2371 (ED25519) is published, but does not sign the DNSKEY RRset, which has RRSIGs by key ${tag}`,
        one,
      ],
    ],
  },
  {
    title: "a server without signatures",
    answers: [answered(one, [signer.rdata])],
    status: "bogus",
    reasons: [
      [
        "KEY_NOT_SIGNING",
        `${one}: ${key} is published, but does not sign the DNSKEY RRset, which has no RRSIG at all`,
        one,
      ],
    ],
  },
  {
    title: "one server is stale",
    answers: [good(one), answered(two, [signer.rdata], [signedFrom(-14, -1)])],
    status: "bogus",
    reasons: [
      [
        "SIGNATURE_EXPIRED",
        `${two}: the RRSIG by ${key} was valid from 2026-11-11T12:00:00Z and expired at 2026-11-24T12:00:00Z: the zone must be signed again`,
        two,
      ],
    ],
    warnings: [
      ["SOME_SERVERS_VALIDATE", `with ${one} alone the domain would validate`],
      ["SERVERS_DISAGREE", `the servers disagree; ${one}: key ${tag} (secure); ${two}: key ${tag} (bogus)`],
    ],
  },
  {
    title: "not valid yet",
    answers: [answered(one, [signer.rdata], [signedFrom(1, 14)])],
    status: "bogus",
    reasons: [
      [
        "SIGNATURE_NOT_YET_VALID",
        `${one}: the RRSIG by ${key} is valid only from 2026-11-26T12:00:00Z to 2026-12-09T12:00:00Z: a clock may be wrong`,
        one,
      ],
    ],
  },
  {
    title: "the zone is not signed",
    answers: [answered(one, [])],
    status: "bogus",
    reasons: [
      [
        "ZONE_UNSIGNED",
        `${one}: the zone is not signed (it publishes no DNSKEY), but ${ds} would declare it signed`,
        one,
      ],
    ],
  },
  {
    title: "one server has the zone, one does not",
    answers: [good(one), { server: two, outcome: "nonexistent" }],
    status: "bogus",
    reasons: [
      ["ZONE_NONEXISTENT", `${two}: the zone does not exist, but ${ds} would declare it signed`, two],
    ],
    warnings: [
      ["SOME_SERVERS_VALIDATE", `with ${one} alone the domain would validate`],
      ["SERVERS_DISAGREE", `the servers disagree; ${one}: key ${tag} (secure); ${two}: no keys (bogus)`],
    ],
  },
  {
    title: "servers without a usable answer are warnings",
    answers: [good(one), lame, silent, { ...failed, server: "ns4" }],
    status: "secure",
    reasons: [["CHAIN_COMPLETE", `${one}: ${chain}`, one]],
    warnings: [
      ["SERVER_LAME", `${two}: it refers to other servers`, two],
      ["SERVER_SILENT", `${three}: over UDP no answer in time`, three],
      ["SERVER_FAILED", "ns4: it answers SERVFAIL", "ns4"],
    ],
  },
  {
    title: "no server has a usable answer",
    answers: [lame, silent],
    status: "unknown",
    reasons: [
      [
        "NO_ANSWER",
        `no server says which keys the zone publishes: ${two} (it refers to other servers) and ${three} (over UDP no answer in time)`,
      ],
    ],
    warnings: [
      ["SERVER_LAME", `${two}: it refers to other servers`, two],
      ["SERVER_SILENT", `${three}: over UDP no answer in time`, three],
    ],
  },
  {
    title: "a server has the zone but withholds its keys",
    answers: [failed],
    withheldBy: [three],
    status: "bogus",
    reasons: [
      ["KEYS_WITHHELD", `${three} serves the zone, but no server sends its keys`],
      ["NO_ANSWER", `no server says which keys the zone publishes: ${three} (it answers SERVFAIL)`],
    ],
    warnings: [["SERVER_FAILED", `${three}: it answers SERVFAIL`, three]],
  },
  {
    title: "there is no server",
    answers: [],
    status: "unknown",
    reasons: [["NO_ANSWER", "there was no server to ask for the domain's keys"]],
  },
  {
    title: "there is no server, for a reason",
    answers: [],
    problem: { code: "NOT_DELEGATED", message: "example.com is not delegated" },
    status: "unknown",
    reasons: [["NOT_DELEGATED", "example.com is not delegated"]],
  },
  {
    title: "without a DS, answers do not matter",
    ds: [],
    answers: [],
    problem: { code: "NOT_DELEGATED", message: "example.com is not delegated" },
    status: "insecure",
    reasons: [["NO_DS", "without a DS the domain is treated as unsigned"]],
  },
  {
    title: "with only unsupported DS, answers do not matter",
    ds: [
      { ...dsOf(zone, published), digestType: 99 },
      { ...dsOf(zone, published), algorithm: 200 },
    ],
    answers: [{ server: one, outcome: "nonexistent" }, silent],
    status: "insecure",
    reasons: [
      [
        "ONLY_UNSUPPORTED",
        "validators do not support the algorithm or the digest type of DS 2371 15 99 (ED25519, unassigned) and DS 2371 200 2 (unassigned, SHA-256): the domain is treated as unsigned",
      ],
    ],
  },
  {
    title: "different keys, all valid",
    answers: [
      good(one),
      answered(two, withPublished, [
        rrsig(zone, withPublished, signer, now, { inception: days(-1), expiration: days(13) }),
      ]),
    ],
    status: "secure",
    reasons: [["CHAIN_COMPLETE", `${one} and ${two}: ${chain}`]],
    warnings: [
      [
        "SERVERS_DISAGREE",
        `the servers disagree; ${one}: key ${tag} (secure); ${two}: keys ${tag} and 2371 (secure)`,
      ],
    ],
  },
];
