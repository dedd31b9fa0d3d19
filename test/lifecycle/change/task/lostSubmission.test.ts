import type { FaultRule } from "../../../../emulator/index";
import { formatDs } from "../../../../provider/dnssec/ds";
import { createRecord, deleteRecord, diffRecords, readRecord, updateRecord } from "../../operations";
import type { PropertyBag } from "../../../../provider/lifecycle/record/state";
import {
  type Bed,
  domain,
  ds,
  expectEmptyPreview,
  id,
  inputs,
  other,
  outputs,
  registrarWith,
  rejection,
  startBed,
  wanted,
} from "../../bed";

// Submissions that may have made a task: their answers were lost.

const adding = "SaveSingleTaskForAddingDSRecord";
const submissions = ["Adding", "Modifying", "Deleting"].map((verb) => `SaveSingleTaskFor${verb}DSRecord`);
const lost: FaultRule = { action: submissions, call: 1, fault: { kind: "resetAfter" } };
const neverCame: FaultRule = { action: submissions, call: 1, fault: { kind: "resetBefore" } };
const noList: FaultRule = { action: "QueryTaskList", fault: { kind: "error", code: "Forbidden.RAM" } };
const minutes = (count: number) => count * 60_000;

let bed: Bed;
afterEach(() => bed.close());

const operations = {
  create: { before: [], run: () => createRecord(inputs(wanted), bed.context), after: [wanted] },
  update: {
    before: [other],
    run: () => updateRecord(id, outputs(other), inputs(wanted), bed.context),
    after: [wanted],
  },
  delete: { before: [wanted], run: () => deleteRecord(id, outputs(wanted), bed.context), after: [] },
};

describe.each(Object.entries(operations))("%s, when its answer is lost,", (_, { before, run, after }) => {
  test.each<[string, number, number]>([
    ["the listing lags by 90 s", 2, 90],
    ["the listing lags by five minutes", 2, 300],
    ["the task takes four minutes, and the listing lags by five", 240, 300],
  ])("is not repeated though %s", async (__, taskSeconds, lagSeconds) => {
    bed = await startBed({
      domains: { [domain]: before },
      taskDurationMs: taskSeconds * 1_000,
      faults: [lost, { fault: { kind: "lagListing", ms: lagSeconds * 1_000 } }],
    });
    await run();
    expect(bed.emulator.tasks()).toHaveLength(1);
    expect(bed.listed()).toEqual(after);
  });

  test("is repeated when no task has shown for two minutes", async () => {
    bed = await registrarWith(before, [neverCame]);
    await run();
    expect(bed.submissions()).toHaveLength(2);
    expect(bed.listed()).toEqual(after);
    expect(bed.elapsed()).toBeGreaterThan(minutes(2));
    expect(bed.elapsed()).toBeLessThan(minutes(2.5));
  });

  test("is not repeated while the list of tasks is not available", async () => {
    bed = await registrarWith(before, [neverCame, noList]);
    const error = await rejection(run());
    expect(error).toMatchObject({ code: "REGISTRAR_UNAVAILABLE" });
    expect(error.message).toContain("It is not known whether there is a task");
    expect(bed.submissions()).toHaveLength(1);
  });

  test("is not repeated when the registrar refuses it with an unknown code", async () => {
    const refusal: FaultRule = { action: submissions, fault: { kind: "error", code: "NobodyKnowsThisCode" } };
    bed = await registrarWith(before, [refusal]);
    const error = await rejection(run());
    expect(error).toMatchObject({ code: "REGISTRAR_REFUSED", details: { apiCode: "NobodyKnowsThisCode" } });
    expect(error.message).toContain("This run searched for a task and found none");
    expect(error).not.toHaveProperty("id");
    expect(bed.submissions()).toHaveLength(1);
    expect(bed.elapsed()).toBeLessThan(40_000);
  });

  test("is done although the registrar answers with an unknown code", async () => {
    const fault = { kind: "error", code: "NobodyKnowsThisCode", effect: true } as const;
    bed = await registrarWith(before, [{ action: submissions, fault }]);
    await run();
    expect(bed.submissions()).toHaveLength(1);
    expect(bed.listed()).toEqual(after);
  });
});

test("does not mistake a task that ended before for the lost one", async () => {
  bed = await startBed({ domains: [domain], taskDurationMs: 30_000 });
  await createRecord(inputs(ds(2)), bed.context);
  bed.emulator.faults.add(neverCame);
  const startedAt = bed.elapsed();
  await createRecord(inputs(wanted), bed.anotherProcess());
  expect(bed.elapsed() - startedAt).toBeLessThan(minutes(3.5));
  expect(bed.listed()).toEqual([ds(2), wanted]);
});

test("succeeds when the lost task itself makes the domain busy, and a second one fails", async () => {
  const busy: FaultRule["fault"] = { kind: "error", code: "TaskIsBeingProcessed", effect: true };
  bed = await registrarWith(
    [],
    [{ action: adding, call: 1, fault: busy }, { fault: { kind: "lagListing", ms: minutes(2) } }],
  );
  await createRecord(inputs(wanted), bed.context);
  expect(bed.listed()).toEqual([wanted]);
});

test("a lost task that makes the domain busy and stays invisible is kept in the state", async () => {
  bed = await registrarWith(
    [],
    [lost, { fault: { kind: "taskStuck" } }, { fault: { kind: "taskInvisible", ms: minutes(60) } }],
  );
  const news = inputs(wanted, { __timeouts: { create: "5m" } });
  const error = await rejection(createRecord(news, bed.context));
  expect(error).toMatchObject({ id, properties: { pending: { action: "add", ds: formatDs(wanted) } } });
  expect(error.message).toContain("It is not known whether there is a task");
  expect(bed.emulator.tasks()).toHaveLength(1);
});

describe("a creation whose effect is unknown at its end", () => {
  const outage: FaultRule = { call: { from: 2 }, fault: { kind: "resetAfter" } };

  /** Creates a record at a registrar that takes the submission and answers nothing afterwards. */
  async function doubtful(faults: readonly FaultRule[] = [outage], before = [other]): Promise<PropertyBag> {
    bed = await registrarWith(before, faults);
    const error = await rejection(createRecord(inputs(wanted, { onConflict: "replace" }), bed.context));
    const action = before.length === 0 ? "add" : "modify";
    expect(error).toMatchObject({ id, reasons: [error.message] });
    expect(error["properties"]).toEqual({
      ...outputs(wanted, { onConflict: "replace" }),
      pending: {
        action,
        submittedAt: expect.any(Number) as number,
        ds: formatDs(wanted),
        ...(action === "modify" && { was: formatDs(other) }),
      },
    });
    expect(error.message).toContain("is kept in the state as unfinished");
    bed.emulator.faults.clear();
    return error["properties"] as PropertyBag;
  }

  const news = inputs(wanted, { onConflict: "replace" });

  test("is a change, and up continues it without a second task", async () => {
    const state = await doubtful();
    expect(diffRecords(id, state, news)).toMatchObject({ changes: true, replaces: [] });
    const { outs } = await updateRecord(id, state, news, bed.anotherProcess());
    expectEmptyPreview(outs, news);
    expect(bed.emulator.tasks()).toHaveLength(1);
  });

  test("is cleared by a refresh when the record shows", async () => {
    const state = await doubtful();
    const { pending, ...finished } = state;
    expect(pending).toBeDefined();
    expect(await readRecord(id, state, bed.anotherProcess())).toEqual({ id, props: finished });
  });

  test("leaves nothing behind when destroy comes next", async () => {
    const state = await doubtful();
    await deleteRecord(id, state, bed.anotherProcess());
    bed.advance(minutes(20));
    expect(bed.listed()).toEqual([]);
  });

  test("is repeated by up when there was no task", async () => {
    const state = await doubtful([{ call: { from: 2 }, fault: { kind: "resetBefore" } }], []);
    await updateRecord(id, state, news, bed.anotherProcess());
    expect(bed.listed()).toEqual([wanted]);
    expect(bed.emulator.tasks()).toHaveLength(1);
  });

  test("is nothing to delete when there was no task", async () => {
    const state = await doubtful([{ call: { from: 2 }, fault: { kind: "resetBefore" } }], []);
    await deleteRecord(id, state, bed.anotherProcess());
    expect(bed.emulator.tasks()).toEqual([]);
  });

  test("leaves the state in a refresh when there was no task", async () => {
    const state = await doubtful([{ call: { from: 2 }, fault: { kind: "resetBefore" } }], []);
    expect(await readRecord(id, state, bed.anotherProcess())).toEqual({ id: "" });
  });
});

describe("a lost submission in the state", () => {
  const pendingSince = (ms: number, more: PropertyBag = {}) =>
    outputs(wanted, {
      pending: { action: "add", submittedAt: bed.context.clock.now() - ms, ds: formatDs(wanted), ...more },
    });

  test("keeps the state in a refresh while it is too early, and says why", async () => {
    bed = await registrarWith([]);
    const state = pendingSince(60_000);
    expect(await readRecord(id, state, bed.context)).toEqual({ id, props: state });
    expect(bed.said()).toEqual([expect.stringContaining("no task is visible yet")]);
  });

  test("keeps the state for half an hour while the list of tasks is not available", async () => {
    bed = await registrarWith([], [noList]);
    const [early, late] = [pendingSince(minutes(29)), pendingSince(minutes(31))];
    expect(await readRecord(id, early, bed.context)).toEqual({ id, props: early });
    expect(await readRecord(id, late, bed.context)).toEqual({ id: "" });
  });

  test("keeps the state while a task runs", async () => {
    bed = await registrarWith([]);
    bed.emulator.addForeignTask(domain, { durationMs: minutes(30) });
    bed.advance(minutes(5));
    const state = pendingSince(minutes(5));
    expect(await readRecord(id, state, bed.context)).toEqual({ id, props: state });
  });

  test.each([-365, 365])("that is dated %d days off is ignored", async (days) => {
    bed = await registrarWith([]);
    expect(await readRecord(id, pendingSince(days * 86_400_000), bed.context)).toEqual({ id: "" });
  });

  test("makes destroy wait, whatever the listing shows meanwhile", async () => {
    bed = await registrarWith([], [{ fault: { kind: "lagListing", ms: minutes(5) } }]);
    const state = pendingSince(0);
    const submission = await bed
      .anotherProcess()
      .registrar.submit(
        domain,
        { action: "add", ds: wanted },
        { until: Infinity, signal: new AbortController().signal },
      );
    expect(submission.outcome).toBe("accepted");
    await deleteRecord(id, state, bed.context);
    bed.advance(minutes(20));
    expect(bed.listed()).toEqual([]);
    expect(bed.submissions()).toEqual(["Adding", "Deleting"]);
  });

  test.each([7, "", null])("whose task has the number %j is ignored", async (taskNo) => {
    bed = await registrarWith([]);
    expect(await readRecord(id, pendingSince(0, { taskNo }), bed.context)).toEqual({ id: "" });
  });
});
