import { twinOf, dsOf, flipped, octets, rrsig, rsaKey, tagOf, zsk, type SignatureOptions } from "./forge";
import { after, bogus, day, k, onlyForBind, onlyForUnbound, secure, zone, type Row } from "./zones";

const signed = (options: SignatureOptions): Row["zone"] => zone({ options });

export const signatureRows: readonly Row[] = [
  bogus("signature: expired", signed({ expiration: -3 * day, inception: -9 * day }), "SIGNATURE_EXPIRED"),
  {
    ...bogus(
      "signature: expired ten minutes ago",
      signed({ expiration: -600, inception: -9 * day }),
      "SIGNATURE_EXPIRED",
    ),
    ...onlyForBind,
  },
  bogus(
    "signature: not yet valid",
    signed({ expiration: 9 * day, inception: 3 * day }),
    "SIGNATURE_NOT_YET_VALID",
  ),
  {
    ...bogus("signature: valid in ten minutes", signed({ inception: 600 }), "SIGNATURE_NOT_YET_VALID"),
    ...onlyForBind,
  },
  secure(
    "signature: about to expire",
    signed({ expiration: 2 * day, inception: -12 * day }),
    "SIGNATURE_EXPIRES_SOON",
  ),
  secure("signature: as long as serial numbers go", signed({ expiration: 2 ** 31 - 101, inception: -100 })),
  {
    ...bogus(
      "signature: longer than that",
      signed({ expiration: 2 ** 31 - 100, inception: -100 }),
      "SIGNATURE_INVALID",
    ),
    ...onlyForUnbound,
  },
  bogus("signature: begins after its end", signed({ expiration: 100, inception: 3600 }), "SIGNATURE_INVALID"),
  bogus("signature: wrong", signed({ mangled: flipped }), "SIGNATURE_INVALID"),
  bogus("signature: too short", signed({ mangled: (s) => s.subarray(1) }), "SIGNATURE_INVALID"),
  bogus("signature: too long", signed({ mangled: (s) => octets(s, 0) }), "SIGNATURE_INVALID"),
  bogus(
    "signature: over fewer keys than published",
    (name, now) => ({ ...zone()(name, now), signatures: [rrsig(name, [k.rdata], k, now)] }),
    "SIGNATURE_INVALID",
  ),
  secure("signature: signer's name in upper case", (name, now) =>
    zone({ options: { signer: name.toUpperCase() } })(name, now),
  ),
  bogus("signature: signer's name is the parent's", signed({ signer: "test" }), "SIGNATURE_INVALID"),
  secure("signature: original TTL lower than the TTL", signed({ originalTtl: 5 })),
  secure("signature: original TTL higher than the TTL", signed({ originalTtl: 5000 })),
  bogus(
    "signature: tag of another key",
    signed({ keyTag: (tagOf(k.rdata) + 1) & 0xffff }),
    "KEY_NOT_SIGNING",
  ),
  bogus("signature: another algorithm", signed({ algorithm: 8 }), "KEY_NOT_SIGNING"),
  bogus("signature: more labels than the name", signed({ labels: 3 }), "SIGNATURE_INVALID"),
  {
    ...bogus("signature: of a wildcard", signed({ labels: 1, signedOwner: "*.test" }), "RECORD_MALFORMED"),
    ...onlyForBind,
  },
  {
    ...bogus(
      "signature beside: of a wildcard",
      after((name, keys, now) => [rrsig(name, keys, k, now, { labels: 1 })]),
      "RECORD_MALFORMED",
    ),
    ...onlyForBind,
  },
  secure(
    "signature beside: more labels",
    after((name, keys, now) => [rrsig(name, keys, k, now, { labels: 3 })]),
  ),
  secure(
    "signature beside: wrong",
    after((name, keys, now) => [rrsig(name, keys, k, now, { mangled: flipped })]),
  ),
  secure(
    "signature beside: the parent's name",
    after((name, keys, now) => [rrsig(name, keys, k, now, { signer: "test" })]),
  ),
  secure(
    "signature beside: compressed name",
    after((name, keys, now) => [rrsig(name, keys, k, now, { signerOctets: Buffer.of(192, 12) })]),
  ),
  secure(
    "signature beside: unsupported algorithm",
    after((name, keys, now) => [rrsig(name, keys, k, now, { algorithm: 200 })]),
  ),
  bogus(
    "signature beside: cut short",
    after((name, keys, now) => [rrsig(name, keys, k, now).subarray(0, 10)]),
    "RECORD_MALFORMED",
  ),
  {
    ...bogus(
      "signature beside: empty",
      after((name, keys, now) => [rrsig(name, keys, k, now, { mangled: () => Buffer.alloc(0) })]),
      "RECORD_MALFORMED",
    ),
    ...onlyForBind,
  },
  secure(
    "nine signatures, the last is right",
    after((name, keys, now) => manyBad(name, keys, now, 8)),
  ),
  {
    ...bogus(
      "ten signatures, the last is right",
      after((name, keys, now) => manyBad(name, keys, now, 9)),
      "TOO_MUCH_WORK",
    ),
    ...onlyForUnbound,
  },
];

function manyBad(name: string, keys: readonly Buffer[], now: number, count: number): Buffer[] {
  return Array.from({ length: count }, (_, index) =>
    rrsig(name, keys, k, now, { mangled: flipped, inception: -day - index }),
  );
}

const rsa = rsaKey(1024);

const rsaZsk = rsaKey(1024, 8, { flags: zsk });

/** RSA keys with one tag, without private keys. */
const twins: readonly Buffer[] = Array.from({ length: 6 }, () => twinOf(rsa.rdata));

const withTwins = (count: number): Row["zone"] =>
  zone({ keys: [rsaZsk.rdata, ...twins.slice(0, count), rsa.rdata], by: [rsa], data: [{ by: rsaZsk }] });

export const twinRows: readonly Row[] = [
  secure("two keys of one tag", withTwins(1), "KEY_TAG_SHARED"),
  secure(
    "two keys of one tag, a DS for each",
    zone({
      keys: [rsaZsk.rdata, ...twins.slice(0, 1), rsa.rdata],
      by: [rsa],
      data: [{ by: rsaZsk }],
      ds: (name) => [...twins.slice(0, 1), rsa.rdata].map((rdata) => dsOf(name, rdata)),
    }),
    "SIGNATURE_INVALID",
    "KEY_TAG_SHARED",
  ),
  secure("five keys of one tag", withTwins(4), "KEY_TAG_SHARED"),
  { ...bogus("six keys of one tag", withTwins(5), "TOO_MUCH_WORK"), ...onlyForUnbound },
];
