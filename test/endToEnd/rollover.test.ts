import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { requireTools } from "../harness/requireTools";
import { Validators, type Opinion } from "../harness/validators";
import { createWorld, domain, record, type World } from "./world";

jest.setTimeout(180_000);

/** Returns unbound's opinion on the domain. It trusts the parent's key, and its cache is empty. */
function unboundHost({ emulator }: World, directory: string): () => Promise<Opinion> {
  const { dns } = emulator;
  const validators = new Validators(directory, dns.trustAnchor("com"));
  const servers = { com: [dns.parent], [domain]: [dns.zonesServer] };
  return () => validators.unbound({ name: domain, type: "A" }, servers);
}

/** Asks again and again until it is stopped. */
function watch(ask: () => Promise<Opinion>) {
  const said: Opinion[] = [];
  let isOver = false;
  let onOpinion = () => undefined as void;
  const watching = (async () => {
    while (!isOver) {
      said.push(await ask());
      onOpinion();
    }
  })();
  return {
    /** Resolves after `count` further opinions, or when the watch fails. */
    async more(count: number): Promise<void> {
      const wanted = said.length + count;
      const reached = new Promise<void>((resolve) => {
        onOpinion = () => {
          if (said.length >= wanted) resolve();
        };
      });
      await Promise.race([reached, watching]);
    },
    async stop(): Promise<readonly Opinion[]> {
      isOver = true;
      await watching;
      return said;
    },
  };
}

requireTools("unbound-host");

/** Number of opinions before the addition, before the deletion and after it. */
const opinionsEach = 4;

test("unbound finds the domain secure at every moment of a key roll by replacement", async () => {
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
    const steps = ["Adding", "Deleting"].map((step) =>
      emulator.holdAnswer(`SaveSingleTaskFor${step}DSRecord`, { when: "before" }),
    );
    const rolling = project.up();
    for (const step of steps) {
      await step.arrived;
      await watched.more(opinionsEach);
      step.release();
    }
    await rolling;
    await watched.more(opinionsEach);
    const said = [...(await watched.stop())];

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
