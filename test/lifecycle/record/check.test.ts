import fc from "fast-check";
import { checkInputs } from "../operations";
import { unknownValue } from "../../../provider/lifecycle/record/inputs/unknown";
import { domainName, dnskey, ds, ds384, fields, sha256, sha384 } from "./exampleRecord";

type Bag = Record<string, unknown>;

const fields384 = { ...fields, digestType: 4, digest: sha384 };
const idnDigest = "66742b2d82825e7db8670fb5d5d76b797de9bc8862a432257f9d44766dfcfbad";

describe("accepted inputs, and their normal form", () => {
  test.each<[string, Bag, Bag]>([
    ["the tuple", fields, fields],
    ["its numbers as decimal text", { ...fields, keyTag: "2371", algorithm: "13", digestType: "2" }, fields],
    ["the smallest key tag", { ...fields, keyTag: "0" }, { ...fields, keyTag: 0 }],
    ["the largest key tag", { ...fields, keyTag: 65535 }, { ...fields, keyTag: 65535 }],
    ["an algorithm by its mnemonic", { ...fields, algorithm: "ecdsaP256sha256" }, fields],
    ...["SHA256", "SHA-256", "sha256", "Sha256"].map((name): [string, Bag, Bag] => [
      `a digest type by the name ${name}`,
      { ...fields, digestType: name },
      fields,
    ]),
    ["ds with a digest type by its name", { ds: `2371 13 SHA-256 ${sha256}` }, { ds, ...fields }],
    ["dnskey with a digest type by its name", { dnskey, digestType: "sha384" }, { dnskey, ...fields384 }],
    ["a digest in upper case", { ...fields, digest: sha256.toUpperCase() }, fields],
    [
      "a digest split as in zone files",
      { ...fields, digest: `${sha256.slice(0, 56)}\t\r\n ${sha256.slice(56)} ` },
      fields,
    ],
    ["ds", { ds }, { ds, ...fields }],
    ["ds as registrars print it", { ds: ` 02371  13 2 ${sha256.toUpperCase()}\n` }, { ds, ...fields }],
    [
      "ds as a line of a zone file",
      { ds: `Example.COM. 1h IN DS 2371 ECDSAP256SHA256 2 (\n${sha256} ) ; ksk` },
      { ds, ...fields },
    ],
    ["dnskey", { dnskey }, { dnskey, ...fields }],
    [
      "dnskey as a line of a zone file",
      { dnskey: `example.com IN DNSKEY ${dnskey} ; ksk` },
      { dnskey, ...fields },
    ],
    ["dnskey with a digest type", { dnskey, digestType: 4 }, { dnskey, ...fields384 }],
    ["dnskey with a digest type as text", { dnskey, digestType: "4" }, { dnskey, ...fields384 }],
    ["the tuple and ds that agree", { ...fields, ds }, { ds, ...fields }],
    ["the tuple and dnskey that agree", { ...fields, dnskey }, { dnskey, ...fields }],
    ["all three, agreeing", { ...fields, ds, dnskey }, { ds, dnskey, ...fields }],
    ["ds with a part of the tuple", { ds, keyTag: 2371 }, { ds, ...fields }],
    ["dnskey with a part of the tuple", { dnskey, digest: sha256 }, { dnskey, ...fields }],
    [
      "dnskey with ds of another digest type than 2",
      { ds: ds384, dnskey },
      { ds: ds384, dnskey, ...fields384 },
    ],
    [
      "nothing else, be it undefined or null",
      { ...fields, ds: undefined, dnskey: null, typo: null, preflight: undefined },
      fields,
    ],
    [
      "hidden inputs",
      { ...fields, __provider: "text", __urn: "urn:…", __get: true, __other: [null] },
      { ...fields, __provider: "text", __urn: "urn:…", __get: true, __other: [null] },
    ],
    [
      "time-outs",
      { ...fields, __timeouts: { create: "1h30m", update: "0s", delete: null } },
      { ...fields, __timeouts: { create: "1h30m", update: "0s", delete: null } },
    ],
    [
      "options",
      { ...fields, onConflict: "replace", preflight: "strict", waitForPublication: false, keyWait: "0s" },
      { ...fields, onConflict: "replace", preflight: "strict", waitForPublication: false, keyWait: "0s" },
    ],
    [
      "servers",
      {
        ...fields,
        nameServers: ["192.0.2.1", "127.0.0.1:5301"],
        parentNameServers: ["2001:db8::1", "[2001:db8::1]:53"],
      },
      {
        ...fields,
        nameServers: ["192.0.2.1", "127.0.0.1:5301"],
        parentNameServers: ["2001:db8::1", "[2001:db8::1]:53"],
      },
    ],
  ])("%s", (_, given, inputs) => {
    expect(checkInputs({ domainName, ...given })).toEqual({
      inputs: { domainName, ...inputs },
      failures: [],
      warnings: [],
    });
  });

  test.each([
    ["Example.COM.", "example.com", sha256],
    ["例子.CN", "xn--fsqu00a.cn", idnDigest],
    ["XN--fsqu00a.cn", "xn--fsqu00a.cn", idnDigest],
  ])("the domain %s", (given, kept, digest) => {
    const { inputs, failures } = checkInputs({ domainName: given, dnskey });
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({ domainName: kept, digest });
  });

  test.each(["xn--fsqu00a.cn", "例子.CN."])("the owner %s of the domain 例子.cn", (owner) => {
    const given = { domainName: "例子.cn", ds: `${owner} IN DS 2371 13 2 ${idnDigest}` };
    expect(checkInputs(given).failures).toEqual([]);
  });

  test.each<[string, string, boolean]>([
    ["onConflict", "fail", true],
    ["onConflict", "replace", true],
    ["onConflict", "Fail", false],
    ["preflight", "enforce", true],
    ["preflight", "strict", true],
    ["preflight", "warn", true],
    ["preflight", "off", true],
    ["preflight", "on", false],
  ])("%s: %s", (property, value, isAllowed) => {
    const { failures } = checkInputs({ domainName, ...fields, [property]: value });
    expect(failures.map((failure) => failure.property)).toEqual(isAllowed ? [] : [property]);
  });
});

describe("warnings", () => {
  const sha1 = { ...fields, digestType: 1, digest: "ab".repeat(20) };
  const instead = "use 13 (ECDSAP256SHA256), 15 (ED25519) or 8 (RSASHA256)";
  const ofDigest =
    "digest type 1 (SHA-1) must not be used for a new delegation (RFC 9905 section 5): use 2 (SHA-256)";
  const ofAlgorithm = `algorithm 5 (RSASHA1) must not be used for a new delegation (RFC 9905 section 2): ${instead}`;
  const ofFlags =
    "flags 256 lack the SEP bit (1): this may be a ZSK; a KSK has flags 257 (RFC 4034 section 2.1.1)";
  const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

  test.each<[string, Bag, string[]]>([
    ["none", { domainName, ...fields }, []],
    ["SHA-1", { domainName, ...sha1 }, [`example.com/2371: ${ofDigest}`]],
    [
      "two at once",
      { domainName, ...sha1, algorithm: 5 },
      [`example.com/2371: ${ofAlgorithm}`, `example.com/2371: ${ofDigest}`],
    ],
    [
      "once, though two forms say it",
      { domainName, ...sha1, ds: `2371 13 1 ${sha1.digest}` },
      [`example.com/2371: ${ofDigest}`],
    ],
    ["of ds", { domainName, ds: `2371 13 1 ${sha1.digest}` }, [`example.com/2371: ${ofDigest}`]],
    ["of dnskey", { domainName, dnskey: dnskey.replace("257", "256") }, [`example.com/2370: ${ofFlags}`]],
    [
      "of the algorithm of dnskey",
      { domainName, dnskey: "257 3 5 AQAB" },
      [`example.com/1542: ${ofAlgorithm}`],
    ],
    [
      "of a digest type that cannot be computed",
      { domainName, ...fields, digestType: 200, digest: "ab" },
      [
        "example.com/2371: digest type 200 is unassigned, and validators ignore it (RFC 9904 section 4): use 2 (SHA-256)",
      ],
    ],
    ["of a name in any case", { domainName: "EXAMPLE.com.", ...sha1 }, [`example.com/2371: ${ofDigest}`]],
    ["the domain is not known yet", { domainName: unknown, ...sha1 }, [`DS record 2371: ${ofDigest}`]],
    ["the key tag is not known yet", { domainName, ...sha1, keyTag: unknown }, [`example.com: ${ofDigest}`]],
    ["neither is known yet", { domainName: unknown, ...sha1, keyTag: unknown }, [`DS record: ${ofDigest}`]],
  ])("%s", (_, given, warnings) => {
    expect(checkInputs(given)).toMatchObject({ failures: [], warnings });
  });
});

describe("whatever it is given", () => {
  const names = [
    "domainName",
    ...Object.keys(fields),
    "ds",
    "dnskey",
    "nameServers",
    "__timeouts",
    "__proto__",
    "x",
  ];
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(domainName, ds, dnskey, sha256, 2371, 13, 2, "04da6b54-80e4-46f7-96ec-b56ff0331ba9"),
  );
  const bags = fc
    .array(fc.tuple(fc.oneof(fc.constantFrom(...names), fc.string()), anything))
    // Unlike an assignment this makes even "__proto__" a property like any other.
    .map((entries): Bag => Object.fromEntries(entries));

  const someInputs = fc.subarray([...Object.keys(fields), "ds", "dnskey"]);
  const ignored = fc.record({ names: someInputs, given: someInputs });

  test("it answers with plain JSON, and what it accepts has all four fields", () => {
    fc.assert(
      fc.property(bags, bags, ignored, fc.boolean(), (given, old, hidden, isOfRecord) => {
        const olds: Bag = isOfRecord ? { ...old, ...fields } : old;
        const kept = hidden.names.flatMap((name) => (Object.hasOwn(olds, name) ? [[name, olds[name]]] : []));
        const news: Bag = { ...given, ...Object.fromEntries(kept), __ignoreChanges: hidden };
        const before = JSON.stringify(news);
        const { inputs, failures, warnings } = checkInputs(news, olds);
        expect(JSON.stringify(news)).toBe(before);
        expect(Object.values(inputs)).not.toContain(undefined);
        const texts = [...failures.flatMap(({ property, reason }) => [property, reason]), ...warnings];
        expect(texts.filter((text) => typeof text !== "string")).toEqual([]);
        if (failures.length === 0) {
          expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(fields)));
        }
        // A value without unknown parts stays without them, whether it is refused or not.
        if (!before.includes(unknownValue)) expect(JSON.stringify(inputs)).not.toContain(unknownValue);
      }),
      { numRuns: 2000 },
    );
  });
});
