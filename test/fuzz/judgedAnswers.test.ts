import fc from "fast-check";
import type { Ds } from "../../provider/dnssec/ds";
import { judgeDelegation } from "../../provider/preflight/judge";
import type { Verdict } from "../../provider/preflight/verdict";
import { verdictCodes } from "../../provider/preflight/verdictCodes";
import * as forge from "../preflight/judge/forge";
import type { Case } from "./bags";
import { changed, changes } from "./octets";
import { fuzz, leastCases, tally, tallyFile } from "./run";

jest.setTimeout(600_000);

tallyFile();

const { ksk, zsk, revokedKsk } = forge;
const zone = "example.com";
const now = Date.UTC(2026, 10, 25, 12);

/** A zone's keys and signatures, its DS, and those of its signatures that a DS leads to and that are right. */
interface Capture {
  readonly keys: readonly Buffer[];
  readonly signatures: readonly Buffer[];
  readonly ds: readonly Ds[];
  readonly valid: readonly Buffer[];
}

interface Parts {
  readonly keys: readonly forge.ForgedKey[];
  readonly by: readonly forge.ForgedKey[];
  readonly ds: readonly forge.ForgedKey[];
  readonly options?: forge.SignatureOptions;
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

function capture({ keys, by, ds, options }: Parts): Capture {
  const rdatas = keys.map(({ rdata }) => rdata);
  const signatures = by.map((key) => forge.rrsig(zone, rdatas, key, now, options));
  const valid = options === undefined ? signatures.filter((_, index) => ds.includes(by[index] ?? first)) : [];
  return { keys: rdatas, signatures, ds: ds.map(({ rdata }) => forge.dsOf(zone, rdata)), valid };
}

/** So that no three changes undo it. */
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
];

const healthy = captures.filter(({ valid }) => valid.length > 0);

function judged(ds: readonly Ds[], keys: readonly Uint8Array[], signatures: readonly Uint8Array[]): Verdict {
  const answers = [{ server: "ns1", outcome: "answered", keys, signatures } as const];
  const verdict = judgeDelegation({ domainName: zone, ds, observed: { answers }, now });
  for (const { code, message } of [...verdict.reasons, ...verdict.warnings]) {
    if (!(code in verdictCodes)) throw new Error(`There is no code ${code}.`);
    if (!/^[\x20-\x7e…]{20,1000}$/.test(message))
      throw new Error(`This is no message: ${JSON.stringify(message)}`);
    if (/undefined|NaN|Invalid Date|\[object/.test(message)) throw new Error(`Nonsense: ${message}`);
  }
  if (verdict.reasons.length === 0) throw new Error("There is no reason.");
  return verdict;
}

/** The case of the signer's name makes no difference to a signature, and nothing else does not (RFC 6840 section 5.1). */
function lowerSigner(signature: Uint8Array): string {
  const name = Buffer.from(signature).subarray(18, 18 + forge.wireName(zone).length);
  const rest = Buffer.from(signature).subarray(18 + name.length);
  return [
    Buffer.from(signature).subarray(0, 18).toString("latin1"),
    name.toString("latin1").replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
    rest.toString("latin1"),
  ].join("|");
}

/** Whether the keys are all and only those that were signed, and a right signature over them is still there. */
function stillHolds(
  { keys, valid }: Capture,
  keysNow: readonly Uint8Array[],
  signaturesNow: readonly Uint8Array[],
): boolean {
  const text = (list: readonly Uint8Array[]) => [
    ...new Set(list.map((octets) => Buffer.from(octets).toString("hex"))),
  ];
  const sameKeys = text(keys).sort().join() === text(keysNow).sort().join();
  const present = new Set(signaturesNow.map(lowerSigner));
  return sameKeys && valid.some((signature) => present.has(lowerSigner(signature)));
}

const mutatedCases: fc.Arbitrary<
  Case<{ base: Capture; keys: readonly Buffer[]; signatures: readonly Buffer[] }>
> = fc
  .record({ base: fc.constantFrom(...captures), ofKeys: fc.boolean(), list: changes })
  .map(({ base, ofKeys, list }) => ({
    origin: "mutated",
    value: {
      base,
      keys: ofKeys ? changed(base.keys, list) : base.keys,
      signatures: ofKeys ? base.signatures : changed(base.signatures, list),
    },
  }));

test("what was changed never validates: secure means that a whole chain is still there", async () => {
  await fuzz(35_000, mutatedCases, async ({ value: { base, keys, signatures } }) => {
    const { status } = judged(base.ds, keys, signatures);
    if (status === "secure" && !stillHolds(base, keys, signatures)) throw new Error("It validates.");
    return status === "secure";
  });
});

const orders: fc.Arbitrary<Case<{ base: Capture; keys: readonly Buffer[]; signatures: readonly Buffer[] }>> =
  fc.constantFrom(...healthy).chain((base) =>
    fc.record({
      origin: fc.constant("valid" as const),
      value: fc.record({
        base: fc.constant(base),
        keys: fc
          .array(fc.constantFrom(...base.keys), { maxLength: 4 })
          .chain((more) =>
            fc.shuffledSubarray([...base.keys, ...more], { minLength: base.keys.length + more.length }),
          ),
        signatures: fc.array(fc.constantFrom(...base.signatures), { maxLength: 4 }).chain((more) =>
          fc.shuffledSubarray([...base.signatures, ...more], {
            minLength: base.signatures.length + more.length,
          }),
        ),
      }),
    }),
  );

test("order and repetition make no difference", async () => {
  await fuzz(2_000, orders, async ({ value: { base, keys, signatures } }) => {
    const { status } = judged(base.ds, keys, signatures);
    if (status !== "secure") throw new Error("It does not validate.");
    return true;
  });
});

const octets = fc.uint8Array({ maxLength: 300 });

/** A key with any octets, and a signature that claims to be by it: what is judged down to the arithmetic. */
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

const anyCases: fc.Arbitrary<
  Case<{ keys: readonly Uint8Array[]; signatures: readonly Uint8Array[]; ds: readonly Ds[] }>
> = fc
  .record({
    plausible: fc.array(strangers, { maxLength: 4 }),
    keys: fc.array(octets, { maxLength: 2 }),
    signatures: fc.array(octets, { maxLength: 2 }),
    odd: fc.boolean(),
  })
  .map(({ plausible, keys, signatures, odd }) => {
    const rdatas = plausible.map(({ rdata }) => rdata);
    return {
      origin: "arbitrary",
      value: {
        keys: odd ? [...rdatas, ...keys] : rdatas,
        signatures: [
          ...plausible.map((key) => forge.rrsig(zone, rdatas, key, now)),
          ...(odd ? signatures : []),
        ],
        ds: [...plausible.map(({ rdata }) => forge.dsOf(zone, rdata)), forge.dsOf(zone, first.rdata)],
      },
    };
  });

test("keys and signatures of nobody are judged, and never validate", async () => {
  await fuzz(13_000, anyCases, async ({ value: { keys, signatures, ds } }) => {
    if (judged(ds, keys, signatures).status !== "bogus") throw new Error("It validates.");
    return false;
  });
});

test("the run was large enough, and no rejection was left unhandled", () => {
  expect(tally.cases).toBeGreaterThanOrEqual(leastCases(50_000));
  expect(tally.unhandled).toBe(0);
});
