import {
  day,
  healthy,
  minute,
  next,
  right,
  topologyOf,
  zone,
  type DsRecipe,
  type KeyRecipe,
  type ServerRecipe,
  type SignedZone,
  type Topology,
} from "../recipe";

const past = { from: -30 * day, until: -7 * day };

type Data = NonNullable<SignedZone["data"]>;

const signed = (...data: Data): SignedZone => zone({ signed: "hand", data });

/**
 * BIND serves no signatures of a zone in which only the keys are signed, so a front removes the
 * others.
 */
const keysAlone: ServerRecipe = { does: "ignoresDo", about: "data" };
const withKeys = (keys: Readonly<Record<string, KeyRecipe>>, ...data: Data): SignedZone =>
  zone({ signed: "hand", keys, data });

const state = (
  name: string,
  sentence: string,
  child: SignedZone,
  ds: readonly DsRecipe[] = [right],
): Topology => ({ ...topologyOf(name, sentence, child, ds), asks: ["A", "SOA"] });

const unsigned = (
  name: string,
  sentence: string,
  ds: readonly DsRecipe[] = [right],
  child: SignedZone = healthy,
): Topology => ({ ...state(name, sentence, child, ds), servers: [keysAlone] });

/** The DNSKEY RRset is signed correctly, but the rest of the zone is not. */
const signatureTopologies: readonly Topology[] = [
  unsigned("data-unsigned", "only the keys are signed"),
  state("data-nsec-only", "only the keys and NSEC are signed", {
    ...signed({ by: "zsk" }),
    signs: ["NSEC"],
  }),
  state("data-soa-unsigned", "everything but the SOA record is signed", {
    ...signed({ by: "zsk" }),
    signs: ["NS", "A", "NSEC"],
  }),
  state(
    "data-expired",
    "the signatures expired a week ago, that over the keys is right",
    signed({ by: "zsk", ...past }),
  ),
  state(
    "data-expired-minutes",
    "the signatures expired ten minutes ago, that over the keys is right",
    signed({ by: "zsk", from: -30 * day, until: -10 * minute }),
  ),
  state(
    "data-not-yet",
    "the signatures begin in a week, that over the keys is right",
    signed({ by: "zsk", from: 7 * day, until: 30 * day }),
  ),
  state(
    "data-starts-minutes",
    "the signatures begin in ten minutes, that over the keys is right",
    signed({ by: "zsk", from: 10 * minute }),
  ),
  state(
    "data-expires-minutes",
    "the signatures expire in ten minutes, that over the keys does not",
    signed({ by: "zsk", from: -30 * day, until: 10 * minute }),
  ),
  state(
    "data-broken",
    "the signatures are wrong, that over the keys is right",
    signed({ by: "zsk", broken: true }),
  ),
  state("data-signer-parent", "the signer's name is the parent's", signed({ by: "zsk", signer: "test" })),
  state("data-tag", "the signatures have another key tag", signed({ by: "zsk", keyTagOff: 1 })),
  state(
    "data-algorithm-field",
    "the signatures have another algorithm field",
    signed({ by: "zsk", algorithm: 14 }),
  ),
  state(
    "data-ttl-lower",
    "the TTL served is lower than the signed one",
    signed({ by: "zsk", originalTtl: 7200 }),
  ),
  state(
    "data-ttl-higher",
    "the TTL served is higher than the signed one",
    signed({ by: "zsk", originalTtl: 60 }),
  ),
  state(
    "data-expired-beside-valid",
    "an expired signature and a valid one, by the same key",
    signed({ by: "zsk", ...past }, { by: "zsk" }),
  ),
  state(
    "data-expired-behind-valid",
    "a valid signature, and an expired one of a key of a higher algorithm",
    withKeys({ other: { algorithm: 14, flags: 256 } }, { by: "zsk" }, { by: "other", ...past }),
  ),
  state(
    "data-unsupported-beside-valid",
    "a signature whose algorithm field is 200, and a valid one",
    signed({ by: "zsk", algorithm: 200 }, { by: "zsk" }),
  ),
];

/** The key that signs the data. */
const keyTopologies: readonly Topology[] = [
  state(
    "data-zsk-unpublished",
    "the ZSK is missing from the DNSKEY RRset",
    withKeys({ zsk: { flags: 256, unpublished: true } }, { by: "zsk" }),
  ),
  state(
    "data-old-zsk",
    "the old ZSK still signs, but the DNSKEY RRset has only the new one",
    withKeys({ old: { flags: 256, unpublished: true } }, { by: "old" }),
  ),
  state(
    "data-both-zsks",
    "the old ZSK and the new one sign",
    withKeys({ old: { flags: 256 } }, { by: "old" }, { by: "zsk" }),
  ),
  state(
    "data-new-zsk-unpublished",
    "the old ZSK and the new one sign, but the DNSKEY RRset has only the old one",
    withKeys({ late: { flags: 256, unpublished: true } }, { by: "zsk" }, { by: "late" }),
  ),
  state(
    "data-old-zsk-expired",
    "the old ZSK's signatures have expired, the new one's are valid",
    withKeys({ old: { flags: 256 } }, { by: "old", ...past }, { by: "zsk" }),
  ),
  state("data-by-ksk", "the KSK signs everything, beside a ZSK that signs nothing", signed({ by: "ksk" })),
  state("data-by-ksk-and-zsk", "the KSK and the ZSK sign everything", signed({ by: "ksk" }, { by: "zsk" })),
  state(
    "data-by-revoked-zsk",
    "a revoked ZSK signs",
    withKeys({ gone: { flags: 256 | 128 } }, { by: "gone" }),
  ),
  state(
    "data-by-revoked-ksk",
    "a revoked KSK signs",
    withKeys({ gone: { flags: 257 | 128 } }, { by: "gone" }),
  ),
  state(
    "data-by-protocol-2",
    "a key of protocol 2 signs",
    withKeys({ odd: { flags: 256, protocol: 2 } }, { by: "odd" }),
  ),
  state(
    "data-by-flags-0",
    "a key without the Zone bit signs",
    withKeys({ odd: { flags: 0 } }, { by: "odd" }),
  ),
];

const twoAlgorithms = (...data: Data): SignedZone => ({
  ...healthy,
  signed: "hand",
  keys: { ksk: {}, zsk: { flags: 256 }, next: { algorithm: 8 }, zsk8: { algorithm: 8, flags: 256 } },
  signatures: [{ by: "ksk" }, { by: "next" }],
  data,
});

/** Two algorithms sign the keys (RFC 6840 section 5.11). */
const algorithmTopologies: readonly Topology[] = [
  state(
    "data-algorithm-13",
    "algorithms 8 and 13, the DS of both: 13 signs the rest",
    twoAlgorithms({ by: "zsk" }),
    [right, next],
  ),
  state(
    "data-algorithm-8",
    "algorithms 8 and 13, the DS of both: 8 signs the rest",
    twoAlgorithms({ by: "zsk8" }),
    [right, next],
  ),
  unsigned(
    "data-algorithm-none",
    "algorithms 8 and 13, the DS of both: neither signs the rest",
    [right, next],
    twoAlgorithms({ by: "zsk" }, { by: "zsk8" }),
  ),
  state(
    "data-algorithm-13-expired",
    "algorithms 8 and 13, the DS of both: the signatures of 13 have expired",
    twoAlgorithms({ by: "zsk8" }, { by: "zsk", ...past }),
    [right, next],
  ),
  state(
    "data-algorithm-8-expired",
    "algorithms 8 and 13, the DS of both: the signatures of 8 have expired",
    twoAlgorithms({ by: "zsk8", ...past }, { by: "zsk" }),
    [right, next],
  ),
  state(
    "data-algorithm-other",
    "algorithms 8 and 13, the DS of 13: 8 signs the rest",
    twoAlgorithms({ by: "zsk8" }),
    [right],
  ),
];

/** The DS set decides which changes are possible. */
const setTopologies: readonly Topology[] = [
  unsigned("data-unsigned-no-ds", "only the keys are signed, no DS", []),
  unsigned("data-unsigned-insecure", "only the keys are signed, a DS of digest type 99", [
    { key: "ksk", says: { digestType: 99 } },
  ]),
  unsigned("data-unsigned-wrong-ds", "only the keys are signed, and the digest is wrong", [
    { ...right, wrong: true },
  ]),
  unsigned(
    "data-unsigned-standby",
    "only the keys are signed, the DS of an unpublished standby key and the active one",
    [right, next],
    zone({ keys: { next: { unpublished: true } } }),
  ),
  unsigned(
    "data-unsigned-two-ds",
    "only the keys are signed, by two keys, the DS of both",
    [right, next],
    zone({ keys: { next: {} }, signatures: [{ by: "ksk" }, { by: "next" }] }),
  ),
];

const good: ServerRecipe = {};
const second = (
  name: string,
  sentence: string,
  other: ServerRecipe,
  ds: readonly DsRecipe[] = [right],
): Topology => ({ ...state(name, sentence, healthy, ds), servers: [good, other] });

/** The second server's keys are signed correctly, but its data differs from the first's. */
const serverTopologies: readonly Topology[] = [
  second("stale-data-unsigned", "at the second server, only the keys are signed", keysAlone),
  second("stale-data-expired", "the second server has expired signatures except for the keys", {
    zone: signed({ by: "zsk", ...past }),
  }),
  second("stale-data-zsk", "the second server has another ZSK's signatures", {
    zone: withKeys({ old: { flags: 256, unpublished: true } }, { by: "old" }),
  }),
  second(
    "stale-data-standby",
    "at the second server, only the keys are signed, the DS of a standby key beside",
    keysAlone,
    [right, {}],
  ),
  {
    ...state("data-unsigned-twice", "at both servers, only the keys are signed", healthy),
    servers: [keysAlone, keysAlone],
  },
];

export const dataTopologies: readonly Topology[] = [
  ...signatureTopologies,
  ...keyTopologies,
  ...algorithmTopologies,
  ...setTopologies,
  ...serverTopologies,
];
