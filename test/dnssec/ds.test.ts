import { formatDs, parseDs, parseDsRecord, sameDs } from "../../provider/dnssec/ds";
import syntax from "../fixtures/ds-syntax.json";
import { expectDnsDataError, thrownBy } from "./thrown";

const sha256 = "ab".repeat(32);

// Where BIND, Knot, ldns and dnspython disagree.
const decisions: Readonly<Record<string, { ours: "accept" | "reject"; why: string }>> = {
  "mnemonic digest": { ours: "accept", why: "signers and registrars print names; BIND reads them" },
  "sha256 long (33)": { ours: "reject", why: "BIND and dnspython agree; RFC 4509 section 2 fixes 32 octets" },
  "sha384 with 32": { ours: "reject", why: "BIND and dnspython agree; RFC 6605 section 2 fixes 48 octets" },
  "gost 3 with 20": { ours: "reject", why: "RFC 5933 fixes 32 octets: a digest cut short matches nothing" },
  "type 6 with 32": { ours: "accept", why: "BIND and dnspython agree; RFC 9563 defines it" },
  "odd hex": { ours: "reject", why: "BIND and dnspython agree; half an octet is a copying error" },
  "tag -1": { ours: "reject", why: "BIND and dnspython agree; ldns wraps it to 65535" },
  "digest type 256": { ours: "reject", why: "BIND and dnspython agree; ldns wraps it to 0" },
  "CDS delete form one 0": { ours: "reject", why: "BIND and dnspython agree: odd hexadecimal" },
};

describe("four parsers", () => {
  test.each(syntax.cases.map((one) => [one.name, one] as const))("%s", (name, one) => {
    const votes = new Set([one.bind, one.knot, one.ldns, one.dnspython]);
    const expected = votes.size === 1 ? one.bind : decisions[name]?.ours;
    const error = thrownBy(() => parseDs(one.rdata));
    expect(error === undefined ? "accept" : "reject").toBe(expected);
    if (error !== undefined) expect(error).toMatchObject({ code: "DS_SYNTAX" });
  });

  test("exactly the disagreements have a decision", () => {
    const disagreements = syntax.cases
      .filter((one) => new Set([one.bind, one.knot, one.ldns, one.dnspython]).size > 1)
      .map((one) => one.name);
    expect(disagreements.sort()).toEqual(Object.keys(decisions).sort());
  });
});

describe("accepted for our own reason", () => {
  test.each([
    ["CDS delete with a whole octet: its status is checked elsewhere", "0 0 0 00", "0 0 0 00"],
    [
      "unknown digest type of any length (RFC 9904 section 2.2: the list grows)",
      "1 13 99 abcdef",
      "1 13 99 abcdef",
    ],
    ["mnemonic algorithm (RFC 4034 section 5.3)", `1 ecdsap256sha256 2 ${sha256}`, `1 13 2 ${sha256}`],
    ["digest type by name", `1 13 SHA-256 ${sha256}`, `1 13 2 ${sha256}`],
    ["digest type by another spelling", `1 13 sha256 ${sha256}`, `1 13 2 ${sha256}`],
    ["BIND's mnemonic", `1 NSEC3RSASHA1 2 ${sha256}`, `1 7 2 ${sha256}`],
    ["upper case", `1 13 2 ${sha256.toUpperCase()}`, `1 13 2 ${sha256}`],
    ["leading zeros everywhere", `00001 013 002 ${sha256}`, `1 13 2 ${sha256}`],
    ["largest numbers", "65535 255 255 ff", "65535 255 255 ff"],
  ])("%s", (_, text, expected) => {
    expect(formatDs(parseDs(text))).toBe(expected);
  });
});

describe("refused", () => {
  test.each([
    ["nothing", "", "the text is empty"],
    ["blanks and a comment", "  ; 1 13 2 ab", "the text is empty"],
    ["one field", "2371", "key tag, algorithm, digest type and digest are needed"],
    ["no digest", "2371 13 2", "key tag, algorithm, digest type and digest are needed"],
    ["key tag 65536", `65536 13 2 ${sha256}`, "key tag must be a whole number 0 to 65535, got 65536"],
    ["key tag in hexadecimal", `0x1 13 2 ${sha256}`, 'key tag must be a whole number 0 to 65535, got "0x1"'],
    ["key tag with exponent", `1e3 13 2 ${sha256}`, 'got "1e3"'],
    ["algorithm 256", `1 256 2 ${sha256}`, "algorithm must be a whole number 0 to 255 or a mnemonic"],
    ["unknown mnemonic", `1 RSASHA3 2 ${sha256}`, 'got "RSASHA3"'],
    [
      "the name of another hash",
      `1 13 SHA512 ${sha256}`,
      'digest type must be a whole number 0 to 255 or a name such as SHA-256, got "SHA512"',
    ],
    [
      "type 1 with 19 octets",
      `1 13 1 ${"ab".repeat(19)}`,
      "type 1 (SHA-1) must have 20 octets (40 hexadecimal digits), got 19",
    ],
    ["type 2 with 31 octets", `1 13 2 ${"ab".repeat(31)}`, "type 2 (SHA-256) must have 32 octets"],
    ["type 3 with 31 octets", `1 13 3 ${"ab".repeat(31)}`, "type 3 (GOST R 34.11-94) must have 32 octets"],
    ["type 4 with 47 octets", `1 13 4 ${"ab".repeat(47)}`, "type 4 (SHA-384) must have 48 octets"],
    ["type 5 with 33 octets", `1 13 5 ${"ab".repeat(33)}`, "type 5 (GOST R 34.11-2012) must have 32 octets"],
    ["type 6 with 20 octets", `1 17 6 ${"ab".repeat(20)}`, "type 6 (SM3) must have 32 octets"],
    [
      "letters that are not hexadecimal",
      `1 13 2 ${"zz".repeat(32)}`,
      "digest must be pairs of hexadecimal digits",
    ],
    ["an ellipsis", "2371 13 2 c988ec42…", "digest must be pairs of hexadecimal digits"],
  ])("%s", (_, text, message) => {
    expectDnsDataError(() => parseDs(text), "DS_SYNTAX", message);
  });

  test.each([[null], [undefined], [42], [{}], [["1 13 2 ab"]]])("not text: %p", (value) => {
    expectDnsDataError(() => parseDs(value as unknown as string), "DS_SYNTAX", "it must be text, got ");
  });
});

test("the owner is as written", () => {
  const ds = { keyTag: 1, algorithm: 13, digestType: 2, digest: sha256 };
  expect(parseDsRecord(`Example.COM. IN DS 1 13 2 ${sha256}`)).toEqual({ owner: "Example.COM.", ds });
  expect(parseDsRecord(`1 13 2 ${sha256}`)).toEqual({ ds });
});

test("same data in any case of the digest", () => {
  const ds = parseDs(`1 13 2 ${sha256}`);
  expect(sameDs(ds, { ...ds, digest: sha256.toUpperCase() })).toBe(true);
  expect(formatDs({ ...ds, digest: sha256.toUpperCase() })).toBe(formatDs(ds));
  for (const other of [{ keyTag: 2 }, { algorithm: 8 }, { digestType: 4 }, { digest: "00" }]) {
    expect(sameDs(ds, { ...ds, ...other })).toBe(false);
  }
});
