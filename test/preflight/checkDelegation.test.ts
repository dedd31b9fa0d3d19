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

function zone() {
  return emulator.dns.zone(domainName);
}

function upper(text: string) {
  const ds = parseDs(text);
  return { ...ds, digest: ds.digest.toUpperCase() };
}
