import type { FaultRule } from "../../../emulator/index";
import type { Ds } from "../../../provider/dnssec/ds";
import { DsRecordError } from "../../../provider/errors";
import { runChange } from "../../../provider/lifecycle/change/changeRun";
import type { ChangeRequest } from "../../../provider/lifecycle/change/request/request";
import type { Context } from "../../../provider/lifecycle/context";
import { domain, ds, id, other, registrarWith, taskNumber, wanted, withRegistrar, type Bed } from "../bed";

// Every change returns its outcome as a value.

let bed: Bed;
afterEach(() => bed.close());

const request = ({ reporterOf }: Context, more: Partial<ChangeRequest> = {}): ChangeRequest => ({
  identity: { domain, keyTag: 1 },
  wish: { operation: "create", ds: wanted, onConflict: "fail", ours: [] },
  timeoutMs: 60_000,
  reporter: reporterOf("urn:1"),
  dns: { mode: "off", servers: {}, waitForPublication: false },
  ...more,
});

const adding = "SaveSingleTaskForAddingDSRecord";
const failing = (code: string, action: string): FaultRule => ({ action, fault: { kind: "error", code } });

test.each<[string, readonly Ds[], readonly FaultRule[], object]>([
  ["a record that is added", [], [], { kind: "done", held: false, taskNo: taskNumber }],
  ["a record that is adopted", [wanted], [], { kind: "done", held: true }],
  ["a conflict", [other], [], { kind: "refused", error: { code: "DS_CONFLICT" } }],
  [
    "a task that fails",
    [],
    [{ fault: { kind: "taskFails" } }],
    { kind: "refused", error: { code: "TASK_FAILED" } },
  ],
  [
    "a listing that the registrar refuses",
    [],
    [failing("Forbidden.RAM", "QueryDSRecord")],
    { kind: "refused", error: { code: "REGISTRAR_REFUSED" } },
  ],
  [
    "a task that does not end",
    [],
    [{ fault: { kind: "taskStuck" } }],
    {
      kind: "unfinished",
      pending: { action: "add", taskNo: taskNumber },
      error: { code: "TASK_UNFINISHED" },
    },
  ],
  [
    "a lost answer, at a registrar that is then down",
    [],
    [
      { action: adding, fault: { kind: "resetAfter" } },
      { ...failing("Forbidden.RAM", "QueryDSRecord"), call: { from: 2 } },
    ],
    { kind: "unfinished", pending: { action: "add" }, error: { code: "REGISTRAR_REFUSED" } },
  ],
])("%s", async (_, records, faults, outcome) => {
  bed = await registrarWith(records, faults);
  expect(await runChange(request(bed.context), bed.context)).toMatchObject(outcome);
  const { kind, error } = outcome as { kind: string; error?: { code: string } };
  expect([bed.context.ledger.isSettled(id), bed.context.ledger.failures().get(id)]).toEqual([
    kind === "done",
    error?.code,
  ]);
});

test("a record that the parent zone does not show in time is unfinished, with the task of this run", async () => {
  bed = await registrarWith([]);
  const published = () =>
    Promise.resolve({ answers: [{ server: "ns1", outcome: "answered", ds: [] } as const] });
  const context = { ...bed.context, delegations: { ...bed.context.delegations, published } };
  const dns = { mode: "off", servers: {}, waitForPublication: true } as const;
  const outcome = await runChange(request(context, { dns }), context);
  expect(outcome).toMatchObject({
    kind: "unfinished",
    pending: { action: "publish" },
    taskNo: taskNumber,
    error: { code: "NOT_PUBLISHED" },
  });
  expect(context.ledger.failures().get(id)).toBe("NOT_PUBLISHED");
});

test("a record whose process loses its CLI while it waits for the parent zone is unfinished", async () => {
  bed = await registrarWith([]);
  const reason = new DsRecordError("PROCESS_ORPHANED", "The CLI is gone.");
  const published = () => {
    bed.abort(reason);
    return Promise.resolve({ answers: [{ server: "ns1", outcome: "answered", ds: [] } as const] });
  };
  const context = { ...bed.context, delegations: { ...bed.context.delegations, published } };
  const dns = { mode: "off", servers: {}, waitForPublication: true } as const;
  const outcome = await runChange(request(context, { dns }), context);
  expect(outcome).toEqual({
    kind: "unfinished",
    pending: { action: "publish" },
    taskNo: taskNumber,
    error: expect.objectContaining({ code: "NOT_PUBLISHED" }) as object,
  });
  expect(outcome).toHaveProperty("error.message", expect.stringContaining("given up. The CLI is gone. The"));
  expect(context.ledger.failures().get(id)).toBe("NOT_PUBLISHED");
});

test("a deletion notes nothing for the deletions of the run", async () => {
  bed = await registrarWith([wanted]);
  const { ledger } = bed.context;
  const wish = { operation: "delete", ds: wanted, ours: [] } as const;
  expect(await runChange(request(bed.context, { wish }), bed.context)).toMatchObject({ kind: "done" });
  expect([ledger.isSettled(id), ledger.failures().size]).toEqual([false, 0]);
});

test("a bug is thrown, and counts as a failure of the record", async () => {
  bed = await registrarWith([]);
  const bug = new TypeError("a bug");
  const context = withRegistrar(bed.context, { list: () => Promise.reject(bug) });
  await expect(runChange(request(context), context)).rejects.toBe(bug);
  expect(context.ledger.failures().get(id)).toBe("UNEXPECTED");
});

test("a change whose process loses its CLI while a task runs is unfinished", async () => {
  bed = await registrarWith([ds(2)]);
  const reason = new DsRecordError("PROCESS_ORPHANED", "The CLI is gone.");
  const context = withRegistrar(bed.context, {
    taskStatus: () => {
      bed.abort(reason);
      return Promise.resolve({ state: "running", status: "EXECUTING" });
    },
  });
  expect(await runChange(request(context), context)).toMatchObject({
    kind: "unfinished",
    pending: { taskNo: taskNumber },
    error: { code: "TASK_UNFINISHED" },
  });
});
