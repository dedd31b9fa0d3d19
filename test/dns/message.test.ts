import { recordTypes } from "../../provider/dnssec/recordTypes";
import { rcodeName } from "../../provider/dns/header";
import { readMessage, recordsOf } from "../../provider/dns/message";
import { octets } from "../preflight/validator/forge";
import { rawMessage, rawRecord, reply, toQuestion } from "./scriptedServer";

const asked = { id: 7, name: "example.com", type: "DNSKEY" };
const key = Buffer.from("0101030d" + "ab".repeat(64), "hex");

describe("a message", () => {
  test("as dns-packet writes it", () => {
    const message = readMessage(
      reply(asked, {
        answers: [
          {
            name: "EXAMPLE.com",
            type: "DNSKEY",
            ttl: 60,
            data: { flags: 257, algorithm: 13, key: key.subarray(4) },
          },
        ],
        authorities: [{ name: "example.com", type: "NS", ttl: 60, data: "NS1.example.com" }],
        additionals: [{ name: "ns1.example.com", type: "A", data: "192.0.2.1" }],
      }),
    );
    expect(message).toMatchObject({
      ...{
        id: 7,
        isResponse: true,
        opcode: 0,
        isAuthoritative: true,
        isTruncated: false,
        rcode: 0,
        hasEdns: true,
      },
      question: { name: "example.com", type: 48, class: 1 },
      answers: [{ name: "example.com", type: 48, class: 1, ttl: 60 }],
      authority: [{ target: "ns1.example.com" }],
      additional: [{ name: "ns1.example.com", type: 1 }, { type: 41 }],
      brokenOffIn: undefined,
    });
    expect(Buffer.from(message?.answers[0]?.rdata ?? []).equals(key)).toBe(true);
  });

  test("the OPT record has the upper bits of the code", () => {
    const badVersion = rawRecord(Buffer.of(0), recordTypes.OPT, Buffer.alloc(0), { ttl: 0x01_00_8000 });
    const message = readMessage(rawMessage(asked, [badVersion], [0, 0, 1]));
    expect(message).toMatchObject({ rcode: 16, hasEdns: true });
    expect(rcodeName(16)).toBe("BADVERS");
    expect(rcodeName(23)).toBe("RCODE 23");
  });

  const good = rawRecord(toQuestion, recordTypes.DNSKEY, key);
  const loop = (offset: number) => Buffer.of(0xc0 | (offset >> 8), offset & 0xff);
  const start = rawMessage(asked, []).length;
  const oddKey = rawRecord(toQuestion, recordTypes.DNSKEY, Buffer.from("0101020dab", "hex"));

  test.each<[string, readonly Buffer[], readonly [number, number, number], number, string | undefined]>([
    ["a key of protocol 2", [oddKey, good], [2, 0, 0], 2, undefined],
    ["an empty key", [rawRecord(toQuestion, 48, Buffer.alloc(0)), good], [2, 0, 0], 2, undefined],
    ["an owner that points at itself", [rawRecord(loop(start), 48, key), good], [2, 0, 0], 1, undefined],
    ["an owner that points forwards", [rawRecord(loop(start + 20), 48, key), good], [2, 0, 0], 1, undefined],
    [
      "an NS record with an invalid name",
      [rawRecord(toQuestion, 2, Buffer.of(0xc0)), good],
      [2, 0, 0],
      1,
      undefined,
    ],
    [
      "an owner of an unknown kind",
      [good, rawRecord(Buffer.of(0x40), 48, key), good],
      [3, 0, 0],
      1,
      "answers",
    ],
    [
      "a length beyond the end",
      [good, rawRecord(toQuestion, 48, key, { rdlength: 999 })],
      [2, 0, 0],
      1,
      "answers",
    ],
    ["half a record", [good, good.subarray(0, 7)], [2, 0, 0], 1, "answers"],
    ["counts that lie: more", [good], [65535, 65535, 65535], 1, "answers"],
    ["counts that lie: less", [good, good], [1, 0, 0], 1, undefined],
    ["counts that lie: in another section", [good], [1, 1, 0], 1, "authority"],
    ["rubbish after the end", [good, Buffer.alloc(50, 0xff)], [1, 0, 0], 1, undefined],
    ["rubbish in the additional section", [good, Buffer.alloc(50, 0xff)], [1, 0, 1], 1, "additional"],
    ["one record of another class", [Buffer.from(good).fill(3, 5, 6), good], [2, 0, 0], 1, undefined],
  ])("with %s", (_, records, counts, keys, brokenOffIn) => {
    const message = readMessage(rawMessage(asked, records, counts));
    expect(message?.brokenOffIn).toBe(brokenOffIn);
    const found = recordsOf(message?.answers ?? [], "example.com", recordTypes.DNSKEY);
    expect(found).toHaveLength(keys);
  });

  const label = (text: string) => octets(text.length, Buffer.from(text));
  const numbers = Buffer.alloc(20, 7);
  const name = octets(label("example"), label("com"), 0);
  const longName = octets(...Array.from({ length: 4 }, () => label("a".repeat(63))), 0);
  const firstRdata = start + toQuestion.length + 10;

  test.each<[string, Buffer, Buffer | undefined]>([
    ["whole names", octets(name, name, numbers), octets(name, name, numbers)],
    [
      "names in upper case",
      octets(label("NS"), 0, label("eXample"), label("Com"), 0, numbers),
      octets(label("ns"), 0, name, numbers),
    ],
    [
      "names that point to the question",
      octets(label("ns"), toQuestion, toQuestion, numbers),
      octets(label("ns"), name, name, numbers),
    ],
    [
      "a name that points into the one before",
      octets(label("ns"), toQuestion, loop(firstRdata), numbers),
      octets(label("ns"), name, label("ns"), name, numbers),
    ],
    ["the root's names", octets(0, 0, numbers), octets(0, 0, numbers)],
    ["a name that points at itself", octets(loop(firstRdata), name, numbers), undefined],
    ["a name that points forwards", octets(loop(firstRdata + 2), name, numbers), undefined],
    ["a name of 257 octets", octets(longName, name, numbers), undefined],
    ["a label of an unknown kind", octets(0x40, name, numbers), undefined],
    ["an octet too few", octets(name, name, numbers.subarray(1)), undefined],
    ["an octet too many", octets(name, name, numbers, 0), undefined],
    ["one name", octets(name, numbers), undefined],
    ["a name cut short", Buffer.of(3, 97), undefined],
    ["nothing", Buffer.alloc(0), undefined],
  ])("a SOA record with %s, in canonical form", (_, rdata, canonical) => {
    const message = readMessage(rawMessage(asked, [rawRecord(toQuestion, recordTypes.SOA, rdata), good]));
    const [record, next] = message?.answers ?? [];
    const hex = (found: Uint8Array | undefined) => found && Buffer.from(found).toString("hex");
    expect(hex(record?.canonical)).toBe(hex(canonical));
    expect([hex(record?.rdata), hex(next?.rdata)]).toEqual([hex(rdata), hex(key)]);
  });

  test("more than 1,024 records are not read", () => {
    const message = readMessage(
      rawMessage(
        asked,
        Array.from({ length: 2_000 }, () => rawRecord(toQuestion, 48, Buffer.alloc(4))),
      ),
    );
    expect(message?.answers).toHaveLength(1_024);
    expect(message?.brokenOffIn).toBe("answers");
  });

  test.each<[string, Buffer, string | undefined]>([
    ["nothing", Buffer.alloc(0), "unreadable"],
    ["eleven octets", Buffer.alloc(11), "unreadable"],
    ["a header alone", Buffer.alloc(12), undefined],
    ["a missing question", Buffer.from("000780000001000000000000", "hex"), "question"],
    ["two questions", Buffer.from("000780000002000000000000" + "0000010001".repeat(2), "hex"), "question"],
    ["a question cut short", Buffer.from("000780000001000000000000" + "00000100", "hex"), "question"],
  ])("%s", (_, octets, brokenOffIn) => {
    const message = readMessage(octets);
    if (brokenOffIn === "unreadable") expect(message).toBeUndefined();
    else expect(message).toMatchObject({ question: undefined, answers: [], brokenOffIn });
  });
});
