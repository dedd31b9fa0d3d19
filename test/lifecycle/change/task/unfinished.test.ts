import { createRecord, deleteRecord, diffRecords, readRecord, updateRecord } from "../../operations";
import { formatDs } from "../../../../provider/dnssec/ds";
import type { PropertyBag } from "../../../../provider/lifecycle/record/state";
import type { FaultRule } from "../../../../emulator/index";
import {
  type Bed,
  domain,
  ds,
  expectEmptyPreview,
  id,
  inputs,
  onlyTask,
  other,
  outputs,
  registrarWith,
  rejection,
  wanted,
} from "../../bed";

let bed: Bed;
afterEach(() => bed.close());

describe("a task that outlasts the time-out", () => {
  const soon = { __timeouts: { create: "1m", update: "1m" } };

  /** Leaves a creation, or an update of another record, in the middle of its task. */
  async function unfinished(operation: "create" | "update"): Promise<PropertyBag> {
    bed = await registrarWith(operation === "create" ? [] : [other]);
    bed.emulator.holdTasks();
    const news = inputs(wanted, soon);
    const running =
      operation === "create"
        ? createRecord(news, bed.context)
        : updateRecord(id, outputs(other), news, bed.context);
    const error = await rejection(running);
    const taskNo = onlyTask(bed);
    expect(error).toMatchObject({ code: "TASK_UNFINISHED", id, reasons: [error.message] });
    for (const part of [taskNo, id, "60 s", "WAITING_EXECUTE", "pulumi up"])
      expect(error.message).toContain(part);
    expect(error["properties"]).toEqual({
      ...news,
      ds: formatDs(wanted),
      taskNo,
      pending: {
        taskNo,
        action: operation === "create" ? "add" : "modify",
        submittedAt: expect.any(Number) as number,
        ds: formatDs(wanted),
        ...(operation === "update" && { was: formatDs(other) }),
      },
    });
    return error["properties"] as PropertyBag;
  }

  describe.each(["create", "update"] as const)("of %s", (operation) => {
    test("is always a change", async () => {
      const state = await unfinished(operation);
      expect(diffRecords(id, state, inputs(wanted, soon))).toMatchObject({ changes: true, replaces: [] });
    });

    test("is resumed by update, with the same task", async () => {
      const state = await unfinished(operation);
      bed.emulator.releaseTasks();
      const news = inputs(wanted, soon);
      const { outs } = await updateRecord(id, state, news, bed.anotherProcess());
      expect(outs).toEqual({
        ...news,
        ds: formatDs(wanted),
        taskNo: (state["pending"] as PropertyBag)["taskNo"],
      });
      expect(bed.emulator.tasks()).toHaveLength(1);
      expect(bed.listed()).toEqual([wanted]);
      expectEmptyPreview(outs, news);
    });

    test("can be unfinished again, with the same task", async () => {
      const state = await unfinished(operation);
      const error = await rejection(updateRecord(id, state, inputs(wanted, soon), bed.anotherProcess()));
      expect(error["properties"]).toEqual(state);
    });

    test("leaves the state as it is in a refresh while it runs", async () => {
      const state = await unfinished(operation);
      expect(await readRecord(id, state, bed.anotherProcess())).toEqual({ id, props: state });
    });

    test("is cleared by a refresh when it has ended", async () => {
      const state = await unfinished(operation);
      bed.emulator.releaseTasks();
      bed.advance(10_000);
      const { pending, ...finished } = state;
      expect(pending).toBeDefined();
      expect(await readRecord(id, state, bed.anotherProcess())).toEqual({ id, props: finished });
    });

    test("is awaited when the inputs have changed, which are then applied", async () => {
      const state = await unfinished(operation);
      bed.emulator.releaseTasks();
      const later = ds(1, "e");
      const { outs } = await updateRecord(id, state, inputs(later), bed.anotherProcess());
      expect(outs).toMatchObject({ digest: later.digest });
      expect(outs).not.toHaveProperty("pending");
      expect(bed.submissions()).toEqual([operation === "create" ? "Adding" : "Modifying", "Modifying"]);
      expect(bed.emulator.calls(({ code }) => code === "TaskIsBeingProcessed")).toEqual([]);
      expect(bed.listed()).toEqual([later]);
    });

    test("is awaited by delete", async () => {
      const state = await unfinished(operation);
      bed.emulator.releaseTasks();
      await deleteRecord(id, state, bed.anotherProcess());
      bed.advance(60_000);
      expect(bed.listed()).toEqual([]);
      expect(bed.emulator.calls(({ code }) => code === "TaskIsBeingProcessed")).toEqual([]);
    });

    test("is repeated when the registrar has lost it", async () => {
      const state = await unfinished(operation);
      const lost = { ...state, pending: { ...(state["pending"] as PropertyBag), taskNo: "no-such-task" } };
      bed.emulator.releaseTasks();
      bed.advance(150_000);
      bed.emulator.setRecords(domain, []);
      await updateRecord(id, lost, inputs(wanted), bed.anotherProcess());
      expect(bed.listed()).toEqual([wanted]);
    });
  });

  test("that has failed meanwhile is repeated", async () => {
    bed = await registrarWith([], [{ call: 1, fault: { kind: "taskFails", reason: "Not today." } }]);
    bed.emulator.holdTasks();
    const error = await rejection(createRecord(inputs(wanted, soon), bed.context));
    bed.emulator.releaseTasks();
    const state = error["properties"] as PropertyBag;
    const { outs } = await updateRecord(id, state, inputs(wanted), bed.anotherProcess());
    expect(outs).not.toHaveProperty("pending");
    expect(bed.submissions()).toEqual(["Adding", "Adding"]);
    expect(bed.said()).toContainEqual(expect.stringContaining("Not today."));
  });

  test("that has failed in the meantime leaves the state in a refresh", async () => {
    bed = await registrarWith([], [{ call: 1, fault: { kind: "taskFails" } }]);
    bed.emulator.holdTasks();
    const error = await rejection(createRecord(inputs(wanted, soon), bed.context));
    bed.emulator.releaseTasks();
    bed.advance(10_000);
    expect(await readRecord(id, error["properties"] as PropertyBag, bed.anotherProcess())).toEqual({
      id: "",
    });
  });

  test.each<[string, FaultRule]>([
    [
      "cannot be asked after",
      { action: "QueryTaskDetailList", fault: { kind: "error", code: "Forbidden.RAM" } },
    ],
    ["gets no answer", { action: "QueryTaskDetailList", fault: { kind: "html502" } }],
    [
      "cannot be read back",
      { action: "QueryDSRecord", call: { from: 2 }, fault: { kind: "error", code: "ServiceUnavailable" } },
    ],
    ["is never seen in the listing", { fault: { kind: "lagListing", ms: 10_000_000 } }],
  ])("because it %s, is remembered", async (_, fault) => {
    bed = await registrarWith([], [fault]);
    const error = await rejection(createRecord(inputs(wanted), bed.context));
    expect(error).toMatchObject({ code: "TASK_UNFINISHED", id, properties: { pending: { action: "add" } } });
    bed.emulator.faults.clear();
    bed.emulator.setRecords(domain, bed.listed());
    await updateRecord(id, error["properties"] as PropertyBag, inputs(wanted), bed.anotherProcess());
    expect(bed.submissions()).toEqual(["Adding"]);
  });
});
