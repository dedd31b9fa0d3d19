import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { manualClock, startEmulator, type Emulator } from "../../../emulator/index";
import { addition, call, closeAll, ds, started } from "../calls";
import { requireTools } from "../../harness/requireTools";
import { Validators } from "../../harness/validators";
import { freePort } from "../../harness/freePort";
import { dig } from "../../harness/dig";

requireTools("dig", "delv");

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "emulator-dns-"));
});
afterEach(async () => {
  await closeAll();
  rmSync(directory, { recursive: true });
});

const domain = "example.com";

/** Returns the key tags that a server has for a domain, or its response code. */
async function tagsAt(server: string, name = domain): Promise<number[] | string> {
  const { status, answer } = await dig(server, name, "DS");
  return status === "NOERROR" ? answer.map((record) => Number(record.split(" ")[4])) : status;
}

async function add(emulator: Emulator, keyTag: number) {
  await call(emulator, "SaveSingleTaskForAddingDSRecord", addition(keyTag));
}

test("the parent follows the registry after the delay, by the emulator's clock", async () => {
  const clock = manualClock();
  const emulator = await started({
    clock,
    domains: { [domain]: [ds(1)] },
    taskDurationMs: 1000,
    dns: { publishDelayMs: 5000 },
  });
  const { parent } = emulator.dns;
  expect(await tagsAt(parent)).toEqual([1]);
  await add(emulator, 2);
  clock.advance(5999);
  expect(await tagsAt(parent)).toEqual([1]);
  clock.advance(1);
  expect(await tagsAt(parent)).toEqual([1, 2]);
  await call(emulator, "SaveSingleTaskForDeletingDSRecord", { DomainName: domain, KeyTag: 1 });
  clock.advance(1000);
  await add(emulator, 3);
  clock.advance(5000);
  expect(await tagsAt(parent)).toEqual([2]);
  clock.advance(1000);
  expect(await tagsAt(parent)).toEqual([2, 3]);
});

test("a task takes effect on time without any query", async () => {
  const clock = manualClock();
  const emulator = await started({ clock, domains: [domain], taskDurationMs: 1000, dns: {} });
  await add(emulator, 1);
  clock.advance(1000);
  expect(await tagsAt(emulator.dns.parent)).toEqual([1]);
});

test("the parent follows setRecords, addDomain and removeDomain", async () => {
  const clock = manualClock();
  const emulator = await started({ clock, domains: [domain], dns: { publishDelayMs: 1000 } });
  const { parent } = emulator.dns;
  emulator.setRecords(domain, [ds(1)]);
  expect(await tagsAt(parent)).toEqual([1]);
  emulator.setRecords(domain, [ds(2)], { at: "registry" });
  expect(await tagsAt(parent)).toEqual([1]);
  clock.advance(1000);
  expect(await tagsAt(parent)).toEqual([2]);
  expect(emulator.records(domain)).toEqual([ds(1)]);
  expect(await tagsAt(parent, "new.com")).toBe("NXDOMAIN");
  expect(await tagsAt(parent, "new.net")).toBe("REFUSED");
  emulator.addDomain("new.com", [ds(3)]);
  emulator.addDomain("new.net");
  expect([await tagsAt(parent, "new.com"), await tagsAt(parent, "new.net")]).toEqual([[3], []]);
  emulator.removeDomain("new.net");
  expect(await tagsAt(parent, "new.net")).toBe("NXDOMAIN");
});

test("several servers, each with its own lag and condition", async () => {
  const clock = manualClock();
  const parentServers = [{}, { publishDelayMs: 3000 }, { condition: "servfail" }] as const;
  const emulator = await started({
    clock,
    domains: [domain],
    taskDurationMs: 0,
    dns: { parentServers, publishDelayMs: 1000, ttl: 60 },
  });
  const seen = () => Promise.all(emulator.dns.parentServers.map((server) => tagsAt(server)));
  await add(emulator, 1);
  clock.advance(999);
  expect(await seen()).toEqual([[], [], "SERVFAIL"]);
  clock.advance(1);
  expect(await seen()).toEqual([[1], [], "SERVFAIL"]);
  clock.advance(2000);
  expect(await seen()).toEqual([[1], [1], "SERVFAIL"]);
  const { answer } = await dig(emulator.dns.parent, domain, "DS");
  expect(answer[0]).toMatch(/^example\.com\. 60 IN DS 1 13 2 /);
});

test("keys and unpublished changes survive a restart, conditions do not", async () => {
  const clock = manualClock();
  const stateFile = join(directory, "state.json");
  const withoutDns = { clock, stateFile, domains: [domain], taskDurationMs: 0 };
  const options = {
    ...withoutDns,
    dns: { publishDelayMs: 5000, zones: [{ name: domain, condition: "refused" as const }] },
  };
  const first = await started(options);
  await add(first, 1);
  first.dns.zone(domain).setKeys([...first.dns.zone(domain).keys, { flags: 256, algorithm: 15 }]);
  first.dns.zone(domain).publish("servfail");
  const before = {
    dnskeys: [0, 1].map((key) => first.dns.zone(domain).dnskey(key)),
    anchor: first.dns.trustAnchor("com"),
  };
  clock.advance(3000);
  await first.close();

  await (await started(withoutDns)).close();

  const second = await started(options);
  expect([0, 1].map((key) => second.dns.zone(domain).dnskey(key))).toEqual(before.dnskeys);
  expect(second.dns.trustAnchor("com")).toBe(before.anchor);
  expect(second.dns.zone(domain).condition).toBe("refused");
  expect(await tagsAt(second.dns.parent)).toEqual([]);
  clock.advance(2000);
  expect(await tagsAt(second.dns.parent)).toEqual([1]);
  await second.close();
  expect(readFileSync(stateFile, "utf8")).not.toContain(second.credentials.accessKeySecret);
});

test("records changed while the DNS was off are published from the start", async () => {
  const options = { stateFile: join(directory, "state.json"), domains: [domain] };
  const first = await started({ ...options, dns: { publishDelayMs: 60_000 } });
  await first.close();
  const second = await started(options);
  second.setRecords(domain, [ds(7)]);
  await second.close();
  const third = await started({ ...options, dns: { publishDelayMs: 60_000 } });
  expect(await tagsAt(third.dns.parent)).toEqual([7]);
});

test("a validator with the parent's trust anchor validates its answers", async () => {
  const emulator = await started({ domains: { [domain]: [ds(1)], "b.com": [] }, dns: {} });
  const { parent } = emulator.dns;
  const validators = new Validators(directory, emulator.dns.trustAnchor("com"));
  const judged = (name: string) => validators.delv({ name, type: "DS" }, parent);
  expect(await judged(domain)).toBe("secure");
  expect(await judged("b.com")).toBe("nonexistent");
  expect(await judged("c.com")).toBe("nonexistent");
});

test("given ports, and variables for the provider", async () => {
  const port = await freePort();
  const one = await started({ domains: [domain], dns: { port, zonesPort: 0, zones: [{ name: domain }] } });
  expect(one.dns.parent).toBe(`127.0.0.1:${port}`);
  expect(one.env).toMatchObject({
    ALICLOUD_DNSSEC_PARENT_NAME_SERVERS: one.dns.parent,
    ALICLOUD_DNSSEC_NAME_SERVERS: one.dns.zonesServer,
  });
  await one.dns.addZone({ name: "example.net", servers: [{}, {}] });
  expect(one.dns.servers("example.net")).toHaveLength(2);
  // The zones have different servers.
  expect(one.env).not.toHaveProperty("ALICLOUD_DNSSEC_NAME_SERVERS");
});

test("without `dns` there is no DNS", async () => {
  const emulator = await started({ domains: [domain] });
  expect(() => emulator.dns).toThrow("start it with `dns`");
  expect(Object.keys(emulator.env)).not.toContain("ALICLOUD_DNSSEC_PARENT_NAME_SERVERS");
});

test("a port in use leaves nothing running", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port: taken } = other.address() as AddressInfo;
  const port = await freePort();
  await expect(startEmulator({ port, dns: { port: taken } })).rejects.toThrow("EADDRINUSE");
  other.close();
  expect((await started({ port, dns: { port: taken } })).url).toContain(String(port));
});
