import crypto from "node:crypto";
import type { Ds } from "../../../provider/dnssec/ds";
import { Examinations } from "../../../provider/preflight/validator/examinations";
import { judgeDelegation } from "../../../provider/preflight/judge";
import { dnskey, dsOf, ecdsaKey, ksk, octets, rrsig, rsaKey, twinOf, type ForgedKey } from "./forge";
import { dataBy, soa } from "./zones";

// Sizes that fit into an answer of 64 KiB. The reader of messages bounds everything else.
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
    maxVerified: 5 * 9,
    maxHashed: 40 * 5,
  },
  {
    title: "a key with many signatures",
    keys: [real.rdata],
    signatures: badSignatures(300),
    ds: [real.rdata],
    maxVerified: 9,
    maxHashed: 1,
  },
  {
    title: "many keys with many signatures, and a DS for each",
    keys: strangers,
    signatures: strangers.flatMap((rdata) =>
      Array.from({ length: 10 }, (_, index) => rrsig(zone, [], forged(rdata), now, { inception: -index })),
    ),
    ds: strangers,
    maxVerified: 16 * 9,
    maxHashed: 40,
  },
])("$title: work is bounded", ({ keys, signatures, ds, maxVerified, maxHashed }) => {
  const records = ds.map((rdata) => dsOf(zone, rdata));
  const [verify, hash] = [jest.spyOn(crypto, "verify"), jest.spyOn(crypto, "createHash")];
  const data = { soa: [], signatures: [] };
  const answers = [{ server: "ns1", outcome: "answered", keys, signatures, data } as const];
  const verdict = judgeDelegation({ domainName: zone, ds: records, observed: { answers }, now });
  expect(verdict.status).toBe("bogus");
  expect(verdict.reasons.map(({ code }) => code)).toContain("TOO_MUCH_WORK");
  expect(verify.mock.calls.length).toBeGreaterThan(0);
  expect(verify.mock.calls.length).toBeLessThanOrEqual(maxVerified);
  expect(hash.mock.calls.length).toBeLessThanOrEqual(maxHashed);
});

test.each([
  ["signatures and keys of one tag", [...crowd, real.rdata], badSignatures(300), 9 + 1],
  ["signatures of one key", [real.rdata], badSignatures(300), 9 + 1],
  ["keys of one tag, and one signature", [...crowd, real.rdata], badSignatures(1), 9 + 1],
])("data with many %s: work is bounded", (_, more, signatures, maxVerified) => {
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
  expect(verify.mock.calls.length).toBeLessThanOrEqual(1 + maxVerified);
});

test("thousands of short keys and signatures cost no verification", () => {
  const ds = [dsOf(zone, real.rdata)];
  // A short key with the tag of the new key in the DS record would be another case.
  const keys = Array.from({ length: 4000 }, (_, index) =>
    octets(1, 0x81, 3, 13, index >> 8, index & 0xff),
  ).filter((rdata) => dsOf(zone, rdata).keyTag !== ds[0]?.keyTag);
  const signatures = keys.map((rdata) =>
    rrsig(zone, [], forged(rdata), now, { mangled: () => Buffer.of(1) }),
  );
  const data = { soa: [], signatures: [] };
  const answers = [{ server: "ns1", outcome: "answered", keys, signatures, data } as const];
  const { reasons } = judgeDelegation({ domainName: zone, ds, observed: { answers }, now });
  expect(reasons).toMatchObject([{ code: "KEY_NOT_PUBLISHED" }]);
  expect(reasons[0]?.message.length).toBeLessThan(400);
});

const serverNames = Array.from({ length: 32 }, (_, index) => `ns${index + 1}`);

/**
 * Returns an answer that costs the maximum for one server: 16 keys with nine bad signatures each.
 */
const keyTrap = (server: string, salt: number) => {
  const keys = strangers.slice(0, 16);
  const signatures = keys.flatMap((rdata) =>
    Array.from({ length: 9 }, (_, index) =>
      rrsig(zone, [], forged(rdata), now, { inception: -index - 9 * salt }),
    ),
  );
  return { server, outcome: "answered", keys, signatures, data: { soa: [], signatures: [] } } as const;
};
const trapDs = strangers.slice(0, 16).map((rdata) => dsOf(zone, rdata));
const perServer = 16 * 9;

/** Maximum number of verifications: the last key is begun before the limit of 256 is reached. */
const maxForAll = 256 + 9;

describe("32 servers with the maximum of signatures", () => {
  test("different: the work on all is bounded, and a bogus server counts", () => {
    const verify = jest.spyOn(crypto, "verify");
    const answers = serverNames.map(keyTrap);
    const verdict = judgeDelegation({ domainName: zone, ds: trapDs, observed: { answers }, now });
    expect(verify.mock.calls.length).toBeGreaterThan(perServer);
    expect(verify.mock.calls.length).toBeLessThanOrEqual(maxForAll);
    expect(verdict.status).toBe("bogus");
  });

  test("equal: they are verified once", () => {
    const verify = jest.spyOn(crypto, "verify");
    const answers = serverNames.map((server) => keyTrap(server, 0));
    const { status, reasons } = judgeDelegation({
      domainName: zone,
      ds: trapDs,
      observed: { answers },
      now,
    });
    expect(verify.mock.calls.length).toBe(perServer);
    expect([status, reasons.length]).toEqual(["bogus", 16]);
  });

  test("different and each with a good one last: unjudged servers make the verdict unknown", () => {
    const verify = jest.spyOn(crypto, "verify");
    const { answers, ds } = deepZones();
    const { status, reasons } = judgeDelegation({ domainName: zone, ds, observed: { answers }, now });
    expect(verify.mock.calls.length).toBeLessThanOrEqual(maxForAll);
    expect(status).toBe("unknown");
    expect(reasons).toEqual([
      {
        code: "TOO_MUCH_TO_JUDGE",
        message:
          "ns2, ns3, ns4, ns5, ns6, ns7, ns8, ns9 and 23 more: not judged, since the servers together have more signatures than are verified for one domain",
      },
    ]);
  });

  test("once prepared, other DS sets cost no verification, and the process gets its turns", async () => {
    const verify = jest.spyOn(crypto, "verify");
    const answers = serverNames.map(keyTrap);
    const examinations = new Examinations(zone, now);
    const perTurn: number[] = [];
    let isOver = false;
    const turns = (async () => {
      while (!isOver) {
        const before = verify.mock.calls.length;
        await new Promise((resolve) => setImmediate(resolve));
        perTurn.push(verify.mock.calls.length - before);
      }
    })();
    await examinations.prepare({ answers });
    isOver = true;
    await turns;
    const prepared = verify.mock.calls.length;
    expect(prepared).toBeGreaterThan(perServer);
    expect(prepared).toBeLessThanOrEqual(maxForAll);
    expect(examinations.work.verifications).toBe(prepared);
    expect(Math.max(...perTurn)).toBeLessThanOrEqual(9);
    for (const ds of [trapDs, trapDs.slice(1), trapDs.slice(0, 1)]) {
      judgeDelegation({ domainName: zone, ds, observed: { answers }, now, examinations });
    }
    expect(verify.mock.calls.length).toBe(prepared);
  });

  test("an aborted signal ends the preparation", async () => {
    const verify = jest.spyOn(crypto, "verify");
    const reason = new Error("enough");
    const examinations = new Examinations(zone, now);
    const prepared = examinations.prepare({ answers: serverNames.map(keyTrap) }, AbortSignal.abort(reason));
    await expect(prepared).rejects.toBe(reason);
    expect(verify.mock.calls.length).toBeLessThanOrEqual(9);
  });
});

/** Answers that validate only by the last of nine signatures of each of 16 keys. */
function deepZones() {
  const signers = Array.from({ length: 16 }, () => ecdsaKey(ksk));
  const keys = signers.map(({ rdata }) => rdata);
  const answers = serverNames.map((server, salt) => {
    const signatures = signers.flatMap((signer) => [
      ...Array.from({ length: 8 }, (_, index) =>
        rrsig(zone, [], forgedOf(signer), now, { inception: -index - 9 * salt }),
      ),
      rrsig(zone, keys, signer, now),
    ]);
    const data = dataBy(zone, now, signers[0] as ForgedKey);
    return { server, outcome: "answered", keys, signatures, data } as const;
  });
  return { answers, ds: keys.map((rdata) => dsOf(zone, rdata)) };
}

function forgedOf({ rdata }: ForgedKey): ForgedKey {
  return { rdata, sign: () => Buffer.alloc(64, 1) };
}

describe("DS records:", () => {
  const records = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ ...dsOf(zone, real.rdata), keyTag: index }));
  const answers = [keyTrap("ns1", 0)];
  const judged = (ds: readonly Ds[]) => judgeDelegation({ domainName: zone, ds, observed: { answers }, now });

  test("64 are judged", () => {
    const { status, reasons } = judged(records(64));
    expect([status, reasons.length]).toEqual(["bogus", 64]);
  });

  test.each([65, 1_000])("%i are not", (count) => {
    const [verify, hash] = [jest.spyOn(crypto, "verify"), jest.spyOn(crypto, "createHash")];
    const ds = records(count);
    hash.mockClear();
    expect(judged(ds)).toEqual({
      status: "unknown",
      reasons: [
        {
          code: "TOO_MUCH_TO_JUDGE",
          message: `there are ${count} DS records, but a domain is judged by at most 64`,
        },
      ],
      warnings: [],
    });
    expect([verify.mock.calls.length, hash.mock.calls.length]).toEqual([0, 0]);
  });

  test("a key's digest is computed once for each type, for all DS records with its tag", () => {
    const ds = Array.from({ length: 64 }, (_, index) => ({
      ...dsOf(zone, strangers[0] as Buffer),
      digest: Buffer.alloc(32, index + 1).toString("hex"),
    }));
    const hash = jest.spyOn(crypto, "createHash");
    const { reasons } = judged(ds);
    expect(new Set(reasons.map(({ code }) => code))).toEqual(new Set(["DIGEST_MISMATCH"]));
    expect(hash.mock.calls.length).toBe(1);
  });
});
