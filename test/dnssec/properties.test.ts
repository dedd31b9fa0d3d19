import fc from "fast-check";
import { DnsDataError } from "../../provider/dnssec/dnsDataError";
import { formatDs, parseDs, parseDsRecord, sameDs, type Ds } from "../../provider/dnssec/ds";
import {
  dnskeyRdata,
  dsFromDnskey,
  formatDnskey,
  keyTag,
  parseDnskey,
  parseDnskeyRecord,
  type Dnskey,
} from "../../provider/dnssec/dnskey";
import { canonicalWireName, domainName, sameName, unicodeDomainName } from "../../provider/dnssec/name";
import { digestTypes } from "../../provider/dnssec/registries";
import { dnskeyFindings, dsFindings } from "../../provider/dnssec/rules";
import { thrownBy } from "./thrown";

const octet = fc.integer({ min: 0, max: 255 });
const uint16 = fc.integer({ min: 0, max: 65535 });

const ds: fc.Arbitrary<Ds> = fc
  .record({ keyTag: uint16, algorithm: octet, digestType: octet })
  .chain((fields) => {
    const octets = digestTypes.find(({ number }) => number === fields.digestType)?.octets;
    const lengths =
      octets === undefined ? { minLength: 1, maxLength: 64 } : { minLength: octets, maxLength: octets };
    return fc
      .uint8Array(lengths)
      .map((digest) => ({ ...fields, digest: Buffer.from(digest).toString("hex") }));
  });

const dnskey: fc.Arbitrary<Dnskey> = fc.record({
  flags: uint16,
  protocol: octet,
  algorithm: octet,
  publicKey: fc
    .uint8Array({ minLength: 1, maxLength: 300 })
    .map((key) => Buffer.from(key).toString("base64")),
});

const ldhLabel = fc.stringMatching(/^[a-z][a-z0-9]{0,20}$/);
const plainName = fc.array(ldhLabel, { minLength: 2, maxLength: 6 }).map((labels) => labels.join("."));

const presentationLabel = fc
  .uint8Array({ minLength: 1, maxLength: 20 })
  .map((octets) => [...octets].map((value) => `\\${String(value).padStart(3, "0")}`).join(""));
const presentationName = fc
  .array(presentationLabel, { minLength: 1, maxLength: 6 })
  .map((labels) => labels.join("."));

const blank = fc.constantFrom(" ", "\t", "   ", " \t ");
const gap = fc.oneof(blank, fc.constantFrom(" \n ", "\r\n\t", " ; a comment (\n ", " ) ( ", "(;\n) "));
const ttl = fc.constantFrom("", "3600", "1h30m", "2W");
const recordClass = fc.constantFrom("", "IN", "in", "CLASS1");

interface Decorated {
  readonly owner: string;
  readonly text: string;
}

/** Returns a record as a line with random owner, TTL, class, blanks, comments and parentheses. */
function decorated(type: string, rdata: string): fc.Arbitrary<Decorated> {
  const fields = rdata.split(" ");
  return fc
    .record({
      owner: fc.oneof(plainName, presentationName),
      ttl,
      recordClass,
      swap: fc.boolean(),
      lower: fc.boolean(),
      blanks: fc.array(blank, { minLength: 4, maxLength: 4 }),
      gaps: fc.array(gap, { minLength: fields.length + 1, maxLength: fields.length + 1 }),
      cut: fc.nat((fields.at(-1) ?? "").length),
    })
    .map((parts) => {
      const settings = parts.swap ? [parts.recordClass, parts.ttl] : [parts.ttl, parts.recordClass];
      const keyword = parts.lower ? type.toLowerCase() : type;
      const before = [parts.owner, ...settings, keyword]
        .filter((field) => field !== "")
        .map((field, index) => field + parts.blanks[index])
        .join("");
      const last = fields.at(-1) ?? "";
      const pieces = [...fields.slice(0, -1), last.slice(0, parts.cut), last.slice(parts.cut)];
      const inside = pieces.map((piece, index) => piece + (parts.gaps[index] ?? " ")).join("");
      return { owner: parts.owner, text: `${before}(${inside}) ; end` };
    });
}

describe("printed text is read back", () => {
  test("DS", () => {
    fc.assert(fc.property(ds, (one) => expect(parseDs(formatDs(one))).toEqual(one)));
  });

  test("DNSKEY", () => {
    fc.assert(fc.property(dnskey, (one) => expect(parseDnskey(formatDnskey(one))).toEqual(one)));
  });

  const dsLine = ds.chain((one) => fc.tuple(fc.constant(one), decorated("DS", formatDs(one).toUpperCase())));
  test("DS in any zone-file line", () => {
    fc.assert(
      fc.property(dsLine, ([one, { owner, text }]) => {
        expect(parseDsRecord(text)).toEqual({ owner, ds: one });
        expect(sameDs(parseDs(text), one)).toBe(true);
      }),
    );
  });

  const dnskeyLine = dnskey.chain((one) =>
    fc.tuple(fc.constant(one), decorated("DNSKEY", formatDnskey(one))),
  );
  test("DNSKEY in any zone-file line", () => {
    fc.assert(
      fc.property(dnskeyLine, ([one, { owner, text }]) => {
        expect(parseDnskeyRecord(text)).toEqual({ owner, dnskey: one });
      }),
    );
  });

  test("generic RDATA (RFC 3597) means the same", () => {
    fc.assert(
      fc.property(dnskey, (one) => {
        const rdata = dnskeyRdata(one);
        expect(parseDnskey(`TYPE48 \\# ${rdata.length} ${rdata.toString("hex")}`)).toEqual(one);
      }),
    );
  });
});

describe("key tag", () => {
  /**
   * Computes RFC 4034 appendix B: the sum of the 16-bit groups plus its upper half, modulo 2^16.
   */
  function tagByArithmetic(rdata: Buffer): number {
    const even = rdata.length % 2 === 0 ? rdata : Buffer.concat([rdata, Buffer.of(0)]);
    const groups = even.toString("hex").match(/.{4}/g) ?? [];
    const sum = groups.reduce((total, group) => total + BigInt(`0x${group}`), 0n);
    return Number((sum + sum / 65536n) % 65536n);
  }

  test("is the sum of the 16-bit groups, except for algorithm 1", () => {
    fc.assert(
      fc.property(dnskey, (one) => {
        fc.pre(one.algorithm !== 1);
        expect(keyTag(one)).toBe(tagByArithmetic(dnskeyRdata(one)));
      }),
    );
  });

  test("for algorithm 1 is bits 8 to 23 of the modulus, for any flags (appendix B.1)", () => {
    fc.assert(
      fc.property(dnskey, uint16, (one, flags) => {
        const key = Buffer.from(one.publicKey, "base64");
        fc.pre(key.length >= 3);
        const modulusEnd = BigInt(`0x${key.toString("hex")}`);
        expect(keyTag({ ...one, algorithm: 1, flags })).toBe(Number((modulusEnd >> 8n) & 0xffffn));
      }),
    );
  });

  test("is in range and the same in the DS of any owner and digest type", () => {
    fc.assert(
      fc.property(dnskey, plainName, fc.constantFrom(1, 2, 4), (one, owner, digestType) => {
        const record = dsFromDnskey(owner, one, digestType);
        expect(record.keyTag).toBe(keyTag(one));
        expect(dsFindings(record).filter(({ tier }) => tier === "syntax")).toEqual([]);
      }),
    );
  });

  test("the largest key has one", () => {
    const publicKey = Buffer.alloc(65531, 0xff).toString("base64");
    const largest = { flags: 65535, protocol: 255, algorithm: 255, publicKey };
    expect(keyTag(largest)).toBe(tagByArithmetic(dnskeyRdata(largest)));
  });
});

describe("names", () => {
  test("case and trailing dot make no difference, nor to the digest", () => {
    fc.assert(
      fc.property(plainName, dnskey, (name, one) => {
        expect(sameName(name, `${name.toUpperCase()}.`)).toBe(true);
        expect(domainName(`${name.toUpperCase()}.`)).toBe(name);
        expect(dsFromDnskey(`${name.toUpperCase()}.`, one, 2)).toEqual(dsFromDnskey(name, one, 2));
      }),
    );
  });

  test("decimal escapes write any octet, and only A to Z change", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 63 }), (octets) => {
        const name = [...octets].map((value) => `\\${String(value).padStart(3, "0")}`).join("");
        const lowered = [...octets].map((value) => (value >= 65 && value <= 90 ? value + 32 : value));
        expect([...canonicalWireName(name)]).toEqual([octets.length, ...lowered, 0]);
      }),
    );
  });

  test("a domain name is unchanged, also through its U-labels", () => {
    const anyName = fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          plainName,
          anyName.map((labels) => `${labels.join(".")}.com`),
        ),
        (name) => {
          fc.pre(thrownBy(() => domainName(name)) === undefined);
          const domain = domainName(name);
          expect(domain).toMatch(/^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+$/);
          expect(domainName(domain)).toBe(domain);
          expect(domainName(unicodeDomainName(domain))).toBe(domain);
          expect(sameName(domain, unicodeDomainName(domain))).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("any input", () => {
  const zonePiece = fc.constantFrom(
    ...'( ) ; " \\ \n \r \t @ $ . \\# \\065 IN CH DS CDS DNSKEY TYPE43 3600 1h 13 2 257 3 abcd AA== é 。'.split(
      / (?!$)/,
    ),
    " ",
  );
  const anyText = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: "grapheme" }),
    fc.array(zonePiece, { maxLength: 14 }).map((pieces) => pieces.join("")),
    fc.array(zonePiece, { maxLength: 14 }).map((pieces) => pieces.join(" ")),
  );

  test.each<[string, (text: string) => unknown]>([
    ["parseDs", parseDs],
    ["parseDnskey", parseDnskey],
    ["canonicalWireName", canonicalWireName],
    ["domainName", domainName],
    ["unicodeDomainName", unicodeDomainName],
  ])("%s throws only a DnsDataError with a readable message", (_, run) => {
    fc.assert(
      fc.property(anyText, (text) => {
        const error = thrownBy(() => run(text));
        if (error === undefined) return;
        expect(error).toBeInstanceOf(DnsDataError);
        expect((error as DnsDataError).message).not.toMatch(/undefined|NaN|\[object/);
      }),
      { numRuns: 1000 },
    );
  });

  test("rules never throw", () => {
    const anything = fc.anything({ withBigInt: true, withNullPrototype: true, withDate: true });
    fc.assert(
      fc.property(anything, anything, anything, anything, (a, b, c, d) => {
        dsFindings({ keyTag: a, algorithm: b, digestType: c, digest: d });
        dnskeyFindings({ flags: a, protocol: b, algorithm: c, publicKey: d });
      }),
    );
  });
});
