import { parseDs, formatDs, type Ds } from "../../provider/dnssec/ds";
import { dsFromDnskey, formatDnskey, keyTag, parseDnskey, type Dnskey } from "../../provider/dnssec/dnskey";
import { canonicalWireName } from "../../provider/dnssec/name";
import generated from "../fixtures/ds-vectors.json";
import published from "../fixtures/published-vectors.json";
import { expectDnsDataError } from "./thrown";

interface Vector {
  readonly source?: string;
  readonly note?: string;
  readonly owner: string;
  readonly owner_canonical_wire?: string;
  readonly dnskey: { flags: number; protocol: number; algorithm: number; public_key: string } | null;
  readonly expected?: { key_tag: number; algorithm: number; digest_type: number; digest: string };
  readonly expected_key_tag?: number;
}

const publishedVectors = published as readonly Vector[];
const agreedVectors = generated.vectors as readonly Vector[];
const specialVectors = generated.special as readonly Vector[];

const gostTypes = [3, 5];

function title({ source, note, owner, dnskey, expected }: Vector): string {
  return `${source ?? note ?? ""} ${owner.slice(0, 40)} algorithm ${dnskey?.algorithm} digest ${expected?.digest_type}`;
}

function keyOf({ dnskey }: Vector): Dnskey | undefined {
  if (!dnskey) return undefined;
  const { flags, protocol, algorithm, public_key: publicKey } = dnskey;
  return { flags, protocol, algorithm, publicKey };
}

function dsOf({ expected }: Vector): Ds | undefined {
  if (!expected) return undefined;
  const { key_tag: keyTag, algorithm, digest_type: digestType, digest } = expected;
  return { keyTag, algorithm, digestType, digest };
}

test("the fixtures are complete", () => {
  expect(publishedVectors).toHaveLength(15);
  expect(agreedVectors).toHaveLength(72);
  expect(specialVectors).toHaveLength(8);
});

const titled = (vectors: readonly Vector[]): [string, Vector][] =>
  vectors.map((vector) => [title(vector), vector]);

describe.each([
  ["published", publishedVectors],
  ["agreed by BIND, Knot, ldns and dnspython", agreedVectors],
  ["special", specialVectors],
])("%s", (_, vectors) => {
  test.each(titled(vectors))("%s", (_title, vector) => {
    const dnskey = keyOf(vector);
    const ds = dsOf(vector);
    if (ds) expect(parseDs(formatDs(ds))).toEqual(ds);
    if (!dnskey) return;
    expect(parseDnskey(formatDnskey(dnskey))).toEqual(dnskey);
    expect(keyTag(dnskey)).toBe(ds?.keyTag ?? vector.expected_key_tag);
    if (!ds) return;
    if (gostTypes.includes(ds.digestType)) {
      const compute = () => dsFromDnskey(vector.owner, dnskey, ds.digestType);
      expectDnsDataError(compute, "DIGEST_TYPE_UNSUPPORTED", `type ${ds.digestType} cannot be computed here`);
    } else {
      expect(dsFromDnskey(vector.owner, dnskey, ds.digestType)).toEqual(ds);
    }
  });

  const withWire = vectors.filter((vector) => vector.owner_canonical_wire !== undefined);
  if (withWire.length === 0) return;
  test.each(titled(withWire))("owner on the wire: %s", (_title, vector) => {
    expect(canonicalWireName(vector.owner).toString("hex")).toBe(vector.owner_canonical_wire);
  });
});
