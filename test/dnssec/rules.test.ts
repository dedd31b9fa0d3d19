import { dnskeyFindings, dsFindings, type DnskeyFields, type DsFields } from "../../provider/dnssec/rules";

const good = { keyTag: 1, algorithm: 13, digestType: 2, digest: "ab".repeat(32) };
const ids = (ds: DsFields) => dsFindings(ds).map(({ id, tier }) => `${tier} ${id}`);

describe("DS", () => {
  test.each<[string, DsFields, string[]]>([
    ["a good record", good, []],
    ["nothing known yet", {}, []],
    ["a type known, its digest not", { digestType: 4 }, []],
    ["a digest known, its type not", { digest: "ab" }, []],
    ["type 4", { ...good, digestType: 4, digest: "ab".repeat(48) }, []],
    ["upper-case digest", { ...good, digest: "AB".repeat(32) }, []],
    ["key tag 0", { ...good, keyTag: 0 }, []],
    ["key tag 65535", { ...good, keyTag: 65535 }, []],
    ["key tag -1", { keyTag: -1 }, ["syntax key-tag-range"]],
    ["key tag 65536", { keyTag: 65536 }, ["syntax key-tag-range"]],
    ["key tag 1.5", { keyTag: 1.5 }, ["syntax key-tag-range"]],
    ["key tag NaN", { keyTag: NaN }, ["syntax key-tag-range"]],
    ["key tag as text", { keyTag: "1" }, ["syntax key-tag-range"]],
    ["key tag null", { keyTag: null }, ["syntax key-tag-range"]],
    ["key tag 1n", { keyTag: 1n }, ["syntax key-tag-range"]],
    ["algorithm 256", { algorithm: 256 }, ["syntax algorithm-range"]],
    ["algorithm as text", { algorithm: "13" }, ["syntax algorithm-range"]],
    ["digest type 256", { digestType: 256 }, ["syntax digest-type-range"]],
    ["digest type true", { digestType: true }, ["syntax digest-type-range"]],
    ["digest empty", { digest: "" }, ["syntax digest-hex"]],
    ["digest odd", { ...good, digest: "abc" }, ["syntax digest-hex"]],
    ["digest with blank", { digest: "ab cd" }, ["syntax digest-hex"]],
    ["digest with line break", { digest: "abcd\n" }, ["syntax digest-hex"]],
    ["digest a number", { digest: 1234 }, ["syntax digest-hex"]],
    ["digest a symbol", { digest: Symbol("ab") }, ["syntax digest-hex"]],
    ["digest without a prototype", { digest: Object.create(null) }, ["syntax digest-hex"]],
    ["digest too short", { ...good, digest: "ab" }, ["syntax digest-length"]],
    ["digest of another type", { ...good, digestType: 4 }, ["syntax digest-length"]],
    [
      "everything wrong",
      { keyTag: "", algorithm: "", digestType: "", digest: "" },
      ["syntax key-tag-range", "syntax algorithm-range", "syntax digest-type-range", "syntax digest-hex"],
    ],
    [
      "CDS delete",
      { keyTag: 0, algorithm: 0, digestType: 0, digest: "00" },
      ["rfc algorithm-delete", "rfc digest-type-null"],
    ],
    ["digest type 1", { digestType: 1 }, ["practice digest-type-must-not"]],
    ["digest type 3", { digestType: 3 }, ["practice digest-type-must-not"]],
    ["digest type 7", { digestType: 7 }, ["practice digest-type-unknown"]],
    [
      "failures come first",
      { algorithm: 5, digestType: 1, digest: "ab" },
      ["syntax digest-length", "practice algorithm-must-not", "practice digest-type-must-not"],
    ],
  ])("%s", (_, ds, expected) => {
    expect(ids(ds)).toEqual(expected);
  });

  test.each([
    ["practice algorithm-must-not", [1, 3, 5, 6, 7, 12]],
    ["practice algorithm-not-recommended", [10]],
    ["practice algorithm-not-for-zones", [2, 4, 252]],
    ["practice algorithm-reserved", [9, 11, 255]],
    ["practice algorithm-unknown", [18, 24, 122, 200, 251]],
  ])("%s: algorithms %p", (expected, algorithms) => {
    for (const algorithm of algorithms) expect(ids({ ...good, algorithm })).toEqual([expected]);
  });

  test.each([8, 13, 14, 15, 16, 17, 23, 253, 254])("no advice on algorithm %d", (algorithm) => {
    expect(ids({ ...good, algorithm })).toEqual([]);
  });

  test.each<[DsFields, string, string]>([
    [
      { digestType: 1 },
      "digest type 1 (SHA-1) must not be used for a new delegation (RFC 9905 section 5): use 2 (SHA-256)",
      "RFC 9905 section 5",
    ],
    [
      { algorithm: 5 },
      "algorithm 5 (RSASHA1) must not be used for a new delegation (RFC 9905 section 2): use 13 (ECDSAP256SHA256), 15 (ED25519) or 8 (RSASHA256)",
      "RFC 9905 section 2",
    ],
    [
      { algorithm: 200 },
      "algorithm 200 is unassigned, and validators ignore it (RFC 9904 section 3): use 13 (ECDSAP256SHA256), 15 (ED25519) or 8 (RSASHA256)",
      "RFC 9904 section 3",
    ],
    [
      { keyTag: 70000 },
      "key tag must be a whole number 0 to 65535, got 70000 (RFC 4034 section 5.1.1)",
      "RFC 4034 section 5.1.1",
    ],
    [
      { ...good, digest: "ab" },
      "digest of type 2 (SHA-256) must have 32 octets (64 hexadecimal digits), got 1 octet; a digest is never cut short (RFC 4509 section 2)",
      "RFC 4509 section 2",
    ],
  ])("%p: the whole message", (ds, message, reference) => {
    expect(dsFindings(ds)).toEqual([expect.objectContaining({ message, reference })]);
  });

  test("a finding names the field's property", () => {
    const wrong = { keyTag: "", algorithm: "", digestType: "", digest: "" };
    expect(dsFindings(wrong).map(({ property }) => property)).toEqual(Object.keys(wrong));
  });
});

describe("DNSKEY", () => {
  const key = { flags: 257, protocol: 3, algorithm: 13, publicKey: Buffer.alloc(64, 1).toString("base64") };

  test.each<[string, Partial<DnskeyFields>, string[]]>([
    ["a KSK", {}, []],
    ["a ZSK", { flags: 256 }, ["practice dnskey-sep"]],
    ["no Zone bit", { flags: 1 }, ["rfc dnskey-zone-bit"]],
    ["no flags", { flags: 0 }, ["rfc dnskey-zone-bit", "practice dnskey-sep"]],
    ["revoked", { flags: 385 }, ["rfc dnskey-revoked"]],
    ["protocol 1", { protocol: 1 }, ["rfc dnskey-protocol"]],
    ["flags out of range", { flags: 65536 }, ["syntax dnskey-flags-range"]],
    ["flags as text", { flags: "257" }, ["syntax dnskey-flags-range"]],
    ["protocol NaN", { protocol: NaN }, ["syntax dnskey-protocol-range"]],
    ["algorithm null", { algorithm: null }, ["syntax dnskey-algorithm-range"]],
    ["key empty", { publicKey: "" }, ["syntax dnskey-public-key"]],
    ["key missing", { publicKey: undefined }, ["syntax dnskey-public-key"]],
    ["key not base64", { publicKey: "a" }, ["syntax dnskey-public-key"]],
    ["key cut short (RFC 6605 section 4)", { publicKey: "AAAA" }, ["rfc dnskey-key-length"]],
    ["key of another algorithm", { algorithm: 15 }, ["rfc dnskey-key-length"]],
    ["RSA keys have any length", { algorithm: 8, publicKey: "AAAA" }, []],
    ["status is for the DS to say", { algorithm: 5 }, []],
    [
      "everything wrong",
      { flags: {}, protocol: [], algorithm: Symbol("13"), publicKey: 1n },
      [
        "syntax dnskey-flags-range",
        "syntax dnskey-protocol-range",
        "syntax dnskey-algorithm-range",
        "syntax dnskey-public-key",
      ],
    ],
  ])("%s", (_, changed, expected) => {
    const findings = dnskeyFindings({ ...key, ...changed });
    expect(findings.map(({ id, tier }) => `${tier} ${id}`)).toEqual(expected);
    for (const { property, message, reference } of findings) {
      expect(property).toBe("dnskey");
      expect(message).toContain(`(${reference})`);
    }
  });

  test("a message has the given and the allowed value, and the source", () => {
    const [finding] = dnskeyFindings({ ...key, flags: 385 });
    expect(finding?.message).toBe(
      "flags 385 have the REVOKE bit (128): this key is being retired; use one that is not revoked, flags 257 (RFC 5011 section 2.1)",
    );
  });
});
