import { judgeDelegation } from "../../../provider/preflight/judge";
import { readRrsig, validityAt } from "../../../provider/preflight/validator/rrsig";
import { dsOf, ecdsaKey, ksk, octets, rrsig, zsk, types } from "./forge";
import { dataBy, soa } from "./zones";

const zone = "example.com";
const now = Date.UTC(2026, 10, 25, 12);
const signer = ecdsaKey(ksk);

/** Makes a signature with these dates, in days from now. */
const signedFrom = (from: number, to: number) =>
  rrsig(zone, [signer.rdata], signer, now, { inception: 86_400 * from, expiration: 86_400 * to });

function warningsOf(...signatures: readonly Buffer[]) {
  const data = dataBy(zone, now, signer);
  const answers = [{ server: "ns1", outcome: "answered", keys: [signer.rdata], signatures, data } as const];
  const ds = [dsOf(zone, signer.rdata)];
  return judgeDelegation({ domainName: zone, ds, observed: { answers }, now }).warnings;
}

// A date may be up to 2^31 - 1 seconds away. Beyond that, serial numbers have no order (RFC 1982
// section 3.2).
describe("dates are serial numbers", () => {
  const furthest = 2 ** 31 - 1;
  const at = (seconds: number) => (2 ** 32 + seconds) % 2 ** 32;
  test.each([
    ["across the wrap of the numbers", -10, 10, 2 ** 32, "current"],
    ["the first second", 100, 200, 100, "current"],
    ["the last second", 100, 200, 200, "current"],
    ["a second early", 100, 200, 99, "notYetValid"],
    ["a second late", 100, 200, 201, "expired"],
    ["the same second", 100, 100, 100, "current"],
    ["begins after its end", 101, 100, 100, "impossible"],
    ["the longest", 0, furthest, 1000, "current"],
    ["half the circle", 0, furthest + 1, 1000, "impossible"],
    ["after 2106", 2 ** 32 + 100, 2 ** 32 + 200, 2 ** 32 + 150, "current"],
    ["expired half the circle ago", 0, 100, 100 + furthest + 1, "notYetValid"],
  ] as const)("%s", (_, inception, expiration, now, expected) => {
    const dates = { inception: at(inception), expiration: at(expiration) };
    const rrsig = readRrsig(octets(Buffer.alloc(18), 0, 1));
    if (rrsig === undefined) throw new Error("It cannot be read.");
    expect(validityAt({ ...rrsig, ...dates }, 1000 * now)).toBe(expected);
  });
});

describe("a signature that is about to expire", () => {
  test.each([
    ["of fourteen days, more than three are left", -10.9, 3.1, []],
    ["of fourteen days, less than three are left", -11.1, 2.9, ["SIGNATURE_EXPIRES_SOON"]],
    ["of two days, more than a quarter is left", -1.4, 0.6, []],
    ["of two days, less than a quarter is left", -1.6, 0.4, ["SIGNATURE_EXPIRES_SOON"]],
  ])("%s", (_, from, to, codes) => {
    const warnings = warningsOf(signedFrom(from, to));
    expect(warnings.map(({ code }) => code)).toEqual(codes);
  });

  test("causes no warning beside another that lasts", () => {
    const warnings = warningsOf(signedFrom(-12, 2), signedFrom(-1, 13));
    expect(warnings).toEqual([]);
  });

  test("causes no warning beside another key's that lasts", () => {
    const other = ecdsaKey(ksk);
    const keys = [signer.rdata, other.rdata];
    const until = (key: typeof signer, days: number) =>
      rrsig(zone, keys, key, now, { inception: 86_400 * -12, expiration: 86_400 * days });
    const signatures = [until(signer, 13), until(other, 2)];
    const data = dataBy(zone, now, signer);
    const answers = [{ server: "ns1", outcome: "answered", keys, signatures, data } as const];
    const ds = keys.map((rdata) => dsOf(zone, rdata));
    for (const records of [ds, ds.toReversed()]) {
      const verdict = judgeDelegation({ domainName: zone, ds: records, observed: { answers }, now });
      expect(verdict.warnings).toEqual([]);
    }
  });
});

describe("a signature over the data that is about to expire", () => {
  const signed = (days: number, key = signer) =>
    rrsig(zone, [soa], key, now, { type: types.SOA, inception: -86_400 * 12, expiration: 86_400 * days });
  const other = ecdsaKey(zsk);

  test.each([
    ["more than three days are left", [signed(13)], []],
    ["less than three days of fourteen are left", [signed(2)], ["DATA_SIGNATURE_EXPIRES_SOON"]],
    ["another of the key is valid for longer", [signed(13), signed(2)], []],
    ["another key's is valid for longer", [signed(2), signed(13, other)], []],
    ["all are about to", [signed(2), signed(1, other)], ["DATA_SIGNATURE_EXPIRES_SOON"]],
  ])("%s", (_, signatures, codes) => {
    const keys = [signer.rdata, other.rdata];
    const data = { soa: [soa], signatures };
    const own = rrsig(zone, keys, signer, now);
    const answers = [{ server: "ns1", outcome: "answered", keys, signatures: [own], data } as const];
    const ds = [dsOf(zone, signer.rdata)];
    const { status, warnings } = judgeDelegation({ domainName: zone, ds, observed: { answers }, now });
    expect([status, ...warnings.map(({ code }) => code)]).toEqual(["secure", ...codes]);
  });
});
