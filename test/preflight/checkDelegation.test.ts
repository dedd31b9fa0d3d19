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

test("without nameServers, the delegation is looked for at the parent, and a domain that it does not have is unknown", async () => {
  const verdict = await checkDelegation({
    domainName: "nobody.com",
    ds: wrong,
    parentNameServers: [emulator.dns.parent],
    timeoutMs: 2_000,
  });
  expect(verdict).toMatchObject({ status: "unknown", reasons: [{ code: "NOT_DELEGATED" }] });
});

describe("without ds, by what the parent publishes:", () => {
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
    const check = { domainName: "nobody.com", parentNameServers: [parent()], timeoutMs: 2_000, ...more };
    expect(await checkDelegation(check)).toMatchObject({
      status: "unknown",
      reasons: [{ code: "NOT_DELEGATED" }],
    });
  });
});

test.each<[string, Partial<DelegationCheck>, string]>([
  ["no domain", { domainName: "-.com" }, "DOMAIN_NAME_INVALID"],
  ["no DS", { ds: "2371 13 2" }, "DS_SYNTAX"],
  ["the DS of another domain", { ds: `example.net. IN DS ${wrong}` }, "DS_SYNTAX"],
  ["no key", { dnskey: "257 3" }, "DNSKEY_SYNTAX"],
  ["a server by name", { nameServers: ["ns1.example.com"] }, "CONFIG_INVALID"],
  ["no server", { parentNameServers: [] }, "CONFIG_INVALID"],
])("%s is refused before anybody is asked", async (_, more, code) => {
  emulator.dns.clearJournal();
  await expect(check(more)).rejects.toMatchObject({ code });
  expect(emulator.dns.journal).toEqual([]);
});

const fields = { keyTag: 1, algorithm: 13, digestType: 2, digest: "ab".repeat(32) };

/** What JavaScript lets through, and a value that got lost on its way. */
test.each<[object, string, string]>([
  [
    { ds: undefined },
    "DS_SYNTAX",
    "ds is undefined: leave the property out to judge what the parent publishes, or",
  ],
  [{ ds: undefined, dnskey: "257 3 13 AA==" }, "DS_SYNTAX", "ds is undefined"],
  [{ dnskey: undefined }, "DNSKEY_SYNTAX", "dnskey is undefined: leave the property out"],
  [{ ds: null }, "DS_SYNTAX", "ds is null; allowed are text such as"],
  [{ ds: 2371 }, "DS_SYNTAX", "ds is 2371; allowed"],
  [{ ds: [wrong, 5] }, "DS_SYNTAX", "ds[1] is 5; allowed"],
  [{ ds: [[wrong]] }, "DS_SYNTAX", "ds[0] is a list; allowed"],
  [{ ds: { ...fields, digest: undefined } }, "DS_SYNTAX", "ds is an object; allowed"],
  [{ ds: { ...fields, keyTag: "1" } }, "DS_SYNTAX", "ds is an object; allowed"],
  [{ ds: { ...fields, keyTag: 65_536 } }, "DS_SYNTAX", "65536"],
  [{ ds: { ...fields, digest: "ab" } }, "DS_SYNTAX", "digest"],
  [{ ds: [], dnskey: 5 }, "DNSKEY_SYNTAX", "dnskey is 5; allowed is text"],
  [{ DS: wrong }, "CONFIG_INVALID", 'there is no property "DS"; did you mean ds?'],
  [
    { nameserver: "192.0.2.1" },
    "CONFIG_INVALID",
    'there is no property "nameserver"; did you mean nameServers?',
  ],
  [{ resolver: "192.0.2.1" }, "CONFIG_INVALID", 'there is no property "resolver"; there are domainName, ds,'],
  [{ ds: [], nameServers: "192.0.2.1" }, "CONFIG_INVALID", 'nameServers has "192.0.2.1"; allowed is a list'],
  [{ ds: [], parentNameServers: [5] }, "CONFIG_INVALID", "parentNameServers has 5; allowed is a list"],
  [{ ds: [], timeoutMs: 0 }, "CONFIG_INVALID", "timeoutMs is 0; allowed are milliseconds"],
  [{ ds: [], timeoutMs: Number.NaN }, "CONFIG_INVALID", "timeoutMs is NaN"],
  [{ ds: [], timeoutMs: Infinity }, "CONFIG_INVALID", "timeoutMs is Infinity"],
  [{ ds: [], timeoutMs: "5" }, "CONFIG_INVALID", 'timeoutMs is "5"'],
  [{ domainName: 5 }, "DOMAIN_NAME_INVALID", "5 is not a domain name"],
])("%j is refused by name, before any server is asked", async (given, code, message) => {
  emulator.dns.clearJournal();
  const { servers } = emulator.dns.zone(domainName);
  const all = { domainName, nameServers: servers, parentNameServers: [emulator.dns.parent], ...given };
  await expect(checkDelegation(all as DelegationCheck)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message) as string,
  });
  expect(emulator.dns.journal).toEqual([]);
});

test.each([undefined, null, "example.com"])("%j is no check", async (given) => {
  await expect(checkDelegation(given as unknown as DelegationCheck)).rejects.toMatchObject({
    code: "CONFIG_INVALID",
  });
});

function zone() {
  return emulator.dns.zone(domainName);
}

function upper(text: string) {
  const ds = parseDs(text);
  return { ...ds, digest: ds.digest.toUpperCase() };
}
