import { parseZoneLine } from "../../provider/dnssec/zoneLine";
import { expectDnsDataError } from "./thrown";

const rdata = ["1", "13", "2", "abcd"];

describe("one DS record", () => {
  test.each<[string, string, string | undefined]>([
    ["RDATA alone, which begins with a number", "1 13 2 abcd", undefined],
    ["type only", "DS 1 13 2 abcd", undefined],
    ["class and type", "IN DS 1 13 2 abcd", undefined],
    ["TTL, class, type", "3600 IN DS 1 13 2 abcd", undefined],
    ["owner and type", "example.com. DS 1 13 2 abcd", "example.com."],
    ["TTL before class", "example.com. 3600 IN DS 1 13 2 abcd", "example.com."],
    ["class before TTL (RFC 1035 section 5.1)", "example.com. IN 3600 DS 1 13 2 abcd", "example.com."],
    ["keywords in lower case", "example.com. in ds 1 13 2 abcd", "example.com."],
    ["BIND's TTL units", "example.com. 1h30m IN DS 1 13 2 abcd", "example.com."],
    ["upper-case TTL units", "example.com. 1W2D DS 1 13 2 abcd", "example.com."],
    ["largest TTL (RFC 2181 section 8)", "example.com. 2147483647 DS 1 13 2 abcd", "example.com."],
    ["owner without trailing dot", "example.com IN DS 1 13 2 abcd", "example.com"],
    ["numeric owner before TTL", "42 3600 IN DS 1 13 2 abcd", "42"],
    ["numeric owner with trailing dot", "42. IN DS 1 13 2 abcd", "42."],
    ["a number alone before the type is a TTL", "42 DS 1 13 2 abcd", undefined],
    ["owner that reads like the type", "ds IN DS 1 13 2 abcd", "ds"],
    ["owner that reads like the type, no class", "ds ds 1 13 2 abcd", "ds"],
    ["owner that reads like another type", "cds 1h IN DS 1 13 2 abcd", "cds"],
    ["tabs", "example.com.\t3600\tIN\tDS\t1\t13\t2\tabcd", "example.com."],
    ["blanks around", "  \n 1 13 2 abcd \r\n\r\n", undefined],
    ["a comment with a no-break space", "1 13 2 abcd ; key\u00a0of 2026", undefined],
    ["PowerDNS' label", "DS = example.com. IN DS 1 13 2 abcd ; ( SHA256 digest )", "example.com."],
    ["PowerDNS' label, without blanks", "DS= example.com. IN DS 1 13 2 abcd", "example.com."],
    ["PowerDNS' label before RDATA", "DS = 1 13 2 abcd", undefined],
    ["comment", "1 13 2 abcd ; key of 2026", undefined],
    ["comment lines", "; one\n1 13 2 abcd\n; two (", undefined],
    ["parentheses", "example.com. IN DS ( 1 13 2 abcd )", "example.com."],
    ["several lines", "example.com. IN DS 1 13 2 ( ; SHA-256\r\n  abcd ; end\r\n)", "example.com."],
    ["parentheses without blanks", "example.com. IN DS(1 13 2(abcd))", "example.com."],
    ["escaped owner", "sp\\032a\\;c\\(e\\\\.example. IN DS 1 13 2 abcd", "sp\\032a\\;c\\(e\\\\.example."],
    ["IDN owner", "例子.中国. IN DS 1 13 2 abcd", "例子.中国."],
    ["type code (RFC 3597 section 5)", "example.com. CLASS1 TYPE43 1 13 2 abcd", "example.com."],
    ["generic RDATA (RFC 3597 section 5)", "example.com. IN TYPE43 \\# 6 0001 0D02 ABCD", "example.com."],
    ["generic RDATA alone", "\\# 6 00010d02abcd", undefined],
  ])("%s", (_, text, owner) => {
    expect(parseZoneLine(text, "DS")).toEqual(owner === undefined ? { rdata } : { owner, rdata });
  });
});

test("generic RDATA of a DNSKEY", () => {
  const line = parseZoneLine("example. TYPE48 \\# 6 0101030f ff00", "DNSKEY");
  expect(line).toEqual({ owner: "example.", rdata: ["257", "3", "15", "/wA="] });
});

test.each(["DNSKEY = ", "CSK DNSKEY = ", "KSK DNSKEY = "])("%j as PowerDNS prints it", (label) => {
  const line = parseZoneLine(`${label}example.com. IN DNSKEY 257 3 13 /wA= ; ( ECDSAP256SHA256 )`, "DNSKEY");
  expect(line).toEqual({ owner: "example.com.", rdata: ["257", "3", "13", "/wA="] });
});

describe("refused", () => {
  test.each([
    ["nothing", " \n", "the text is empty"],
    ["two records", "1 13 2 abcd\n2 13 2 abcd", "the text has 2 lines: give one record"],
    [
      "a line break without parentheses",
      "1 13 2 ab\ncd",
      "put parentheses around RDATA that takes several lines",
    ],
    ["a no-break space", "1\u00a013 2 abcd", "it has an invisible character, U+00A0, at position 2"],
    ["a byte order mark", "\ufeff1 13 2 abcd", "it has an invisible character, U+FEFF, at position 1"],
    ["a line separator", "1 13 2\u2028abcd", "it has an invisible character, U+2028, at position 7"],
    ["a zero-width space after a comment", "; \u200b\n1 13 2 ab\u200bcd", "U+200B, at position 14"],
    ["a joiner in the digest", "1 13 2 ab\u200dcd", "it has an invisible character, U+200D"],
    ["a zero-width space in the owner", "exam\u200bple. DS 1 13 2 abcd", "U+200B, at position 5"],
    ["another label", "KSK = example.com. IN DS 1 13 2 abcd", 'drop "KSK =" before the record'],
    ["PowerDNS' label of another type", "CSK DNSKEY = a. IN DNSKEY 257 3 13 AA==", "this is a DNSKEY record"],
    ["CDS", "example.com. IN CDS 1 13 2 abcd", "this is a CDS record, a DS record is needed"],
    ["cds by type code", "example.com. TYPE59 1 13 2 abcd", "this is a CDS record"],
    ["CDNSKEY", "example.com. 1h IN cdnskey 257 3 13 AA==", "this is a CDNSKEY record"],
    ["DNSKEY", "DNSKEY 257 3 13 AA==", "this is a DNSKEY record, a DS record is needed"],
    ["DLV", "example.com. DLV 1 13 2 abcd", "this is a DLV record"],
    ["SOA", "example.com. IN SOA a. b. 1 2 3 4 5", "this is a SOA record"],
    ["unknown type", "example.com. IN TYPE65280 \\# 0", "this is a TYPE65280 record"],
    ["class CH", "example.com. CH DS 1 13 2 abcd", 'class "CH": only IN is allowed'],
    ["class 3", "CLASS3 DS 1 13 2 abcd", 'class "CLASS3": only IN is allowed'],
    ["origin", "@ IN DS 1 13 2 abcd", 'the owner "@" stands for an origin, which is unknown here'],
    ["directive", "$ORIGIN example.com.", '"$ORIGIN" is a directive'],
    ["quotes", '"1 13 2 abcd"', "it has a quotation mark"],
    ["open parenthesis", "1 13 2 ( abcd", "an opening parenthesis has no closing one"],
    ["closing parenthesis", "1 13 2 abcd )", "a closing parenthesis has no opening one"],
    ["backslash at the end", "1 13 2 abcd\\", "a backslash ends the line"],
    ["generic RDATA, wrong length", "\\# 5 00010d02abcd", "after \\# the length in octets"],
    ["generic RDATA, no hexadecimal", "\\# 6 xx010d02abcd", "after \\# the length in octets"],
    ["generic RDATA, odd", "\\# 6 00010d02abc", "after \\# the length in octets"],
    ["generic RDATA, nothing after it", "\\#", "after \\# the length in octets"],
    ["generic RDATA, too short", "\\# 4 00010d02", "its RDATA has 4 octets, and at least 5 are needed"],
  ])("%s", (_, text, message) => {
    expectDnsDataError(() => parseZoneLine(text, "DS"), "DS_SYNTAX", message);
  });

  test.each([
    ["empty label", "a..b. IN DS 1 13 2 abcd", "it has an empty label"],
    ["bad escape", "a\\9. IN DS 1 13 2 abcd", "a backslash needs three digits"],
  ])("owner with %s", (_, text, message) => {
    expectDnsDataError(() => parseZoneLine(text, "DS"), "DOMAIN_NAME_INVALID", message);
  });

  test("a DNSKEY in its own code", () => {
    expectDnsDataError(() => parseZoneLine("DS 1 13 2 ab", "DNSKEY"), "DNSKEY_SYNTAX", "this is a DS record");
  });
});

test("other words stay in the RDATA, for the field checks to quote", () => {
  expect(parseZoneLine("example.com. 2147483648 IN DS 1 13 2 ab", "DS").rdata[0]).toBe("example.com.");
  expect(parseZoneLine("example.com. IN IN DS 1 13 2 ab", "DS").rdata[0]).toBe("example.com.");
  expect(parseZoneLine("w x y z DS 1 13 2 ab", "DS").rdata[0]).toBe("w");
});
