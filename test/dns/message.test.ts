import packet from "dns-packet";
import { encodeQuery, readMessage, rcodeName, recordsOf, recordTypes } from "../../provider/dns/message";
import { endOfName, isHostName, isWithin, MessageNames, nameAbove } from "../../provider/dns/wireName";
import { octets } from "../preflight/validator/forge";
import { rawMessage, rawRecord, reply, toQuestion } from "./scriptedServer";

const asked = { id: 7, name: "example.com", type: "DNSKEY" };
const key = Buffer.from("0101030d" + "ab".repeat(64), "hex");

describe("a query", () => {
  test.each([
    ["to a server, with EDNS", { edns: true, recursive: false }, 0, 1],
    [
      "to a resolver",
      { edns: true, recursive: true },
      packet.RECURSION_DESIRED | packet.CHECKING_DISABLED,
      1,
    ],
    ["without EDNS", { edns: false, recursive: false }, 0, 0],
  ])("%s", (_, manner, flags, opts) => {
    const query = packet.decode(encodeQuery(0xabcd, { name: "example.com", type: "DNSKEY" }, manner));
    expect(query).toMatchObject({ id: 0xabcd, type: "query", opcode: "QUERY", flags });
    expect(query.questions).toEqual([{ name: "example.com", type: "DNSKEY", class: "IN" }]);
    expect(query.additionals).toHaveLength(opts);
    if (manner.edns)
      expect(query.additionals).toMatchObject([{ udpPayloadSize: 1232, flag_do: true, ednsVersion: 0 }]);
  });

  test("for the root", () => {
    const { questions } = packet.decode(
      encodeQuery(1, { name: ".", type: "NS" }, { edns: true, recursive: true }),
    );
    expect(questions).toMatchObject([{ name: ".", type: "NS" }]);
  });
});

const readName = (octets: Uint8Array, start: number) => new MessageNames(octets).text(start);

const wire = (...parts: (string | number)[]) =>
  Buffer.concat(
    parts.map((part) => (typeof part === "number" ? Buffer.of(part) : Buffer.from(part, "latin1"))),
  );

describe("a name", () => {
  test.each<[string, Buffer, number, string | undefined, number | undefined]>([
    ["plain", wire(7, "Example", 3, "COM", 0), 0, "example.com", 13],
    ["the root", wire(0), 0, ".", 1],
    ["with a pointer", wire(3, "com", 0, 2, "ab", 0xc0, 0), 5, "ab.com", 10],
    ["a dot within a label is no separator", wire(11, "example.com", 0), 0, "example\\046com", 13],
    [
      "octets that terminals or messages would take for something else",
      wire(4, "\x1b[\xff\\", 0),
      0,
      "\\027\\091\\255\\092",
      6,
    ],
    ["upper-case letters beyond ASCII stay", wire(1, "\xc4", 0), 0, "\\196", 3],
    ["a pointer to itself", wire(0xc0, 0), 0, undefined, 2],
    ["two pointers that lead to one another", wire(0xc0, 2, 0xc0, 0), 2, undefined, 4],
    ["a pointer into its own label", wire(1, "a", 0xc0, 0), 0, undefined, 4],
    ["a pointer forwards", wire(0xc0, 3, 0, 1, "a", 0), 0, undefined, 2],
    ["half a pointer", wire(1, "a", 0xc0), 0, undefined, undefined],
    ["a label longer than the message", wire(5, "ab"), 0, undefined, undefined],
    ["no end", wire(1, "a"), 0, undefined, undefined],
    ["a label of an unknown kind", wire(0x41, "a", 0), 0, undefined, undefined],
    ["one of the other unknown kind", wire(0x80, "a", 0), 0, undefined, undefined],
    ["a beginning beyond the message", wire(0), 1, undefined, undefined],
  ])("%s", (_, octets, start, name, end) => {
    expect(readName(octets, start)).toBe(name);
    expect(endOfName(octets, start)).toBe(end);
  });

  const label63 = [63, "a".repeat(63)];
  test.each([
    ["255 octets", wire(...label63, ...label63, ...label63, 61, "b".repeat(61), 0), 253],
    ["256 octets", wire(...label63, ...label63, ...label63, 62, "b".repeat(62), 0), undefined],
  ])("of %s", (_, octets, length) => {
    expect(readName(octets, 0)?.length).toBe(length);
    expect(endOfName(octets, 0)).toBe(octets.length);
  });

  test("255 octets by pointers, and one more", () => {
    const [tail, more] = [wire(...label63, ...label63, ...label63, 59, "b".repeat(59), 0), [1, "c", 0xc0, 0]];
    expect(readName(Buffer.concat([tail, wire(...more)]), tail.length)?.length).toBe(253);
    const twice = Buffer.concat([tail, wire(...more), wire(1, "d", 0xc0, tail.length)]);
    expect(readName(twice, tail.length + 4)).toBeUndefined();
  });

  test("a chain of pointers that say nothing ends", () => {
    const pointers = Array.from({ length: 8_000 }, (_, index) =>
      wire(0xc0 | ((2 * index) >> 8), (2 * index) & 0xff),
    );
    const octets = Buffer.concat([wire(0, 0), ...pointers]);
    expect(readName(octets, 2 * 10)).toBe(".");
    expect(readName(octets, 2 * 11)).toBeUndefined();
    expect(readName(octets, octets.length - 2)).toBeUndefined();
  });

  test.each([
    ["example.com", "com"],
    ["com", "."],
    [".", "."],
  ])("the one above %s is %s", (name, above) => expect(nameAbove(name)).toBe(above));

  test.each([
    ["com", ".", true],
    ["example.com", "com", true],
    ["com", "com", true],
    ["examplecom", "com", false],
    ["com", "example.com", false],
  ])("%s within %s: %s", (name, zone, is) => expect(isWithin(name, zone)).toBe(is));

  test.each([
    ["ns1.example.com", true],
    ["_ns-1.example", true],
    [".", false],
    ["a\\046b.example", false],
  ])("%s is a host's: %s", (name, is) => expect(isHostName(name)).toBe(is));
});

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

  test("the upper bits of the code are in the OPT record", () => {
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
      "an NS record whose name is none",
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
    ["a question that is missing", Buffer.from("000780000001000000000000", "hex"), "question"],
    ["two questions", Buffer.from("000780000002000000000000" + "0000010001".repeat(2), "hex"), "question"],
    ["a question cut short", Buffer.from("000780000001000000000000" + "00000100", "hex"), "question"],
  ])("%s", (_, octets, brokenOffIn) => {
    const message = readMessage(octets);
    if (brokenOffIn === "unreadable") expect(message).toBeUndefined();
    else expect(message).toMatchObject({ question: undefined, answers: [], brokenOffIn });
  });
});
