import { dsOf, ecdsaKey, octets, rsaKey, tagOf, twinOf, wireName, zsk } from "./forge";
import type { ForgedKey } from "./forge";
import { broke, broken, expired, good, signed, stranger, whole, withKeys } from "./dataSigning";
import {
  day,
  k,
  onlyForBind,
  onlyForUnbound,
  revoked,
  soa,
  soaOf,
  z,
  zone,
  type Making,
  type Row,
} from "./zones";

const withoutZoneBit = ecdsaKey(0);
const ofProtocol2 = ecdsaKey(zsk, 13, 2);
const revokedZsk = ecdsaKey(zsk | 128);
const extended = ecdsaKey(0x1100);
const tooShort = rsaKey(511, 8, { flags: zsk });
const notWhole: ForgedKey = {
  rdata: octets(1, 0, 3, 15, Buffer.alloc(31, 9)),
  sign: () => Buffer.alloc(64, 1),
};
const [k8, z8] = [rsaKey(1024), rsaKey(1024, 8, { flags: zsk })];

const signatureRows: readonly Row[] = [
  whole("data", signed(good)),
  broke("data: not signed", signed(), "DATA_UNSIGNED"),
  broke("data: expired", signed(expired), "DATA_SIGNATURE_EXPIRED"),
  {
    ...broke(
      "data: expired ten minutes ago",
      signed({ ...expired, expiration: -600 }),
      "DATA_SIGNATURE_EXPIRED",
    ),
    ...onlyForBind,
  },
  broke(
    "data: not yet valid",
    signed({ expiration: 9 * day, inception: 3 * day }),
    "DATA_SIGNATURE_NOT_YET_VALID",
  ),
  {
    ...broke("data: valid in ten minutes", signed({ inception: 600 }), "DATA_SIGNATURE_NOT_YET_VALID"),
    ...onlyForBind,
  },
  whole(
    "data: about to expire",
    signed({ expiration: 2 * day, inception: -12 * day }),
    "DATA_SIGNATURE_EXPIRES_SOON",
  ),
  {
    ...broke(
      "data: longer than serial numbers go",
      signed({ expiration: 2 ** 31 - 100, inception: -100 }),
      "DATA_SIGNATURE_INVALID",
    ),
    ...onlyForUnbound,
  },
  broke("data: begins after its end", signed({ expiration: 100, inception: 3600 }), "DATA_SIGNATURE_INVALID"),
  broke("data: wrong signature", signed(broken), "DATA_SIGNATURE_INVALID"),
  broke("data: signature cut short", signed({ mangled: (s) => s.subarray(1) }), "DATA_SIGNATURE_INVALID"),
  whole("data: signer's name in upper case", (name, now) =>
    signed({ signer: name.toUpperCase() })(name, now),
  ),
  broke("data: signer's name is the parent's", signed({ signer: "test" }), "DATA_SIGNATURE_INVALID"),
  broke(
    "data: another key's tag",
    signed({ keyTag: (tagOf(z.rdata) + 1) & 0xffff }),
    "DATA_KEY_NOT_PUBLISHED",
  ),
  broke("data: another algorithm", signed({ algorithm: 8 }), "DATA_KEY_NOT_PUBLISHED"),
  broke("data: unsupported algorithm", signed({ algorithm: 200 }), "DATA_KEY_NOT_PUBLISHED"),
  whole("data: original TTL lower than the TTL", signed({ originalTtl: 5 })),
  whole("data: original TTL higher than the TTL", signed({ originalTtl: 5000 })),
  broke("data: more labels", signed({ labels: 4 }), "DATA_SIGNATURE_INVALID"),
  broke("data: of a wildcard", signed({ labels: 1, signedOwner: "*.test" }), "DATA_SIGNATURE_INVALID"),
];

const keyRows: readonly Row[] = [
  whole("data: by the KSK", signed({ by: k })),
  whole("data: by the KSK and the ZSK", signed({ by: k }, good)),
  broke("data: by a key that is not published", signed({ by: stranger }), "DATA_KEY_NOT_PUBLISHED"),
  whole("data: by a key that is not published, and the ZSK", signed({ by: stranger }, good)),
  whole("data: by the ZSK of another algorithm", withKeys([z8], { by: z8 }), "DATA_ALGORITHM_NOT_SIGNING"),
  {
    ...broke("data: by a revoked KSK", withKeys([revoked], { by: revoked }), "DATA_KEY_UNUSABLE"),
    ...onlyForBind,
  },
  {
    ...broke("data: by a revoked ZSK", withKeys([revokedZsk], { by: revokedZsk }), "DATA_KEY_UNUSABLE"),
    ...onlyForBind,
  },
  whole("data: by a revoked ZSK and another", withKeys([revokedZsk], { by: revokedZsk }, good)),
  broke(
    "data: by a key without Zone bit",
    withKeys([withoutZoneBit], { by: withoutZoneBit }),
    "DATA_KEY_UNUSABLE",
  ),
  broke("data: by a key of protocol 2", withKeys([ofProtocol2], { by: ofProtocol2 }), "DATA_KEY_UNUSABLE"),
  {
    ...broke("data: by a key with flag 0x1000", withKeys([extended], { by: extended }), "DATA_KEY_UNUSABLE"),
    ...onlyForBind,
  },
  {
    ...broke("data: by RSA of 511 bits", withKeys([tooShort], { by: tooShort }), "DATA_KEY_UNUSABLE"),
    ...onlyForBind,
  },
  {
    ...broke(
      "data: by RSA of 511 bits, then a good one",
      withKeys([tooShort], { by: tooShort }, good),
      "DATA_KEY_UNUSABLE",
    ),
    ...onlyForBind,
  },
  whole(
    "data: by an invalid key, then a good one",
    withKeys([notWhole], { by: notWhole }, good),
    "KEY_UNUSABLE",
  ),
];

const twins = Array.from({ length: 12 }, () => twinOf(z8.rdata));
const withTwins = (count: number): Row["zone"] =>
  zone({ keys: [k.rdata, ...twins.slice(0, count), z8.rdata], data: [{ by: z8 }] });

const twinRows: readonly Row[] = [
  // BIND goes in the order of RDATA, in which a ZSK precedes the KSKs with its tag.
  whole("data: by a ZSK, six KSKs of its tag", withTwins(6), "KEY_TAG_SHARED", "DATA_ALGORITHM_NOT_SIGNING"),
  { ...broke("data: by a ZSK, twelve KSKs of its tag", withTwins(12), "TOO_MUCH_WORK"), ...onlyForUnbound },
  {
    ...broke(
      "data: by a KSK, another of its tag before it",
      zone({ keys: [lowestTwinOf(k8.rdata), k8.rdata, z.rdata], by: [k8], data: [{ by: k8 }] }),
      "DATA_SIGNATURE_INVALID",
    ),
    ...onlyForBind,
  },
];

/** Returns a twin that is first in canonical order. */
function lowestTwinOf(key: Buffer): Buffer {
  for (;;) {
    const twin = twinOf(key);
    if (Buffer.compare(twin, key) < 0) return twin;
  }
}

const both: Making = {
  keys: [k.rdata, k8.rdata, z.rdata, z8.rdata],
  by: [k, k8],
  ds: (name) => [dsOf(name, k.rdata), dsOf(name, k8.rdata)],
};
const twoChains = { reasons: ["CHAIN_COMPLETE", "CHAIN_COMPLETE"] } as const;

/** With harden-algo-downgrade, unbound finds these zones bogus. We only warn. */
const algorithmRows: readonly Row[] = [
  {
    ...whole("data: two algorithms, both sign it", zone({ ...both, data: [good, { by: z8 }] })),
    ...twoChains,
  },
  {
    ...whole(
      "data: two algorithms, one signs it",
      zone({ ...both, data: [good] }),
      "DATA_ALGORITHM_NOT_SIGNING",
    ),
    ...twoChains,
  },
  {
    ...whole(
      "data: two algorithms, the signature of one has expired",
      zone({ ...both, data: [good, { ...expired, by: z8 }] }),
      "DATA_ALGORITHM_NOT_SIGNING",
    ),
    ...twoChains,
  },
  whole(
    "data: two algorithms, a DS of one, the other signs it",
    zone({ ...both, ds: (name) => [dsOf(name, k.rdata)], data: [{ by: z8 }] }),
    "DATA_ALGORITHM_NOT_SIGNING",
  ),
];

const inUpperCase = soaOf(wireName("NS.test"), wireName("Host.TEST"));
const compressed: Row["zone"] = (name, now) => {
  const names = ["ns", "host"].map((label) => wireName(`${label}.${name}`));
  const pointing = ["NS", "host"].map((label) => octets(label.length, Buffer.from(label), 0xc0, 12));
  const [own, sent] = [names, pointing].map(([server = octets(), contact = octets()]) =>
    soaOf(server, contact),
  );
  return zone({ soa: own ? [own] : [], servedSoa: sent ? [sent] : [] })(name, now);
};

const recordRows: readonly Row[] = [
  broke("SOA: none", zone({ soa: [] }), "DATA_MISSING"),
  {
    ...broke(
      "SOA: two",
      zone({ soa: [soa, soaOf(wireName("ns2.test"), wireName("host.test"))] }),
      "RECORD_MALFORMED",
    ),
    ...onlyForBind,
  },
  whole("SOA: the same twice", zone({ servedSoa: [soa, soa] })),
  whole("SOA: names in upper case", zone({ servedSoa: [inUpperCase] })),
  whole("SOA: names that point elsewhere", compressed),
  { ...broke("SOA: cut short", zone({ soa: [soa.subarray(0, -1)] }), "RECORD_MALFORMED"), ...onlyForBind },
  { ...broke("SOA: too long", zone({ soa: [octets(soa, 0)] }), "RECORD_MALFORMED"), ...onlyForBind },
  {
    ...broke("SOA: names cut short", zone({ soa: [soa.subarray(0, 9)] }), "RECORD_MALFORMED"),
    ...onlyForBind,
  },
];

export const dataRows: readonly Row[] = [
  ...signatureRows,
  ...keyRows,
  ...twinRows,
  ...algorithmRows,
  ...recordRows,
];
