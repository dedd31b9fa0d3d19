import { formatDs, type Ds } from "../../../provider/dnssec/ds";
import { createRecord, deleteRecord, updateRecord } from "../operations";
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
  other,
  outputs,
  registrarWith,
  rejection,
  taskNumber,
  wanted,
} from "../bed";

const adding = "SaveSingleTaskForAddingDSRecord";
const modifying = "SaveSingleTaskForModifyingDSRecord";

let bed: Bed;
afterEach(() => bed.close());

describe("update", () => {
  test.each<[string, readonly Ds[], PropertyBag, PropertyBag, string[]]>([
    ["changes the digest in place", [other], outputs(other, { taskNo: "t-1" }), {}, ["Modifying"]],
    ["changes what has drifted", [{ ...wanted, algorithm: 8 }], outputs(other), {}, ["Modifying"]],
    ["adds what has vanished", [], outputs(other), {}, ["Adding"]],
    ["submits nothing where the record is right", [wanted], outputs(other, { taskNo: "t-1" }), {}, []],
    ["submits nothing for an option", [wanted], outputs(wanted, { taskNo: "t-1" }), { preflight: "off" }, []],
  ])("%s", async (_, before, olds, more, submissions) => {
    bed = await registrarWith(before);
    const news = inputs(wanted, more);
    const { outs } = await updateRecord(id, olds, news, bed.context);
    const taskNo = submissions.length > 0 ? taskNumber : olds["taskNo"];
    expect(outs).toEqual({ ...news, ds: formatDs(wanted), ...(taskNo !== undefined && { taskNo }) });
    expect(bed.submissions()).toEqual(submissions);
    expect(bed.listed()).toEqual([wanted]);
    expectEmptyPreview(outs, news);
  });

  test("refuses to make another record of it", async () => {
    bed = await registrarWith([ds(2)]);
    const error = await rejection(updateRecord(`${domain}/2`, outputs(ds(2)), inputs(wanted), bed.context));
    expect(error).toMatchObject({ code: "STATE_INVALID" });
    expect(bed.emulator.calls()).toEqual([]);
  });
});

describe("delete", () => {
  test.each<[string, readonly Ds[], string[], readonly Ds[]]>([
    ["deletes", [ds(2), wanted], ["Deleting"], [ds(2)]],
    ["is done with what is gone", [ds(2)], [], [ds(2)]],
    ["is done with what is gone among eight", eight, [], eight],
  ])("%s", async (_, before, submissions, after) => {
    bed = await registrarWith(before);
    await deleteRecord(id, outputs(wanted), bed.context);
    expect(bed.submissions()).toEqual(submissions);
    expect(bed.listed()).toEqual(after);
  });

  test.each<[string, readonly Ds[], PropertyBag, string]>([
    ["other data", [other], outputs(wanted), "DS_CONFLICT"],
    ["a tag that is there twice", [wanted, other], outputs(wanted), "KEY_TAG_AMBIGUOUS"],
    ["a state without a digest", [wanted], { domainName: domain, keyTag: 1 }, "STATE_INVALID"],
    ["a state that was edited", [wanted], outputs(wanted, { keyTag: "1" }), "STATE_INVALID"],
  ])("refuses %s", async (_, before, olds, code) => {
    bed = await registrarWith(before);
    expect(await rejection(deleteRecord(id, olds, bed.context))).toMatchObject({ code });
    expect(bed.listed()).toEqual(before);
    expect(bed.submissions()).toEqual([]);
  });

  test("leaves a record alone that this operation declares", async () => {
    bed = await registrarWith([wanted]);
    bed.context.ledger.declarations.declare("urn:new", id);
    bed.context.ledger.settle(id);
    await deleteRecord(id, outputs(wanted), bed.context);
    expect(bed.emulator.calls()).toEqual([]);
    expect(bed.said()).toEqual([`${id} stays at the registrar, because this program declares it.`]);
  });

  test.each<[string, FaultRule]>([
    ["an unfinished creation", { action: adding, fault: { kind: "taskStuck" } }],
    ["a failed creation", { action: adding, fault: { kind: "taskFails" } }],
  ])("does not take the old record away after %s of the new one", async (_, fault) => {
    bed = await registrarWith([wanted], [fault]);
    await rejection(createRecord(inputs(ds(2)), bed.context));
    const error = await rejection(deleteRecord(id, outputs(wanted), bed.context));
    expect(error).toMatchObject({
      code: "REPLACEMENT_UNFINISHED",
      message: expect.stringContaining(`${domain}/2`),
    });
    expect(bed.submissions()).toEqual(["Adding"]);
    expect(bed.listed()).toContainEqual(wanted);
  });

  test("reports a task that does not end, and continues it the next time", async () => {
    bed = await registrarWith([wanted]);
    bed.emulator.holdTasks();
    const olds = outputs(wanted, { __timeouts: { delete: "30s" } });
    const error = await rejection(deleteRecord(id, olds, bed.context));
    expect(error).toMatchObject({ code: "TASK_UNFINISHED" });
    expect(bed.elapsed()).toBe(30_000);
    bed.emulator.releaseTasks();
    await deleteRecord(id, olds, bed.anotherProcess());
    expect(bed.listed()).toEqual([]);
    expect(bed.emulator.tasks()).toHaveLength(1);
  });
});

test("nothing is submitted for a CLI that is gone", async () => {
  bed = await registrarWith([]);
  bed.abort(Object.assign(new Error("The CLI is gone."), { code: "PROCESS_ORPHANED" }));
  await rejection(createRecord(inputs(wanted), bed.context));
  expect(bed.submissions()).toEqual([]);
});

test("an update of a record that another program changes meanwhile ends with what this one wants", async () => {
  bed = await registrarWith(
    [other],
    [{ action: modifying, call: 1, fault: { kind: "error", code: "TaskIsBeingProcessed" } }],
  );
  const running = updateRecord(id, outputs(other), inputs(wanted), bed.context);
  await bed.emulator.waitForCall(modifying);
  bed.emulator.setRecords(domain, []);
  await running;
  expect(bed.listed()).toEqual([wanted]);
  expect(bed.submissions()).toEqual(["Modifying", "Adding"]);
});
