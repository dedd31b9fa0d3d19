import crypto from "node:crypto";
import { judgeDelegation } from "../../../provider/preflight/judge";
import { dnskey, dsOf, ksk, octets, rrsig, rsaKey, twinOf, type ForgedKey } from "./forge";
import { soa } from "./zones";

// An answer of 64 KiB holds so many: the rest of a message is bounded by whoever reads it.
const now = Date.UTC(2026, 10, 25, 12);
const zone = "example.com";
const real = rsaKey(1024);
const forged = (rdata: Buffer): ForgedKey => ({ rdata, sign: () => Buffer.alloc(128, 1) });

const crowd = Array.from({ length: 400 }, () => twinOf(real.rdata));
const badSignatures = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    rrsig(zone, [], forged(real.rdata), now, { inception: -index }),
  );
const strangers = Array.from({ length: 40 }, (_, index) =>
  dnskey(ksk, 8, octets(3, 1, 0, 1, 0x80, Buffer.alloc(126, index), 1)),
);

afterEach(() => jest.restoreAllMocks());

test.each([
  {
    title: "keys and signatures of one tag, and a DS for many of them",
    keys: [...crowd, real.rdata],
    signatures: badSignatures(300),
    ds: crowd.slice(0, 40),
    mostVerified: 5 * 9,
    mostHashed: 40 * 5,
  },
  {
    title: "a key with many signatures",
    keys: [real.rdata],
    signatures: badSignatures(300),
    ds: [real.rdata],
    mostVerified: 9,
    mostHashed: 1,
  },
  {
    title: "many keys with many signatures, and a DS for each",
    keys: strangers,
    signatures: strangers.flatMap((rdata) =>
      Array.from({ length: 10 }, (_, index) => rrsig(zone, [], forged(rdata), now, { inception: -index })),
    ),
    ds: strangers,
    mostVerified: 16 * 9,
    mostHashed: 40,
  },
])("$title: work is bounded", ({ keys, signatures, ds, mostVerified, mostHashed }) => {
  const records = ds.map((rdata) => dsOf(zone, rdata));
  const [verify, hash] = [jest.spyOn(crypto, "verify"), jest.spyOn(crypto, "createHash")];
  const data = { soa: [], signatures: [] };
  const answers = [{ server: "ns1", outcome: "answered", keys, signatures, data } as const];
  const verdict = judgeDelegation({ domainName: zone, ds: records, observed: { answers }, now });
  expect(verdict.status).toBe("bogus");
  expect(verdict.reasons.map(({ code }) => code)).toContain("TOO_MUCH_WORK");
  expect(verify.mock.calls.length).toBeGreaterThan(0);
  expect(verify.mock.calls.length).toBeLessThanOrEqual(mostVerified);
  expect(hash.mock.calls.length).toBeLessThanOrEqual(mostHashed);
});

test.each([
  ["signatures and keys of one tag", [...crowd, real.rdata], badSignatures(300), 9 + 1],
  ["signatures of one key", [real.rdata], badSignatures(300), 9 + 1],
  ["keys of one tag, and one signature", [...crowd, real.rdata], badSignatures(1), 9 + 1],
])("data with many %s: work is bounded", (_, more, signatures, mostVerified) => {
  const signer = rsaKey(1024);
  const keys = [signer.rdata, ...more];
  const data = { soa: [soa], signatures: signatures.map((one) => octets(0, 6, one.subarray(2))) };
  const own = [rrsig(zone, keys, signer, now)];
  const answers = [{ server: "ns1", outcome: "answered", keys, signatures: own, data } as const];
  const verify = jest.spyOn(crypto, "verify");
  const ds = [dsOf(zone, signer.rdata)];
  const verdict = judgeDelegation({ domainName: zone, ds, observed: { answers }, now });
  expect(verdict).toMatchObject({ status: "bogus", reasons: [{}] });
  expect(["TOO_MUCH_WORK", "DATA_SIGNATURE_INVALID"]).toContain(verdict.reasons[0]?.code);
  expect(verify.mock.calls.length).toBeGreaterThan(1);
  expect(verify.mock.calls.length).toBeLessThanOrEqual(1 + mostVerified);
});

test("thousands of short keys and signatures are read and forgotten", () => {
  const keys = Array.from({ length: 4000 }, (_, index) => octets(1, 0x81, 3, 13, index >> 8, index & 0xff));
  const signatures = keys.map((rdata) =>
    rrsig(zone, [], forged(rdata), now, { mangled: () => Buffer.of(1) }),
  );
  const data = { soa: [], signatures: [] };
  const answers = [{ server: "ns1", outcome: "answered", keys, signatures, data } as const];
  const ds = [dsOf(zone, real.rdata)];
  const { reasons } = judgeDelegation({ domainName: zone, ds, observed: { answers }, now });
  expect(reasons).toMatchObject([{ code: "KEY_NOT_PUBLISHED" }]);
  expect(reasons[0]?.message.length).toBeLessThan(400);
});
