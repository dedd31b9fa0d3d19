import {
  day,
  healthy,
  hour,
  minute,
  signedBy,
  topologyOf,
  zone,
  type SignatureRecipe,
  type SignedZone,
  type Topology,
} from "../recipe";

/** Clocks of 32 bits wrap around in 2038. Signatures may end later (RFC 1982). */
const far = 30 * 365 * day;

/** BIND does not load a zone with such a signature, so a front inserts it. */
const forged = (name: string, sentence: string, forges: SignatureRecipe): Topology => ({
  ...topologyOf(name, sentence, healthy),
  servers: [{ forges }],
});

const algorithms: readonly (readonly [number, string])[] = [
  [5, "RSASHA1"],
  [7, "RSASHA1-NSEC3-SHA1"],
  [8, "RSASHA256"],
  [10, "RSASHA512"],
  [13, "ECDSAP256SHA256"],
  [14, "ECDSAP384SHA384"],
  [15, "ED25519"],
  [16, "ED448"],
];

const noEd448 = {
  exception: { judge: "unbound", why: "this unbound-host has no Ed448, and treats it as unsupported" },
} as const;

const ofAlgorithm = (algorithm: number, ksk = {}): SignedZone =>
  zone({ keys: { ksk: { algorithm, ...ksk }, zsk: { algorithm, flags: 256 } } });

/** BIND does not sign with keys that it rejects. */
const handSigned = (child: SignedZone): SignedZone => ({ ...child, signed: "hand" });

/** Every algorithm, right and wrong. */
export const algorithmTopologies: readonly Topology[] = [
  ...algorithms.flatMap(([algorithm, mnemonic]): Topology[] => [
    {
      ...topologyOf(`algorithm-${algorithm}`, `algorithm ${algorithm} (${mnemonic})`, ofAlgorithm(algorithm)),
      ...(algorithm === 16 && noEd448),
    },
    {
      ...topologyOf(
        `algorithm-${algorithm}-broken`,
        `algorithm ${algorithm} (${mnemonic}), an octet of the signature is wrong`,
        { ...ofAlgorithm(algorithm), signed: "hand", signatures: [{ by: "ksk", broken: true }] },
      ),
      ...(algorithm === 16 && noEd448),
    },
  ]),
  topologyOf("rsa-512", "algorithm 8, 512 bits", ofAlgorithm(8, { bits: 512 })),
  topologyOf("rsa-768", "algorithm 8, 768 bits", ofAlgorithm(8, { bits: 768 })),
  topologyOf("rsa-4096", "algorithm 8, 4096 bits", ofAlgorithm(8, { bits: 4096 })),
  topologyOf("rsa-sha512-768", "algorithm 10, 768 bits", handSigned(ofAlgorithm(10, { bits: 768 }))),
  topologyOf("rsa-2048", "algorithm 8, 2048 bits", ofAlgorithm(8, { bits: 2048 })),
  topologyOf("rsa-exponent-3", "algorithm 8, public exponent 3", ofAlgorithm(8, { exponent: 3 })),
  topologyOf(
    "rsa-long-exponent",
    "algorithm 8, public exponent of 32 bits",
    ofAlgorithm(8, { exponent: 2 ** 32 - 5 }),
  ),
  topologyOf("nsec3", "NSEC3", zone({ nsec3: true })),
  topologyOf("nsec3-algorithm-7", "algorithm 7 and NSEC3", { ...ofAlgorithm(7), nsec3: true }),
  topologyOf(
    "unsupported-key-beside",
    "a key of algorithm 200 beside, that signs nothing",
    zone({ signed: "hand", keys: { stray: { algorithm: 200, strayOctets: 64 } } }),
  ),
];

/** The time of the signatures. */
export const dateTopologies: readonly Topology[] = [
  topologyOf(
    "expired",
    "all signatures expired a week ago",
    zone({ signatures: [{ by: "ksk", from: -30 * day, until: -7 * day }] }),
  ),
  topologyOf(
    "not-yet",
    "all signatures begin in a week",
    zone({ signatures: [{ by: "ksk", from: 7 * day, until: 30 * day }] }),
  ),
  topologyOf(
    "expired-minutes",
    "the keys' signature expired ten minutes ago",
    signedBy({ by: "ksk", from: -30 * day, until: -10 * minute }),
  ),
  topologyOf(
    "expired-hours",
    "the keys' signature, of a month, expired three hours ago",
    signedBy({ by: "ksk", from: -30 * day, until: -3 * hour }),
  ),
  topologyOf(
    "expired-days",
    "the keys' signature expired two days ago",
    signedBy({ by: "ksk", from: -30 * day, until: -2 * day }),
  ),
  topologyOf(
    "starts-minutes",
    "the keys' signature begins in ten minutes",
    signedBy({ by: "ksk", from: 10 * minute, until: 30 * day }),
  ),
  topologyOf(
    "starts-days",
    "the keys' signature begins in two days",
    signedBy({ by: "ksk", from: 2 * day, until: 30 * day }),
  ),
  topologyOf(
    "expires-minutes",
    "the keys' signature expires in ten minutes",
    signedBy({ by: "ksk", from: -30 * day, until: 10 * minute }),
  ),
  topologyOf(
    "began-now",
    "the keys' signature began five minutes ago",
    signedBy({ by: "ksk", from: -5 * minute, until: 30 * day }),
  ),
  topologyOf(
    "past-2038",
    "the keys' signature ends after 2038",
    signedBy({ by: "ksk", from: -day, until: far }),
  ),
  topologyOf(
    "ends-before-it-begins",
    "the keys' signature ends before it begins, both around now",
    signedBy({ by: "ksk", from: hour, until: -hour }),
  ),
  topologyOf(
    "ends-before-it-begins-past",
    "the keys' signature ends before it begins, both past",
    signedBy({ by: "ksk", from: -2 * day, until: -3 * day }),
  ),
  topologyOf(
    "expired-beside-valid",
    "an expired signature and a valid one, by the same key",
    signedBy({ by: "ksk", from: -30 * day, until: -2 * day }, { by: "ksk" }),
  ),
  topologyOf(
    "expired-valid-by-another",
    "the DS's key has an expired signature, another key has a valid one",
    signedBy({ by: "ksk", from: -30 * day, until: -2 * day }, { by: "zsk" }),
  ),
];

/** Wrong signatures. */
export const signatureTopologies: readonly Topology[] = [
  topologyOf("stripped", "no signature over the keys, everything else signed", signedBy()),
  topologyOf("key-added-after", "a key was added after the RRset was signed", {
    ...zone({ signed: "hand", keys: { late: { flags: 256 } } }),
    signatures: [{ by: "ksk", without: ["late"] }],
  }),
  topologyOf(
    "broken-beside-valid",
    "a broken signature and a valid one, by the same key",
    signedBy({ by: "ksk", broken: true }, { by: "ksk" }),
  ),
  topologyOf(
    "broken-valid-by-another",
    "a broken signature by the DS's key, a valid one by another key",
    signedBy({ by: "ksk", broken: true }, { by: "zsk" }),
  ),
  topologyOf(
    "broken-by-another",
    "a valid signature by the DS's key, a broken one by another",
    signedBy({ by: "ksk" }, { by: "zsk", broken: true }),
  ),
  topologyOf(
    "three-broken-beside-valid",
    "three broken signatures and a valid one, by the same key",
    signedBy(
      { by: "ksk", broken: true },
      { by: "ksk", broken: true, until: 20 * day },
      { by: "ksk", broken: true, until: 21 * day },
      { by: "ksk" },
    ),
  ),
  topologyOf("signer-parent", "the signer's name is the parent's", signedBy({ by: "ksk", signer: "test" })),
  topologyOf(
    "signer-sibling",
    "the signer's name is a sibling's",
    signedBy({ by: "ksk", signer: "sha256.test" }),
  ),
  forged("signer-below", "the signer's name is one below", { by: "ksk", signer: "www.signer-below.test" }),
  topologyOf(
    "signer-upper-case",
    "the signer's name is in upper case",
    signedBy({ by: "ksk", signer: "SIGNER-UPPER-CASE.TEST" }),
  ),
  forged("labels-fewer", "the labels field is one too few, as of a wildcard", { by: "ksk", labels: 1 }),
  forged("labels-none", "the labels field is 0, as of a wildcard of the root", { by: "ksk", labels: 0 }),
  topologyOf("labels-more", "the labels field is one too many", signedBy({ by: "ksk", labels: 3 })),
  topologyOf(
    "ttl-lower",
    "the TTL served is lower than the signed one",
    signedBy({ by: "ksk", originalTtl: 7200 }),
  ),
  topologyOf(
    "ttl-higher",
    "the TTL served is higher than the signed one",
    signedBy({ by: "ksk", originalTtl: 60 }),
  ),
  topologyOf("signature-tag", "the signature has another key tag", signedBy({ by: "ksk", keyTagOff: 1 })),
  topologyOf(
    "signature-algorithm",
    "the signature has another algorithm field",
    signedBy({ by: "ksk", algorithm: 14 }),
  ),
  topologyOf(
    "unsupported-beside-valid",
    "a signature whose algorithm field is 200, and a valid one",
    signedBy({ by: "ksk", algorithm: 200 }, { by: "ksk" }),
  ),
  topologyOf(
    "twenty-broken-beside-valid",
    "twenty broken signatures and a valid one, by the same key",
    signedBy(
      ...Array.from({ length: 20 }, (_, index): SignatureRecipe => ({
        by: "ksk",
        broken: true,
        until: (9 + index) * day,
      })),
      { by: "ksk" },
    ),
  ),
  topologyOf(
    "signature-algorithm-200",
    "the signature's algorithm field is 200",
    signedBy({ by: "ksk", algorithm: 200 }),
  ),
];
