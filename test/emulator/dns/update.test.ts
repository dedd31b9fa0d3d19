import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { updateDs, type UpdateTarget } from "../../../emulator/dns/update";
import { manualClock } from "../../../emulator/index";
import { addition, call, closeAll, ds, started } from "../calls";
import { freePort } from "../../harness/freePort";
import { startBindParent, type BindParent } from "./bindParent";
import { dig } from "./commands";

jest.setTimeout(30_000);

const domain = "example.test";
let bind: BindParent;
let target: UpdateTarget;
const relays: Server[] = [];

beforeAll(async () => {
  bind = await startBindParent([{ name: domain }, { name: "other.test" }]);
  target = {
    server: bind.address,
    zone: "test",
    key: { name: bind.keyName, secret: bind.secret },
    ttl: 60,
  };
});
afterEach(async () => {
  await closeAll();
  await updateDs(target, domain, [], () => Date.now());
  for (const relay of relays.splice(0)) relay.close();
});
afterAll(() => bind.stop());

/** A server that passes every message on to BIND, and the answer back as `change` makes it; undefined: not at all. */
async function relay(change: (answer: Buffer, connection: number) => Buffer | undefined): Promise<string> {
  let connections = 0;
  const server = createServer((client) => {
    const connection = (connections += 1);
    const [host = "", port = ""] = bind.address.split(":");
    const upstream = connect(Number(port), host);
    client.on("error", () => upstream.destroy());
    client.on("close", () => upstream.destroy());
    client.pipe(upstream);
    let answer = Buffer.alloc(0);
    upstream.on("data", (chunk: Buffer) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length < 2 + answer.readUInt16BE(0)) return;
      const changed = change(answer.subarray(2), connection);
      if (!changed) client.destroy();
      else client.end(Buffer.concat([Buffer.of(changed.length >> 8, changed.length & 0xff), changed]));
    });
  });
  relays.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function publishedTags(name = domain): Promise<number[]> {
  const { answer } = await dig(bind.address, name, "DS");
  return answer.map((record) => Number(record.split(" ")[4])).sort((a, b) => a - b);
}

const now = () => Date.now();

test("the set replaces what was there, with its TTL", async () => {
  await updateDs(target, domain, [ds(1), ds(2)], now);
  expect(await publishedTags()).toEqual([1, 2]);
  await updateDs(target, domain, [ds(2), ds(3)], now);
  expect(await publishedTags()).toEqual([2, 3]);
  expect((await dig(bind.address, domain, "DS")).answer[0]).toContain("example.test. 60 IN DS");
  await updateDs(target, domain, [], now);
  expect(await publishedTags()).toEqual([]);
});

const otherSecret = Buffer.alloc(32, "other").toString("base64");

test.each<[string, () => Partial<UpdateTarget>, number, string]>([
  [
    "the wrong secret",
    () => ({ key: { ...target.key, secret: otherSecret } }),
    0,
    "NOTAUTH, TSIG error BADSIG",
  ],
  ["an unknown key", () => ({ key: { ...target.key, name: "no" } }), 0, "NOTAUTH, TSIG error BADKEY"],
  ["a clock that is an hour off", () => ({}), 3_600_000, "NOTAUTH, TSIG error BADTIME"],
  ["a zone that the server has not", () => ({ zone: "example" }), 0, "NOTAUTH"],
  ["a domain that is not in the zone", () => ({ zone: domain }), 0, "NOTAUTH"],
])("%s", async (_, changed, offMs, message) => {
  const update = updateDs({ ...target, ...changed() }, domain, [ds(1)], () => Date.now() + offMs);
  await expect(update).rejects.toThrow(new RegExp(`^${message}$`));
  expect(await publishedTags()).toEqual([]);
});

test("a domain that is not delegated: BIND drops the records, and says NOERROR", async () => {
  await expect(updateDs(target, "nowhere.test", [ds(1)], now)).rejects.toThrow(
    "said NOERROR and has 0 DS records instead of 1, as for a domain that is not delegated there",
  );
});

const lastOctetOfMac = (answer: Buffer) => answer.length - 7;

test.each<[string, (answer: Buffer) => Buffer | undefined, string]>([
  [
    "another MAC",
    (answer) => {
      const at = lastOctetOfMac(answer);
      return answer.fill((answer[at] ?? 0) ^ 1, at, at + 1);
    },
    "the answer's signature is wrong",
  ],
  ["a response code that was changed", (answer) => answer.fill(0, 3, 4), "the answer's signature is wrong"],
  ["no TSIG", (answer) => answer.subarray(0, 12).fill(0, 4), "the answer is not signed"],
  ["another id", (answer) => answer.fill((answer[0] ?? 0) ^ 1, 0, 1), "the answer is to another question"],
  ["no answer", () => undefined, "the server closed the connection"],
])("an answer with %s", async (_, change, message) => {
  // REFUSED, signed: the key has no right to records of another zone.
  const server = await relay(change);
  await expect(updateDs({ ...target, server }, "elsewhere.example", [ds(1)], now)).rejects.toThrow(message);
});

test("nobody is there", async () => {
  const server = `127.0.0.1:${await freePort()}`;
  await expect(updateDs({ ...target, server }, domain, [], now)).rejects.toThrow("ECONNREFUSED");
});

const options = (server = bind.address) => ({
  server,
  zone: "test",
  keyName: bind.keyName,
  secret: bind.secret,
});

test("a task's end brings the parent up to date, after the delay, though nobody looks at the task", async () => {
  const clock = manualClock();
  const emulator = await started({
    clock,
    domains: { [domain]: [ds(1)], "foreign.com": [ds(9)] },
    taskDurationMs: 1000,
    dns: { publishDelayMs: 5000, parentUpdate: options() },
  });
  await emulator.dns.waitForUpdate(({ records }) => records.length === 1);
  expect(await publishedTags()).toEqual([1]);
  await call(emulator, "SaveSingleTaskForAddingDSRecord", addition(2, domain));
  clock.advance(5999);
  expect(await publishedTags()).toEqual([1]);
  clock.advance(1);
  await emulator.dns.waitForUpdate(({ records }) => records.length === 2);
  expect(await publishedTags()).toEqual([1, 2]);
  const entry = { domain, attempt: 1 };
  expect(emulator.dns.updates).toEqual([
    { ...entry, at: clock.now() - 6000, records: [ds(1)] },
    { ...entry, at: clock.now(), records: [ds(1), ds(2)] },
  ]);
  const { answer } = await dig(bind.address, domain, "DS");
  expect(answer[0]).toContain("example.test. 300 IN DS");
});

test("an update that fails is tried again", async () => {
  const server = await relay((answer, connection) => (connection <= 2 ? undefined : answer));
  const { dns } = await started({ domains: { [domain]: [ds(1)] }, dns: { parentUpdate: options(server) } });
  await dns.waitForUpdate(({ error }) => error === undefined);
  expect(dns.updates.map(({ attempt, error }) => [attempt, error])).toEqual([
    [1, "the server closed the connection"],
    [2, "the server closed the connection"],
    [3, undefined],
  ]);
  expect(await publishedTags()).toEqual([1]);
});

test("one that goes on failing is given up and told of, and the next change is sent", async () => {
  const lines: string[] = [];
  const emulator = await started({
    domains: { "nowhere.test": [ds(1)] },
    dns: { parentUpdate: options(), log: (line) => lines.push(line) },
  });
  const { dns } = emulator;
  await dns.waitForUpdate(({ attempt }) => attempt === 4);
  expect(lines).toEqual([
    expect.stringMatching(
      /^The DS records of nowhere\.test are not in test at 127\.0\.0\.1:\d+: .* not delegated there\.$/,
    ),
  ]);
  emulator.setRecords("nowhere.test", []);
  await dns.waitForUpdate(({ records }) => records.length === 0);
  expect(dns.updates.map(({ error }) => error !== undefined)).toEqual([true, true, true, true, false]);
});

test("no update outlives the emulator", async () => {
  const server = `127.0.0.1:${await freePort()}`;
  const emulator = await started({
    domains: { [domain]: [ds(1)] },
    dns: { parentUpdate: options(server) },
  });
  await emulator.dns.waitForUpdate(({ attempt }) => attempt === 1);
  const waiting = emulator.dns.waitForUpdate(({ attempt }) => attempt === 9);
  await emulator.close();
  const count = emulator.dns.updates.length;
  await expect(waiting).rejects.toThrow("closed before the update came");
  expect(emulator.dns.updates).toHaveLength(count);
});

test("what cannot be", async () => {
  const dns = { parentUpdate: { ...options(), server: "localhost" } };
  await expect(started({ dns })).rejects.toThrow("localhost is no address of a server");
  const { dns: without } = await started({ dns: {} });
  expect(without.updates).toEqual([]);
  await expect(without.waitForUpdate(() => true)).rejects.toThrow("no parentUpdate");
});
