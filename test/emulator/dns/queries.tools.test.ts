import { manualClock } from "../../../emulator/index";
import { closeAll, started } from "../calls";
import { dig } from "../../harness/dig";
import { requireTools } from "../../harness/requireTools";

requireTools("dig");

afterEach(closeAll);

test("the journal records queries and their outcomes", async () => {
  const clock = manualClock(1000);
  const { dns } = await started({
    clock,
    domains: ["example.com"],
    dns: {
      zones: [
        { name: "example.com", keys: [{ algorithm: 8 }] },
        { name: "silent.com", condition: "silent" },
      ],
    },
  });
  const silent = dig(dns.zonesServer, "silent.com", "DNSKEY", "+timeout=1");
  await dns.waitForQuery(({ name }) => name === "silent.com");
  clock.advance(1);
  await dig(dns.parent, "EXAMPLE.com", "DS");
  await dig(dns.zonesServer, "example.com", "DNSKEY", "+dnssec", "+bufsize=512");
  await dig(dns.zonesServer, "other.com", "TYPE65280", "+tcp");
  const client = expect.stringMatching(/^127\.0\.0\.1:\d+$/);
  const common = { client, at: 1001, dnssecOk: false, rcode: "NOERROR", truncated: false, transport: "udp" };
  const { parent, zonesServer: server } = dns;
  const key = { ...common, server, name: "example.com", type: "DNSKEY", dnssecOk: true, answers: 1 };
  expect(dns.journal).toEqual([
    { ...common, n: 1, at: 1000, server, name: "silent.com", type: "DNSKEY", rcode: "", answers: 0 },
    { ...common, n: 2, server: parent, name: "example.com", type: "DS", answers: 0 },
    { ...key, n: 3, truncated: true },
    { ...key, n: 4, transport: "tcp" },
    {
      ...common,
      n: 5,
      server,
      transport: "tcp",
      name: "other.com",
      type: "TYPE65280",
      rcode: "REFUSED",
      answers: 0,
    },
  ]);
  expect(dns.queries("DNSKEY").map(({ n }) => n)).toEqual([1, 3, 4]);
  expect(dns.queries((query) => query.server === parent)).toHaveLength(1);
  await silent;
});

test("waitForQuery, and an empty journal after clearJournal", async () => {
  const { dns } = await started({ domains: ["example.com"], dns: {} });
  const second = dns.waitForQuery("DS", { count: 2 });
  await dig(dns.parent, "example.com", "DS");
  await dig(dns.parent, "example.com", "NS");
  await dig(dns.parent, "www.example.com", "DS");
  expect(await second).toMatchObject({ n: 3, name: "www.example.com" });
  dns.clearJournal();
  expect([dns.journal, dns.queries()]).toEqual([[], []]);
});

test("close ends delayed answers and open waits", async () => {
  const emulator = await started({ domains: ["example.com"], dns: { answerDelayMs: 60_000 } });
  const { dns } = emulator;
  expect((await dig(dns.parent, "example.com", "DS", "+timeout=1")).status).toBe("");
  expect(dns.journal).toEqual([]);
  const waiting = dns.waitForQuery("DS");
  await emulator.close();
  await expect(waiting).rejects.toThrow("closed before the query came");
});
