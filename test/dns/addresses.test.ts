import { recordTypes } from "../../provider/dnssec/recordTypes";
import type { RawRecord } from "../../provider/dns/message";
import { readAddresses } from "../../provider/dns/resolver";

const octetsOf = (text: string): Buffer => {
  if (!text.includes(":")) return Buffer.from(text.split(".").map(Number));
  const [, ipv4] = /:(\d+\.\d+\.\d+\.\d+)$/.exec(text) ?? [];
  const tail = ipv4 === undefined ? [] : [octetsOf(ipv4)];
  const [head = "", rest = ""] = text.replace(/(\d+\.){3}\d+$/, "").split("::");
  const groups = (part: string) =>
    part.split(":").flatMap((group) => (group === "" ? [] : [Buffer.from(group.padStart(4, "0"), "hex")]));
  const [before, after] = [Buffer.concat(groups(head)), Buffer.concat([...groups(rest), ...tail])];
  return Buffer.concat([before, Buffer.alloc(16 - before.length - after.length), after]);
};

const record = (address: string): RawRecord => ({
  name: "ns.example.com",
  type: address.includes(":") ? recordTypes.AAAA : recordTypes.A,
  class: 1,
  ttl: 60,
  rdata: octetsOf(address),
});
const found = (address: string) => readAddresses([record(address)], new Set(["ns.example.com"]));

describe("an address that is no single server's is dropped:", () => {
  test.each([
    ["unspecified", "0.0.0.0"],
    ["broadcast", "255.255.255.255"],
    ["the first multicast one", "224.0.0.0"],
    ["multicast DNS", "224.0.0.251"],
    ["the last multicast one", "239.255.255.255"],
    ["unspecified, IPv6", "::"],
    ["the first multicast one, IPv6", "ff00::"],
    ["multicast DNS, IPv6", "ff02::fb"],
    ["unspecified within IPv6", "::ffff:0.0.0.0"],
    ["broadcast within IPv6", "::ffff:255.255.255.255"],
    ["multicast within IPv6", "::ffff:224.0.0.251"],
  ])("%s: %s", (_, address) => expect(found(address)).toEqual([]));
});

describe("other addresses stay, private ones too:", () => {
  test.each([
    ["192.0.2.1"],
    ["10.0.0.1"],
    ["172.16.0.1"],
    ["192.168.1.1"],
    ["100.64.0.1"],
    ["169.254.1.1"],
    ["127.0.0.1"],
    ["0.0.0.1"],
    ["223.255.255.255"],
    ["240.0.0.1"],
    ["255.255.255.254"],
    ["2001:db8::1"],
    ["fd00::1"],
    ["fe80::1"],
    ["::1"],
    ["::ffff:127.0.0.1"],
    ["::ffff:10.0.0.1"],
  ])("%s", (address) => expect(found(address)).toEqual([address]));
});
