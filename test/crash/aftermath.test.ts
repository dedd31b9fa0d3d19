import { domain, ds, record, type World } from "../endToEnd/world";
import { untilNone } from "../harness/leftovers";
import { arrival, inFreshWorld, isLocked, orphanMs, pendingOperations } from "./crash";
import { interruptions } from "./interruptions";
import { foreign } from "./operations";

jest.setTimeout(240_000);

// What docs/guides/interruptions.md says outside its table.

const add = "SaveSingleTaskForAddingDSRecord";
const remove = "SaveSingleTaskForDeletingDSRecord";
const detail = "QueryTaskDetailList";

const stack =
  (test: (world: World) => Promise<void>, live = [] as ReturnType<typeof ds>[]) =>
  () =>
    inFreshWorld({ live }, test);

/**
 * Kills a run and its provider while the answer to this action is on its way. From then on no task
 * ends.
 */
async function kill({ emulator, project }: World, command: "up" | "destroy", action: string): Promise<void> {
  emulator.holdTasks();
  const held = emulator.holdAnswer(action);
  const run = project.start([command, "--yes", "--skip-preview"]);
  await arrival(held, run);
  await interruptions.both.strike(run, project);
  await held.ended;
}

function live({ emulator }: World): number[] {
  return emulator
    .records(domain)
    .map(({ keyTag }) => keyTag)
    .filter((keyTag) => keyTag !== foreign.keyTag);
}

test.concurrent(
  "a locked stack says so, and cancel frees it",
  stack(async (world) => {
    const { project, emulator, declare } = world;
    declare({ ksk: record(ds(1)) });
    await kill(world, "up", add);
    emulator.releaseTasks();
    const { code, stderr } = await project.up([], { mayFail: true });
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/locked by 1 lock.*`pulumi cancel`/s);
    await project.cancel();
    expect(isLocked(project)).toBe(false);
  }),
);

test.concurrent(
  "up warns of a pending creation until refresh --clear-pending-creates removes it",
  stack(async (world) => {
    const { project, emulator, declare } = world;
    declare({ ksk: record(ds(1)) });
    await kill(world, "up", add);
    emulator.releaseTasks();
    await project.cancel();
    const warning = /with 1 pending operations.*interrupted while creating/s;
    expect((await project.up()).stdout).toMatch(warning);
    await project.refresh();
    expect(await pendingOperations(project)).toEqual(["creating"]);
    await project.refresh(["--clear-pending-creates"]);
    expect(await pendingOperations(project)).toEqual([]);
    expect((await project.up(["--expect-no-changes"])).stdout).not.toContain("pending operations");
  }),
);

test.concurrent(
  "a killed creation and a destroy leave an unmanaged record, which up adopts",
  stack(async (world) => {
    const { project, emulator, declare, submissions } = world;
    declare({ ksk: record(ds(1)) });
    await kill(world, "up", add);
    await project.cancel();
    await project.destroy();
    emulator.releaseTasks();
    expect({ records: live(world), state: await project.resources() }).toEqual({ records: [1], state: [] });
    await project.up();
    await project.destroy();
    expect(live(world)).toEqual([]);
    expect(submissions()).toEqual(["Adding 1", "Deleting 1"]);
  }),
);

test.concurrent(
  "after a killed destroy, only up --refresh notices that a record is gone",
  stack(
    async (world) => {
      const { project, emulator, declare } = world;
      declare({ ksk: record(ds(1)) });
      await project.up();
      await kill(world, "destroy", remove);
      emulator.releaseTasks();
      await project.cancel();
      await project.up(["--expect-no-changes"]);
      expect(live(world)).toEqual([]);
      await project.up(["--refresh"]);
      expect(live(world)).toEqual([1]);
      await project.preview(["--expect-no-changes"]);
    },
    [ds(1)],
  ),
);

test.concurrent(
  "a record is resumed with the same task after its resumption is killed",
  stack(async (world) => {
    const { project, emulator, declare, submissions } = world;
    declare({ ksk: record(ds(1), { customTimeouts: { create: "1s" } }) });
    emulator.holdTasks();
    expect((await project.up([], { mayFail: true })).code).not.toBe(0);
    await kill(world, "up", detail);
    await project.cancel();
    emulator.releaseTasks();
    await project.up();
    expect(live(world)).toEqual([1]);
    expect(submissions()).toEqual(["Adding 1"]);
    await project.preview(["--expect-no-changes"]);
  }),
);

test.concurrent(
  "an orphan that waits between two queries of its task ends without another",
  stack(async ({ project, emulator, declare }) => {
    declare({ ksk: record(ds(1)) });
    emulator.holdTasks();
    const run = project.start(["up", "--yes", "--skip-preview"]);
    // The next pause is of two seconds and more.
    await emulator.waitForCall(detail, { count: 6 });
    await interruptions.cli.strike(run, project);
    await untilNone(() => project.providerProcesses(), orphanMs);
    expect(emulator.calls(detail)).toHaveLength(6);
  }),
);
