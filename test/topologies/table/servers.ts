import {
  day,
  healthy,
  right,
  topologyOf,
  zone,
  type Conduct,
  type DsRecipe,
  type ServerRecipe,
  type Topology,
  type ZoneRecipe,
} from "../recipe";

const good: ServerRecipe = {};

const among = (
  name: string,
  sentence: string,
  servers: readonly ServerRecipe[],
  child: ZoneRecipe = healthy,
  ds: readonly DsRecipe[] = [right],
): Topology => ({ ...topologyOf(name, sentence, child, ds), servers });

const conducts: readonly (readonly [Conduct, string])[] = [
  ["closed", "a port on which nothing listens"],
  ["silent", "a server that never answers"],
  ["refused", "a server that refuses"],
  ["servfail", "a server that fails"],
  ["nxdomain", "a server that answers NXDOMAIN"],
  ["lame", "a server that points to the root"],
  ["withoutEdns", "a server without EDNS"],
  ["ignoresDo", "a server without DNSSEC"],
  ["tcpOnly", "a server that answers over TCP only"],
  ["tcpBroken", "a server that truncates answers and has no TCP"],
  ["upperCase", "a server that answers in upper case"],
  ["wrongIdFirst", "a server that a wrong id forestalls"],
  ["wrongQuestionFirst", "a server that a wrong question forestalls"],
  ["refersToItself", "a server that refers to itself"],
  ["withoutAuthority", "a server that answers correctly but without authority"],
  ["slow", "a slow server"],
];

/** Each kind of server, alone and beside a good one. */
export const conductTopologies: readonly Topology[] = conducts.flatMap(([does, sentence]) => [
  among(`${does.toLowerCase()}-alone`, sentence, [{ does }]),
  {
    ...among(`${does.toLowerCase()}-beside`, `${sentence}, beside a good one`, [good, { does }]),
    ...(does === "refersToItself" && { asked: "together" }),
  },
]);

/** A server with another version of the zone. */
export const staleTopologies: readonly Topology[] = [
  among("two-good", "two good servers", [good, { zone: healthy }]),
  among("stale-unsigned", "the second server has the zone unsigned", [good, { zone: "unsigned" }]),
  among(
    "stale-unsigned-no-ds",
    "the second server has the zone unsigned, no DS",
    [good, { zone: "unsigned" }],
    healthy,
    [],
  ),
  among("stale-key", "the second server has the old key", [
    good,
    { zone: zone({ keys: { ksk: {}, old: {} }, signatures: [{ by: "old" }] }) },
  ]),
  among(
    "stale-key-both-ds",
    "the second server has the old key, the DS of both",
    [good, { zone: { ...healthy, keys: { next: {}, zsk: { flags: 256 } }, signatures: [{ by: "next" }] } }],
    zone({ keys: { next: { unpublished: true } } }),
    [right, { key: "next" }],
  ),
  among("stale-expired", "the second server has expired signatures", [
    good,
    { zone: zone({ signatures: [{ by: "ksk", from: -30 * day, until: -7 * day }] }) },
  ]),
  among("stale-stripped", "the second server has no signature over the keys", [
    good,
    { zone: zone({ signed: "hand", signatures: [] }) },
  ]),
  among(
    "stale-insecure",
    "the second server has the zone unsigned, a DS of algorithm 200",
    [good, { zone: "unsigned" }],
    healthy,
    [{ key: "ksk", says: { algorithm: 200 } }],
  ),
  among("tcp-only-stale", "the second server is TCP only and has the old key", [
    good,
    { does: "tcpOnly", zone: zone({ keys: { ksk: {}, old: {} }, signatures: [{ by: "old" }] }) },
  ]),
  among("two-dead-one-good", "a good server, one that is silent and one that refuses", [
    good,
    { does: "silent" },
    { does: "refused" },
  ]),
  among("two-dead-one-stale", "a server with an unsigned zone, and one that refuses", [
    { zone: "unsigned" },
    { does: "refused" },
  ]),
  among("no-answer", "one server is silent, one refuses", [{ does: "silent" }, { does: "refused" }]),
];

/** Behaviours that leave a resolver without any answer about the keys. */
const givesNothing: readonly Conduct[] = ["refused", "servfail", "tcpBroken"];

const onKeys: readonly (readonly [Conduct, string])[] = [
  ["refused", "a server that refuses questions for the keys"],
  ["servfail", "a server that fails at questions for the keys"],
  ["nxdomain", "a server that answers NXDOMAIN for the keys"],
  ["tcpOnly", "a server that sends its keys over TCP only"],
  ["tcpBroken", "a server whose keys do not fit, without TCP"],
  ["withoutEdns", "a server without EDNS for its keys"],
];

const onSoa: readonly (readonly [Conduct, string])[] = [
  ["refused", "a server that refuses the question for its SOA record"],
  ["servfail", "a server that fails at the question for its SOA record"],
  ["silent", "a server that never answers the question for its SOA record"],
  ["nxdomain", "a server that answers NXDOMAIN for its SOA record"],
  ["denies", "a server with its SOA record in another section of the answer"],
  ["ignoresDo", "a server that leaves out the signatures over its SOA record"],
  ["tcpOnly", "a server that sends its SOA record over TCP only"],
  ["withoutEdns", "a server without EDNS for its SOA record"],
  ["lame", "a server that points to the root for its SOA record"],
];

const keysAndSoa = ["DNSKEY", "SOA"] as const;

/** Servers that are odd only about the SOA record. */
export const soaConductTopologies: readonly Topology[] = onSoa.flatMap(([does, sentence]) => [
  { ...among(`soa-${does.toLowerCase()}-alone`, sentence, [{ does, about: "soa" }]), asks: keysAndSoa },
  {
    ...among(`soa-${does.toLowerCase()}-beside`, `${sentence}, beside a good one`, [
      good,
      { does, about: "soa" },
    ]),
    asks: keysAndSoa,
  },
]);

/** Servers that answer only for their keys. */
export const dataConductTopologies: readonly Topology[] = [
  among("data-refused-alone", "a server that refuses every question except for the keys", [
    { does: "refused", about: "data" },
  ]),
  among("data-servfail-alone", "a server that fails at every question except for the keys", [
    { does: "servfail", about: "data" },
  ]),
  among(
    "data-refused-beside",
    "a server that refuses every question except for the keys, beside a good one",
    [good, { does: "refused", about: "data" }],
  ),
].map((topology) => ({ ...topology, asks: keysAndSoa }));

/** Servers that are odd only about the DNSKEY RRset, as behind some firewalls. */
export const keyConductTopologies: readonly Topology[] = onKeys.flatMap(([does, sentence]) => [
  among(`keys-${does.toLowerCase()}-alone`, sentence, [{ does, about: "keys" }]),
  {
    ...among(`keys-${does.toLowerCase()}-beside`, `${sentence}, beside a good one`, [
      good,
      { does, about: "keys" },
    ]),
    ...(givesNothing.includes(does) && { asked: "together" }),
  },
]);
