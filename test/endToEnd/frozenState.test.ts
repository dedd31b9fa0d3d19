import { writeFileSync } from "node:fs";
import path from "node:path";
import type { JournalEntry } from "../../emulator/index";
import type { Change } from "../../provider/registrar/registrar";
import type { StackExport, StackResource } from "../harness/pulumiCli";
import { fields } from "../lifecycle/record/exampleRecord";
import { deadline, registrarOf } from "../alicloud/bed";
import {
  finished,
  idn,
  keyTag,
  kept,
  names,
  otherDomain,
  patient,
  programWithGet,
  readState,
  world,
  writeState,
} from "./frozenStates";
import { domain, ds, inWorld, record, type World } from "./world";

jest.setTimeout(300_000);

// WRITE_STATES=1 writes the states again. Never do that for a released state: this test must show
// what today's code can no longer read.
beforeAll(async () => {
  if (process.env["WRITE_STATES"]) for (const name of names) await writeState(name);
});

test.each(names)("the state %s names no machine and no person, and holds nothing encrypted", (name) => {
  const text = JSON.stringify(readState(name));
  expect(text).not.toMatch(
    /\/(tmp|home|root|Users|work|usr|opt)\/|passphrase|salt|ciphertext|file:\/\/|project:\/\//,
  );
  expect(text.match(/\d{4}-\d\d-\d\dT/g)?.every((day) => day === "2026-01-02T")).toBe(true);
});

/** Closures in the inputs of a stack's records. */
function closuresOf(resources: readonly StackResource[] = []): Set<unknown> {
  return new Set(resources.map(({ inputs = {} }) => inputs["__provider"]).filter(Boolean));
}

/**
 * Expects that the program has replaced the closure of 0.1.0, which managed the records until then.
 */
async function expectNewClosure({ project }: World, name: string): Promise<void> {
  const old = closuresOf(readState(name).deployment.resources);
  const current = closuresOf(await project.resources());
  expect([old.size, current.size]).toEqual([1, 1]);
  expect([...old][0]).toContain('Object.assign(this, load("pulumi-alicloud-dnssec/provider"))');
  expect([...current][0]).toContain(".dsRecord(this, request)");
}

test(
  "finished records of every kind: refresh, preview, update and destroy",
  inWorld(async (world) => {
    const { project, emulator, submissions } = world;
    const set = (name: string, tags: number[]) =>
      emulator.setRecords(
        name,
        tags.map((tag) => live(tag)),
      );
    set(domain, [1, 2, keyTag, 4, 5, 6]);
    set(idn, [8]);
    await importState(world, readState("finished"));
    project.setProgram(programWithGet(finished));
    await project.refresh(["--expect-no-changes"]);
    // A record that the program only reads is read again, because its closure is new.
    const { json } = await project.previewJson(["--expect-no-changes"]);
    expect(json.changeSummary).toEqual({ same: Object.keys(finished).length + 1, read: 1 });
    expect(submissions()).toEqual([]);

    // 0.1.0 kept the option without using it. The servers that the record names do not exist.
    const rest = { args: { ...finished["options"]?.args, waitForPublication: false } };
    const changed = { ...finished, tuple: record(ds(1, "f")), text: record(ds(7)), options: rest };
    project.setProgram(programWithGet(changed));
    await project.up();
    expect(submissions().sort()).toEqual(["Adding 7", "Deleting 2", "Modifying 1"]);
    await expectNewClosure(world, "finished");

    await project.destroy();
    expect([emulator.records(domain), emulator.records(idn)]).toEqual([kept, []]);
  }, world),
);

/** Imports the state of two unfinished changes, whose tasks run at the registrar until released. */
async function importUnfinished(world: World): Promise<void> {
  const { emulator } = world;
  emulator.setRecords(domain, []);
  emulator.setRecords(otherDomain, [ds(1)]);
  emulator.holdTasks();
  const tasks = {
    add: await submit(world, domain, { action: "add", ds: ds(1) }),
    modify: await submit(world, otherDomain, { action: "modify", ds: ds(1, "f") }),
  };
  await importState(world, withTasks(readState("unfinished"), tasks));
  // The old program gives them no time. That is all that changes here.
  world.declare(patient);
}

/** Lets the tasks end once the command has queried both of them. */
async function meetingTasks({ emulator }: World, command: Promise<unknown>): Promise<void> {
  const asked = emulator.tasks().map(({ taskNo }) => emulator.waitForCall(asksFor(taskNo)));
  await Promise.race([Promise.all(asked), command]);
  emulator.releaseTasks();
  await command;
}

function asksFor(task: string) {
  return ({ action, params }: JournalEntry) => action === "QueryTaskDetailList" && params["TaskNo"] === task;
}

async function expectFinished(world: World): Promise<void> {
  const { project, emulator, submissions } = world;
  expect(submissions()).toEqual(["Adding 1", "Modifying 1"]);
  expect([emulator.records(domain), emulator.records(otherDomain)]).toEqual([[ds(1)], [ds(1, "f")]]);
  for (const { outputs } of await project.resources()) expect(outputs).not.toHaveProperty("pending");
  await expectNewClosure(world, "unfinished");
  expect(await project.previewIsEmpty()).toBe(true);
}

describe("unfinished changes with running tasks:", () => {
  test(
    "up finishes them with the existing tasks",
    inWorld(async (world) => {
      await importUnfinished(world);
      await meetingTasks(world, world.project.up());
      await expectFinished(world);
    }, world),
  );

  test(
    "refresh keeps the state, and up finishes them later",
    inWorld(async (world) => {
      const { project } = world;
      await importUnfinished(world);
      const before = await project.resources();
      await project.refresh();
      expect((await project.resources()).map(lasting)).toEqual(before.map(lasting));
      await meetingTasks(world, project.up());
      await expectFinished(world);
    }, world),
  );

  test(
    "destroy waits for the tasks, then deletes their records",
    inWorld(async (world) => {
      const { project, emulator, submissions } = world;
      await importUnfinished(world);
      await meetingTasks(world, project.destroy());
      expect(submissions().sort()).toEqual(["Adding 1", "Deleting 1", "Deleting 1", "Modifying 1"]);
      expect([emulator.records(domain), emulator.records(otherDomain)]).toEqual([[], []]);
      expect(await project.resources()).toEqual([]);
    }, world),
  );
});

function lasting({ urn, id, inputs, outputs }: StackResource) {
  return { urn, id, inputs, outputs };
}

/** Returns the registrar's record with a key tag. */
function live(tag: number) {
  return tag === keyTag ? { ...fields } : ds(tag);
}

async function importState({ project }: World, state: StackExport): Promise<void> {
  const file = path.join(project.directory, "state.json");
  writeFileSync(file, JSON.stringify(state));
  await project.run(["stack", "import", "--file", file]);
}

/** Returns the submissions of an earlier run. */
async function submit({ emulator }: World, name: string, change: Change): Promise<string> {
  const submission = await registrarOf(emulator).submit(name, change, deadline());
  if (submission.outcome !== "accepted") throw submission.failure;
  return submission.taskNo;
}

/** Gives the state the numbers of this emulator's tasks. */
function withTasks(state: StackExport, tasks: Record<string, string>): StackExport {
  const resources = state.deployment.resources?.map((resource) => {
    const { outputs = {} } = resource as { outputs?: { pending?: { action: string } } };
    const { pending } = outputs;
    if (!pending) return resource;
    const taskNo = tasks[pending.action];
    return { ...resource, outputs: { ...outputs, taskNo, pending: { ...pending, taskNo } } };
  });
  return { ...state, deployment: { ...state.deployment, ...(resources && { resources }) } };
}
