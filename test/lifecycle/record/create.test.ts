import { formatDs, type Ds } from "../../../provider/dnssec/ds";
import { createRecord } from "../operations";
import type { PropertyBag } from "../../../provider/lifecycle/record/state";
import type { FaultRule } from "../../../emulator/index";
import {
  type Bed,
  domain,
  ds,
  eight,
  expectEmptyPreview,
  id,
  inputs,
  onlyTask,
  other,
  registrarWith,
  rejection,
  startBed,
  taskNumber,
  wanted,
} from "../bed";

const adding = "SaveSingleTaskForAddingDSRecord";

let bed: Bed;
afterEach(() => bed.close());

describe("create", () => {
  test.each<[string, readonly Ds[], PropertyBag, string[], readonly Ds[]]>([
    ["adds", [], {}, ["Adding"], [wanted]],
    ["adds beside others", [ds(2)], {}, ["Adding"], [ds(2), wanted]],
    ["adopts", [ds(2), wanted], {}, [], [ds(2), wanted]],
    ["overwrites where it is told to", [other], { onConflict: "replace" }, ["Modifying"], [wanted]],
    ["adds where it may overwrite", [], { onConflict: "replace" }, ["Adding"], [wanted]],
  ])("%s", async (_, before, more, submissions, after) => {
    bed = await registrarWith(before);
    const news = inputs(wanted, more);
    const created = await createRecord(news, bed.context);
    expect(created.id).toBe(id);
    expect(created.outs).toEqual({
      ...news,
      ds: formatDs(wanted),
      ...(submissions.length > 0 && { taskNo: taskNumber }),
    });
    expect(bed.submissions()).toEqual(submissions);
    expect(bed.listed()).toEqual(after);
    expectEmptyPreview(created.outs, news);
  });

  test.each<[string, readonly Ds[], string, string]>([
    ["a conflict", [other], "DS_CONFLICT", "onConflict"],
    ["a tag that is there twice", [wanted, other], "KEY_TAG_AMBIGUOUS", "by key tag alone"],
    ["a ninth record", eight, "DS_LIMIT_REACHED", "deleteBeforeReplace"],
  ])("refuses %s before any task", async (_, before, code, text) => {
    bed = await registrarWith(before);
    const error = await rejection(createRecord(inputs(wanted), bed.context));
    expect(error).toMatchObject({ code, message: expect.stringContaining(text) });
    expect(error).not.toHaveProperty("id");
    expect(bed.submissions()).toEqual([]);
    expect(bed.listed()).toEqual(before);
  });

  test("a task that fails is told with the registrar's reason, the task and what to do, and leaves nothing behind", async () => {
    bed = await registrarWith([], [{ fault: { kind: "taskFails", reason: "The registry says no." } }]);
    const error = await rejection(createRecord(inputs(wanted), bed.context));
    const taskNo = onlyTask(bed);
    expect(error).toMatchObject({ code: "TASK_FAILED", details: { taskNo } });
    for (const part of ["The registry says no.", taskNo, id, formatDs(wanted), "pulumi up"]) {
      expect(error.message).toContain(part);
    }
    expect(error).not.toHaveProperty("id");
  });

  test.each<[string, FaultRule[], number]>([
    [
      "a task that is reported as failed, but succeeded",
      [{ fault: { kind: "taskFails", overtaken: true } }],
      1,
    ],
    [
      "an answer that is lost after the effect",
      [{ action: adding, call: 1, fault: { kind: "resetAfter" } }],
      1,
    ],
    [
      "an answer that is lost, of a task that the listing lags behind",
      [
        { action: adding, call: 1, fault: { kind: "resetAfter" } },
        { fault: { kind: "lagListing", ms: 40_000 } },
      ],
      1,
    ],
    ["a submission that never arrives", [{ action: adding, call: 1, fault: { kind: "resetBefore" } }], 1],
    ["an answer without a task number", [{ call: 1, fault: { kind: "missingTaskNo" } }], 1],
    [
      "throttling of a submission",
      [{ action: adding, call: { to: 3 }, fault: { kind: "error", code: "Throttling.User" } }],
      1,
    ],
    ["throttling of everything for a while", [{ times: 6, fault: { kind: "error", code: "Throttling" } }], 1],
    ["a task that is not visible at first", [{ fault: { kind: "taskInvisible", ms: 30_000 } }], 1],
    ["a listing that lags behind the task", [{ fault: { kind: "lagListing", ms: 30_000 } }], 1],
    [
      "upper case, text for numbers, an object for a list",
      [
        { fault: { kind: "upperCaseDigests" } },
        { fault: { kind: "numbersAsStrings" } },
        { fault: { kind: "taskDetailAsObject" } },
      ],
      1,
    ],
    ["an empty list that is null", [{ fault: { kind: "nullList" } }], 1],
    ["an empty list that is missing", [{ fault: { kind: "missingList" } }], 1],
  ])("succeeds through %s, with one task", async (_, faults, tasks) => {
    bed = await registrarWith([], faults);
    const created = await createRecord(inputs(wanted), bed.context);
    expect(created.outs).toMatchObject({ ds: formatDs(wanted) });
    expect(bed.emulator.tasks()).toHaveLength(tasks);
    expect(bed.listed()).toEqual([wanted]);
  });

  test("waits while another task holds the domain", async () => {
    bed = await registrarWith([]);
    bed.emulator.addForeignTask(domain, { durationMs: 60_000 });
    await createRecord(inputs(wanted), bed.context);
    expect(bed.listed()).toEqual([wanted]);
    expect(bed.reports).toContainEqual({
      kind: "status",
      urn: "urn:1",
      text: "busy with another task, 1 s",
    });
  });

  test("gives up on a domain that is held for longer than its time, and has changed nothing", async () => {
    bed = await registrarWith([]);
    bed.emulator.addForeignTask(domain, { durationMs: 3_600_000 });
    const error = await rejection(
      createRecord(inputs(wanted, { __timeouts: { create: "2m" } }), bed.context),
    );
    expect(error).toMatchObject({
      code: "DOMAIN_BUSY",
      message: expect.stringContaining("Nothing was submitted"),
    });
    expect(error).not.toHaveProperty("id");
    expect(bed.elapsed()).toBe(120_000);
    expect(bed.emulator.tasks().filter(({ kind }) => kind !== "other")).toEqual([]);
  });

  test("whose answer was lost does not say that nothing was changed when its time runs out", async () => {
    bed = await registrarWith(
      [],
      [{ action: adding, call: 1, fault: { kind: "resetAfter" } }, { fault: { kind: "taskStuck" } }],
    );
    const error = await rejection(
      createRecord(inputs(wanted, { __timeouts: { create: "3m" } }), bed.context),
    );
    expect(error.message).toContain("It is not known whether there is a task");
    expect(error.message).not.toContain("nothing was changed");
    expect(bed.emulator.tasks()).toHaveLength(1);
  });

  test("whose answer was lost does not hide it behind a listing that fails", async () => {
    bed = await registrarWith(
      [],
      [
        { action: adding, call: 1, fault: { kind: "resetAfter" } },
        { action: "QueryDSRecord", call: { from: 2 }, fault: { kind: "error", code: "Forbidden.RAM" } },
      ],
    );
    const error = await rejection(createRecord(inputs(wanted), bed.context));
    expect(error).toMatchObject({ code: "REGISTRAR_REFUSED", details: { apiCode: "Forbidden.RAM" } });
    expect(error.message).toContain("It is not known whether there is a task");
  });

  test("tells the task's number and status on the record's row", async () => {
    bed = await registrarWith([]);
    await createRecord(inputs(wanted), bed.context);
    const taskNo = onlyTask(bed);
    const said = bed.reports.filter(({ urn }) => urn === "urn:1").map(({ text }) => text);
    expect(said).toContainEqual(expect.stringMatching(`^task ${taskNo.slice(0, 4)}… WAITING_EXECUTE \\d`));
    expect(said).toContainEqual(expect.stringMatching(`^task ${taskNo.slice(0, 4)}… EXECUTING \\d`));
  });

  test("never acknowledges a result", async () => {
    bed = await registrarWith([]);
    await createRecord(inputs(wanted), bed.context);
    expect(new Set(bed.emulator.calls().map(({ action }) => action))).toEqual(
      new Set(["QueryDSRecord", adding, "QueryTaskDetailList"]),
    );
  });
});

describe("records of one domain", () => {
  test("take turns, and the time of each begins with its own", async () => {
    bed = await startBed({ taskDurationMs: 50_000 });
    const records = [1, 2, 3, 4, 5, 6, 7, 8].map((tag) => inputs(ds(tag), { __timeouts: { create: "60s" } }));
    await Promise.all(records.map((record) => createRecord(record, bed.context)));
    expect(bed.listed()).toHaveLength(8);
    expect(bed.emulator.calls(({ code }) => code === "TaskIsBeingProcessed")).toEqual([]);
    expect(bed.reports).toContainEqual({
      kind: "status",
      urn: "urn:2",
      text: "turn 2 of 8",
    });
  });

  test("are not held up by one that fails", async () => {
    bed = await registrarWith([], [{ call: 1, fault: { kind: "taskFails" } }]);
    const first = rejection(createRecord(inputs(ds(1)), bed.context));
    await createRecord(inputs(ds(2)), bed.context);
    expect(await first).toMatchObject({ code: "TASK_FAILED" });
    expect(bed.listed()).toEqual([ds(2)]);
  });
});
