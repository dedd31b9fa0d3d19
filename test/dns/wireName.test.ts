import { endOfName, isHostName, isWithin, MessageNames, nameAbove } from "../../provider/dns/wireName";

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
    ["a label of the other unknown kind", wire(0x80, "a", 0), 0, undefined, undefined],
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

  test("a chain of mere pointers ends", () => {
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
