import { createHash, getHashes } from "node:crypto";
import {
  dnskeyRdata,
  dsFromDnskey,
  keyTag,
  parseDnskey,
  parseDnskeyRecord,
  type Dnskey,
} from "../../provider/dnssec/dnskey";
import { expectDnsDataError } from "./thrown";

// RFC 8080 section 6.1, first key.
const publicKey = "l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=";
const dnskey: Dnskey = { flags: 257, protocol: 3, algorithm: 15, publicKey };

describe("parse", () => {
  test.each([
    ["RDATA", `257 3 15 ${publicKey}`],
    ["mnemonic", `257 3 ED25519 ${publicKey}`],
    ["key in pieces", "257 3 15 l02Woi0iS8Aa25FQ kUd9RMzZHJpBoRQwAQEX1SxZJA4="],
    ["piece that reads like a keyword", `257 3 15 DNSKEY${publicKey.slice(6)}`],
    ["padding apart", `257 3 15 ${publicKey.slice(0, -1)} =`],
    ["key file of BIND", `; This is a key-signing key\nexample.com. IN DNSKEY 257 3 15 ${publicKey}\n`],
  ])("%s", (_, text) => {
    expect(parseDnskey(text)).toMatchObject({ flags: 257, protocol: 3, algorithm: 15 });
  });

  test("base64 split at a type keyword", () => {
    const key = `DNSK DNSKEY A ${publicKey.slice(11)}`;
    expect(parseDnskey(`257 3 15 ${key}`).publicKey).toBe(key.replaceAll(" ", ""));
    expect(parseDnskey(`257 3 15 DNSKEY ${"A".repeat(6)}`).publicKey).toBe(`DNSKEY${"A".repeat(6)}`);
  });

  test("owner", () => {
    expect(parseDnskeyRecord(`example.com. 3600 IN DNSKEY 257 3 15 ${publicKey}`)).toEqual({
      owner: "example.com.",
      dnskey,
    });
    expect(parseDnskeyRecord(`257 3 15 ${publicKey}`)).toEqual({ dnskey });
  });

  test.each([
    [
      "flags 65536",
      `65536 3 15 ${publicKey}`,
      "flags of a DNSKEY must be a whole number 0 to 65535, got 65536",
    ],
    [
      "protocol 256",
      `257 256 15 ${publicKey}`,
      "protocol of a DNSKEY must be a whole number 0 to 255, got 256",
    ],
    ["algorithm 256", `257 3 256 ${publicKey}`, "algorithm of a DNSKEY must be a whole number 0 to 255"],
    ["no key", "257 3 15", "flags, protocol, algorithm and public key are needed"],
    ["no padding", `257 3 15 ${publicKey.slice(0, -1)}`, "must be base64 with its padding"],
    ["bits left over", "257 3 15 AB==", 'got "AB=="'],
    ["padding only", "257 3 15 ==", 'got "=="'],
    ["base64url", "257 3 15 _-__", 'got "_-__"'],
    ["a character that is not base64", `257 3 15 !${publicKey}`, "must be base64"],
    ["a key over 65531 octets", `257 3 15 ${Buffer.alloc(65532).toString("base64")}`, "1 to 65531 octets"],
    ["a DS line", "example.com. IN DS 1 13 2 ab", "this is a DS record, a DNSKEY record is needed"],
  ])("refused: %s", (_, text, message) => {
    expectDnsDataError(() => parseDnskey(text), "DNSKEY_SYNTAX", message);
  });
});

describe("compute", () => {
  test.each([
    ["any flags", { flags: 0 }],
    ["any protocol", { protocol: 255 }],
    ["DELETE", { algorithm: 0 }],
    ["unassigned algorithm", { algorithm: 200 }],
    ["one octet of key", { publicKey: "AA==" }],
    ["algorithm 1 with one octet of key", { algorithm: 1, publicKey: "AA==" }],
  ])("%s", (_, changed) => {
    const ds = dsFromDnskey("example.com", { ...dnskey, ...changed }, 2);
    expect(ds.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(ds.keyTag).toBe(keyTag({ ...dnskey, ...changed }));
  });

  test("REVOKE changes the key tag by 128 (RFC 5011)", () => {
    expect(keyTag({ ...dnskey, flags: 385 })).toBe(keyTag(dnskey) + 128);
  });

  test("RDATA on the wire", () => {
    expect(dnskeyRdata({ ...dnskey, publicKey: "/wA=" }).toString("hex")).toBe("0101030fff00");
  });

  const sm3Test = getHashes().includes("sm3") ? test : test.skip;
  sm3Test("SM3 over owner and RDATA, where this OpenSSL has it", () => {
    const wire = Buffer.from("076578616d706c6500" + "0101030fff00", "hex");
    const digest = createHash("sm3").update(wire).digest("hex");
    expect(dsFromDnskey("example.", { ...dnskey, publicKey: "/wA=" }, 6)).toMatchObject({
      digestType: 6,
      digest,
    });
  });

  test.each([
    [0],
    [3],
    [5],
    [7],
    [99],
    [256],
    [-1],
    [1.5],
    [NaN],
    ["2"],
    ["constructor"],
    [null],
    [undefined],
  ])("digest type %p", (digestType) => {
    const compute = () => dsFromDnskey("example.com", dnskey, digestType as number);
    expectDnsDataError(
      compute,
      "DIGEST_TYPE_UNSUPPORTED",
      "cannot be computed here: use 2 (SHA-256) or 4 (SHA-384)",
    );
  });

  test.each([
    ["flags", { flags: 65536 }, "flags of a DNSKEY must be"],
    ["flags as text", { flags: "257" }, 'got "257"'],
    ["protocol", { protocol: NaN }, "protocol of a DNSKEY must be"],
    ["algorithm", { algorithm: -1 }, "algorithm of a DNSKEY must be"],
    ["key", { publicKey: "" }, "public key of a DNSKEY must be base64"],
    ["key with whitespace", { publicKey: "AA AA" }, "public key of a DNSKEY must be base64"],
    ["key as octets", { publicKey: Buffer.of(1) }, "got an object"],
  ])("wrong argument: %s", (_, changed, message) => {
    const wrong = { ...dnskey, ...changed } as Dnskey;
    expectDnsDataError(() => keyTag(wrong), "DNSKEY_SYNTAX", message);
    expectDnsDataError(() => dsFromDnskey("example.com", wrong, 2), "DNSKEY_SYNTAX", message);
  });

  test("no key at all", () => {
    expectDnsDataError(() => keyTag(null as unknown as Dnskey), "DNSKEY_SYNTAX", "got null");
    expectDnsDataError(() => keyTag("257 3 15" as unknown as Dnskey), "DNSKEY_SYNTAX", 'got "257 3 15"');
  });

  test("wrong owner", () => {
    expectDnsDataError(() => dsFromDnskey("a..b", dnskey, 2), "DOMAIN_NAME_INVALID", "it has an empty label");
  });
});
