import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ds } from "../../../provider/dnssec/ds";
import { judgeDelegation } from "../../../provider/preflight/judge";
import type { VerdictStatus } from "../../../provider/preflight/verdict";
import type { VerdictCode } from "../../../provider/preflight/verdictCodes";
import { requireTools } from "../../harness/requireTools";
import { dsOf } from "./forge";
import { openWorkshop, type SignedZone, type Workshop } from "./signZone";

// BIND makes the keys, the DS records and the signatures.
requireTools("dnssec-keygen", "dnssec-signzone", "dnssec-dsfromkey", "dnssec-revoke");

interface Row {
  readonly title: string;
  readonly zone?: string;
  readonly make: (workshop: Workshop) => SignedZone & { readonly ds: readonly Ds[] };
  readonly status: VerdictStatus;
  readonly reasons: readonly VerdictCode[];
  readonly warnings?: readonly VerdictCode[];
}

const whole = { status: "secure", reasons: ["CHAIN_COMPLETE"] } as const;
const kskFlag = ["-f", "KSK"] as const;

/** Makes a zone with a KSK and a ZSK, and a DS for the KSK. */
function usual(algorithm: number, ...options: readonly string[]): Row["make"] {
  return ({ makeKey, ds, sign }) => {
    const [ksk, zsk] = [makeKey(algorithm, ...kskFlag), makeKey(algorithm)];
    return { ...sign({ keys: [ksk, zsk], options }), ds: [ds(ksk)] };
  };
}

const rows: readonly Row[] = [
  ...[5, 7, 8, 10, 13, 14, 15, 16].map((algorithm): Row => ({
    ...whole,
    title: `algorithm ${algorithm}`,
    make: usual(algorithm),
    warnings: algorithm < 8 ? ["ALGORITHM_SHA1"] : [],
  })),
  { ...whole, title: "a name of four labels", zone: "a.b.example.co", make: usual(13) },
  { ...whole, title: "A-labels", zone: "xn--fsqu00a.xn--fiqs8s", make: usual(13) },
  { ...whole, title: "only the KSK signs the keys", make: usual(8, "-x") },
  {
    ...whole,
    title: "one key for all, without the SEP bit",
    make: ({ makeKey, ds, sign }) => {
      const csk = makeKey(13);
      return { ...sign({ keys: [csk], options: ["-z"] }), ds: [ds(csk)] };
    },
    warnings: ["KEY_WITHOUT_SEP"],
  },
  {
    title: "expired",
    make: usual(13, "-s", "now-864000", "-e", "now-86400"),
    status: "bogus",
    reasons: ["SIGNATURE_EXPIRED"],
  },
  {
    title: "not yet valid",
    make: usual(13, "-s", "now+86400", "-e", "now+864000"),
    status: "bogus",
    reasons: ["SIGNATURE_NOT_YET_VALID"],
  },
  { ...whole, title: "past 2038", make: usual(13, "-e", "20900101000000") },
  {
    ...whole,
    title: "about to expire",
    make: usual(13, "-s", "now-864000", "-e", "now+86400"),
    warnings: ["SIGNATURE_EXPIRES_SOON", "DATA_SIGNATURE_EXPIRES_SOON"],
  },
  {
    title: "DS for a ZSK that does not sign the keys",
    make: ({ makeKey, ds, sign }) => {
      const [ksk, zsk] = [makeKey(13, ...kskFlag), makeKey(13)];
      return { ...sign({ keys: [ksk, zsk], options: ["-x"] }), ds: [ds(zsk)] };
    },
    status: "bogus",
    reasons: ["KEY_NOT_SIGNING"],
  },
  {
    ...whole,
    title: "DS for a ZSK that signs the keys too",
    make: ({ makeKey, ds, sign }) => {
      const [ksk, zsk] = [makeKey(13, ...kskFlag), makeKey(13)];
      return { ...sign({ keys: [ksk, zsk], options: ["-z"] }), ds: [ds(zsk)] };
    },
    warnings: ["KEY_WITHOUT_SEP"],
  },
  {
    title: "published KSK that does not sign",
    make: ({ makeKey, ds, sign }) => {
      const [active, published, zsk] = [makeKey(13, ...kskFlag), makeKey(13, ...kskFlag), makeKey(13)];
      return { ...sign({ keys: [active, published, zsk], signers: [active, zsk] }), ds: [ds(published)] };
    },
    status: "bogus",
    reasons: ["KEY_NOT_SIGNING"],
  },
  {
    title: "two KSKs, two DS",
    make: ({ makeKey, ds, sign }) => {
      const ksks = [makeKey(13, ...kskFlag), makeKey(13, ...kskFlag)];
      return { ...sign({ keys: [...ksks, makeKey(13)] }), ds: ksks.map((key) => ds(key)) };
    },
    status: "secure",
    reasons: ["CHAIN_COMPLETE", "CHAIN_COMPLETE"],
  },
  {
    ...whole,
    title: "two algorithms, one signs",
    make: ({ makeKey, ds, sign }) => {
      const [ec, rsa, zsk] = [makeKey(13, ...kskFlag), makeKey(8, ...kskFlag), makeKey(13)];
      return { ...sign({ keys: [ec, rsa, zsk], signers: [ec, zsk] }), ds: [ds(ec), ds(rsa)] };
    },
    warnings: ["KEY_NOT_SIGNING", "ALGORITHM_NOT_SIGNING"],
  },
  {
    title: "revoked, the DS names the former key",
    make: ({ makeKey, ds, revoke, sign }) => {
      const [ksk, next, zsk] = [makeKey(13, ...kskFlag), makeKey(13, ...kskFlag), makeKey(13)];
      const before = ds(ksk);
      return { ...sign({ keys: [revoke(ksk), next, zsk] }), ds: [before] };
    },
    status: "bogus",
    reasons: ["KEY_REVOKED"],
  },
  {
    ...whole,
    title: "revoked, the DS names the revoked form, another key signs",
    make: ({ zone, makeKey, revoke, sign }) => {
      const [ksk, next, zsk] = [revoke(makeKey(13, ...kskFlag)), makeKey(13, ...kskFlag), makeKey(13)];
      const signed = sign({ keys: [ksk, next, zsk] });
      return { ...signed, ds: signed.keys.filter((key) => key[1] === 0x81).map((key) => dsOf(zone, key)) };
    },
    warnings: ["KEY_REVOKED"],
  },
  {
    title: "DS for a missing key",
    make: ({ makeKey, ds, sign }) => {
      const [ksk, zsk] = [makeKey(13, ...kskFlag), makeKey(13)];
      return { ...sign({ keys: [ksk, zsk] }), ds: [ds(makeKey(13, ...kskFlag))] };
    },
    status: "bogus",
    reasons: ["KEY_NOT_PUBLISHED"],
  },
];

describe("signed by BIND", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "signed-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(rows.map((row) => [row.title, row] as const))("%s", (_, row) => {
    const { zone = "example.com", make, status, reasons, warnings = [] } = row;
    const { keys, signatures, data, ds } = make(openWorkshop(folder, zone));
    expect(Math.min(keys.length, data.soa.length)).toBeGreaterThan(0);
    const answers = [{ server: "ns1", outcome: "answered", keys, signatures, data } as const];
    const verdict = judgeDelegation({ domainName: zone, ds, observed: { answers }, now: Date.now() });
    expect({
      status: verdict.status,
      reasons: verdict.reasons.map(({ code }) => code),
      warnings: verdict.warnings.map(({ code }) => code),
    }).toEqual({ status, reasons, warnings });
  });
});
