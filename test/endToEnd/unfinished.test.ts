import { ds, inWorld, record, type World } from "./world";

jest.setTimeout(180_000);

const impatient = { customTimeouts: { create: "1s", update: "1s" } };

/** Leaves the record of a stack in the middle of a held task. */
async function leaveUnfinished(world: World): Promise<void> {
  world.emulator.holdTasks();
  world.declare({ ksk: record(ds(1), impatient) });
  const { code, stdout, stderr } = await world.project.up([], { mayFail: true });
  expect(code).not.toBe(0);
  const [task] = world.emulator.tasks();
  for (const part of [
    "TASK_UNFINISHED",
    task?.taskNo ?? "?",
    "the next `pulumi up` continues with the same task",
  ]) {
    expect(stdout + stderr).toContain(part);
  }
  const [resource] = await world.project.resources();
  expect(resource?.outputs).toMatchObject({ pending: { taskNo: task?.taskNo, action: "add" } });
}

async function expectFinished(world: World, submissions: string[]): Promise<void> {
  expect(world.submissions()).toEqual(submissions);
  const [resource] = await world.project.resources();
  expect(resource?.outputs).not.toHaveProperty("pending");
  expect(await world.project.previewIsEmpty()).toBe(true);
}

describe("a record that ran out of time is resumed with the same task", () => {
  test.each<[string, (world: World) => Promise<void>]>([
    ["by up", async ({ project }) => void (await project.up())],
    ["by up --refresh", async ({ project }) => void (await project.up(["--refresh"]))],
    [
      "by refresh and up",
      async ({ project }) => {
        await project.refresh();
        await project.up();
      },
    ],
    [
      "by refresh during the task, and up",
      async ({ project, emulator }) => {
        emulator.holdTasks();
        await project.refresh();
        emulator.releaseTasks();
        await project.up();
      },
    ],
  ])("%s", async (_, resume) => {
    await inWorld(async (world) => {
      await leaveUnfinished(world);
      const { stdout } = await world.project.preview();
      expect(stdout).toContain("1 to update");
      world.emulator.releaseTasks();
      await resume(world);
      expect(world.tags()).toEqual([1]);
      await expectFinished(world, ["Adding 1"]);
    })();
  });

  test(
    "by destroy, which then deletes it",
    inWorld(async (world) => {
      await leaveUnfinished(world);
      world.emulator.releaseTasks();
      await world.project.destroy();
      expect(world.submissions()).toEqual(["Adding 1", "Deleting 1"]);
      expect(world.tags()).toEqual([]);
    }),
  );

  test(
    "after a change of the inputs, which is then applied",
    inWorld(async (world) => {
      await leaveUnfinished(world);
      world.emulator.releaseTasks();
      world.declare({ ksk: record(ds(1, "f")) });
      await world.project.up();
      expect(world.emulator.records("example.com")).toEqual([ds(1, "f")]);
      await expectFinished(world, ["Adding 1", "Modifying 1"]);
    }),
  );

  test(
    "and can run out of time again",
    inWorld(async (world) => {
      await leaveUnfinished(world);
      const { code } = await world.project.up([], { mayFail: true });
      expect(code).not.toBe(0);
      world.emulator.releaseTasks();
      await world.project.up();
      await expectFinished(world, ["Adding 1"]);
    }),
  );
});
