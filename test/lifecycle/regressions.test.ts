import type { FaultRule } from "../../emulator/index";
import { formatDs } from "../../provider/dnssec/ds";
import { createRecord, deleteRecord, readRecord, updateRecord } from "./operations";
import type { PropertyBag } from "../../provider/lifecycle/record/state";
import {
  type Bed,
  domain,
  ds,
  id,
  inputs,
  other,
  outputs,
  registrarWith,
  rejection,
  startBed,
  wanted,
  withRegistrar,
} from "./bed";

// Each of these once lost a record, doubled a task, or said something false.

const adding = "SaveSingleTaskForAddingDSRecord";
const soon = { __timeouts: { create: "1m", update: "1m", delete: "1m" } };

let bed: Bed;
afterEach(() => bed.close());

async function unfinishedCreation(faults: readonly FaultRule[] = []): Promise<PropertyBag> {
  bed = await registrarWith([], faults);
  bed.emulator.holdTasks();
  const error = await rejection(createRecord(inputs(wanted, soon), bed.context));
  expect(error).toMatchObject({ code: "TASK_UNFINISHED" });
  return error["properties"] as PropertyBag;
}

describe("an unfinished creation whose task has succeeded, while the listing lags behind it,", () => {
  const lag: FaultRule = { action: adding, fault: { kind: "lagListing", ms: 60_000 } };

  async function succeededUnseen(): Promise<PropertyBag> {
    const state = await unfinishedCreation([lag]);
    bed.emulator.releaseTasks();
    bed.advance(5_000);
    return state;
  }

  test("stays in the state in a refresh, which says why", async () => {
    const state = await succeededUnseen();
    expect(await readRecord(id, state, bed.anotherProcess())).toEqual({ id, props: state });
    expect(bed.said()).toEqual([expect.stringContaining("the registrar's listing does not show it yet")]);
  });

  test("is deleted by destroy when it shows", async () => {
    await deleteRecord(id, await succeededUnseen(), bed.anotherProcess());
    bed.advance(120_000);
    expect(bed.listed()).toEqual([]);
    expect(bed.submissions()).toEqual(["Adding", "Deleting"]);
  });

  test("is not repeated by up", async () => {
    const { outs } = await updateRecord(
      id,
      await succeededUnseen(),
      inputs(wanted, soon),
      bed.anotherProcess(),
    );
    expect(outs).not.toHaveProperty("pending");
    expect(bed.submissions()).toEqual(["Adding"]);
  });

  test("leaves the state when it has not shown in time", async () => {
    const state = await succeededUnseen();
    bed.emulator.setRecords(domain, []);
    bed.advance(15 * 60_000);
    expect(await readRecord(id, state, bed.anotherProcess())).toEqual({ id: "" });
  });
});

describe("a deletion that ran out of time while its task runs", () => {
  async function leftDeletion(): Promise<void> {
    bed = await registrarWith([wanted, ds(2)]);
    bed.emulator.holdTasks();
    const error = await rejection(deleteRecord(id, outputs(wanted, soon), bed.context));
    expect(error.message).toContain("Do not declare this record again before the task has ended");
    bed.emulator.releaseTasks();
  }

  test("is awaited by an adoption of the record", async () => {
    await leftDeletion();
    await createRecord(inputs(wanted), bed.anotherProcess());
    bed.advance(60_000);
    expect(bed.listed()).toContainEqual(wanted);
    expect(bed.submissions()).toEqual(["Deleting", "Adding"]);
  });

  test("is awaited by an update that has nothing to do", async () => {
    await leftDeletion();
    await updateRecord(id, outputs(wanted), inputs(wanted, { preflight: "off" }), bed.anotherProcess());
    bed.advance(60_000);
    expect(bed.listed()).toContainEqual(wanted);
  });

  test("fails an adoption that it outlasts", async () => {
    await leftDeletion();
    bed.emulator.holdTasks();
    const error = await rejection(createRecord(inputs(wanted, soon), bed.anotherProcess()));
    expect(error).toMatchObject({
      code: "DOMAIN_BUSY",
      details: { taskNo: bed.emulator.tasks()[0]?.taskNo },
    });
    expect(bed.elapsed()).toBe(120_000);
  });
});

test("waits at most until the time-out for a task that is running by its list and has ended by its details", async () => {
  bed = await registrarWith([wanted]);
  let listings = 0;
  const { registrar } = bed.context;
  const context = withRegistrar(bed.context, {
    list: (...args) => {
      listings += 1;
      return registrar.list(...args);
    },
    runningTask: () => Promise.resolve("T-1"),
    taskStatus: () => Promise.resolve({ state: "succeeded" }),
  });
  const error = await rejection(createRecord(inputs(wanted, soon), context));
  expect(error).toMatchObject({ code: "DOMAIN_BUSY", details: { taskNo: "T-1" } });
  expect(bed.elapsed()).toBe(60_000);
  expect(listings).toBeLessThan(20);
});

test("nothing is submitted after the time-out", async () => {
  bed = await registrarWith([]);
  bed.emulator.addForeignTask(domain, { durationMs: 59_999 });
  const error = await rejection(createRecord(inputs(wanted, soon), bed.context));
  expect(error).toMatchObject({ code: "DOMAIN_BUSY" });
  expect(bed.emulator.tasks().filter(({ kind }) => kind !== "other")).toEqual([]);
});

test("destroy deletes what an unfinished change was making, whatever was wanted later", async () => {
  const state = await unfinishedCreation();
  const error = await rejection(updateRecord(id, state, inputs(ds(1, "e"), soon), bed.anotherProcess()));
  bed.emulator.releaseTasks();
  await deleteRecord(id, error["properties"] as PropertyBag, bed.anotherProcess());
  expect(bed.listed()).toEqual([]);
});

test("destroy deletes what a failed unfinished change was to modify", async () => {
  bed = await registrarWith([other], [{ call: 1, fault: { kind: "taskFails" } }]);
  bed.emulator.holdTasks();
  const error = await rejection(updateRecord(id, outputs(other), inputs(wanted, soon), bed.context));
  bed.emulator.releaseTasks();
  await deleteRecord(id, error["properties"] as PropertyBag, bed.anotherProcess());
  expect(bed.listed()).toEqual([]);
});

test("a record that the rules forbid can be deleted once it is in the state", async () => {
  bed = await registrarWith([{ keyTag: 1, algorithm: 13, digestType: 2, digest: "abcd" }]);
  const { props = {} } = await readRecord(id, outputs(wanted), bed.context);
  await deleteRecord(id, props, bed.anotherProcess());
  expect(bed.listed()).toEqual([]);
});

test.each([-1, 1])("a clock that is %d days off does not keep a lost task alive", async (days) => {
  bed = await registrarWith([wanted]);
  const submittedAt = bed.context.clock.now() + days * 86_400_000;
  const state = outputs(wanted, { pending: { taskNo: "gone", action: "add", submittedAt } });
  expect((await readRecord(id, state, bed.context)).props).not.toHaveProperty("pending");
});

test("the error of a failed task says what the registrar lists now", async () => {
  bed = await registrarWith([other], [{ call: 1, fault: { kind: "taskFails", reason: "Locked." } }]);
  bed.emulator.holdTasks();
  const third = ds(1, "d");
  const running = rejection(updateRecord(id, outputs(other), inputs(wanted), bed.context));
  await bed.emulator.waitForCall("QueryTaskDetailList");
  bed.emulator.setRecords(domain, [third]);
  bed.emulator.releaseTasks();
  expect((await running).message).toContain(`it lists "${formatDs(third)}"`);
});

test("the error of a failed deletion does not mention algorithms, and advises the same command", async () => {
  bed = await registrarWith([wanted], [{ fault: { kind: "taskFails", reason: "Locked." } }]);
  const { message } = await rejection(deleteRecord(id, outputs(wanted), bed.context));
  expect(message).toContain("Then run the same command again");
  expect(message).not.toMatch(/algorithm|pulumi up/);
});

test("a list of tasks that fails does not delay other records", async () => {
  const domains = ["a", "b", "c", "d", "e"].map((name) => `${name}.example`);
  bed = await startBed({
    domains,
    taskDurationMs: 20_000,
    faults: [{ action: "QueryTaskList", fault: { kind: "html502" } }],
  });
  await Promise.all(domains.map((domainName) => createRecord(inputs(wanted, { domainName }), bed.context)));
  expect(bed.elapsed()).toBeLessThan(300_000);
});

test("a record that another program makes while the domain is busy is adopted", async () => {
  bed = await registrarWith([]);
  bed.emulator.addForeignTask(domain, { durationMs: 5_000 });
  const running = createRecord(inputs(wanted), bed.context);
  await bed.emulator.waitForCall(adding);
  bed.emulator.setRecords(domain, [wanted]);
  await running;
  expect(bed.said()).toEqual([expect.stringContaining("adopted without a task")]);
});

describe("maximum times", () => {
  const pendingSince = (ms: number) =>
    outputs(wanted, {
      pending: { taskNo: "gone", action: "add", submittedAt: bed.context.clock.now() - ms },
    });

  test("two minutes for an invisible task", async () => {
    bed = await registrarWith([]);
    const [early, late] = [pendingSince(60_000), pendingSince(130_000)];
    expect(await readRecord(id, early, bed.context)).toEqual({ id, props: early });
    expect(await readRecord(id, late, bed.context)).toEqual({ id: "" });
  });

  test("ten minutes for the listing to show what a task has done", async () => {
    bed = await registrarWith([], [{ fault: { kind: "lagListing", ms: 10_000_000 } }]);
    await rejection(createRecord(inputs(wanted), bed.context));
    expect(bed.elapsed()).toBeGreaterThan(600_000);
    expect(bed.elapsed()).toBeLessThan(610_000);
  });

  test("two minutes for a refresh", async () => {
    bed = await registrarWith([], [{ fault: { kind: "error", code: "Throttling" } }]);
    await rejection(readRecord(id, outputs(wanted), bed.context));
    expect(bed.elapsed()).toBeLessThanOrEqual(120_000);
  });
});

test("a task whose status call fails stays in the state, with the same number", async () => {
  const state = await unfinishedCreation();
  bed.emulator.faults.add({ action: "QueryTaskDetailList", fault: { kind: "error", code: "Forbidden.RAM" } });
  const error = await rejection(updateRecord(id, state, inputs(wanted, soon), bed.anotherProcess()));
  expect(error).toMatchObject({ code: "TASK_UNFINISHED", properties: { pending: state["pending"] } });
});

test("nothing is submitted when the CLI exits while the records are read", async () => {
  bed = await registrarWith([]);
  const { registrar } = bed.context;
  const reason = Object.assign(new Error("The CLI is gone."), { code: "PROCESS_ORPHANED" });
  const context = withRegistrar(bed.context, {
    async list(...args) {
      const records = await registrar.list(...args);
      bed.abort(reason);
      return records;
    },
  });
  expect(await rejection(createRecord(inputs(wanted), context))).toBe(reason);
  expect(bed.submissions()).toEqual([]);
});

test("tells the client when a task has ended, which outdates a listing in flight", async () => {
  bed = await registrarWith([]);
  const ended: string[] = [];
  const context = withRegistrar(bed.context, { taskEnded: (name) => ended.push(name) });
  await createRecord(inputs(wanted), context);
  expect(ended).toEqual([domain]);
  const [{ taskNo } = { taskNo: "" }] = bed.emulator.tasks();
  await readRecord(id, outputs(wanted, { pending: { taskNo, action: "add", submittedAt: 0 } }), context);
  expect(ended).toEqual([domain, domain]);
});
