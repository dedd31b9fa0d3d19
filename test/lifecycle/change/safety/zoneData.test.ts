import type { TestZone, ZoneConditionName } from "../../../../emulator/index";
import type { Ds } from "../../../../provider/dnssec/ds";
import type { Context } from "../../../../provider/lifecycle/context";
import { createRecord, deleteRecord, updateRecord } from "../../operations";
import { systemDelegations } from "../../../../provider/preflight/delegations";
import type { PreflightMode } from "../../../../provider/preflight/settings";
import { domain, inputs, outputs, rejection, startBed, type Bed } from "../../bed";

let bed: Bed;
afterEach(() => bed.close());

interface Scene {
  readonly zone: TestZone;
  /** The DS record of the key that signs the zone's keys. */
  readonly active: Ds;
  /** The DS record of a key that no server has. */
  readonly standby: Ds;
  readonly context: (mode: PreflightMode) => Context;
}

/** Starts a registrar, and real DNS servers with the domain's zone. */
async function scene(condition: ZoneConditionName): Promise<Scene> {
  bed = await startBed({ dns: { zones: [{ name: domain, condition }] } });
  const zone = bed.emulator.dns.zone(domain);
  const active = zone.dsRecord();
  const standby = { ...active, keyTag: (active.keyTag + 1) % 0x10000 };
  const delegations = systemDelegations();
  const context = (mode: PreflightMode) => ({
    ...bed.context,
    delegations,
    dnsOverrides: { mode, nameServers: zone.servers },
  });
  return { zone, active, standby, context };
}

const operations = {
  "add the active": (context: Context, { active }: Scene) => createRecord(inputs(active), context),
  "add a standby": (context: Context, { standby }: Scene) => createRecord(inputs(standby), context),
  "modify to the active": (context: Context, { active }: Scene) =>
    updateRecord(`${domain}/${active.keyTag}`, outputs(damaged(active)), inputs(active), context),
  "delete the active": (context: Context, { active }: Scene) =>
    deleteRecord(`${domain}/${active.keyTag}`, outputs(active), context),
  "delete the standby": (context: Context, { standby }: Scene) =>
    deleteRecord(`${domain}/${standby.keyTag}`, outputs(standby), context),
} as const;

function damaged(ds: Ds): Ds {
  return { ...ds, digest: ds.digest.replace(/^./, (first) => (first === "0" ? "1" : "0")) };
}

const befores = {
  none: () => [],
  active: ({ active }: Scene) => [active],
  damaged: ({ active }: Scene) => [damaged(active)],
  both: ({ active, standby }: Scene) => [active, standby],
} as const;

type Row = readonly [
  operation: keyof typeof operations,
  before: keyof typeof befores,
  condition: ZoneConditionName,
  mode: PreflightMode,
  outcome: "done" | "PREFLIGHT_BOGUS" | "PREFLIGHT_UNPROVEN",
  says?: RegExp,
];

const rows: readonly Row[] = [
  ["add the active", "none", "dataUnsigned", "enforce", "PREFLIGHT_BOGUS"],
  ["add the active", "none", "dataExpired", "enforce", "PREFLIGHT_BOGUS"],
  ["add the active", "none", "dataNotYetValid", "enforce", "PREFLIGHT_BOGUS"],
  ["add the active", "none", "dataWrongKey", "enforce", "PREFLIGHT_BOGUS"],
  ["add the active", "none", "dataKeyUnpublished", "enforce", "PREFLIGHT_BOGUS"],
  ["add the active", "none", "dataStaleServer", "enforce", "PREFLIGHT_BOGUS"],
  ["add the active", "none", "dataUnsigned", "warn", "done", /is bogus.*its data is not/],
  ["add the active", "none", "dataExpiring", "enforce", "done", /the RRSIG over the SOA record expires/],
  ["add the active", "none", "keysOnly", "enforce", "done", /not known to be safe.*but not its SOA record/],
  ["add the active", "none", "keysOnly", "strict", "PREFLIGHT_UNPROVEN"],
  ["add a standby", "active", "dataUnsigned", "enforce", "PREFLIGHT_BOGUS"],
  ["add a standby", "active", "healthy", "enforce", "done", /right for a standby/],
  ["modify to the active", "damaged", "dataUnsigned", "enforce", "PREFLIGHT_BOGUS"],
  ["modify to the active", "damaged", "healthy", "enforce", "done"],
  // Deletions from a set that validates nowhere repair an outage.
  ["delete the active", "active", "dataUnsigned", "enforce", "done", /turns insecure/],
  ["delete the active", "both", "dataUnsigned", "enforce", "done", /still bogus/],
  ["delete the standby", "both", "dataUnsigned", "enforce", "done", /still bogus.*its data is not/],
  ["delete the standby", "both", "dataExpired", "strict", "done", /still bogus.*expired/],
  ["delete the active", "both", "dataStaleServer", "enforce", "PREFLIGHT_BOGUS"],
  ["delete the standby", "both", "dataStaleServer", "enforce", "PREFLIGHT_BOGUS"],
  ["delete the standby", "both", "healthy", "enforce", "done"],
];

const titled = rows.map((row) => {
  const [operation, before, condition, mode, outcome] = row;
  return {
    title: `${operation}, with ${before}, of a zone that is ${condition}, under ${mode}: ${outcome}`,
    row,
  };
});

test.each(titled)("$title", async ({ row: [operation, before, condition, mode, outcome, says] }) => {
  const set = await scene(condition);
  bed.emulator.setRecords(domain, [...befores[before](set)]);
  const ended = await operations[operation](set.context(mode), set).then(
    () => "done",
    ({ code }: { code: string }) => code,
  );
  expect([ended, bed.submissions().length]).toEqual([outcome, outcome === "done" ? 1 : 0]);
  const isWait = (text: string) => text.includes(" waits at most 2 min for its zone: ");
  const said = bed
    .said()
    .filter((text) => !isWait(text))
    .join("\n");
  if (says) expect(said).toMatch(says);
  else expect(said).toBe("");
});

test("a refusal says that the data is at fault, and what to do about it", async () => {
  const set = await scene("dataUnsigned");
  const { message } = await rejection(operations["add the active"](set.context("enforce"), set));
  const id = `${domain}/${set.active.keyTag}`;
  expect(message).toBe(
    `${id} was not added: with it, validating resolvers would give no answer for example.com. ` +
      `${set.zone.servers[0]}: the zone's keys are signed, but its data is not: the SOA record has no RRSIG. ` +
      "The whole zone must be signed. Nothing was submitted. " +
      "Sign the whole zone, at every server, with keys of its DNSKEY RRset. " +
      "`ALICLOUD_DNSSEC_PREFLIGHT=warn pulumi up` makes the change anyway, and takes example.com off the internet for validating resolvers.",
  );
});

test("waits for data that is still being signed, as for a key", async () => {
  const set = await scene("dataUnsigned");
  const { delegations } = set.context("enforce");
  const context: Context = {
    ...set.context("enforce"),
    delegations: {
      ...delegations,
      published: (...asking) => delegations.published(...asking),
      keysOf: (...asking) => {
        if (bed.elapsed() >= 60_000 && set.zone.condition !== "healthy") set.zone.publish("healthy");
        return delegations.keysOf(...asking);
      },
    },
  };
  await operations["add the active"](context, set);
  expect(bed.submissions()).toEqual(["Adding"]);
  expect(bed.elapsed()).toBeGreaterThanOrEqual(60_000);
  expect(bed.reports.map(({ text }) => text).join("\n")).toMatch(
    /waits at most 2 min for its zone: .*its data is not[^]*signed data\? 2 min left/,
  );
});
