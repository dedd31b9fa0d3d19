import { dsOf, eddsaKey, ksk, wrongDigest } from "./forge";
import { bogus, k, other, secure, zone, type Row } from "./zones";

export const dsRows: readonly Row[] = [
  secure("SHA-256", zone()),
  secure("SHA-384", zone({ ds: (name) => [dsOf(name, k.rdata, 4)] })),
  secure("SHA-1 alone", zone({ ds: (name) => [dsOf(name, k.rdata, 1)] }), "DS_SHA1"),
  {
    ...secure(
      "SHA-256 and SHA-384 and SHA-1",
      zone({ ds: (name) => [2, 4, 1].map((type) => dsOf(name, k.rdata, type)) }),
    ),
    reasons: ["CHAIN_COMPLETE", "CHAIN_COMPLETE"],
    warnings: ["DS_SHA1"],
  },
  {
    ...bogus(
      "SHA-1 right beside SHA-256 wrong",
      zone({ ds: (name) => [dsOf(name, k.rdata, 1), wrongDigest(dsOf(name, k.rdata))] }),
      "DIGEST_MISMATCH",
    ),
    warnings: ["DS_SHA1"],
    unbound: "secure",
  },
  {
    ...bogus(
      "SHA-1 right beside SHA-384 for another key",
      zone({ ds: (name) => [dsOf(name, k.rdata, 1), dsOf(name, other.rdata, 4)] }),
      "KEY_NOT_PUBLISHED",
    ),
    warnings: ["DS_SHA1"],
    unbound: "secure",
  },
  secure(
    "SHA-1 right beside SHA-256 of an unsupported algorithm",
    zone({ ds: (name) => [dsOf(name, k.rdata, 1), { ...dsOf(name, k.rdata), algorithm: 200 }] }),
    "DS_SHA1",
    "DS_UNSUPPORTED",
  ),
  secure(
    "SHA-256 wrong, SHA-384 right",
    zone({ ds: (name) => [wrongDigest(dsOf(name, k.rdata)), dsOf(name, k.rdata, 4)] }),
    "DIGEST_MISMATCH",
  ),
  secure(
    "right and wrong",
    zone({ ds: (name) => [wrongDigest(dsOf(name, k.rdata)), dsOf(name, k.rdata)] }),
    "DIGEST_MISMATCH",
  ),
  secure(
    "right and a standby",
    zone({ ds: (name) => [dsOf(name, other.rdata), dsOf(name, k.rdata)] }),
    "DS_STANDBY",
  ),
  secure(
    "right and a standby of another algorithm",
    zone({ ds: (name) => [dsOf(name, eddsaKey(ksk).rdata), dsOf(name, k.rdata)] }),
    "DS_STANDBY",
    "ALGORITHM_NOT_SIGNING",
  ),
  secure(
    "right and unsupported",
    zone({ ds: (name) => [{ ...dsOf(name, k.rdata), digestType: 99 }, dsOf(name, k.rdata)] }),
    "DS_UNSUPPORTED",
  ),
  bogus("wrong digest", zone({ ds: (name) => [wrongDigest(dsOf(name, k.rdata))] }), "DIGEST_MISMATCH"),
  bogus("digest of another domain", zone({ ds: () => [dsOf("elsewhere.test", k.rdata)] }), "DIGEST_MISMATCH"),
  bogus("unknown tag", zone({ ds: (name) => [dsOf(name, other.rdata)] }), "KEY_NOT_PUBLISHED"),
  bogus(
    "right except for the algorithm",
    zone({ ds: (name) => [{ ...dsOf(name, k.rdata), algorithm: 8 }] }),
    "ALGORITHM_MISMATCH",
  ),
  bogus(
    "two that are wrong in two ways",
    zone({ ds: (name) => [dsOf(name, other.rdata), wrongDigest(dsOf(name, k.rdata))] }),
    "KEY_NOT_PUBLISHED",
    "DIGEST_MISMATCH",
  ),
  {
    ...bogus(
      "supported and wrong beside unsupported",
      zone({ ds: (name) => [{ ...dsOf(name, k.rdata), digestType: 99 }, dsOf(name, other.rdata)] }),
      "KEY_NOT_PUBLISHED",
    ),
    warnings: ["DS_UNSUPPORTED"],
  },
  ...[1, 3, 6, 12, 17, 23, 200, 253].map((algorithm): Row => ({
    title: `unsupported algorithm ${algorithm}`,
    zone: zone({ ds: (name) => [{ ...dsOf(name, k.rdata), algorithm }] }),
    status: "insecure",
    reasons: ["ONLY_UNSUPPORTED"],
  })),
  ...[3, 5, 6, 99].map((digestType): Row => ({
    title: `unsupported digest type ${digestType}`,
    zone: zone({ ds: (name) => [{ ...dsOf(name, k.rdata), digestType }] }),
    status: "insecure",
    reasons: ["ONLY_UNSUPPORTED"],
  })),
  { title: "no DS", zone: zone({ ds: () => [] }), status: "insecure", reasons: ["NO_DS"] },
];
