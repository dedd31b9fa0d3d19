import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { requireTools } from "../harness/requireTools";
import { Validators, type Opinion } from "../harness/validators";
import { createWorld, domain, record, type World } from "./world";

jest.setTimeout(180_000);

const everyMs = 100;

/** Returns unbound's opinion on the domain. It trusts the parent's key, and its cache is empty. */
function unboundHost({ emulator }: World, directory: string): () => Promise<Opinion> {
  const { dns } = emulator;
  const validators = new Validators(directory, dns.trustAnchor("com"));
  const servers = { com: [dns.parent], [domain]: [dns.zonesServer] };
  return () => validators.unbound({ name: domain, type: "A" }, servers);
}

/** Asks until it is told to stop. */
function watch(ask: () => Promise<Opinion>): { stop(): Promise<Opinion[]> } {
  const said: Opinion[] = [];
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      said.push(await ask());
      await sleep(everyMs);
    }
  })();
  return {
    stop: async () => {
      isOver = true;
      await watching;
      return said;
    },
  };
}

requireTools("unbound-host");

test("a key is rolled by replacement, and at no moment does unbound call the domain bogus, or insecure", async () => {
  const directory = mkdtempSync(path.join(tmpdir(), "rollover-"));
  const world = await createWorld({
    emulator: { taskDurationMs: 400, dns: { zones: [{ name: domain }], publishDelayMs: 400 } },
    project: { env: { ALICLOUD_DNSSEC_PREFLIGHT: "" } },
  });
  try {
    const { emulator, project, declare, submissions } = world;
    const zone = emulator.dns.zone(domain);
    const ksk = (key: number) => {
      const { args, options } = record(zone.dsRecord(2, key));
      return { ksk: { args: { ...args, waitForPublication: true }, options: options ?? {} } };
    };
    const tag = (key: number) => zone.dsRecord(2, key).keyTag;
    declare(ksk(0));
    await project.up();
    zone.setKeys([...zone.keys, { flags: 257 }]);

    const ask = unboundHost(world, directory);
    expect(await ask()).toBe("secure");
    const watched = watch(ask);
    declare(ksk(1));
    await project.up();
    const said = await watched.stop();

    expect(submissions()).toEqual([`Adding ${tag(0)}`, `Adding ${tag(1)}`, `Deleting ${tag(0)}`]);
    zone.setKeys(zone.keys.slice(1));
    said.push(await ask());
    expect(said.filter((opinion) => opinion !== "secure")).toEqual([]);
    expect(said.length).toBeGreaterThan(10);
  } finally {
    await world.close();
    rmSync(directory, { recursive: true });
  }
});
