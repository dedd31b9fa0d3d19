import { randomInt } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import packet from "dns-packet";
import { systemClock } from "../../provider/concurrency/clock";
import { Delegations } from "../../provider/preflight/delegations";
import { encodeQuery, type Question } from "../../provider/dns/message";
import { createDelegationObserver } from "../../provider/dns/delegationClient";
import { overTcp, overUdp } from "../../provider/dns/transport";
import stored from "../fixtures/dns/captures.json";
import { startNamed, type Named, type ZoneKeys } from "./named";
import { closeServers, reply, scriptedServer, type Asked } from "./scriptedServer";

jest.setTimeout(60_000);

const zones: Readonly<Record<string, ZoneKeys>> = {
  rsasha256: { algorithm: "RSASHA256", bits: 2048 },
  rsasha512: { algorithm: "RSASHA512", bits: 2048 },
  p256: { algorithm: "ECDSAP256SHA256", keys: 2 },
  p384: { algorithm: "ECDSAP384SHA384" },
  ed25519: { algorithm: "ED25519" },
  ed448: { algorithm: "ED448" },
  large: { algorithm: "RSASHA256", bits: 2048, keys: 5 },
  unsigned: {},
};

let named: Named;
beforeAll(async () => {
  named = await startNamed(zones);
});
afterAll(() => named.stop());
afterEach(closeServers);

/** BIND has the parent and the zones, and answers what a resolver would say of them. */
const observer = () =>
  createDelegationObserver({
    resolvers: () => [`127.0.0.1:${named.at.port}`],
    clock: systemClock,
    randomId: () => randomInt(65_536),
    port: named.at.port,
  });

const hex = (rdata: readonly Uint8Array[]) =>
  rdata.map((octets) => Buffer.from(octets).toString("hex")).sort();

describe("found and asked, it says what dig shows:", () => {
  test.each(Object.keys(zones))("%s", async (name) => {
    const domain = `${name}.test`;
    const [keys, ds] = await Promise.all([observer().keys(domain), observer().ds(domain)]);
    const [keyAnswer, ...noMore] = keys.answers;
    if (keyAnswer?.outcome !== "answered") throw new Error(JSON.stringify(keys));
    expect(noMore).toEqual([]);
    expect(keyAnswer.server).toBe(`ns.${domain} (127.0.0.1:${named.at.port})`);
    expect(hex(keyAnswer.keys)).toEqual(named.rdata(domain, "DNSKEY").sort());
    expect(hex(keyAnswer.signatures)).toEqual(named.rdata(domain, "RRSIG").sort());
    const { soa = [], signatures = [] } = "soa" in keyAnswer.data ? keyAnswer.data : {};
    expect([soa.length, signatures.length > 0]).toEqual([1, name !== "unsigned"]);
    expect(keyAnswer.keys).toHaveLength(name === "unsigned" ? 0 : (zones[name]?.keys ?? 1));

    const [dsAnswer] = ds.answers;
    if (dsAnswer?.outcome !== "answered") throw new Error(JSON.stringify(ds));
    const rdata = dsAnswer.ds.map(({ keyTag, algorithm, digestType, digest }) =>
      Buffer.concat([
        Buffer.of(keyTag >> 8, keyTag & 0xff, algorithm, digestType),
        Buffer.from(digest, "hex"),
      ]),
    );
    expect(hex(rdata)).toEqual(named.rdata(domain, "DS").sort());
    expect(dsAnswer.ttl).toBe(name === "unsigned" ? undefined : 300);
  });
});

test("a domain that the parent does not have", async () => {
  const at = [named.at];
  expect(await observer().keys("nothing.test")).toMatchObject({
    answers: [],
    problem: { code: "NOT_DELEGATED" },
  });
  expect(await observer().ds("nothing.test")).toMatchObject({ answers: [{ outcome: "nonexistent" }] });
  expect(await observer().keys("nothing.test", { nameServers: at })).toMatchObject({
    answers: [{ outcome: "nonexistent" }],
  });
});

test.each<[string, string, string]>([
  ["ed25519.test", "secure", "CHAIN_COMPLETE"],
  ["unsigned.test", "insecure", "NO_DS"],
  ["nothing.test", "unknown", "NOT_DELEGATED"],
])("judged by what BIND publishes as its parent: %s", async (domain, status, code) => {
  const verdict = (await new Delegations(observer(), systemClock).ask(domain, {})).verdict();
  expect(verdict).toMatchObject({ status, reasons: [{ code }] });
});

test("a zone that the server does not have", async () => {
  const { answers } = await observer().keys("example.org", { nameServers: [named.at] });
  expect(answers).toMatchObject([{ outcome: "failed", detail: "it answers REFUSED" }]);
});

/** A server that is BIND over TCP, and truncates everything over UDP. */
const tcpOnly = (asked: Asked) => {
  if (asked.transport === "udp") return asked.send(reply(asked, { flags: packet.TRUNCATED_RESPONSE }));
  const upstream = connect(named.at.port, named.at.address);
  upstream.on("error", () => undefined);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(asked.octets.length);
  upstream.write(Buffer.concat([length, asked.octets]));
  upstream.on("data", (chunk) => asked.socket?.write(chunk));
  asked.socket?.on("close", () => upstream.destroy());
};

test.each(["p256", "large"])("over TCP alone: %s", async (name) => {
  const server = await scriptedServer(tcpOnly);
  const { answers } = await observer().keys(`${name}.test`, { nameServers: [server.at] });
  const [only] = answers;
  if (only?.outcome !== "answered") throw new Error(JSON.stringify(answers));
  expect(hex(only.keys)).toEqual(named.rdata(`${name}.test`, "DNSKEY").sort());
  const ways = (wanted: string) =>
    server.asked.filter(({ type }) => type === wanted).map(({ transport }) => transport);
  expect([ways("DNSKEY"), ways("SOA")]).toEqual([
    ["udp", "tcp"],
    ["udp", "tcp"],
  ]);
});

/** What the fuzzer mutates; written anew with WRITE_CAPTURES=1. */
const captured: readonly [Question, "udp" | "tcp", { edns: boolean }][] = [
  [{ name: "p256.test", type: "DNSKEY" }, "udp", { edns: true }],
  [{ name: "ed25519.test", type: "DNSKEY" }, "udp", { edns: true }],
  [{ name: "p384.test", type: "DNSKEY" }, "udp", { edns: false }],
  [{ name: "large.test", type: "DNSKEY" }, "udp", { edns: true }],
  [{ name: "large.test", type: "DNSKEY" }, "tcp", { edns: true }],
  [{ name: "unsigned.test", type: "DNSKEY" }, "udp", { edns: true }],
  [{ name: "p256.test", type: "DS" }, "udp", { edns: true }],
  [{ name: "unsigned.test", type: "DS" }, "udp", { edns: true }],
  [{ name: "nothing.test", type: "DS" }, "udp", { edns: true }],
  [{ name: "example.org", type: "DNSKEY" }, "udp", { edns: true }],
  [{ name: "p256.test", type: "SOA" }, "udp", { edns: true }],
  [{ name: "unsigned.test", type: "SOA" }, "udp", { edns: false }],
  [{ name: "p256.test", type: "NS" }, "udp", { edns: true }],
  [{ name: "ns.p256.test", type: "A" }, "udp", { edns: true }],
];

test("what is captured is what BIND sends", async () => {
  const captures = await Promise.all(
    captured.map(async ([question, transport, { edns }]) => {
      const query = encodeQuery(0x1234, question, { edns, recursive: false });
      const call = {
        server: named.at,
        query,
        accept: (octets: Uint8Array) => octets,
        signal: new AbortController().signal,
      };
      const octets = Buffer.from(await (transport === "udp" ? overUdp(call) : overTcp(call)));
      return { ...question, transport, hex: octets.toString("hex") };
    }),
  );
  for (const { hex, name } of captures)
    expect(packet.decode(Buffer.from(hex, "hex"))).toMatchObject({ id: 0x1234, questions: [{ name }] });
  if (!process.env["WRITE_CAPTURES"]) return;
  const directory = join(__dirname, "../../fixtures/dns");
  mkdirSync(directory, { recursive: true });
  // Those of other servers stay: they are not installed everywhere.
  const all = [...captures, ...stored.filter((one) => "from" in one)];
  writeFileSync(join(directory, "captures.json"), `${JSON.stringify(all, null, 2)}\n`);
});
