import { domain, ds, inWorld, record, type World } from "./world";

jest.setTimeout(180_000);

// Each of these makes Pulumi create a resource and then delete another one with the same id.

async function expectRecordKept(world: World, tags: number[]): Promise<void> {
  expect(world.tags().sort()).toEqual(tags);
  expect(await world.project.previewIsEmpty()).toBe(true);
  await world.project.refresh(["--expect-no-changes"]);
}

const urnOf = async ({ project }: World) => (await project.resources())[0]?.urn ?? "";

describe("the record survives", () => {
  test.each<[string, (world: World) => Promise<unknown>]>([
    [
      "a rename without an alias",
      ({ declare, project }) => {
        declare({ renamed: record(ds(1)) });
        return project.up();
      },
    ],
    ["up --replace", async (world) => world.project.up(["--replace", await urnOf(world)])],
    [
      "a taint",
      async (world) => {
        await world.project.run(["state", "taint", await urnOf(world), "--yes"]);
        return world.project.up();
      },
    ],
    [
      "a change of case in the domain's name",
      ({ declare, project }) => {
        declare({ ksk: { args: { ...ds(1), domainName: "EXAMPLE.Com." } } });
        return project.up();
      },
    ],
  ])("%s", async (_, change) => {
    await inWorld(async (world) => {
      world.declare({ ksk: record(ds(1)) });
      await world.project.up();
      world.emulator.clearJournal();
      await change(world);
      expect(world.submissions()).toEqual([]);
      await expectRecordKept(world, [1]);
    })();
  });

  test(
    "a swap of key tags between two records",
    inWorld(async (world) => {
      world.declare({ a: record(ds(1)), b: record(ds(2)) });
      await world.project.up();
      world.emulator.clearJournal();
      world.declare({ a: record(ds(2)), b: record(ds(1)) });
      await world.project.up();
      expect(world.submissions()).toEqual([]);
      await expectRecordKept(world, [1, 2]);
    }),
  );

  test(
    "a reverted key roll whose deletion failed",
    inWorld(async (world) => {
      world.declare({ ksk: record(ds(1)) });
      await world.project.up();
      world.emulator.faults.add({
        action: "SaveSingleTaskForDeletingDSRecord",
        call: 1,
        fault: { kind: "taskFails" },
      });
      world.declare({ ksk: record(ds(2)) });
      expect((await world.project.up([], { mayFail: true })).code).not.toBe(0);
      expect(world.tags()).toEqual([1, 2]);
      world.declare({ ksk: record(ds(1)) });
      await world.project.up();
      await expectRecordKept(world, [1]);
    }),
  );

  test(
    "a replacement that ran out of time under --continue-on-error",
    inWorld(async (world) => {
      world.declare({ ksk: record(ds(1)) });
      await world.project.up();
      world.emulator.holdTasks();
      world.declare({ ksk: record(ds(2), { customTimeouts: { create: "1s" } }) });
      const { code, stdout, stderr } = await world.project.up(["--continue-on-error"], { mayFail: true });
      expect(code).not.toBe(0);
      expect(stdout + stderr).toContain("TASK_UNFINISHED");
      expect(world.submissions()).toEqual(["Adding 1", "Adding 2"]);
      expect(world.tags()).toEqual([1]);
      world.emulator.releaseTasks();
      await world.project.up();
      expect(world.submissions()).toEqual(["Adding 1", "Adding 2", "Deleting 1"]);
      await expectRecordKept(world, [2]);
    }),
  );
});

test(
  "the old record stays if the addition fails, and the next up does both",
  inWorld(async (world) => {
    world.declare({ old: record(ds(1)) });
    await world.project.up();
    const refusal = { action: "SaveSingleTaskForAddingDSRecord", call: 1 } as const;
    world.emulator.faults.add({ ...refusal, fault: { kind: "error", code: "Forbidden.RAM" } });
    world.declare({ renamed: record(ds(2)) });
    const { code, stdout, stderr } = await world.project.up(["--continue-on-error"], { mayFail: true });
    expect(code).not.toBe(0);
    for (const part of [
      "Forbidden.RAM",
      "REPLACEMENT_UNFINISHED",
      `${domain}/2 failed with REGISTRAR_REFUSED`,
    ]) {
      expect(stdout + stderr).toContain(part);
    }
    expect(world.tags()).toEqual([1]);
    await world.project.up();
    await expectRecordKept(world, [2]);
  }),
);

test(
  "a reverted key roll whose deletion ran out of time ends with the declared record",
  inWorld(async (world) => {
    const impatient = { customTimeouts: { delete: "1s" } };
    world.declare({ ksk: record(ds(1), impatient) });
    await world.project.up();
    const deletion = world.emulator.holdAnswer("SaveSingleTaskForDeletingDSRecord", { when: "before" });
    world.declare({ ksk: record(ds(2), impatient) });
    const roll = world.project.up([], { mayFail: true });
    await deletion.arrived;
    world.emulator.holdTasks();
    deletion.release();
    const { code, stdout, stderr } = await roll;
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain("Do not declare this record again before the task has ended");
    world.emulator.releaseTasks();
    world.declare({ ksk: record(ds(1)) });
    // The record that the revert replaces has the short timeout in its state, so its deletion may
    // need another run.
    await world.project.up([], { mayFail: true });
    await world.project.up();
    await expectRecordKept(world, [1]);
  }),
);

test(
  "a record that two resources declare is refused, naming both",
  inWorld(async (world) => {
    world.declare({ one: record(ds(1)), two: { args: { ...ds(1), domainName: "EXAMPLE.com" } } });
    const { code, stdout, stderr } = await world.project.preview([], { mayFail: true });
    expect(code).not.toBe(0);
    for (const part of [`${domain}/1 is declared twice`, "::one", "::two"])
      expect(stdout + stderr).toContain(part);
    expect(world.emulator.calls()).toEqual([]);
  }),
);
