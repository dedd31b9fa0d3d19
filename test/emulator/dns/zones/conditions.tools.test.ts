import { manualClock, zoneConditions, type ZoneConditionName } from "../../../../emulator/index";
import { closeAll, started } from "../../calls";
import { dig, typesOf } from "../../../harness/dig";
import { requireTools } from "../../../harness/requireTools";
import { runTool } from "../../../harness/tools";

requireTools("dig", "dnssec-dsfromkey");

afterEach(closeAll);

const name = "example.com";
const now = Date.UTC(2026, 0, 2, 3, 4, 5);

/** Starts an emulator on a manual clock, with a zone of a KSK and a ZSK in a condition. */
async function zoneIn(condition: ZoneConditionName) {
  const keys = [{ flags: 257 }, { flags: 256 }];
  const { dns } = await started({
    dns: { zones: [{ name, condition, keys }], signingClock: manualClock(now) },
  });
  const zone = dns.zone(name);
  const own = { ksk: Number(zone.ds(2, 0).split(" ")[0]), zsk: Number(zone.ds(2, 1).split(" ")[0]) };
  return { dns, zone, own };
}

interface Keys {
  /** Published keys: flags, and the key tag or the name of the zone's own key. */
  readonly keys: readonly string[];
  /** Keys that sign the DNSKEY RRset, and everything else. */
  readonly keySigners: readonly string[];
  readonly signers: readonly string[];
}

async function keysAt(server: string, own: Readonly<Record<string, number>>): Promise<Keys> {
  const dnskey = await dig(server, name, "DNSKEY", "+dnssec", "+multi", "+nosplit");
  const address = await dig(server, name, "A", "+dnssec");
  const called = (tag: string | undefined) =>
    Object.entries(own).find(([, candidate]) => candidate === Number(tag))?.[0] ?? "other";
  const keys = [...dnskey.text.matchAll(/DNSKEY\s+(\d+) 3 13 [^;]*;.*key id = (\d+)/g)];
  const signatures = (text: string) => [...text.matchAll(/RRSIG\s+\S+ 13[^;]*?\d{14} \(?\s*\d{14} (\d+) /g)];
  return {
    keys: keys.map(([, flags, tag]) => `${flags} ${called(tag)}`),
    keySigners: signatures(dnskey.text).map(([, tag]) => called(tag)),
    signers: signatures(address.text).map(([, tag]) => called(tag)),
  };
}

const healthy: Keys = { keys: ["257 ksk", "256 zsk"], keySigners: ["ksk"], signers: ["zsk"] };

const keyTable: Partial<Record<ZoneConditionName, Keys>> = {
  healthy,
  expired: healthy,
  notYetValid: healthy,
  expiring: healthy,
  wrongKey: healthy,
  staleServer: healthy,
  unpublished: { keys: ["257 other", "256 zsk"], keySigners: ["other"], signers: ["zsk"] },
  notSigning: { keys: ["257 ksk", "256 zsk", "257 other"], keySigners: ["other"], signers: ["zsk"] },
  revoked: {
    keys: ["385 revoked", "256 zsk", "257 other"],
    keySigners: ["revoked", "other"],
    signers: ["zsk"],
  },
  unsigned: { keys: [], keySigners: [], signers: [] },
  stripped: { keys: ["257 ksk", "256 zsk"], keySigners: [], signers: [] },
  dataUnsigned: { ...healthy, signers: [] },
  dataExpired: healthy,
  dataNotYetValid: healthy,
  dataExpiring: healthy,
  dataWrongKey: healthy,
  dataKeyUnpublished: { ...healthy, signers: ["other"] },
  dataStaleServer: healthy,
};

test.each(Object.entries(keyTable) as [ZoneConditionName, Keys][])(
  "%s: keys and signatures",
  async (condition, expected) => {
    const { zone, own } = await zoneIn(condition);
    // The key tag sums up the flags too.
    expect(await keysAt(zone.servers[0] ?? "", { ...own, revoked: (own.ksk + 128) % 65536 })).toEqual(
      expected,
    );
  },
);

const dates = {
  healthy: ["20260101030405", "20260116030405"],
  expired: ["20251203030405", "20251230030405"],
  notYetValid: ["20260105030405", "20260201030405"],
  expiring: ["20251204030405", "20260102040405"],
} as const;

test.each([
  ["healthy", dates.healthy, dates.healthy],
  ["expired", dates.expired, dates.expired],
  ["notYetValid", dates.notYetValid, dates.notYetValid],
  ["expiring", dates.expiring, dates.expiring],
  ["dataExpired", dates.healthy, dates.expired],
  ["dataNotYetValid", dates.healthy, dates.notYetValid],
  ["dataExpiring", dates.healthy, dates.expiring],
] as const)(
  "%s: signatures over the keys from %j, over the rest from %j",
  async (condition, ofKeys, ofData) => {
    const { zone } = await zoneIn(condition);
    const datesOf = async (type: string) => {
      const { answer } = await dig(zone.servers[0] ?? "", name, type, "+dnssec");
      return answer.at(-1)?.split(" ").slice(8, 10).reverse();
    };
    expect([await datesOf("DNSKEY"), await datesOf("SOA"), await datesOf("A")]).toEqual([
      ofKeys,
      ofData,
      ofData,
    ]);
  },
);

test.each([
  ["refused", [], { status: "REFUSED" }],
  ["servfail", [], { status: "SERVFAIL" }],
  ["lame", [], { status: "NOERROR", flags: ["qr"], answer: [], authority: ["com. 300 IN NS a.nic.com."] }],
  ["nonexistent", [], { status: "NXDOMAIN", flags: ["qr", "aa"], answer: [] }],
  ["formerr", [], { status: "FORMERR" }],
  ["formerr", ["+noedns"], { status: "NOERROR", flags: ["qr", "aa"] }],
  ["truncated", ["+ignore"], { status: "NOERROR", flags: ["qr", "aa", "tc"], answer: [] }],
  ["truncated", ["+tcp"], { status: "NOERROR", flags: ["qr", "aa"] }],
  ["tcpBlocked", ["+ignore"], { flags: ["qr", "aa", "tc"], answer: [] }],
  ["tcpBlocked", ["+tcp"], { status: "", text: expect.stringContaining("connection reset") }],
  ["silent", ["+timeout=1"], { status: "", text: expect.stringContaining("timed out") }],
  ["slow", [], { status: "NOERROR", flags: ["qr", "aa"] }],
] as const)("%s, asked with %j", async (condition, options, expected) => {
  const { zone } = await zoneIn(condition);
  const dug = await dig(zone.servers[0] ?? "", name, "DNSKEY", "+noednsnegotiation", ...options);
  expect(dug).toMatchObject(expected);
});

test("every condition is tested here and has a summary", () => {
  const bySections = Object.keys(keyTable);
  const byConduct = Object.entries(zoneConditions).flatMap(([key, { conduct }]) => (conduct ? [key] : []));
  expect([...bySections, ...byConduct].sort()).toEqual(Object.keys(zoneConditions).sort());
  expect(Object.values(zoneConditions).filter(({ summary }) => summary === "")).toEqual([]);
});

test("nonexistent: answers with the parent's SOA, also for names below", async () => {
  const { zone } = await zoneIn("nonexistent");
  const { status, authority } = await dig(zone.servers[0] ?? "", `www.${name}`, "A", "+dnssec");
  expect([status, authority.map((record) => record.split(" ")[0])]).toEqual(["NXDOMAIN", ["com."]]);
});

test("staleServer: the second server has other keys", async () => {
  const { zone, own } = await zoneIn("staleServer");
  expect(zone.servers).toHaveLength(2);
  expect((await dig(zone.servers[0] ?? "", name, "NS")).answer).toHaveLength(2);
  expect((await keysAt(zone.servers[1] ?? "", own)).keys).toEqual(["257 other", "256 zsk"]);
});

test("dataStaleServer: the second server signs only the keys", async () => {
  const { zone, own } = await zoneIn("dataStaleServer");
  expect(zone.servers).toHaveLength(2);
  expect(await keysAt(zone.servers[1] ?? "", own)).toEqual({ ...healthy, signers: [] });
});

test("keysOnly: answers for keys, fails otherwise", async () => {
  const { zone } = await zoneIn("keysOnly");
  const status = async (type: string) => (await dig(zone.servers[0] ?? "", name, type)).status;
  expect([await status("DNSKEY"), await status("SOA"), await status("A")]).toEqual([
    "NOERROR",
    "SERVFAIL",
    "SERVFAIL",
  ]);
});

test("publish changes a served zone, on all servers or one", async () => {
  const { dns } = await started({
    dns: { zones: [{ name, condition: "unpublished", servers: [{}, { condition: "servfail" }] }] },
  });
  const zone = dns.zone(name);
  const [first = "", second = ""] = zone.servers;
  const own = { ksk: zone.dsRecord().keyTag };
  const seen = async (server: string) =>
    (await keysAt(server, own)).keys.join() || (await dig(server, name, "DNSKEY")).status;
  expect([await seen(first), await seen(second)]).toEqual(["257 other", "SERVFAIL"]);
  zone.publish("healthy");
  expect([await seen(first), await seen(second)]).toEqual(["257 ksk", "257 ksk"]);
  zone.publish("refused", { server: 1 });
  expect([await seen(first), await seen(second)]).toEqual(["257 ksk", "REFUSED"]);
  zone.publish("staleServer");
  expect([await seen(first), await seen(second)]).toEqual(["257 ksk", "257 other"]);
  const serials = [...(await dig(first, name, "SOA", "+short")).text.matchAll(/ (\d+) 3600 /g)];
  expect(serials.map(([, serial]) => Number(serial))).toEqual([6]);
});

test("impossible zones are refused", async () => {
  const { dns } = await started({ dns: { zones: [{ name }] } });
  const zone = dns.zone(name);
  expect(() => zone.publish("staleServer")).toThrow("has one server, but staleServer needs two");
  expect(() => zone.publish("healthy", { server: 1 })).toThrow("has no server 1");
  expect(() => zone.setKeys([])).toThrow("A test zone needs a key");
  expect(() => zone.setKeys([{ algorithm: 5 }])).toThrow("cannot sign with algorithm 5");
  expect(() => zone.ds(3)).toThrow("no digests of type 3");
  expect(() => zone.ds(2, 1)).toThrow("has no key 1");
  expect(() => dns.zone("example.net")).toThrow("has no test zone");
  await expect(dns.addZone({ name: "a..b" })).rejects.toThrow("is not a domain name");
  await expect(started({ dns: { parentServers: [] } })).rejects.toThrow("needs a server");
  await expect(started({ dns: { parentServers: [{ condition: "expired" }] } })).rejects.toThrow(
    "The condition expired is for zones",
  );
});

/** Keys and DS records from RFC 8080 sections 6.1 and 6.2. */
test.each([
  [
    { kty: "OKP", crv: "Ed25519", d: "ODIyNjAzODQ2MjgwODAxMjI2NDUxOTAyMDQxNDIyNjI", x: "" },
    15,
    "257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=",
    "3613 15 2 3aa5ab37efce57f737fc1627013fee07bdf241bd10f3b1964ab55c78e79a304b",
  ],
  [
    {
      kty: "OKP",
      crv: "Ed448",
      d: "xZ-5Cgm463xugtkY5B0Jx6erFTXp13rYegst0qRtNsOYnaVpMx0Z_c5EiA9x8wWbDDct_U3FhYWA",
      x: "",
    },
    16,
    "257 3 16 3kgROaDjrh0H2iuixWBrc8g2EpBBLCdGzHmn+G2MpTPhpj/OiBVHHSfPodx1FYYUcJKm1MDpJtIA",
    "9713 16 2 6ccf18d5bc5d7fc2fceb1d59d17321402f2aa8d368048db93dd811f5cb2b19c7",
  ],
])("takes a given key: %#", async (jwk, algorithm, dnskey, ds) => {
  const publicKey = Buffer.from(dnskey.split(" ").at(-1) ?? "", "base64").toString("base64url");
  const { dns } = await started({
    dns: { zones: [{ name, keys: [{ algorithm, privateKey: { ...jwk, x: publicKey } }] }] },
  });
  expect([dns.zone(name).dnskey(), dns.zone(name).ds()]).toEqual([dnskey, ds]);
});

test.each([
  [13, 2, "SHA-256"],
  [15, 2, "SHA-256"],
  [8, 2, "SHA-256"],
  [14, 4, "SHA-384"],
] as const)("DS records as dnssec-dsfromkey makes them: %i %i", async (algorithm, digestType, digestName) => {
  const { dns } = await started({ dns: { zones: [{ name, keys: [{ algorithm }] }] } });
  const line = `${name}. 60 IN DNSKEY ${dns.zone(name).dnskey()}\n`;
  const args = ["-a", digestName, "-f", "-", name];
  const { output } = await runTool("dnssec-dsfromkey", args, { input: line });
  expect(output.trim().toLowerCase()).toBe(`${name}. in ds ${dns.zone(name).ds(digestType)}`);
  expect(typesOf((await dig(dns.zonesServer, name, "DNSKEY")).answer)).toEqual(["DNSKEY"]);
});
