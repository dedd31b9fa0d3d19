import fc from "fast-check";
import type { Ds } from "../../provider/dnssec/ds";
import { judgeDelegation } from "../../provider/preflight/judge";
import type { Verdict } from "../../provider/preflight/verdict";
import { verdictCodes } from "../../provider/preflight/verdictCodes";
import * as forge from "../preflight/validator/forge";
import { soa } from "../preflight/validator/zones";
import type { Case } from "./bags";
import { changed, changes } from "./octets";
import { fuzz, leastCases, tally, tallyFile } from "./run";

jest.setTimeout(600_000);

tallyFile();

const { ksk, zsk, revokedKsk } = forge;
const zone = "example.com";
const now = Date.UTC(2026, 10, 25, 12);

/** A server's keys, SOA record, and the signatures over them. */
interface Sent {
  readonly keys: readonly Uint8Array[];
  readonly signatures: readonly Uint8Array[];
  readonly soa: readonly Uint8Array[];
  readonly dataSignatures: readonly Uint8Array[];
}

/**
 * A zone with its DS, the valid signatures that a DS leads to, and the valid ones over its data.
 */
interface Capture extends Sent {
  readonly keys: readonly Buffer[];
  readonly signatures: readonly Buffer[];
  readonly soa: readonly Buffer[];
  readonly dataSignatures: readonly Buffer[];
  readonly ds: readonly Ds[];
  readonly valid: readonly Buffer[];
  readonly validData: readonly Buffer[];
}

const parts = ["keys", "signatures", "soa", "dataSignatures"] as const;

interface Parts {
  readonly keys: readonly forge.ForgedKey[];
  readonly by: readonly forge.ForgedKey[];
  readonly ds: readonly forge.ForgedKey[];
  readonly options?: forge.SignatureOptions;
  /** Default: the last key. */
  readonly dataBy?: readonly forge.ForgedKey[];
  readonly dataOptions?: forge.SignatureOptions;
}

const [first, second, ec, revoked] = [ksk, ksk, zsk, revokedKsk].map((flags) => forge.ecdsaKey(flags)) as [
  forge.ForgedKey,
  forge.ForgedKey,
  forge.ForgedKey,
  forge.ForgedKey,
];
const [ed25519, ed448] = [forge.eddsaKey(ksk, 15), forge.eddsaKey(ksk, 16)];
const [rsa, rsaSha1, p384] = [forge.rsaKey(1024, 8), forge.rsaKey(1024, 5), forge.ecdsaKey(ksk, 14)];
const day = 86_400;

function capture({ keys, by, ds, options, dataBy = keys.slice(-1), dataOptions }: Parts): Capture {
  const rdatas = keys.map(({ rdata }) => rdata);
  const signatures = by.map((key) => forge.rrsig(zone, rdatas, key, now, options));
  const valid = options === undefined ? signatures.filter((_, index) => ds.includes(by[index] ?? first)) : [];
  const dataSignatures = dataBy.map((key) => forge.rrsig(zone, [soa], key, now, { type: 6, ...dataOptions }));
  const validData =
    dataOptions === undefined ? dataSignatures.filter((_, index) => keys.includes(dataBy[index] ?? ec)) : [];
  return {
    keys: rdatas,
    signatures,
    soa: [soa],
    dataSignatures,
    ds: ds.map(({ rdata }) => forge.dsOf(zone, rdata)),
    valid,
    validData,
  };
}

/** Such that three changes cannot undo it. */
function mangled(signature: Buffer): Buffer {
  return signature.map((octet) => octet ^ 0x55) as Buffer;
}

const captures: readonly Capture[] = [
  ...[first, ed25519, ed448, rsa, rsaSha1, p384].map((key) =>
    capture({ keys: [key, ec], by: [key, ec], ds: [key] }),
  ),
  capture({ keys: [first, second, ec], by: [first, second], ds: [first, second] }),
  capture({ keys: [first, revoked, ec], by: [first, revoked], ds: [revoked] }),
  capture({ keys: [first, rsa, ec], by: [first], ds: [first, rsa] }),
  capture({ keys: [first, ec], by: [first], ds: [first], dataBy: [first] }),
  capture({ keys: [first, rsa, ec], by: [first], ds: [first], dataBy: [rsa, ec] }),
  // These never validate.
  capture({
    keys: [first, ec],
    by: [first],
    ds: [first],
    options: { expiration: -day, inception: -9 * day },
  }),
  capture({ keys: [rsa, ec], by: [rsa], ds: [rsa], options: { expiration: 9 * day, inception: day } }),
  capture({ keys: [ed25519, ec], by: [ed25519], ds: [ed25519], options: { mangled } }),
  capture({ keys: [first, ec], by: [ec], ds: [first] }),
  capture({ keys: [revoked, ec], by: [revoked], ds: [second] }),
  capture({ keys: [first, ec], by: [first], ds: [first], dataBy: [second] }),
  capture({ keys: [first, ec], by: [first], ds: [first], dataBy: [] }),
  capture({
    keys: [first, ec],
    by: [first],
    ds: [first],
    dataOptions: { expiration: -day, inception: -9 * day },
  }),
  capture({ keys: [first, rsa], by: [first], ds: [first], dataOptions: { mangled } }),
];

const healthy = captures.filter(({ valid, validData }) => valid.length > 0 && validData.length > 0);

function judged(ds: readonly Ds[], { keys, signatures, soa: soas, dataSignatures }: Sent): Verdict {
  const data = { soa: soas, signatures: dataSignatures };
  const answers = [{ server: "ns1", outcome: "answered", keys, signatures, data } as const];
  const verdict = judgeDelegation({ domainName: zone, ds, observed: { answers }, now });
  for (const { code, message } of [...verdict.reasons, ...verdict.warnings]) {
    if (!(code in verdictCodes)) throw new Error(`There is no code ${code}.`);
    if (!/^[\x20-\x7e…]{20,1000}$/.test(message))
      throw new Error(`This is not a message: ${JSON.stringify(message)}`);
    if (/undefined|NaN|Invalid Date|\[object/.test(message)) throw new Error(`Nonsense: ${message}`);
  }
  if (verdict.reasons.length === 0) throw new Error("There is no reason.");
  return verdict;
}

/**
 * Ignores the case of the signer's name, the only difference that leaves a signature valid (RFC
 * 6840 section 5.1).
 */
function lowerSigner(signature: Uint8Array): string {
  const name = Buffer.from(signature).subarray(18, 18 + forge.wireName(zone).length);
  const rest = Buffer.from(signature).subarray(18 + name.length);
  return [
    Buffer.from(signature).subarray(0, 18).toString("latin1"),
    name.toString("latin1").replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
    rest.toString("latin1"),
  ].join("|");
}

/** Returns whether keys and data are exactly those signed, each with a valid signature. */
function stillHolds(base: Capture, sent: Sent): boolean {
  const text = (list: readonly Uint8Array[]) => [
    ...new Set(list.map((octets) => Buffer.from(octets).toString("hex"))),
  ];
  const isSame = (before: readonly Uint8Array[], after: readonly Uint8Array[]) =>
    text(before).sort().join() === text(after).sort().join();
  const isAmong = (valid: readonly Uint8Array[], after: readonly Uint8Array[]) => {
    const present = new Set(after.map(lowerSigner));
    return valid.some((signature) => present.has(lowerSigner(signature)));
  };
  return (
    isSame(base.keys, sent.keys) &&
    isSame(base.soa, sent.soa) &&
    isAmong(base.valid, sent.signatures) &&
    isAmong(base.validData, sent.dataSignatures)
  );
}

const mutatedCases: fc.Arbitrary<Case<{ base: Capture; sent: Sent }>> = fc
  .record({ base: fc.constantFrom(...captures), part: fc.constantFrom(...parts), list: changes })
  .map(({ base, part, list }) => ({
    origin: "mutated",
    value: { base, sent: { ...base, [part]: changed(base[part], list) } },
  }));

test("changed answers never validate: secure means that a whole chain is left", async () => {
  await fuzz(35_000, mutatedCases, async ({ value: { base, sent } }) => {
    const { status } = judged(base.ds, sent);
    if (status === "secure" && !stillHolds(base, sent)) throw new Error("It validates.");
    return status === "secure";
  });
});

/** Returns the same records in any order, some of them repeated. */
const reordered = (records: readonly Buffer[]): fc.Arbitrary<readonly Buffer[]> =>
  fc
    .array(fc.constantFrom(...records), { maxLength: 4 })
    .chain((more) => fc.shuffledSubarray([...records, ...more], { minLength: records.length + more.length }));

const orders: fc.Arbitrary<Case<{ base: Capture; sent: Sent }>> = fc.constantFrom(...healthy).chain((base) =>
  fc
    .record({
      keys: reordered(base.keys),
      signatures: reordered(base.signatures),
      soa: reordered(base.soa),
      dataSignatures: reordered(base.dataSignatures),
    })
    .map((sent) => ({ origin: "valid", value: { base, sent } })),
);

test("order and repetition make no difference", async () => {
  await fuzz(2_000, orders, async ({ value: { base, sent } }) => {
    const { status } = judged(base.ds, sent);
    if (status !== "secure") throw new Error("It does not validate.");
    return true;
  });
});

const octets = fc.uint8Array({ maxLength: 300 });

/**
 * A key with arbitrary octets, and a signature in its name, so that the judge reaches the
 * arithmetic.
 */
const strangers = fc
  .record({
    flags: fc.constantFrom(256, 257, 385, 0, 0x1101, 0xffff),
    protocol: fc.constantFrom(3, 3, 3, 0, 255),
    algorithm: fc.constantFrom(5, 7, 8, 10, 13, 14, 15, 16, 253, 1, 200),
    publicKey: fc.oneof(
      octets,
      fc
        .constantFrom(32, 57, 64, 96, 132, 260)
        .chain((length) => fc.uint8Array({ minLength: length, maxLength: length })),
      octets.map((modulus) => forge.rsaPublicKey([1, 0, 1], modulus)),
      fc.tuple(fc.uint8Array({ maxLength: 5 }), octets).map(([e, n]) => forge.rsaPublicKey(e, n, true)),
    ),
    signature: fc.oneof(
      octets,
      fc
        .constantFrom(64, 96, 114, 128)
        .chain((length) => fc.uint8Array({ minLength: length, maxLength: length })),
    ),
  })
  .map(({ flags, protocol, algorithm, publicKey, signature }) => {
    const rdata = forge.dnskey(flags, algorithm, publicKey, protocol);
    return { rdata, sign: () => Buffer.from(signature) };
  });

const anyCases: fc.Arbitrary<Case<{ sent: Sent; data: Sent; ds: readonly Ds[] }>> = fc
  .record({
    plausible: fc.array(strangers, { maxLength: 4 }),
    keys: fc.array(octets, { maxLength: 2 }),
    signatures: fc.array(octets, { maxLength: 2 }),
    odd: fc.boolean(),
  })
  .map(({ plausible, keys, signatures, odd }) => {
    const rdatas = plausible.map(({ rdata }) => rdata);
    const over = (records: readonly Buffer[], type: number) => [
      ...plausible.map((key) => forge.rrsig(zone, records, key, now, { type })),
      ...(odd ? signatures : []),
    ];
    const published = odd ? [...rdatas, ...keys] : rdatas;
    const soas = odd ? [soa, ...keys] : [soa];
    const rest = { soa: soas, dataSignatures: over([soa], 6) };
    const all = [first.rdata, ...published].map((rdata) => Buffer.from(rdata));
    return {
      origin: "arbitrary",
      value: {
        sent: { keys: published, signatures: over(rdatas, 48), ...rest },
        data: { keys: all, signatures: [forge.rrsig(zone, all, first, now)], ...rest },
        ds: [...plausible.map(({ rdata }) => forge.dsOf(zone, rdata)), forge.dsOf(zone, first.rdata)],
      },
    };
  });

test("arbitrary keys and signatures are judged, and never validate", async () => {
  await fuzz(13_000, anyCases, async ({ value: { sent, ds } }) => {
    if (judged(ds, sent).status !== "bogus") throw new Error("It validates.");
    return false;
  });
});

test("data with arbitrary signatures is judged, and never validates", async () => {
  await fuzz(5_000, anyCases, async ({ value: { data, ds } }) => {
    if (judged(ds, data).status !== "bogus") throw new Error("It validates.");
    return false;
  });
});

test("the run was large enough, and every rejection was handled", () => {
  expect(tally.cases).toBeGreaterThanOrEqual(leastCases(50_000));
  expect(tally.unhandled).toBe(0);
});
