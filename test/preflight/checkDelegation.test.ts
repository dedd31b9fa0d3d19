import { startEmulator, type Emulator, type ZoneConditionName } from "../../emulator/index";
import { checkDelegation, parseDs, type DelegationCheck, type VerdictStatus } from "../../provider/index";

const domainName = "example.com";
let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator({ domains: [domainName], dns: { zones: [{ name: domainName }] } });
});
afterAll(() => emulator.close());
beforeEach(() => emulator.dns.zone(domainName).publish("healthy"));

const wrong = `2372 13 2 ${"ab".repeat(32)}`;

function check(more: Partial<DelegationCheck>) {
  const { servers } = emulator.dns.zone(domainName);
  return checkDelegation({ domainName, ds: [], nameServers: servers, ...more });
}

test.each<[string, () => Partial<DelegationCheck>, VerdictStatus, string]>([
  ["a text", () => ({ ds: zone().ds() }), "secure", "CHAIN_COMPLETE"],
  ["a zone-file line", () => ({ ds: `Example.COM. 300 IN DS ${zone().ds()}` }), "secure", "CHAIN_COMPLETE"],
  ["data, with an upper-case digest", () => ({ ds: upper(zone().ds()) }), "secure", "CHAIN_COMPLETE"],
  ["a list", () => ({ ds: [wrong, parseDs(zone().ds())] }), "secure", "CHAIN_COMPLETE"],
  ["the key", () => ({ dnskey: zone().dnskey() }), "secure", "CHAIN_COMPLETE"],
  [
    "the key beside a wrong record",
    () => ({ ds: wrong, dnskey: zone().dnskey() }),
    "secure",
    "CHAIN_COMPLETE",
  ],
  [
    "another name of the domain",
    () => ({ domainName: "EXAMPLE.com.", ds: zone().ds() }),
    "secure",
    "CHAIN_COMPLETE",
  ],
  ["a record of another key", () => ({ ds: wrong }), "bogus", "KEY_NOT_PUBLISHED"],
  ["no record", () => ({ ds: [] }), "insecure", "NO_DS"],
])("%s", async (_, more, status, code) => {
  const verdict = await check(more());
  expect(verdict).toMatchObject({ status, reasons: [{ code }] });
});

test.each<[ZoneConditionName, VerdictStatus, string]>([
  ["expired", "bogus", "SIGNATURE_EXPIRED"],
  ["notYetValid", "bogus", "SIGNATURE_NOT_YET_VALID"],
  ["unpublished", "bogus", "KEY_NOT_PUBLISHED"],
  ["notSigning", "bogus", "KEY_NOT_SIGNING"],
  ["wrongKey", "bogus", "SIGNATURE_INVALID"],
  ["unsigned", "bogus", "ZONE_UNSIGNED"],
  ["nonexistent", "bogus", "ZONE_NONEXISTENT"],
  ["truncated", "secure", "CHAIN_COMPLETE"],
  ["refused", "unknown", "NO_ANSWER"],
  ["servfail", "unknown", "NO_ANSWER"],
])("of a zone that is %s: %s", async (condition, status, code) => {
  zone().publish(condition);
  expect(await check({ ds: zone().ds() })).toMatchObject({ status, reasons: [{ code }] });
});

test("without nameServers, the parent is asked for the delegation; a domain that it does not have is unknown", async () => {
  const verdict = await checkDelegation({
    domainName: "missing.com",
    ds: wrong,
    parentNameServers: [emulator.dns.parent],
    timeoutMs: 2_000,
  });
  expect(verdict).toMatchObject({ status: "unknown", reasons: [{ code: "NOT_DELEGATED" }] });
});

describe("without ds, by the set that the parent publishes:", () => {
  const others: Emulator[] = [];
  afterEach(async () => {
    emulator.setRecords(domainName, []);
    for (const other of others.splice(0)) await other.close();
  });
  const parent = () => emulator.dns.parent;
  const asPublished = (more: Partial<DelegationCheck> = {}) => {
    const nameServers = zone().servers;
    return checkDelegation({ domainName, nameServers, parentNameServers: [parent()], ...more });
  };

  test("the zone's own record, none, and another", async () => {
    emulator.setRecords(domainName, [zone().dsRecord()]);
    expect(await asPublished()).toMatchObject({ status: "secure", reasons: [{ code: "CHAIN_COMPLETE" }] });
    emulator.setRecords(domainName, []);
    expect(await asPublished()).toMatchObject({ status: "insecure", reasons: [{ code: "NO_DS" }] });
    emulator.setRecords(domainName, [parseDs(wrong)]);
    expect(await asPublished()).toMatchObject({ status: "bogus", reasons: [{ code: "KEY_NOT_PUBLISHED" }] });
  });

  test("servers of the parent that differ: the worst counts", async () => {
    const other = await startEmulator({ domains: { [domainName]: [parseDs(wrong)] }, dns: {} });
    others.push(other);
    emulator.setRecords(domainName, [zone().dsRecord()]);
    expect(await asPublished({ parentNameServers: [parent(), other.dns.parent] })).toMatchObject({
      status: "bogus",
      reasons: [{ code: "KEY_NOT_PUBLISHED" }],
      warnings: [{ code: "SERVERS_DISAGREE" }],
    });
  });

  test("a parent that does not answer", async () => {
    const parentServers = [{ condition: "servfail" }] as const;
    const other = await startEmulator({ domains: [domainName], dns: { parentServers } });
    others.push(other);
    expect(await asPublished({ parentNameServers: [other.dns.parent] })).toMatchObject({
      status: "unknown",
      reasons: [{ code: "NO_ANSWER", message: expect.stringContaining("it answers SERVFAIL") }],
    });
  });

  test.each<[string, Partial<DelegationCheck>]>([
    ["found by the delegation", {}],
    ["given", { nameServers: ["127.0.0.1:1"] }],
  ])("a domain that the parent does not have, its servers %s", async (_, more) => {
    const check = { domainName: "missing.com", parentNameServers: [parent()], timeoutMs: 2_000, ...more };
    expect(await checkDelegation(check)).toMatchObject({
      status: "unknown",
      reasons: [{ code: "NOT_DELEGATED" }],
    });
  });
});

test.each<[string, Partial<DelegationCheck>, string]>([
  ["an invalid domain", { domainName: "-.com" }, "DOMAIN_NAME_INVALID"],
  ["an incomplete DS", { ds: "2371 13 2" }, "DS_SYNTAX"],
  ["the DS of another domain", { ds: `example.net. IN DS ${wrong}` }, "DS_SYNTAX"],
  ["an incomplete key", { dnskey: "257 3" }, "DNSKEY_SYNTAX"],
  ["a server by name", { nameServers: ["ns1.example.com"] }, "CONFIG_INVALID"],
  ["an empty list of servers", { parentNameServers: [] }, "CONFIG_INVALID"],
])("%s is refused before any server is asked", async (_, more, code) => {
  emulator.dns.clearJournal();
  await expect(check(more)).rejects.toMatchObject({ code });
  expect(emulator.dns.journal).toEqual([]);
});

const fields = { keyTag: 1, algorithm: 13, digestType: 2, digest: "ab".repeat(32) };

const mustBeDs = (name: string, got: string) =>
  `${name} must be text such as "2371 13 2 c988ec42…", or { keyTag, algorithm, digestType, digest } with three numbers and a ` +
  `text, got ${got}`;
const mustBeList = (name: string, got: string) =>
  `${name} must be a list of IP addresses, with a port where it is not 53, such as ["192.0.2.1", "[2001:db8::1]:5301"], got ${got}.`;
const mustBeTime = (got: string) =>
  `timeoutMs must be a number of milliseconds above 0 and at most 2147483647, got ${got}.`;

/** Values that JavaScript lets through, and a value that got lost. */
test.each<[object, string, string]>([
  [
    { ds: undefined },
    "DS_SYNTAX",
    "ds is undefined: leave the property out to judge what the parent publishes, or",
  ],
  [{ ds: undefined, dnskey: "257 3 13 AA==" }, "DS_SYNTAX", "ds is undefined"],
  [{ dnskey: undefined }, "DNSKEY_SYNTAX", "dnskey is undefined: leave the property out"],
  [{ ds: null }, "DS_SYNTAX", mustBeDs("ds", "null")],
  [{ ds: 2371 }, "DS_SYNTAX", mustBeDs("ds", "2371")],
  [{ ds: [wrong, 5] }, "DS_SYNTAX", mustBeDs("ds[1]", "5")],
  [{ ds: [[wrong]] }, "DS_SYNTAX", mustBeDs("ds[0]", "a list")],
  [{ ds: { ...fields, digest: undefined } }, "DS_SYNTAX", mustBeDs("ds", "an object")],
  [{ ds: { ...fields, keyTag: "1" } }, "DS_SYNTAX", mustBeDs("ds", "an object")],
  [{ ds: { ...fields, keyTag: 65_536 } }, "DS_SYNTAX", "65536"],
  [{ ds: { ...fields, digest: "ab" } }, "DS_SYNTAX", "digest"],
  [{ ds: [], dnskey: 5 }, "DNSKEY_SYNTAX", 'dnskey must be text such as "257 3 13 mdsswUyr3DPW…", got 5'],
  [{ DS: wrong }, "CONFIG_INVALID", 'there is no property "DS"; did you mean ds?'],
  [
    { nameserver: "192.0.2.1" },
    "CONFIG_INVALID",
    'there is no property "nameserver"; did you mean nameServers?',
  ],
  [
    { resolver: "192.0.2.1" },
    "CONFIG_INVALID",
    'there is no property "resolver"; the properties are domainName, ds,',
  ],
  [{ ds: [], nameServers: "192.0.2.1" }, "CONFIG_INVALID", mustBeList("nameServers", '"192.0.2.1"')],
  [{ ds: [], parentNameServers: [5] }, "CONFIG_INVALID", mustBeList("parentNameServers", "5 (entry 1)")],
  [{ ds: [], timeoutMs: 0 }, "CONFIG_INVALID", mustBeTime("0")],
  [{ ds: [], timeoutMs: Number.NaN }, "CONFIG_INVALID", mustBeTime("NaN")],
  [{ ds: [], timeoutMs: Infinity }, "CONFIG_INVALID", mustBeTime("Infinity")],
  [{ ds: [], timeoutMs: "5" }, "CONFIG_INVALID", mustBeTime('"5"')],
  [{ domainName: 5 }, "DOMAIN_NAME_INVALID", "5 is not a domain name"],
])("%j is refused by name before any server is asked", async (given, code, message) => {
  emulator.dns.clearJournal();
  const { servers } = emulator.dns.zone(domainName);
  const all = { domainName, nameServers: servers, parentNameServers: [emulator.dns.parent], ...given };
  await expect(checkDelegation(all as DelegationCheck)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message) as string,
  });
  expect(emulator.dns.journal).toEqual([]);
});

test.each([undefined, null, "example.com"])("%j is refused as a check", async (given) => {
  await expect(checkDelegation(given as unknown as DelegationCheck)).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringContaining("the argument must be an object such as") as string,
  });
});

function zone() {
  return emulator.dns.zone(domainName);
}

function upper(text: string) {
  const ds = parseDs(text);
  return { ...ds, digest: ds.digest.toUpperCase() };
}
