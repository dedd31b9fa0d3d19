import { createWorld, domain, record, type Declared, type World } from "./world";

jest.setTimeout(240_000);

/** Runs a test in a world with a signed zone and the default preflight. */
const withZone =
  (test: (world: World) => Promise<void>, keyWait = "2s") =>
  async () => {
    const env = { ALICLOUD_DNSSEC_PREFLIGHT: "", ALICLOUD_DNSSEC_KEY_WAIT: keyWait };
    const world = await createWorld({ emulator: { dns: { zones: [{ name: domain }] } }, project: { env } });
    try {
      await test(world);
    } finally {
      await world.close();
    }
  };

const first = { deleteBeforeReplace: true };

function recordOf({ emulator }: World, key = 0, options: Declared["options"] = {}): Declared {
  return record(emulator.dns.zone(domain).dsRecord(2, key), options);
}

function wrongRecord(keyTag: number, options: Declared["options"] = {}): Declared {
  return record({ keyTag, algorithm: 13, digestType: 2, digest: "ab".repeat(32) }, options);
}

/** Returns the preview's counts, and the submissions and messages of the `up` that follows. */
async function changed({ project, submissions }: World, args: string[] = []) {
  const before = submissions().length;
  const preview = await project.preview(args);
  const [, counts] = /DNSSEC preflight of \d+ DS records?: (.*)/.exec(preview.stdout) ?? [];
  const { code, stdout, stderr } = await project.up(args, { mayFail: true });
  return { counts, isDone: code === 0, tasks: submissions().slice(before), preview, said: stdout + stderr };
}

const refused = { isDone: false, tasks: [] };

test(
  "a key that no server publishes is not counted as secure, and is refused before the first task, in either order",
  withZone(async (world) => {
    const { emulator, declare } = world;
    const { keyTag } = emulator.dns.zone(domain).dsRecord();
    declare({ ksk: recordOf(world) });
    await world.project.up();

    declare({ ksk: wrongRecord(2372) });
    const added = await changed(world);
    expect(added).toMatchObject({ counts: "1 valid only through undeclared records", ...refused });
    expect(added.preview.stdout).toContain(
      `With preflight "enforce", \`pulumi up\` does not replace or delete example.com/${keyTag} until this is fixed.`,
    );
    expect(added.said).toMatch(
      new RegExp(
        `example\\.com/2372 was not added: when example\\.com/2372 has replaced example\\.com/${keyTag}, .*Nothing was submitted\\. `,
        "s",
      ),
    );

    declare({ ksk: wrongRecord(2372, first) });
    const deleted = await changed(world);
    expect(deleted).toMatchObject({ counts: "1 valid only through undeclared records", ...refused });
    expect(deleted.said).toContain(
      `example.com/${keyTag} was not deleted: when example.com/2372 has replaced`,
    );

    declare({ ksk: recordOf(world) });
    await world.project.preview(["--expect-no-changes"]);
  }),
);

test(
  "several wrong keys at once are refused, a standby that replaces none is not, nor is a wrong key beside a right one",
  withZone(async (world) => {
    const { emulator, declare } = world;
    const zone = emulator.dns.zone(domain);
    zone.setKeys([...zone.keys, { flags: 257 }, { flags: 257 }]);
    const tag = (key: number) => zone.dsRecord(2, key).keyTag;
    declare({ a: recordOf(world, 0), b: recordOf(world, 1) });
    await world.project.up();

    declare({ a: wrongRecord(2372), b: wrongRecord(2373) });
    expect(await changed(world)).toMatchObject({
      counts: "2 valid only through undeclared records",
      ...refused,
    });

    const [a, b] = [recordOf(world, 0), recordOf(world, 1)];
    declare({ a, b, standby: wrongRecord(2374) });
    expect(await changed(world)).toMatchObject({ counts: "3 secure", isDone: true, tasks: ["Adding 2374"] });

    declare({ a: recordOf(world, 2), b: wrongRecord(2373), standby: wrongRecord(2374) });
    const { tasks, ...rolled } = await changed(world);
    expect(rolled).toMatchObject({ counts: "3 secure", isDone: true });
    expect(tasks.toSorted()).toEqual(
      [`Adding ${tag(2)}`, "Adding 2373", `Deleting ${tag(0)}`, `Deleting ${tag(1)}`].toSorted(),
    );
  }),
);

test(
  "a key that is published during the wait replaces the old one, and nothing is submitted before",
  withZone(async (world) => {
    const { emulator, project, declare, submissions } = world;
    const zone = emulator.dns.zone(domain);
    zone.setKeys([...zone.keys, { flags: 257 }]);
    const [old, fresh] = zone.keys;
    if (!old || !fresh) throw new Error("two keys were set");
    const tag = (key: number) => zone.dsRecord(2, key).keyTag;
    declare({ ksk: recordOf(world, 0) });
    await project.up();
    declare({ ksk: recordOf(world, 1) });
    const tags = [tag(0), tag(1)];
    zone.setKeys([old]);
    const asked = emulator.dns.queries("DNSKEY").length;
    const up = project.up();
    await Promise.race([emulator.dns.waitForQuery("DNSKEY", { count: asked + 3 }), up]);
    expect(submissions()).toHaveLength(1);
    zone.setKeys([old, fresh]);
    await up;
    expect(submissions()).toEqual([`Adding ${tags[0]}`, `Adding ${tags[1]}`, `Deleting ${tags[0]}`]);
  }, "2m"),
);

test(
  "where nothing tells what is replaced, the refusal says what was added and how to undo it, and that undoes it",
  withZone(async (world) => {
    const { emulator, project, declare } = world;
    const { keyTag } = emulator.dns.zone(domain).dsRecord();
    declare({ ksk: recordOf(world) });
    await project.up();
    const { urn = "" } = (await project.resources())[0] ?? {};
    declare({ ksk: wrongRecord(2372) });
    const { said, ...replaced } = await changed(world, ["--replace", urn]);
    expect(replaced).toMatchObject({
      counts: "1 valid only through undeclared records",
      isDone: false,
      tasks: ["Adding 2372"],
    });
    expect(said).toMatch(
      new RegExp(
        `example\\.com/${keyTag} was not deleted.* This run submitted nothing for example\\.com/${keyTag}\\. Earlier, it added ` +
          `example\\.com/2372 \\(task [-0-9a-f]{36}\\)\\. .*To undo the change of example\\.com/2372, declare example\\.com/${keyTag} in its place again and run \`pulumi up\`\\.`,
        "s",
      ),
    );
    declare({ ksk: recordOf(world) });
    expect(await changed(world)).toMatchObject({
      counts: "1 secure",
      isDone: true,
      tasks: ["Deleting 2372"],
    });
    expect(world.tags()).toEqual([keyTag]);
    await project.preview(["--expect-no-changes"]);
  }),
);

test(
  "at eight records, deleting first makes room for a published key, and a wrong one is refused",
  withZone(async (world) => {
    const { emulator, project, declare, tags } = world;
    const zone = emulator.dns.zone(domain);
    zone.setKeys([...zone.keys, { flags: 257 }]);
    const standbys = Object.fromEntries(
      Array.from({ length: 6 }, (_, index) => [`standby-${index}`, wrongRecord(100 + index)]),
    );
    declare({ a: recordOf(world, 0), b: recordOf(world, 1), ...standbys });
    await project.up();
    expect(tags()).toHaveLength(8);

    const { keyTag } = zone.dsRecord();
    declare({ a: recordOf(world, 0), ...standbys, b: wrongRecord(2372, first) });
    expect(await changed(world)).toMatchObject({
      counts: "8 secure",
      isDone: true,
      tasks: [`Deleting ${zone.dsRecord(2, 1).keyTag}`, "Adding 2372"],
    });
    declare({ a: wrongRecord(2373, first), ...standbys, b: wrongRecord(2372) });
    const wrong = await changed(world);
    expect(wrong).toMatchObject({ counts: "8 valid only through undeclared records", ...refused });
    expect(wrong.said).toContain(`example.com/${keyTag} was not deleted`);
  }),
);
