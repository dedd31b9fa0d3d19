import packet from "dns-packet";
import { encodeQuery } from "../../provider/dns/queryMessage";
import { octets } from "../preflight/validator/forge";
import { opt } from "./scriptedServer";

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
  ])("%s", (_, options, flags, opts) => {
    const query = packet.decode(encodeQuery(0xabcd, { name: "example.com", type: "DNSKEY" }, options));
    expect(query).toMatchObject({ id: 0xabcd, type: "query", opcode: "QUERY", flags });
    expect(query.questions).toEqual([{ name: "example.com", type: "DNSKEY", class: "IN" }]);
    expect(query.additionals).toHaveLength(opts);
    if (options.edns)
      expect(query.additionals).toMatchObject([{ udpPayloadSize: 1232, flag_do: true, ednsVersion: 0 }]);
  });

  const types = ["A", "AAAA", "DNSKEY", "DS", "NS", "SOA"] as const;
  const names = [".", "com", "xn--fsqu00a.xn--55qx5d.cn", "_ns-1.example.com", `${"a".repeat(63)}.test`];
  test.each([
    { edns: true, recursive: false },
    { edns: true, recursive: true },
    { edns: false, recursive: false },
    { edns: false, recursive: true },
  ])("is octet for octet that of dns-packet: %j", (options) => {
    const flags = options.recursive ? packet.RECURSION_DESIRED | packet.CHECKING_DISABLED : 0;
    const additionals = options.edns ? [opt] : [];
    for (const [index, name] of names.entries()) {
      for (const type of types) {
        const id = 0xff00 + index;
        const questions = [{ name, type, class: "IN" as const }];
        const expected = packet.encode({ type: "query", id, flags, questions, additionals });
        expect(encodeQuery(id, { name, type }, options).toString("hex")).toBe(expected.toString("hex"));
      }
    }
  });

  test("for a name with an escaped octet", () => {
    const query = encodeQuery(1, { name: "a\\046b.test", type: "NS" }, { edns: false, recursive: false });
    expect(query.subarray(12, -4)).toEqual(octets(3, Buffer.from("a.b"), 4, Buffer.from("test"), 0));
  });

  test("for the root", () => {
    const { questions } = packet.decode(
      encodeQuery(1, { name: ".", type: "NS" }, { edns: true, recursive: true }),
    );
    expect(questions).toMatchObject([{ name: ".", type: "NS" }]);
  });
});
