import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { requireTools } from "../harness/requireTools";
import { runTool } from "../harness/tools";
import { unboundConfiguration } from "../harness/unbound";
import { createWorld, domain, record, type World } from "./world";

jest.setTimeout(180_000);

const everyMs = 100;

/** unbound, which trusts the parent's key and has an empty cache each time. */
function unboundHost({ emulator }: World, directory: string): () => Promise<string> {
  const { dns } = emulator;
  const anchor = path.join(directory, "anchor.zone");
  const configuration = path.join(directory, "unbound.conf");
  const stubs = [
    ["com", [dns.parent]],
    [domain, [dns.zonesServer]],
  ] as const;
  writeFileSync(anchor, `${dns.trustAnchor("com")}\n`);
  writeFileSync(configuration, unboundConfiguration({ trustAnchorFile: anchor, stubs }));
  return async () =>
    (await runTool("unbound-host", ["-C", configuration, "-v", "-t", "A", domain])).output.trim();
}

/** Asks until it is told to stop. */
function watch(ask: () => Promise<string>): { stop(): Promise<string[]> } {
  const said: string[] = [];
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
    expect(await ask()).toContain("(secure)");
    const watched = watch(ask);
    declare(ksk(1));
    await project.up();
    const said = await watched.stop();

    expect(submissions()).toEqual([`Adding ${tag(0)}`, `Adding ${tag(1)}`, `Deleting ${tag(0)}`]);
    zone.setKeys(zone.keys.slice(1));
    said.push(await ask());
    expect(said.filter((text) => !text.includes("(secure)"))).toEqual([]);
    expect(said.length).toBeGreaterThan(10);
  } finally {
    await world.close();
    rmSync(directory, { recursive: true });
  }
});
