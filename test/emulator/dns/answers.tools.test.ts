import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { createHash } from "node:crypto";
import { type Emulator } from "../../../emulator/index";
import { closeAll, ds, started } from "../calls";
import { at, dig, typesOf } from "../../harness/dig";
import { requireTools } from "../../harness/requireTools";
import { runTool } from "../../harness/tools";

requireTools("dig", "nsupdate");

/**
 * Has three registered domains, one with DS records. There are test zones for one and for an
 * unregistered domain.
 */
let emulator: Emulator;

beforeAll(async () => {
  emulator = await started({
    domains: { "example.com": [ds(1), ds(2)], "unsigned.com": [], "bücher.example": [] },
    dns: { zones: [{ name: "example.com" }, { name: "bücher.example", keys: [{ algorithm: 8 }] }] },
  });
});
afterAll(closeAll);

const parent = () => emulator.dns.parent;
const zones = () => emulator.dns.zonesServer;

test.each([
  ["the DS records of a domain", parent, "example.com", "DS", "NOERROR", true, ["DS"], []],
  ["a domain without DS records", parent, "unsigned.com", "DS", "NOERROR", true, [], ["SOA"]],
  ["a domain that is not registered", parent, "other.com", "DS", "NXDOMAIN", true, [], ["SOA"]],
  ["the parent itself", parent, "com", "SOA", "NOERROR", true, ["SOA"], []],
  ["a name below a domain, at the parent", parent, "www.example.com", "A", "NOERROR", false, [], ["NS"]],
  ["another type at the cut", parent, "example.com", "DNSKEY", "NOERROR", false, [], ["NS"]],
  ["an IDN's delegation", parent, "xn--bcher-kva.example", "NS", "NOERROR", false, [], ["NS"]],
  ["an empty non-terminal", parent, "nic.com", "A", "NOERROR", true, [], ["SOA"]],
  ["a foreign name, at the parent", parent, "example.org", "DS", "REFUSED", false, [], []],
  ["the keys of a zone", zones, "example.com", "DNSKEY", "NOERROR", true, ["DNSKEY"], []],
  ["an IDN's keys", zones, "xn--bcher-kva.example", "DNSKEY", "NOERROR", true, ["DNSKEY"], []],
  ["an address in a zone", zones, "www.example.com", "A", "NOERROR", true, ["A"], []],
  ["a missing type", zones, "www.example.com", "AAAA", "NOERROR", true, [], ["SOA"]],
  ["a missing name", zones, "a.b.example.com", "A", "NXDOMAIN", true, [], ["SOA"]],
  ["DS records, of the zone itself", zones, "example.com", "DS", "NOERROR", true, [], ["SOA"]],
  ["a foreign name", zones, "unsigned.com", "DNSKEY", "REFUSED", false, [], []],
  ["the root", zones, ".", "NS", "REFUSED", false, [], []],
  ["another class", zones, "example.com", "-c CH TXT", "REFUSED", false, [], []],
  ["ANY", zones, "www.example.com", "ANY", "NOERROR", true, ["A"], []],
])("%s", async (_, server, name, type, status, authoritative, answer, authority) => {
  const dug = await dig(server(), name, ...type.split(" "));
  expect(dug.status).toBe(status);
  expect(dug.flags.includes("aa")).toBe(authoritative);
  expect([typesOf(dug.answer), typesOf(dug.authority)]).toEqual([answer, authority]);
});

test("a referral has the servers' addresses, and with DO the DS records or their denial", async () => {
  const plain = await dig(parent(), "www.example.com", "A");
  expect(plain.additional).toEqual(["ns1.example.com. 300 IN A 127.0.0.1"]);
  const signed = await dig(parent(), "www.example.com", "A", "+dnssec");
  expect(typesOf(signed.authority)).toEqual(["NS", "DS", "RRSIG"]);
  const insecure = await dig(parent(), "www.unsigned.com", "A", "+dnssec");
  expect(typesOf(insecure.authority)).toEqual(["NS", "NSEC", "RRSIG"]);
});

test("DS records come from the registry, with the TTL of the delegation", async () => {
  const { answer } = await dig(parent(), "example.com", "DS");
  const lines = emulator
    .registryRecords("example.com")
    .map(({ keyTag, digest }) => `example.com. 300 IN DS ${keyTag} 13 2 ${digest.toUpperCase()}`);
  expect(answer).toEqual(lines);
});

test.each([
  ["no EDNS", ["+noedns"], false, false],
  ["EDNS", ["+edns=0"], true, false],
  ["DO", ["+dnssec"], true, true],
])("%s", async (_, options, hasOpt, hasSignatures) => {
  const dug = await dig(zones(), "example.com", "DNSKEY", ...options);
  expect(dug.text.includes("EDNS: version: 0")).toBe(hasOpt);
  expect(dug.text.includes("flags: do;")).toBe(hasSignatures);
  expect(typesOf(dug.answer)).toEqual(hasSignatures ? ["DNSKEY", "RRSIG"] : ["DNSKEY"]);
});

test.each([
  ["it fits", 1232, "udp", false],
  ["it is too large for the client", 512, "udp", true],
  ["it fits TCP", 512, "tcp", false],
])("an answer of 600 octets: %s", async (_, size, transport, truncated) => {
  const options = ["+dnssec", `+bufsize=${size}`, "+ignore", ...(transport === "tcp" ? ["+tcp"] : [])];
  const dug = await dig(zones(), "xn--bcher-kva.example", "DNSKEY", ...options);
  expect(dug.flags.includes("tc")).toBe(truncated);
  expect(dug.answer).toHaveLength(truncated ? 0 : 2);
  expect(dug.text).toContain("EDNS: version: 0");
});

test("a client retries a truncated answer over TCP", async () => {
  emulator.dns.clearJournal();
  const dug = await dig(zones(), "xn--bcher-kva.example", "DNSKEY", "+dnssec", "+bufsize=512");
  expect(dug.answer).toHaveLength(2);
  expect(emulator.dns.queries().map(({ transport, truncated }) => [transport, truncated])).toEqual([
    ["udp", true],
    ["tcp", false],
  ]);
});

test.each([
  [parent, "eXaMpLe.CoM", "DS", "eXaMpLe.CoM."],
  [zones, "EXAMPLE.com", "DNSKEY", "EXAMPLE.com."],
  [zones, "WWW.example.COM", "A", "WWW.example.COM."],
])("keeps the case of the question: %# %s", async (server, name, type, owner) => {
  const dug = await dig(server(), name, type);
  expect(dug.text).toMatch(new RegExp(`^;${owner.replaceAll(".", "\\.")}\\s+IN\\s+${type}$`, "m"));
  expect(new Set(dug.answer.map((record) => record.split(" ")[0]))).toEqual(new Set([owner]));
});

test.each([
  ["another opcode", ["+opcode=notify"], "NOTIMP"],
  ["a later version of EDNS", ["+edns=1", "+noednsnegotiation"], "BADVERS"],
  ["an unknown EDNS option and unknown flags", ["+ednsopt=65001:00", "+ednsflags=0x4000"], "NOERROR"],
  ["checking disabled", ["+cdflag"], "NOERROR"],
])("%s", async (_, options, status) => {
  expect((await dig(zones(), "example.com", "SOA", ...options)).status).toBe(status);
});

test("updates are not implemented", async () => {
  const [host, port] = zones().split(":");
  const script = `server ${host} ${port}\nzone example.com\nupdate delete www.example.com A\nsend\n`;
  const { output } = await runTool("nsupdate", [], { input: script });
  expect(output).toContain("NOTIMP");
});

test("anything but a query is ignored", async () => {
  const [host = "", port = ""] = parent().split(":");
  const rubbish = Array.from({ length: 200 }, (_, index) =>
    createHash("shake128", { outputLength: index }).update(`rubbish ${index}`).digest(),
  );
  // The question's name is a pointer to itself.
  rubbish.push(Buffer.from("000100000001000000000000c00c00010001", "hex"));
  const udp = createSocket("udp4");
  for (const octets of rubbish) udp.send(octets, Number(port), host);
  const tcp = connect(Number(port), host);
  tcp.on("error", () => undefined);
  for (const octets of rubbish) tcp.write(octets);
  tcp.end();
  await once(tcp, "close");
  udp.close();
  expect((await dig(parent(), "example.com", "DS")).answer).toHaveLength(2);
});

test("one connection serves several queries", async () => {
  const { output } = await runTool("dig", [
    ...at(zones()),
    "+tcp",
    "+keepopen",
    "+short",
    "www.example.com",
    "A",
    "ns1.example.com",
    "A",
  ]);
  expect(output).toBe("192.0.2.80\n127.0.0.1\n");
});
