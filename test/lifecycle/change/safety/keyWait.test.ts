import type { Delegations } from "../../../../provider/lifecycle/ports";
import { awaitedFor, canBeAwaited, maxKeyWait } from "../../../../provider/lifecycle/change/safety/keyWait";
import { createRecord, updateRecord } from "../../operations";
import { readDnsSettings, type DnsSettings } from "../../../../provider/preflight/settings";
import type { Reason, Verdict } from "../../../../provider/preflight/verdict";
import type { VerdictCode } from "../../../../provider/preflight/verdictCodes";
import { domain, ds, id, inputs, outputs, registrarWith, rejection, type Bed } from "../../bed";

let bed: Bed | undefined;
afterEach(() => bed?.close());

const at = (server: string | undefined, code: VerdictCode): Reason =>
  server === undefined ? { code, message: "…" } : { code, message: "…", server };

/** For each bogus verdict: whether time alone can help, and the row's word for it. */
test.each<[string, Reason[], boolean, string]>([
  ["ZONE_NONEXISTENT", [at("a", "ZONE_NONEXISTENT")], true, "zone"],
  ["KEYS_WITHHELD", [at(undefined, "KEYS_WITHHELD")], true, "zone's keys"],
  ["ZONE_UNSIGNED", [at("a", "ZONE_UNSIGNED")], true, "signed zone"],
  ["KEY_NOT_PUBLISHED", [at("a", "KEY_NOT_PUBLISHED")], true, "key 2"],
  ["KEY_NOT_SIGNING", [at("a", "KEY_NOT_SIGNING")], true, "key 2"],
  ["SIGNATURE_EXPIRED", [at("a", "SIGNATURE_EXPIRED")], true, "signature"],
  ["SIGNATURE_NOT_YET_VALID", [at("a", "SIGNATURE_NOT_YET_VALID")], true, "signature"],
  ["SIGNATURE_INVALID", [at("a", "SIGNATURE_INVALID")], true, "signature"],
  ["RECORD_MALFORMED", [at("a", "RECORD_MALFORMED")], true, "key 2"],
  ["TOO_MUCH_WORK", [at("a", "TOO_MUCH_WORK")], true, "key 2"],
  ["ALGORITHM_MISMATCH", [at("a", "ALGORITHM_MISMATCH")], false, "key 2"],
  ["DIGEST_MISMATCH", [at("a", "DIGEST_MISMATCH")], false, "key 2"],
  ["DIGEST_MISMATCH at several servers", [at(undefined, "DIGEST_MISMATCH")], false, "key 2"],
  ["KEY_NOT_ZONE_KEY", [at("a", "KEY_NOT_ZONE_KEY")], false, "key 2"],
  ["KEY_UNUSABLE", [at("a", "KEY_UNUSABLE")], false, "key 2"],
  ["KEY_REVOKED", [at("a", "KEY_REVOKED")], false, "key 2"],
  [
    "one DS that is hopeless beside one whose key may come",
    [at("a", "DIGEST_MISMATCH"), at("a", "SIGNATURE_EXPIRED")],
    true,
    "signature",
  ],
  [
    "a server without the key beside one that has another",
    [at("a", "KEY_NOT_PUBLISHED"), at("b", "DIGEST_MISMATCH")],
    false,
    "key 2",
  ],
  [
    "a fault of all servers, and one of them alone",
    [at(undefined, "KEY_NOT_PUBLISHED"), at("a", "DIGEST_MISMATCH")],
    true,
    "key 2",
  ],
])("%s", (_, reasons, can, word) => {
  expect([canBeAwaited(reasons), awaitedFor(reasons, [ds(1), ds(2)])]).toEqual([can, word]);
});

test.each<[number | undefined, number, number]>([
  [undefined, 900_000, 120_000],
  [undefined, 60_000, 30_000],
  [undefined, -1, 0],
  [0, 900_000, 0],
  [600_000, 900_000, 600_000],
  [600_000, 60_000, 60_000],
  [600_000, -1, 0],
])("a wait of %p ms, with %p ms left, is one of %p ms", (configured, left, ms) => {
  expect(maxKeyWait(configured, left)).toBe(ms);
});

/** Returns a zone that never has the key of the DS, for this reason. */
function zoneWith(code: VerdictCode): Delegations {
  const reasons = [{ code, message: "no such key", server: "ns1" }];
  const verdict: Verdict = { status: "bogus", reasons, warnings: [] };
  return {
    keysOf: () => Promise.resolve(() => verdict),
    published: () => Promise.reject(new Error("nothing waits for publication")),
  };
}

async function waitedFor(
  code: VerdictCode,
  settings: DnsSettings = {},
  more: Record<string, unknown> = {},
): Promise<number> {
  bed = await registrarWith([]);
  const context = { ...bed.context, delegations: zoneWith(code), dnsOverrides: settings };
  const error = await rejection(createRecord(inputs(ds(1), more), context));
  expect(error).toMatchObject({ code: "PREFLIGHT_BOGUS" });
  expect(bed.submissions()).toEqual([]);
  return bed.elapsed();
}

test.each<[VerdictCode, number]>([
  ["KEY_NOT_PUBLISHED", 120_000],
  ["DIGEST_MISMATCH", 0],
  ["ALGORITHM_MISMATCH", 0],
])("a creation that is refused for %s has waited %p ms", async (code, ms) => {
  expect(await waitedFor(code)).toBe(ms);
  const said = `${domain}/1 waits at most 2 min for its zone: no such key.`;
  expect(bed?.said()).toEqual(ms === 0 ? [] : [said]);
});

const env = (text: string) =>
  readDnsSettings((key) => (key === "keyWait" ? "5m" : undefined), { ALICLOUD_DNSSEC_KEY_WAIT: text });
const config = (text: string) => readDnsSettings((key) => (key === "keyWait" ? text : undefined), {});

test.each<[string, DnsSettings, Record<string, unknown>, number]>([
  ["the record", {}, { keyWait: "10s" }, 10_000],
  ["a record that does not wait", {}, { keyWait: "0s" }, 0],
  ["the configuration before the record", config("20s"), { keyWait: "10s" }, 20_000],
  ["the environment before both", env("30s"), { keyWait: "10s" }, 30_000],
  ["all of the remaining time at most", {}, { keyWait: "1h", __timeouts: { create: "1m" } }, 60_000],
  ["a state that was edited by hand", {}, { keyWait: 5 }, 120_000],
])("the longest wait comes from %s", async (_, settings, more, ms) => {
  expect(await waitedFor("KEY_NOT_PUBLISHED", settings, more)).toBe(ms);
});

test("a changed wait alone makes no task", async () => {
  bed = await registrarWith([ds(1)]);
  const news = inputs(ds(1), { keyWait: "5m" });
  const { outs } = await updateRecord(id, outputs(ds(1), { keyWait: "10s" }), news, bed.context);
  expect([bed.submissions(), outs["keyWait"]]).toEqual([[], "5m"]);
});
