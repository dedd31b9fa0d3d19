import { healthy, right, topologyOf, zone, type DsRecipe, type Topology, type ZoneRecipe } from "../recipe";

const sha1: DsRecipe = { key: "ksk", digestType: 1 };
const sha384: DsRecipe = { key: "ksk", digestType: 4 };
/** A DS of a key that no zone has. */
const unknown: DsRecipe = {};
const anotherAlgorithm: DsRecipe = { key: "ksk", says: { algorithm: 200 } };
const wrong = (recipe: DsRecipe): DsRecipe => ({ ...recipe, wrong: true });
const digestOfType = (digestType: number, octets = 32): DsRecipe => ({
  key: "ksk",
  says: { digestType, digest: "ab".repeat(octets) },
});
const ofAlgorithm = (algorithm: number): DsRecipe => ({ key: "ksk", says: { algorithm } });

const set = (
  name: string,
  sentence: string,
  ds: readonly DsRecipe[],
  child: ZoneRecipe = healthy,
): Topology => topologyOf(name, sentence, child, ds);

/** A healthy zone, and every kind of DS set over it. */
export const dsSets: readonly Topology[] = [
  set("none", "no DS", []),
  set("sha256", "right, SHA-256", [right]),
  set("sha384", "right, SHA-384", [sha384]),
  set("sha1", "right, SHA-1", [sha1]),
  set("sha256-sha384", "right, SHA-256 and SHA-384", [right, sha384]),
  set("sha1-sha256", "right, SHA-1 and SHA-256", [sha1, right]),
  set("right-wrong-digest", "a right one, and one with a wrong digest", [right, wrong(sha384)]),
  set("right-unknown-tag", "a right one, and one of a key that the zone lacks", [right, unknown]),
  set("wrong-digest", "a wrong digest", [wrong(right)]),
  set("wrong-sha1", "a wrong digest, SHA-1", [wrong(sha1)]),
  set("wrong-sha384", "a wrong digest, SHA-384", [wrong(sha384)]),
  set("unknown-tag", "a key that the zone lacks", [unknown]),
  set("tag-off-by-one", "right except for the key tag", [{ key: "ksk", says: { keyTag: 1 } }]),
  set("wrong-algorithm", "key tag and digest are right, the algorithm is not", [ofAlgorithm(8)]),
  set("digest-type-3", "digest type 3 (GOST R 34.11-94) only", [digestOfType(3)]),
  set("digest-type-5", "digest type 5 (GOST R 34.11-2012) only", [digestOfType(5)]),
  set("digest-type-6", "digest type 6 (SM3) only", [digestOfType(6)]),
  set("digest-type-99", "digest type 99 only", [digestOfType(99)]),
  ...[1, 3, 12, 17, 23, 200, 252, 253, 254, 255].map((algorithm) =>
    set(`algorithm-${algorithm}-only`, `a DS of algorithm ${algorithm} only`, [ofAlgorithm(algorithm)]),
  ),
  set("delete-sentinel", "0 0 0 00, which is for CDS only", [
    { says: { keyTag: 0, algorithm: 0, digestType: 0, digest: "00" } },
  ]),
  set("digest-99-right", "digest type 99, and a right one", [digestOfType(99), right]),
  set("digest-99-wrong", "digest type 99, and a wrong SHA-256", [digestOfType(99), wrong(right)]),
  set("digest-99-sha1", "digest type 99, and a right SHA-1", [digestOfType(99), sha1]),
  set("algorithm-200-right", "algorithm 200, and a right one", [anotherAlgorithm, right]),
  set("algorithm-200-wrong", "algorithm 200, and a wrong one", [anotherAlgorithm, wrong(right)]),
  set("algorithm-200-digest-99", "algorithm 200, and digest type 99", [anotherAlgorithm, digestOfType(99)]),
  set("sha1-right-sha256-wrong", "SHA-1 right, SHA-256 wrong", [sha1, wrong(right)]),
  set("sha1-wrong-sha256-right", "SHA-1 wrong, SHA-256 right", [wrong(sha1), right]),
  set("sha256-wrong-sha384-right", "SHA-256 wrong, SHA-384 right", [wrong(right), sha384]),
  set("sha256-right-sha384-wrong", "SHA-256 right, SHA-384 wrong", [right, wrong(sha384)]),
  set("sha1-right-sha384-wrong", "SHA-1 right, SHA-384 wrong", [sha1, wrong(sha384)]),
  set("sha1-right-sha256-of-another", "SHA-1 right, SHA-256 of a key that the zone lacks", [sha1, unknown]),
  set("sha1-right-sha384-of-another", "SHA-1 right, SHA-384 of a key that the zone lacks", [
    sha1,
    { digestType: 4 },
  ]),
  set("sha1-right-sha256-unsupported", "SHA-1 right, SHA-256 of algorithm 200", [sha1, anotherAlgorithm]),
  set("sha1-right-sha256-of-algorithm-8", "SHA-1 right, SHA-256 of algorithm 8, which the zone lacks", [
    sha1,
    ofAlgorithm(8),
  ]),
  set("eight", "one right among eight", [
    ...Array.from({ length: 7 }, (_, index): DsRecipe => ({ says: { keyTag: 100 + index } })),
    right,
  ]),
  set("unsigned", "the zone is not signed, no DS", [], "unsigned"),
  set("unsigned-ds", "the zone is not signed, and there is a DS", [unknown], "unsigned"),
  set(
    "unsigned-unsupported",
    "the zone is not signed, a DS of digest type 99",
    [{ says: { digestType: 99 } }],
    "unsigned",
  ),
  set(
    "keys-only",
    "the zone has keys but no signature over them, no DS",
    [],
    zone({ signed: "hand", signatures: [] }),
  ),
  set(
    "keys-only-ds",
    "the zone has keys but no signature over them, right DS",
    [right],
    zone({ signed: "hand", signatures: [] }),
  ),
  {
    ...set("undelegated", "there is no such child, no DS", [], "unsigned"),
    undelegated: true,
  },
  {
    ...set("undelegated-ds", "there is no such child, but a DS for it", [unknown], "unsigned"),
    undelegated: true,
  },
  { ...set("mixed-case", "names in mixed case everywhere", [right]), written: "MiXeD-CaSe" },
  set("xn--fsqu00a", "an IDN", [right]),
  set(`${"a".repeat(63)}`, "a label of 63 octets", [right]),
];
