import { canonicalWireName, domainName, sameName, unicodeDomainName } from "../../provider/dnssec/name";
import { expectDnsDataError } from "./thrown";

const label63 = "a".repeat(63);
const wire255 = `${`${label63}.`.repeat(3)}${"b".repeat(61)}`;

describe("wire form", () => {
  test.each([
    ["the root", ".", "00"],
    ["upper case (RFC 4034 section 6.2)", "Ex.COM", "02657803636f6d00"],
    ["trailing dot", "ex.com.", "02657803636f6d00"],
    ["decimal escape of a letter", "\\065B.", "02616200"],
    ["escaped dot stays in the label", "a\\.b.", "03612e6200"],
    ["escaped backslash before a dot", "a\\\\.b.", "02615c016200"],
    ["octets over 127 are not lowered", "\\195\\137.", "02c38900"],
    ["escaped @", "\\@.x", "0140017800"],
    ["quoted specials", '\\"\\;\\(\\)\\ .', "05223b28292000"],
    ["U-label becomes A-label", "Bücher.example.", "0d786e2d2d62636865722d6b7661076578616d706c6500"],
    ["Chinese label and ideographic full stop", "中国。", "0a786e2d2d6669717338730".concat("0")],
    ["full-width digits are no address", "１２７.x", "03313237017800"],
    ["underscore and asterisk", "*._tcp.", "012a045f74637000"],
  ])("%s", (_, name, hex) => {
    expect(canonicalWireName(name).toString("hex")).toBe(hex);
  });

  test("the longest name has 255 octets", () => {
    expect(canonicalWireName(wire255)).toHaveLength(255);
  });

  test.each([
    ["empty", "", "it is empty"],
    ["@", "@", "it stands for an origin"],
    ["empty label", "a..b", "it has an empty label"],
    ["leading dot", ".a", "it has an empty label"],
    ["two trailing dots", "a..", "it has an empty label"],
    ["two dots", "..", "it has an empty label"],
    ["label of 64", `${label63}a.b`, "a label takes 64 octets, and at most 63 are allowed"],
    ["label of 64 escaped octets", `${"\\097".repeat(64)}.b`, "a label takes 64 octets"],
    ["name of 256", `${wire255}b`, "it takes 256 octets, and at most 255 are allowed"],
    ["escape 256", "\\256", "the escape \\256 is over 255"],
    ["two digits", "\\12", "a backslash needs three digits"],
    ["backslash at the end", "a\\", "a backslash needs three digits"],
    ["blank", "a b", '" " must be escaped'],
    ["control character", "a\u0000b", '"\\u0000" must be escaped'],
    ["parenthesis", "a(b", '"(" must be escaped'],
    ["semicolon", "a;b", '";" must be escaped'],
    ["escape in an IDN label", "\\065é.x", "is not an IDN label"],
    ["invalid IDN label", "\u200d.x", "is not an IDN label"],
    ["IDN label that vanishes", "\u00ad.x", "it has an invisible character, U+00AD, at position 1"],
    ["soft hyphen", "exam\u00adple.com", "it has an invisible character, U+00AD, at position 5"],
    ["IDN label with a hidden dot", "a\u2024b.x", "is not an IDN label"],
    ["IDN label with a hidden slash", "\u2100.x", "is not an IDN label"],
  ])("refused: %s", (_, name, message) => {
    expectDnsDataError(() => canonicalWireName(name), "DOMAIN_NAME_INVALID", message);
  });

  test("not text", () => {
    expectDnsDataError(
      () => canonicalWireName(null as unknown as string),
      "DOMAIN_NAME_INVALID",
      "null is not a",
    );
  });
});

describe("same name", () => {
  test.each([
    ["Example.COM.", "example.com", true],
    ["\\101xample.com", "example.com", true],
    ["例子.中国", "XN--FSQU00A.xn--fiqs8s.", true],
    ["a.example", "b.example", false],
    ["a\\.b", "a.b", false],
  ])("%s and %s: %s", (a, b, same) => {
    expect(sameName(a, b)).toBe(same);
    expect(sameName(b, a)).toBe(same);
  });
});

describe("domain name", () => {
  test.each([
    ["plain", "example.com", "example.com"],
    ["upper case and trailing dot", "EXAMPLE.Com.", "example.com"],
    ["sub-domain", "a.b.example.com", "a.b.example.com"],
    ["IDN", "例子.公司.cn", "xn--fsqu00a.xn--55qx5d.cn"],
    ["ideographic full stops", "例子。中国｡", "xn--fsqu00a.xn--fiqs8s"],
    ["full-width letters and dots", "ａ．ｃｏｍ．", "a.com"],
    ["decomposed letter", "u\u0308.com", "xn--tda.com"],
    ["sharp s stays (non-transitional)", "faß.de", "xn--fa-hia.de"],
    ["A-labels in upper case", "XN--FSQU00A.XN--FIQS8S", "xn--fsqu00a.xn--fiqs8s"],
    ["digits", "123.com", "123.com"],
    ["first labels like an address", "127.0.0.1.com", "127.0.0.1.com"],
    ["label of 63", `${label63}.com`, `${label63}.com`],
    ["253 characters", wire255, wire255],
  ])("%s", (_, input, expected) => {
    expect(domainName(input)).toBe(expected);
  });

  test.each([
    ["empty", "", "it has no labels"],
    ["the root", ".", "it has no labels"],
    ["one label", "com", "it has only one label"],
    ["one label with dot", "localhost.", "it has only one label"],
    ["empty label", "a..com", "it has an empty label"],
    ["leading dot", ".com", "it has an empty label"],
    ["full-width empty label", "a．．com", "it has an empty label"],
    ["IPv4", "192.0.2.1", "its last label is a number"],
    ["short IPv4", "127.1", "its last label is a number"],
    ["hexadecimal IPv4", "1.0x7f", "its last label is a number"],
    ["full-width IPv4", "１２７．１", "its last label is a number"],
    ["IPv6", "[::1]", "IDNA does not allow"],
    ["wildcard", "*.example.com", "IDNA does not allow"],
    ["underscore", "_dmarc.example.com", "IDNA does not allow"],
    ["percent-encoded dot", "example%2ecom", "IDNA does not allow"],
    ["full-width percent sign", "a％41.com", "IDNA does not allow"],
    ["blank", "exa mple.com", "IDNA does not allow"],
    ["blank around", " example.com", "IDNA does not allow"],
    ["tab, which a URL drops", "exa\tmple.com", "IDNA does not allow"],
    ["line break", "example.com\n", "IDNA does not allow"],
    ["URL", "https://example.com/", "IDNA does not allow"],
    ["path, which a URL cuts", "example.com/a", "IDNA does not allow"],
    ["backslash, which a URL cuts", "example.com\\a", "IDNA does not allow"],
    ["query", "example.com?a", "IDNA does not allow"],
    ["fragment", "example.com#a", "IDNA does not allow"],
    ["port", "example.com:53", "IDNA does not allow"],
    ["account-of sign", "a.℀.com", "IDNA does not allow"],
    ["joiner", "\u200d.com", "IDNA does not allow"],
    ["soft hyphen", "exam\u00adple.com", "it has an invisible character, U+00AD, at position 5"],
    ["zero-width space", "example\u200b.com", "it has an invisible character, U+200B, at position 8"],
    ["word joiner", "example.com\u2060", "it has an invisible character, U+2060, at position 12"],
    ["byte order mark", "\ufeffexample.com", "it has an invisible character, U+FEFF, at position 1"],
    ["no-break space", "example.com\u00a0", "it has an invisible character, U+00A0, at position 12"],
    ["ideographic space", "\u3000example.com", "it has an invisible character, U+3000, at position 1"],
    ["direction mark", "example.com\u200e", "it has an invisible character, U+200E, at position 12"],
    ["A-label that does not decode", "xn--a.com", "IDNA does not allow"],
    ["A-label of plain letters", "xn--a-.com", "begins or ends with a hyphen"],
    ["hyphen first", "-a.com", 'the label "-a" begins or ends with a hyphen'],
    ["hyphen last", "a-.com", 'the label "a-" begins or ends with a hyphen'],
    ["reserved LDH label", "ab--c.com", "has hyphens in third and fourth place"],
    ["label of 64", `${label63}a.com`, "a label has 64 octets, and at most 63 are allowed"],
    ["IDN label of 64", `${"中国".repeat(30)}.com`, "octets, and at most 63 are allowed"],
    ["254 characters", `${wire255}b`, "it has 254 characters, and at most 253 are allowed"],
  ])("refused: %s", (_, input, message) => {
    expectDnsDataError(() => domainName(input), "DOMAIN_NAME_INVALID", message);
    expectDnsDataError(
      () => domainName(input),
      "DOMAIN_NAME_INVALID",
      "A domain name has two or more labels",
    );
  });

  test.each([[null], [undefined], [1], [{}]])("not text: %p", (value) => {
    expectDnsDataError(() => domainName(value as unknown as string), "DOMAIN_NAME_INVALID", "it is not text");
  });

  test.each([
    ["xn--fsqu00a.xn--55qx5d.cn", "例子.公司.cn"],
    ["例子.公司.cn.", "例子.公司.cn"],
    ["Example.com", "example.com"],
  ])("%s for the registrar's API: %s", (domain, expected) => {
    expect(unicodeDomainName(domain)).toBe(expected);
  });
});
