import fc from "fast-check";
import { checkInputs } from "../operations";
import { unknownValue } from "../../../provider/lifecycle/record/inputs/unknown";
import { UNKNOWN } from "../../harness/properties";
import { dnskey, domainName, ds, ds384, fields, sha256, sha384 } from "./exampleRecord";

type Bag = Record<string, unknown>;
type Announced = [keyTag: unknown, algorithm: unknown, digestType: unknown, digest: unknown];

const U = UNKNOWN;
const { keyTag, algorithm, digestType, digest } = fields;

test("the unknown value is Pulumi's", () => {
  expect(unknownValue).toBe(UNKNOWN);
});

describe("a preview announces what is certain, and nothing else", () => {
  test.each<[string, Bag, Announced]>([
    ["domain", { domainName: U, ...fields }, [2371, 13, 2, sha256]],
    ["domain; ds", { domainName: U, ds }, [2371, 13, 2, sha256]],
    ["domain; dnskey", { domainName: U, dnskey }, [2371, 13, 2, U]],
    ["domain; dnskey, digestType", { domainName: U, dnskey, digestType: 4 }, [2371, 13, 4, U]],
    ["domain; dnskey, digest", { domainName: U, dnskey, digest }, [2371, 13, 2, sha256]],
    ["domain; ds, dnskey", { domainName: U, ds, dnskey }, [2371, 13, 2, sha256]],
    ["domain, dnskey", { domainName: U, dnskey: U }, [U, U, 2, U]],
    ["keyTag", { domainName, ...fields, keyTag: U }, [U, 13, 2, sha256]],
    ["algorithm", { domainName, ...fields, algorithm: U }, [2371, U, 2, sha256]],
    ["digestType", { domainName, ...fields, digestType: U }, [2371, 13, U, sha256]],
    ["digest", { domainName, ...fields, digest: U }, [2371, 13, 2, U]],
    ["the whole tuple", { domainName, keyTag: U, algorithm: U, digestType: U, digest: U }, [U, U, U, U]],
    ["ds", { domainName, ds: U }, [U, U, U, U]],
    ["ds; keyTag", { domainName, ds: U, keyTag }, [2371, U, U, U]],
    ["ds; tuple", { domainName, ds: U, ...fields }, [2371, 13, 2, sha256]],
    ["ds; dnskey", { domainName, ds: U, dnskey }, [2371, 13, U, U]],
    ["ds; dnskey, digestType", { domainName, ds: U, dnskey, digestType: 4 }, [2371, 13, 4, sha384]],
    ["ds, dnskey", { domainName, ds: U, dnskey: U }, [U, U, U, U]],
    ["ds, dnskey; digestType", { domainName, ds: U, dnskey: U, digestType }, [U, U, 2, U]],
    ["dnskey", { domainName, dnskey: U }, [U, U, 2, U]],
    ["dnskey; digestType", { domainName, dnskey: U, digestType: 4 }, [U, U, 4, U]],
    ["dnskey; keyTag, algorithm", { domainName, dnskey: U, keyTag, algorithm }, [2371, 13, 2, U]],
    ["dnskey; ds", { domainName, dnskey: U, ds: ds384 }, [2371, 13, 4, sha384]],
    ["dnskey; tuple", { domainName, dnskey: U, ...fields }, [2371, 13, 2, sha256]],
    ["digestType; dnskey", { domainName, dnskey, digestType: U }, [2371, 13, U, U]],
    ["digestType; dnskey, digest", { domainName, dnskey, digestType: U, digest }, [2371, 13, U, sha256]],
    ["digestType; dnskey, ds", { domainName, dnskey, ds: ds384, digestType: U }, [2371, 13, 4, sha384]],
    ["digest; dnskey", { domainName, dnskey, digest: U }, [2371, 13, 2, sha256]],
    ["keyTag; dnskey", { domainName, dnskey, keyTag: U }, [2371, 13, 2, sha256]],
    ["keyTag; ds", { domainName, ds, keyTag: U }, [2371, 13, 2, sha256]],
  ])("unknown: %s", (_, given, [...announced]) => {
    const { inputs, failures, warnings } = checkInputs(given);
    expect({ failures, warnings }).toEqual({ failures: [], warnings: [] });
    expect([inputs["keyTag"], inputs["algorithm"], inputs["digestType"], inputs["digest"]]).toEqual(
      announced,
    );
    // Nothing that the program gives is lost, and nothing is made up.
    expect(inputs).toEqual({
      ...given,
      ...Object.fromEntries(Object.keys(fields).map((name) => [name, inputs[name]])),
    });
  });

  test.each<[string, Bag]>([
    [
      "options",
      {
        onConflict: U,
        preflight: U,
        waitForPublication: U,
        nameServers: U,
        parentNameServers: U,
        keyWait: U,
      },
    ],
    ["an entry of a list", { nameServers: ["192.0.2.1", U], parentNameServers: [U] }],
    ["time-outs", { __timeouts: { create: U, delete: "1m" } }],
    ["all time-outs", { __timeouts: U }],
  ])("unknown: %s", (_, options) => {
    const given = { domainName, ...fields, ...options };
    expect(checkInputs(given)).toEqual({ inputs: given, failures: [], warnings: [] });
  });

  test("for any inputs, known or unknown", () => {
    const truth: Bag = { domainName, ...fields, ds, dnskey };
    const part = fc.constantFrom("missing", "unknown", "known");
    const parts = fc.record(Object.fromEntries(Object.keys(truth).map((name) => [name, part])));
    fc.assert(
      fc.property(parts, (states: Record<string, string>) => {
        const given = Object.entries(truth).filter(([name]) => states[name] !== "missing");
        const preview = Object.fromEntries(
          given.map(([name, value]) => [name, states[name] === "unknown" ? U : value]),
        );
        const [early, late] = [checkInputs(preview), checkInputs(Object.fromEntries(given))];
        // A preview refuses nothing that `up` accepts, and the other way round.
        expect(early.failures).toEqual(late.failures);
        if (early.failures.length > 0) return;
        for (const name of Object.keys(fields)) {
          expect([U, truth[name]]).toContain(early.inputs[name]);
          expect(late.inputs[name]).toBe(truth[name]);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a preview already refuses inputs that are certain to be refused", () => {
  test.each<[string, Bag, string[]]>([
    ["known fields beside unknown ones", { domainName, ...fields, keyTag: U, algorithm: 300 }, ["algorithm"]],
    [
      "a digest that is too short, beside an unknown key tag",
      { domainName, ...fields, keyTag: U, digest: "ab" },
      ["digest"],
    ],
    ["fields that disagree, beside an unknown domain", { domainName: U, ds, keyTag: 1 }, ["keyTag"]],
    [
      "forms that disagree, beside an unknown digest type",
      { domainName, ds: `2371 13 2 ${"ab".repeat(32)}`, dnskey, digestType: U },
      ["ds"],
    ],
    [
      "a digest type that cannot be computed, beside an unknown domain",
      { domainName: U, dnskey, digestType: 3 },
      ["digestType"],
    ],
    [
      "a revoked key, beside an unknown domain",
      { domainName: U, dnskey: dnskey.replace("257", "385") },
      ["dnskey"],
    ],
    ["a bad entry beside an unknown one", { domainName, ...fields, nameServers: [U, "x"] }, ["nameServers"]],
    ["a list where a word belongs", { domainName, ...fields, preflight: [U] }, ["preflight"]],
    ["a misspelt name with an unknown value", { domainName, ...fields, prefligth: U }, ["prefligth"]],
    [
      "a bad time-out beside an unknown one",
      { domainName, ...fields, __timeouts: { create: U, delete: "x" } },
      ["customTimeouts"],
    ],
  ])("%s", (_, given, refused) => {
    expect(checkInputs(given).failures.map(({ property }) => property)).toEqual(refused);
  });

  test.each<[string, Bag]>([
    ["the owner of a line, while the domain is unknown", { domainName: U, ds: `other.example. DS ${ds}` }],
    ["a digest whose type is unknown", { domainName, ...fields, digestType: U, digest: "ab" }],
    [
      "a digest beside a key, while the domain is unknown",
      { domainName: U, dnskey, digest: "ab".repeat(32) },
    ],
  ])("but not %s", (_, given) => {
    expect(checkInputs(given).failures).toEqual([]);
  });
});
