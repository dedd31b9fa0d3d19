import { randomBytes } from "node:crypto";
import { dnskey, dsOf, ecdsaKey, eddsaKey, ksk, octets, rrsig, rsaKey, rsaPublicKey, zsk } from "./forge";
import {
  beside,
  bogus,
  day,
  k,
  of,
  other,
  revoked,
  secure,
  unrevoked,
  z,
  zone,
  type Row,
  onlyForBind,
  onlyForUnbound,
} from "./zones";

export const keyRows: readonly Row[] = [
  secure("algorithm 5", of(rsaKey(1024, 5)), "ALGORITHM_SHA1"),
  secure("algorithm 7", of(rsaKey(1024, 7)), "ALGORITHM_SHA1"),
  secure("algorithm 8", of(rsaKey(2048, 8))),
  secure("algorithm 10", of(rsaKey(2048, 10))),
  secure("algorithm 13", of(ecdsaKey(ksk, 13))),
  secure("algorithm 14", of(ecdsaKey(ksk, 14))),
  secure("algorithm 15", of(eddsaKey(ksk, 15))),
  // Debian's unbound-host has no Ed448.
  { ...secure("algorithm 16", of(eddsaKey(ksk, 16))), unbound: "insecure" },
  secure("one key for all", zone({ keys: [k.rdata], data: [{ by: k }] })),
  secure("ZSK that signs the keys", zone({ by: [z, k] }), "KEY_WITHOUT_SEP"),
  bogus("ZSK that does not sign the keys", zone({ ds: (name) => [dsOf(name, z.rdata)] }), "KEY_NOT_SIGNING"),
  bogus(
    "KSK that does not sign the keys",
    zone({ by: [z], ds: (name) => [dsOf(name, k.rdata)] }),
    "KEY_NOT_SIGNING",
  ),
  bogus("no signature at all", zone({ by: [], ds: (name) => [dsOf(name, k.rdata)] }), "KEY_NOT_SIGNING"),
  secure("two KSKs, both sign, DS for one", zone({ keys: [k.rdata, other.rdata, z.rdata], by: [k, other] })),
  secure(
    "two KSKs, one signs, DS for both",
    zone({
      keys: [k.rdata, other.rdata, z.rdata],
      ds: (name) => [dsOf(name, k.rdata), dsOf(name, other.rdata)],
    }),
    "KEY_NOT_SIGNING",
  ),
  { ...bogus("no Zone bit", of(ecdsaKey(1)), "KEY_NOT_ZONE_KEY"), ...onlyForUnbound },
  { ...bogus("protocol 255", of(ecdsaKey(ksk, 13, 255)), "KEY_NOT_ZONE_KEY"), ...onlyForUnbound },
  secure("all flags that mean nothing", of(ecdsaKey(0xed7f))),
  { ...bogus("the flag of RFC 2535 for more flags", of(ecdsaKey(0x1101)), "KEY_UNUSABLE"), ...onlyForBind },
  bogus(
    "revoked, the DS names the former key",
    zone({ keys: [revoked.rdata, z.rdata], by: [revoked, z], ds: (name) => [dsOf(name, unrevoked)] }),
    "KEY_REVOKED",
  ),
  { ...bogus("revoked, DS of the revoked form, signs alone", of(revoked), "KEY_REVOKED"), ...onlyForBind },
  {
    ...bogus(
      "revoked, DS of the revoked form, and a signature by a missing key",
      zone({ keys: [revoked.rdata, z.rdata], by: [revoked, other] }),
      "KEY_REVOKED",
    ),
    ...onlyForBind,
  },
  {
    ...bogus(
      "revoked, DS of the revoked form, another signs in the parent's name",
      zone({
        keys: [revoked.rdata, z.rdata],
        by: [revoked],
        before: (name, keys, now) => [rrsig(name, keys, z, now, { signer: "test" })],
      }),
      "KEY_REVOKED",
    ),
    ...onlyForBind,
  },
  secure(
    "revoked, DS of the revoked form, another signs too",
    zone({ keys: [revoked.rdata, k.rdata, z.rdata], by: [revoked, k] }),
    "KEY_REVOKED",
  ),
  secure(
    "revoked, DS of the revoked form, another's signature has expired",
    zone({
      keys: [revoked.rdata, k.rdata, z.rdata],
      by: [revoked],
      before: (name, keys, now) => [rrsig(name, keys, k, now, { expiration: -3 * day, inception: -9 * day })],
    }),
    "KEY_REVOKED",
  ),
  secure("a revoked key beside", zone({ keys: [revoked.rdata, k.rdata, z.rdata], by: [k, revoked] })),
];

export const besideRows: readonly Row[] = [
  secure("beside: protocol 2", beside(ecdsaKey(zsk, 13, 2).rdata)),
  secure("beside: unsupported algorithm", beside(dnskey(zsk, 200, [1]))),
  secure("beside: a key twice", beside(z.rdata)),
  secure("beside: Ed25519 of 31 octets", beside(dnskey(zsk, 15, randomBytes(31))), "KEY_UNUSABLE"),
  { ...bogus("beside: no key in it", beside(dnskey(zsk, 13, [])), "RECORD_MALFORMED"), ...onlyForBind },
  { ...bogus("beside: three octets", beside(Buffer.of(1, 0, 3)), "RECORD_MALFORMED"), ...onlyForBind },
  {
    ...bogus(
      "beside: algorithm 253 without its name",
      beside(dnskey(zsk, 253, [3, 1, 2])),
      "RECORD_MALFORMED",
    ),
    ...onlyForBind,
  },
  secure("beside: algorithm 253 with its name", beside(dnskey(zsk, 253, [1, 97, 0, 1]))),
];

const sized = (bits: number, algorithm: 5 | 8 | 10): Row["zone"] => of(rsaKey(bits, algorithm));
const unusual = (publicKey: (exponent: Buffer, modulus: Buffer) => Buffer, exponent = 65_537n): Row["zone"] =>
  of(rsaKey(1024, 8, { publicKey, exponent }));

export const rsaRows: readonly Row[] = [
  secure("RSA: 376 bits with SHA-1", sized(376, 5), "ALGORITHM_SHA1"),
  { ...bogus("RSA: 511 bits with SHA-256", sized(511, 8), "KEY_UNUSABLE"), ...onlyForBind },
  secure("RSA: 512 bits with SHA-256", sized(512, 8)),
  { ...bogus("RSA: 1023 bits with SHA-512", sized(1023, 10), "KEY_UNUSABLE"), ...onlyForBind },
  secure("RSA: 1020 bits: the signature is longer than the modulus", sized(1020, 8)),
  secure("RSA: 4096 bits", sized(4096, 8)),
  { ...bogus("RSA: 4097 bits", sized(4097, 8), "KEY_UNUSABLE"), ...onlyForBind },
  secure("RSA: exponent 3", unusual(rsaPublicKey, 3n)),
  secure("RSA: exponent of 35 bits", unusual(rsaPublicKey, 2n ** 34n + 25n)),
  {
    ...bogus("RSA: exponent of 36 bits", unusual(rsaPublicKey, 2n ** 35n + 53n), "KEY_UNUSABLE"),
    ...onlyForBind,
  },
  secure(
    "RSA: length of the exponent in three octets",
    unusual((e, n) => rsaPublicKey(e, n, true)),
  ),
  secure(
    "RSA: leading zeros of the exponent",
    unusual((e, n) => rsaPublicKey(octets(0, 0, 0, e), n)),
  ),
  {
    ...bogus(
      "RSA: leading zero of the modulus",
      unusual((e, n) => rsaPublicKey(e, octets(0, n))),
      "KEY_UNUSABLE",
    ),
    ...onlyForUnbound,
  },
  {
    ...bogus(
      "RSA: signature with a leading zero",
      of(rsaKey(1024), { mangled: (s) => octets(0, s) }),
      "SIGNATURE_INVALID",
    ),
    ...onlyForBind,
  },
  bogus("RSA: signature cut short", of(rsaKey(1024), { mangled: (s) => s.subarray(1) }), "SIGNATURE_INVALID"),
];
