import { manualClock } from "../../emulator/index";
import { createWorld, domain, record, type Declared, type World, type WorldOptions } from "./world";

jest.setTimeout(180_000);

type EmulatorOptions = NonNullable<WorldOptions["emulator"]>;

/** Runs a test in a world with a signed zone and the default preflight. */
const withZone =
  (test: (world: World) => Promise<void>, { dns = {}, ...more }: EmulatorOptions = {}) =>
  async () => {
    const world = await createWorld({
      emulator: { ...more, dns: { zones: [{ name: domain }], ...dns } },
      project: { env: { ALICLOUD_DNSSEC_PREFLIGHT: "" } },
    });
    try {
      await test(world);
    } finally {
      await world.close();
    }
  };

const briefly = { customTimeouts: { create: "4s", update: "4s", delete: "4s" } };

/** The record of one of the zone's keys. */
function recordOf({ emulator }: World, key = 0, more: Declared["args"] = {}): Declared {
  const { args } = record(emulator.dns.zone(domain).dsRecord(2, key), briefly);
  return { args: { ...args, ...more }, options: briefly };
}

function wrongRecord(): Declared {
  return record({ keyTag: 2372, algorithm: 13, digestType: 2, digest: "ab".repeat(32) }, briefly);
}

test(
  "a record of the zone's key goes through, and its preview has one line about it",
  withZone(async (world) => {
    const { project, emulator, declare, submissions } = world;
    declare({ ksk: recordOf(world) });
    const preview = await project.preview();
    expect(preview.stdout).toMatch(/DNSSEC preflight of 1 DS record: 1 secure/);
    expect(preview.stdout).not.toContain("warning");
    const { stdout } = await project.up();
    expect(stdout).not.toContain("warning");
    expect(submissions()).toHaveLength(1);
    await project.preview(["--expect-no-changes"]);

    // The zone does not have the replacement key, but the existing record still keeps the domain
    // valid.
    declare({ ksk: wrongRecord() });
    const { keyTag } = emulator.dns.zone(domain).dsRecord();
    const replacing = await project.preview();
    expect(replacing.stdout).toContain(
      `example.com validates only because of example.com/${keyTag}, which this program does not declare`,
    );
  }),
);

test(
  "a record of another key is a warning in the preview, and is refused by up before anything is submitted",
  withZone(async (world) => {
    const { project, emulator, declare, submissions } = world;
    const { keyTag } = emulator.dns.zone(domain).dsRecord();
    declare({ ksk: wrongRecord() });
    const published = `the zone publishes key ${keyTag}`;

    const preview = await project.preview();
    for (const part of [
      "DsRecord (ksk):",
      "warning: With DS 2372 ",
      "bogus",
      published,
      "It does not account for removals.",
      "DNSSEC preflight of 1 DS record: 1 bogus",
    ]) {
      expect(preview.stdout).toContain(part);
    }
    const { json } = await project.previewJson();
    expect(json.diagnostics).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ severity: "warning", message: expect.stringContaining(published) }),
      ]),
    );

    const up = await project.up([], { mayFail: true });
    expect(up.code).not.toBe(0);
    for (const part of [
      "example.com/2372 was not added",
      published,
      "Nothing was submitted.",
      "`ALICLOUD_DNSSEC_PREFLIGHT=warn pulumi up`",
      "[PREFLIGHT_BOGUS]",
    ]) {
      expect(up.stdout + up.stderr).toContain(part);
    }
    expect(submissions()).toEqual([]);

    const forced = await project.up([], { env: { ALICLOUD_DNSSEC_PREFLIGHT: "warn" } });
    expect(forced.stdout).toContain("With this change, example.com is bogus");
    expect(submissions()).toEqual(["Adding 2372"]);
  }),
);

test(
  "a creation waits for a key that is published late",
  withZone(async (world) => {
    const { project, emulator, declare, submissions } = world;
    const zone = emulator.dns.zone(domain);
    zone.publish("unpublished");
    declare({ ksk: { ...recordOf(world), options: {} } });
    const up = project.up();
    const asked = emulator.dns.waitForQuery("DNSKEY", { count: 2 });
    await Promise.race([asked, up]);
    expect(submissions()).toEqual([]);
    zone.publish("healthy");
    await up;
    expect(submissions()).toHaveLength(1);
  }),
);

test(
  "the last record goes, and it is said that the domain turns insecure; what holds it up does not go, unless told",
  withZone(async (world) => {
    const { project, emulator, declare, submissions } = world;
    const zone = emulator.dns.zone(domain);
    const [key] = zone.keys;
    zone.setKeys([...(key ? [key] : []), { flags: 257 }]);
    const standby = recordOf(world, 1);
    declare({ active: recordOf(world), standby });
    await project.up();
    zone.setKeys(key ? [key] : []);

    declare({ standby });
    const refused = await project.up([], { mayFail: true });
    expect(refused.stdout + refused.stderr).toMatch(
      /example\.com depends on this record; without it, .*\[PREFLIGHT_BOGUS\]/s,
    );
    expect(submissions()).toHaveLength(2);

    const { stdout } = await project.destroy();
    expect(stdout).toContain("With this deletion, example.com has no DS record left and turns insecure.");
    expect(emulator.records(domain)).toEqual([]);
  }),
);

describe("waitForPublication", () => {
  // Publication follows this clock.
  const clock = manualClock(Date.now());
  const publishDelayMs = 60_000;
  const published = { clock, taskDurationMs: 0, dns: { publishDelayMs } };

  /** Waits until the provider has asked the parent twice since the submission, then publishes. */
  async function publishLate({ emulator }: World, action: string): Promise<void> {
    await emulator.waitForCall(action);
    const asked = emulator.dns.queries("DS").length;
    await emulator.dns.waitForQuery("DS", { count: asked + 2 });
    clock.advance(publishDelayMs);
  }

  test(
    "lasts until the parent answers with the record, and has its TTL as an output",
    withZone(async (world) => {
      const { project, declare } = world;
      const options = { customTimeouts: { create: "60s", delete: "60s" } };
      declare({ ksk: { ...recordOf(world, 0, { waitForPublication: true }), options } });
      const [{ stdout }] = await Promise.all([
        project.up(),
        publishLate(world, "SaveSingleTaskForAddingDSRecord"),
      ]);
      expect(stdout).not.toContain("warning");
      const [resource] = await project.resources();
      expect(resource?.outputs).toMatchObject({ parentTtl: 300 });
      expect(await project.previewIsEmpty()).toBe(true);
      await Promise.all([project.destroy(), publishLate(world, "SaveSingleTaskForDeletingDSRecord")]);
    }, published),
  );

  test(
    "leaves an unfinished record where it takes too long, and the next up waits for it",
    withZone(async (world) => {
      const { project, emulator, declare, submissions } = world;
      declare({ ksk: recordOf(world, 0, { waitForPublication: true }) });
      const { code, stdout, stderr } = await project.up([], { mayFail: true });
      expect(code).not.toBe(0);
      expect(stdout + stderr).toMatch(/not on all servers of the parent zone.*\[NOT_PUBLISHED\]/s);
      clock.advance(publishDelayMs);
      const asked = emulator.dns.queries("DS").length;
      await project.up();
      expect(emulator.dns.queries("DS").length).toBeGreaterThan(asked);
      expect(submissions()).toHaveLength(1);
      const [resource] = await project.resources();
      expect(resource?.outputs).toMatchObject({ parentTtl: 300 });
      expect(await project.previewIsEmpty()).toBe(true);
    }, published),
  );
});

test(
  "a preview leaves out a record that is not known yet, and unreachable servers are no error",
  withZone(async ({ project, emulator }) => {
    const data = JSON.stringify({ domainName: domain, ...emulator.dns.zone(domain).dsRecord() });
    project.setProgram(`
const { DsRecord } = require("pulumi-alicloud-dnssec");
const first = new DsRecord("known", ${data});
new DsRecord("unknown", { domainName: "${domain}", ds: first.ds });
`);
    const nobody = "127.0.0.1:1";
    const unreachable = {
      ALICLOUD_DNSSEC_NAME_SERVERS: nobody,
      ALICLOUD_DNSSEC_PARENT_NAME_SERVERS: nobody,
    };
    const { stdout } = await project.preview([], { env: unreachable });
    expect(stdout).toContain("DNSSEC preflight of 1 DS record: 1 unknown");
    expect(stdout).toContain("or for records that are not known before `pulumi up`.");
    expect(stdout).toContain("example.com is not known to be safe");
    expect(stdout).not.toContain("warning");
  }),
);
