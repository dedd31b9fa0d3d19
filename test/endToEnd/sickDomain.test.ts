import type { CliResult } from "../harness/pulumiCli";
import { createWorld, domain, record, type Declared, type World } from "./world";

jest.setTimeout(180_000);

let world: World;
beforeEach(async () => {
  world = await createWorld({
    emulator: { dns: { zones: [{ name: domain }] } },
    project: { env: { ALICLOUD_DNSSEC_PREFLIGHT: "" } },
  });
});
afterEach(() => world.close());

/** The record of one of the zone's keys. */
function recordOf(key = 0, more: Declared["args"] = {}): Declared {
  const { args } = record(world.emulator.dns.zone(domain).dsRecord(2, key));
  return { args: { ...args, ...more } };
}

/** Returns the lasting messages about the domain, each with the name of its row. */
function standings({ events }: CliResult): string[] {
  return events.flatMap((event) => {
    const { message, severity, urn, ephemeral } = (event["diagnosticEvent"] ?? {}) as {
      message?: string;
      severity?: string;
      urn?: string;
      ephemeral?: boolean;
    };
    if (ephemeral || !message || !/is (still bogus|bogus|insecure|not known)/.test(message)) return [];
    const about = /is (still bogus|bogus|insecure|not known to be safe)/.exec(message)?.[0];
    return [`${urn?.split("::").at(-1)}: ${severity}: ${about}`];
  });
}

const up = () => world.project.up([], { events: true });
const refresh = () => world.project.refresh([], { events: true });

test("refresh and an unchanged up report a broken domain on its row, and succeed", async () => {
  world.declare({ ksk: recordOf() });
  expect(standings(await up())).toEqual([]);
  expect(standings(await up())).toEqual([]);
  expect(standings(await refresh())).toEqual([]);

  world.emulator.dns.zone(domain).publish("expired");
  const unchanged = await up();
  expect(standings(unchanged)).toEqual(["ksk: warning: is bogus"]);
  expect(unchanged.stdout).toMatch(/example\.com is bogus \(.* expired at .*had when this run began\./);
  const refreshed = await refresh();
  expect(standings(refreshed)).toEqual(["ksk: warning: is bogus"]);
  expect([unchanged.code, refreshed.code]).toEqual([0, 0]);
  expect(world.submissions()).toHaveLength(1);

  const off = { events: true, env: { ALICLOUD_DNSSEC_PREFLIGHT: "off" } };
  expect(standings(await world.project.up([], off))).toEqual([]);
  expect(standings(await world.project.refresh([], off))).toEqual([]);
});

test("the report of create and update on a broken domain is not repeated", async () => {
  const zone = world.emulator.dns.zone(domain);
  const [key] = zone.keys;
  zone.setKeys([...(key ? [key] : []), { flags: 257 }]);
  world.declare({ ksk: recordOf() });
  await up();
  zone.publish("expired");

  // A stack that does not know the record adopts it.
  await world.project.run([
    "state",
    "delete",
    "--yes",
    "--force",
    (await world.project.resources())[0]?.urn ?? "",
  ]);
  const adopted = await up();
  expect(adopted.stdout).toContain("adopted without a task");
  expect(standings(adopted)).toEqual(["ksk: warning: is bogus"]);

  // An option changes, but the record does not.
  world.declare({ ksk: recordOf(0, { keyWait: "1s" }) });
  expect(standings(await up())).toEqual(["ksk: warning: is bogus"]);

  // One record stays, and another is added.
  world.declare({ ksk: recordOf(0, { keyWait: "1s" }), second: recordOf(1) });
  const forced = { events: true, env: { ALICLOUD_DNSSEC_PREFLIGHT: "warn" } };
  const added = await world.project.up([], forced);
  expect(standings(added)).toEqual(["second: warning: is still bogus"]);
});

test("a zone that no server answers for is reported as information, within seconds", async () => {
  world.declare({ ksk: recordOf() });
  await up();
  const env = { ALICLOUD_DNSSEC_NAME_SERVERS: "127.0.0.1:1" };
  const result = await world.project.up([], { events: true, env });
  expect(standings(result)).toEqual(["ksk: info: is not known to be safe"]);
});
