import {
  manualClock,
  type EmulatorOptions,
  type Fault,
  type FaultKind,
  type FaultRule,
} from "../../emulator/index";
import { faultKindNames } from "../../emulator/faultKinds";
import { addition, call, closeAll, ds, listedTags, refusal, seen, started } from "./calls";

afterEach(closeAll);

const add = "SaveSingleTaskForAddingDSRecord";
const listing = { DomainName: "example.com" };

async function faulty(fault: Fault, options: EmulatorOptions = {}) {
  const clock = manualClock();
  const rule: FaultRule = { fault, call: 1 };
  const emulator = await started({
    clock,
    domains: ["example.com"],
    taskDurationMs: 1000,
    faults: [rule],
    ...options,
  });
  return { clock, emulator };
}

type Expected = { status?: number; code?: string; name?: string; message?: unknown };

/** By kind: what the client makes of it, what the journal has, and whether the call took effect. */
const answers: [Fault, Expected, { status: number; code?: string }, boolean][] = [
  [
    { kind: "error", code: "Throttling.User" },
    { code: "Throttling.User", status: 400 },
    { status: 400, code: "Throttling.User" },
    false,
  ],
  [
    { kind: "error", code: "InternalError", effect: true },
    { code: "InternalError", status: 500 },
    { status: 500, code: "InternalError" },
    true,
  ],
  [
    { kind: "error", code: "Own", message: "So what", status: 418 },
    { code: "Own", status: 418, message: expect.stringContaining("So what") },
    { status: 418, code: "Own" },
    false,
  ],
  [{ kind: "html502" }, { name: "SyntaxError" }, { status: 502 }, false],
  [{ kind: "html502", effect: true }, { name: "SyntaxError" }, { status: 502 }, true],
  [{ kind: "resetBefore" }, { code: "ECONNRESET" }, { status: 0 }, false],
  [{ kind: "resetAfter" }, { code: "ECONNRESET" }, { status: 0 }, true],
  [{ kind: "emptyBody" }, { name: "SyntaxError" }, { status: 200 }, true],
  [{ kind: "cutJson" }, { name: "SyntaxError" }, { status: 200 }, true],
];

test.each(answers)("%j", async (fault, expected, journalled, effect) => {
  const { emulator } = await faulty(fault);
  expect(await refusal(call(emulator, add, addition(1)))).toMatchObject(expected);
  const taskNo = emulator.tasks()[0]?.taskNo;
  expect(taskNo !== undefined).toBe(effect);
  const entry = emulator.calls(add)[0];
  expect({ status: entry?.status, code: entry?.code, taskNo: entry?.taskNo }).toEqual({
    code: undefined,
    ...journalled,
    taskNo,
  });
  // The second call suffers nothing.
  expect(await listedTags(emulator)).toEqual([]);
});

/** By kind: answers that the client takes for successes. */
const shapes: [Fault, string, object, EmulatorOptions["domains"], unknown][] = [
  [{ kind: "status500NoCode" }, add, addition(1), ["example.com"], { Message: expect.any(String) }],
  [{ kind: "missingTaskNo" }, add, addition(1), ["example.com"], { RequestId: expect.any(String) }],
  [
    { kind: "upperCaseDigests" },
    "QueryDSRecord",
    listing,
    { "example.com": [ds(0xabc)] },
    {
      RequestId: expect.any(String),
      DSRecordList: [{ KeyTag: 0xabc, Algorithm: 13, DigestType: 2, Digest: "ABC".padStart(64, "0") }],
    },
  ],
  [
    { kind: "numbersAsStrings" },
    "QueryDSRecord",
    listing,
    { "example.com": [ds(1)] },
    {
      RequestId: expect.any(String),
      DSRecordList: [{ KeyTag: "1", Algorithm: "13", DigestType: "2", Digest: ds(1).digest }],
    },
  ],
  [
    { kind: "nullList" },
    "QueryDSRecord",
    listing,
    ["example.com"],
    { RequestId: expect.any(String), DSRecordList: null },
  ],
  [{ kind: "missingList" }, "QueryDSRecord", listing, ["example.com"], { RequestId: expect.any(String) }],
  [
    { kind: "missingList" },
    "QueryDSRecord",
    listing,
    { "example.com": [ds(1)] },
    { RequestId: expect.any(String), DSRecordList: [expect.objectContaining({ KeyTag: 1 })] },
  ],
];

test.each(shapes)("%j, %s", async (fault, action, params, domains = [], expected) => {
  const { emulator } = await faulty(fault, { domains });
  expect(await call(emulator, action, params)).toEqual(expected);
});

test("missingTaskNo hides a task that there is", async () => {
  const { emulator } = await faulty({ kind: "missingTaskNo" });
  await call(emulator, add, addition(1));
  expect(emulator.tasks()).toMatchObject([{ taskNo: emulator.calls(add)[0]?.taskNo }]);
});

test.each<[Fault, number, unknown]>([
  [{ kind: "taskDetailAsObject" }, 1, { TaskDetail: expect.objectContaining({ TaskStatusCode: 0 }) }],
  [{ kind: "taskDetailAsObject" }, 0, { TaskDetail: [] }],
  [{ kind: "nullList" }, 0, { TaskDetail: null }],
  [{ kind: "missingList" }, 0, {}],
  [{ kind: "numbersAsStrings" }, 1, { TaskDetail: [expect.objectContaining({ TaskStatusCode: "0" })] }],
])("%j of %i details", async (fault, count, expected) => {
  const emulator = await started({ domains: ["example.com"] });
  const { TaskNo } = await call(emulator, add, addition(1));
  emulator.faults.add({ action: "QueryTaskDetailList", fault });
  const params = { TaskNo: count === 1 ? TaskNo : "unknown", PageNum: 1, PageSize: 10 };
  const answer = await call(emulator, "QueryTaskDetailList", params);
  expect(JSON.parse(JSON.stringify(answer["Data"]))).toEqual(expected);
});

test("taskFails: with the default reason, or one of its own; nothing happens", async () => {
  for (const reason of [undefined, "The domain is locked."]) {
    const { clock, emulator } = await faulty({ kind: "taskFails", ...(reason !== undefined && { reason }) });
    const { TaskNo } = await call(emulator, add, addition(1));
    clock.advance(1000);
    expect((await seen(emulator, TaskNo)).details).toMatchObject([
      { TaskStatus: "EXECUTE_FAILURE", FailReason: reason ?? "The registry refused the operation." },
    ]);
    expect(await listedTags(emulator)).toEqual([]);
  }
});

test("taskFails, overtaken: it fails, and the next listing shows the record", async () => {
  const { clock, emulator } = await faulty({ kind: "taskFails", reason: "Timed out.", overtaken: true });
  const { TaskNo } = await call(emulator, add, addition(1));
  expect(await listedTags(emulator)).toEqual([]);
  clock.advance(1000);
  expect((await seen(emulator, TaskNo)).details).toMatchObject([
    { TaskStatusCode: 3, FailReason: "Timed out." },
  ]);
  expect(await listedTags(emulator)).toEqual([1]);
});

test("taskStuck: it executes for ever and holds its domain, released or not", async () => {
  const { clock, emulator } = await faulty({ kind: "taskStuck" });
  const { TaskNo } = await call(emulator, add, addition(1));
  clock.advance(1e12);
  emulator.holdTasks();
  emulator.releaseTasks();
  expect((await seen(emulator, TaskNo)).details).toMatchObject([{ TaskStatus: "EXECUTING" }]);
  expect(await refusal(call(emulator, add, addition(2)))).toMatchObject({ code: "TaskIsBeingProcessed" });
});

test("taskInvisible: queries do not return it for a while", async () => {
  const { clock, emulator } = await faulty({ kind: "taskInvisible", ms: 400 });
  const { TaskNo } = await call(emulator, add, addition(1));
  clock.advance(399);
  expect(await seen(emulator, TaskNo)).toEqual({ details: [], info: [] });
  clock.advance(1);
  expect(await seen(emulator, TaskNo)).toMatchObject({ details: [{ TaskNo }], info: [{ TaskNo }] });
});

test("lagListing: the listing is old for a while after the task, what others set is not", async () => {
  const { clock, emulator } = await faulty({ kind: "lagListing", ms: 300 });
  await call(emulator, add, addition(1));
  clock.advance(1299);
  expect(emulator.tasks()).toMatchObject([{ status: "EXECUTE_SUCCESS" }]);
  expect(await listedTags(emulator)).toEqual([]);
  expect(emulator.records("example.com")).toEqual([ds(1)]);
  clock.advance(1);
  expect(await listedTags(emulator)).toEqual([1]);

  emulator.faults.clear();
  emulator.faults.add({ fault: { kind: "lagListing", ms: 300 } });
  await call(emulator, add, addition(2));
  clock.advance(1000);
  expect(await listedTags(emulator)).toEqual([1]);
  emulator.setRecords("example.com", [ds(3)]);
  expect(await listedTags(emulator)).toEqual([3]);
});

test("delay: the effect comes at once, the answer later", async () => {
  const { emulator } = await faulty({ kind: "delay", ms: 60 });
  const sentAt = performance.now();
  await call(emulator, add, addition(1));
  // Node's timers may fire a millisecond early by this clock.
  expect(performance.now() - sentAt).toBeGreaterThanOrEqual(58);
  expect(emulator.tasks()).toHaveLength(1);
});

test("closing does not wait for an answer that is held back", async () => {
  const { emulator } = await faulty({ kind: "delay", ms: 600_000 });
  const answer = refusal(call(emulator, add, addition(1)));
  while (emulator.tasks().length === 0) await new Promise(setImmediate);
  await emulator.close();
  expect(await answer).toMatchObject({ code: "ECONNRESET" });
});

test("faults combine", async () => {
  const { clock, emulator } = await faulty({ kind: "taskFails", reason: "No.", overtaken: true });
  emulator.faults.add(
    { fault: { kind: "lagListing", ms: 500 } },
    { fault: { kind: "taskInvisible", ms: 100 } },
  );
  emulator.faults.add({ action: "QueryDSRecord", fault: { kind: "upperCaseDigests" } });
  emulator.faults.add({ action: "QueryDSRecord", fault: { kind: "numbersAsStrings" } });
  const { TaskNo } = await call(emulator, add, addition(1));
  expect((await seen(emulator, TaskNo)).details).toEqual([]);
  clock.advance(1499);
  expect((await seen(emulator, TaskNo)).details).toMatchObject([{ FailReason: "No." }]);
  expect(await listedTags(emulator)).toEqual([]);
  clock.advance(1);
  expect(await listedTags(emulator)).toEqual(["1"]);
});

test("every kind is tested above", () => {
  const others: FaultKind[] = [
    "delay",
    "lagListing",
    "taskDetailAsObject",
    "taskFails",
    "taskInvisible",
    "taskStuck",
  ];
  const tested = new Set([...answers, ...shapes].map(([{ kind }]) => kind));
  expect([...tested, ...others].sort()).toEqual([...faultKindNames].sort());
});
