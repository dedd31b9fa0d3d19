import {
  healthy,
  next,
  right,
  topologyOf,
  zone,
  type KeyRecipe,
  type SignedZone,
  type Topology,
} from "../recipe";

const revoked = 257 | 128;

const rollover = (nextKey: KeyRecipe, ...signers: readonly string[]): SignedZone =>
  zone({ keys: { next: nextKey }, signatures: signers.map((by) => ({ by })) });

/** DS sets that name different keys of the zone. */
export const roleTopologies: readonly Topology[] = [
  topologyOf("csk", "one key for everything", { ...healthy, keys: { ksk: {} }, body: ["ksk"] }),
  topologyOf("csk-256", "one key for everything, without the SEP bit", {
    ...healthy,
    keys: { ksk: { flags: 256 } },
    body: ["ksk"],
  }),
  topologyOf("ksk-not-signing", "a published KSK that does not sign the keys", rollover({}, "next")),
  topologyOf("zsk-not-signing", "a ZSK that does not sign the keys", healthy, [{ key: "zsk" }]),
  topologyOf(
    "zsk-signing",
    "a ZSK that signs the keys as well",
    zone({ signatures: [{ by: "ksk" }, { by: "zsk" }] }),
    [{ key: "zsk" }],
  ),
  topologyOf(
    "only-zsk-signs",
    "the KSK, where only the ZSK signs the keys",
    zone({ signatures: [{ by: "zsk" }] }),
  ),
  topologyOf(
    "standby-published",
    "a published standby key that does not sign, and the active one",
    rollover({}, "ksk"),
    [right, next],
  ),
  topologyOf(
    "standby-unpublished",
    "an unpublished standby key, and the active one",
    rollover({ unpublished: true }, "ksk"),
    [right, next],
  ),
  topologyOf("standby-only", "only an unpublished standby key", rollover({ unpublished: true }, "ksk"), [
    next,
  ]),
  topologyOf(
    "double-ds",
    "double DS: after the key was changed",
    zone({ keys: { ksk: { unpublished: true }, next: {} }, signatures: [{ by: "next" }] }),
    [right, next],
  ),
  topologyOf("double-signature-old", "double signature: the old DS", rollover({}, "ksk", "next"), [right]),
  topologyOf("double-signature-both", "double signature: both DS", rollover({}, "ksk", "next"), [
    right,
    next,
  ]),
  topologyOf("double-signature-new", "double signature: the new DS", rollover({}, "ksk", "next"), [next]),
  topologyOf(
    "rolled-old-ds",
    "the key was changed, the DS is the old one",
    zone({ keys: { ksk: { unpublished: true }, next: {} }, signatures: [{ by: "next" }] }),
  ),
];

const twoAlgorithms = (signs8: boolean): SignedZone => ({
  ...healthy,
  keys: {
    ksk: {},
    zsk: { flags: 256 },
    next: { algorithm: 8 },
    ...(signs8 && { zsk8: { algorithm: 8, flags: 256 } }),
  },
  signatures: [{ by: "ksk" }, ...(signs8 ? [{ by: "next" }] : [])],
  body: ["zsk", ...(signs8 ? ["zsk8"] : [])],
});

/** Two algorithms in one zone (RFC 6840 section 5.11). */
export const algorithmRollovers: readonly Topology[] = [
  topologyOf("algorithm-key-only", "a key of algorithm 8 that signs nothing: its DS", twoAlgorithms(false), [
    next,
  ]),
  topologyOf(
    "algorithm-key-only-both",
    "a key of algorithm 8 that signs nothing: its DS and that of algorithm 13",
    twoAlgorithms(false),
    [right, next],
  ),
  topologyOf(
    "algorithm-rollover-old",
    "signed with algorithms 8 and 13: the DS of one",
    twoAlgorithms(true),
    [right],
  ),
  topologyOf(
    "algorithm-rollover-new",
    "signed with algorithms 8 and 13: the DS of the other",
    twoAlgorithms(true),
    [next],
  ),
  topologyOf(
    "algorithm-rollover-both",
    "signed with algorithms 8 and 13: the DS of both",
    twoAlgorithms(true),
    [right, next],
  ),
];

const revoking = (...signers: readonly string[]): SignedZone => ({
  ...healthy,
  keys: { ksk: { flags: revoked }, next: {}, zsk: { flags: 256 } },
  signatures: signers.map((by) => ({ by })),
});

/** Revoked keys (RFC 5011). */
export const revokedTopologies: readonly Topology[] = [
  topologyOf("revoked-old-form", "revoked; the DS is of the former key", revoking("ksk", "next"), [
    { key: "ksk", flags: 257 },
  ]),
  topologyOf(
    "revoked-its-form",
    "revoked; the DS is of the revoked key, which signs beside another",
    revoking("ksk", "next"),
  ),
  topologyOf("revoked-alone", "revoked; the DS is of the revoked key, which signs alone", revoking("ksk")),
  topologyOf(
    "revoked-beside-zsk",
    "revoked; the DS is of the revoked key, which signs beside the ZSK",
    revoking("ksk", "zsk"),
  ),
  topologyOf(
    "revoked-not-signing",
    "revoked; the DS is of the revoked key, which does not sign",
    revoking("next"),
  ),
  topologyOf("revoked-successor", "revoked; the DS is of the successor", revoking("ksk", "next"), [next]),
  topologyOf(
    "revoked-both",
    "revoked; the DS are of the former key and of the successor",
    revoking("ksk", "next"),
    [{ key: "ksk", flags: 257 }, next],
  ),
  topologyOf(
    "revoked-both-forms",
    "revoked; the DS are of the former key and of the revoked key",
    revoking("ksk", "next"),
    [{ key: "ksk", flags: 257 }, right],
  ),
  topologyOf(
    "revoked-zsk",
    "a ZSK that is revoked and signs the keys: its DS",
    {
      ...healthy,
      signed: "hand",
      keys: { ksk: {}, zsk: { flags: 256 }, next: { flags: 256 | 128 } },
      signatures: [{ by: "ksk" }, { by: "next" }],
    },
    [next],
  ),
];

const odd = (ksk: KeyRecipe, more: Readonly<Record<string, KeyRecipe>> = {}): SignedZone => ({
  ...zone({ signed: "hand", signatures: [{ by: "ksk" }] }),
  keys: { ksk, zsk: { flags: 256 }, ...more },
});

const strays = (count: number, strayOctets: number): Record<string, KeyRecipe> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `stray${index}`,
      { algorithm: 8, flags: 256, strayOctets: strayOctets + index },
    ]),
  );

/** Invalid keys, keys with one tag, and many keys. */
export const oddKeyTopologies: readonly Topology[] = [
  topologyOf("protocol-2", "the key has protocol 2", odd({ protocol: 2 })),
  topologyOf("protocol-0", "the key has protocol 0", odd({ protocol: 0 })),
  topologyOf("stray-protocol", "beside it a key with protocol 4", odd({}, { stray: { protocol: 4 } })),
  topologyOf("no-zone-bit", "the key has no Zone bit (flags 1)", odd({ flags: 1 })),
  topologyOf("flags-0", "the key has no flags", odd({ flags: 0 })),
  topologyOf("stray-no-zone-bit", "beside it a key without the Zone bit", odd({}, { stray: { flags: 0 } })),
  topologyOf("unknown-flag", "the key has an unknown flag", odd({ flags: 257 | 2 })),
  topologyOf(
    "stray-algorithm-0",
    "beside it a key of algorithm 0",
    odd({}, { stray: { algorithm: 0, strayOctets: 40 } }),
  ),
  topologyOf(
    "stray-short",
    "beside it a key of algorithm 13 that is too short",
    odd({}, { stray: { strayOctets: 3 } }),
  ),
  topologyOf(
    "stray-rsa",
    "beside it an invalid key of algorithm 8",
    odd({}, { stray: { algorithm: 8, strayOctets: 1 } }),
  ),
  topologyOf(
    "ds-of-stray",
    "the DS is of an invalid key",
    odd({}, { stray: { algorithm: 8, strayOctets: 1 } }),
    [{ key: "stray" }],
  ),
  topologyOf("extended-flag", "the key has flag 0x1000", odd({ flags: 257 | 0x1000 })),
  topologyOf(
    "stray-extended-flag",
    "beside it a key with flag 0x1000",
    odd({}, { stray: { flags: 257 | 0x1000 } }),
  ),
  topologyOf(
    "stray-algorithm-253",
    "beside it a key of algorithm 253 without its name",
    odd({}, { stray: { algorithm: 253, strayOctets: 40 } }),
  ),
  topologyOf("large", "more than 4096 octets of keys", odd({}, strays(9, 512))),
  topologyOf("huge", "more than 20 kB of keys", odd({}, strays(40, 512))),
  topologyOf("large-bind", "more than 4096 octets of keys, signed by BIND", {
    ...healthy,
    keys: { ...healthy.keys, ...strays(9, 512) },
  }),
];

const collision = (...signers: readonly string[]): SignedZone => ({
  ...zone({ signed: "hand", signatures: signers.map((by) => ({ by })) }),
  keys: { one: { collision: 0 }, two: { collision: 1 }, zsk: { flags: 256 } },
});

const threeOfOneTag = (signer: string): SignedZone => ({
  ...collision(signer),
  keys: { one: { collision: 0 }, two: { collision: 1 }, three: { collision: 2 }, zsk: { flags: 256 } },
});

/** Keys with one tag, which must all be tried. */
export const collisionTopologies: readonly Topology[] = [
  topologyOf("collision-first", "two keys of one tag: the first signs, its DS", collision("one"), [
    { key: "one" },
  ]),
  topologyOf("collision-second", "two keys of one tag: the second signs, its DS", collision("two"), [
    { key: "two" },
  ]),
  topologyOf(
    "collision-other",
    "two keys of one tag: the first signs, the DS of the second",
    collision("one"),
    [{ key: "two" }],
  ),
  topologyOf(
    "collision-another",
    "two keys of one tag: the second signs, the DS of the first",
    collision("two"),
    [{ key: "one" }],
  ),
  topologyOf("collision-both-ds", "two keys of one tag: the first signs, the DS of both", collision("one"), [
    { key: "one" },
    { key: "two" },
  ]),
  topologyOf(
    "collision-both-sign",
    "two keys of one tag: both sign, the DS of one",
    collision("one", "two"),
    [{ key: "two" }],
  ),
  ...["one", "two", "three"].map((key) =>
    topologyOf(
      `collision-three-${key}`,
      `three keys of one tag: number ${key} signs, its DS`,
      threeOfOneTag(key),
      [{ key }],
    ),
  ),
];
