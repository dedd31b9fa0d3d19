import type { EmulatorOptions, FaultRule } from "../../emulator/index";
import type { Registrar } from "../../provider/registrar/registrar";
import { closeAll, domain, deadline, rejection } from "../alicloud/bed";
import { counts, domains, many, submitted, tasked } from "./tasksBed";

afterEach(closeAll);

const look = (registrar: Registrar, taskNo: string, name = domain) =>
  registrar.taskStatus(name, taskNo, deadline());

const shapes: FaultRule["fault"][] = [
  { kind: "delay", ms: 0 },
  { kind: "taskDetailAsObject" },
  { kind: "numbersAsStrings" },
];

test.each(shapes)("a task from beginning to end: %j", async (fault) => {
  const { emulator, advance, registrar } = await tasked({
    faults: [{ action: "QueryTaskDetailList", fault }],
  });
  const taskNo = await submitted(registrar);
  expect(await look(registrar, taskNo)).toEqual({ state: "running", status: "WAITING_EXECUTE" });
  advance(300);
  expect(await look(registrar, taskNo)).toEqual({ state: "running", status: "EXECUTING" });
  advance(700);
  expect(await look(registrar, taskNo)).toEqual({ state: "succeeded", durationMs: 1000 });
  expect(emulator.calls("QueryTaskDetailList")[0]?.params).toMatchObject({ TaskNo: taskNo, PageNum: "1" });
});

test("a failed task has the registrar's reason", async () => {
  const { emulator, advance, registrar } = await tasked({
    faults: [{ fault: { kind: "taskFails", reason: "No." } }],
  });
  const taskNo = await submitted(registrar);
  advance(1000);
  const status = await look(registrar, taskNo);
  const [call] = emulator.calls("QueryTaskDetailList");
  expect(status).toEqual({ state: "failed", reason: "No.", tries: 5, requestId: call?.requestId });
});

test.each(["nullList", "missingList", "delay"] as const)("an invisible task: %s", async (kind) => {
  const { registrar } = await tasked({
    faults: [
      { fault: { kind: "taskInvisible", ms: 10_000 } },
      { action: "QueryTaskDetailList", fault: kind === "delay" ? { kind, ms: 0 } : { kind } },
    ],
  });
  expect(await look(registrar, await submitted(registrar))).toEqual({ state: "invisible" });
  expect(await look(registrar, "no such task")).toEqual({ state: "invisible" });
});

test("a query is repeated after a passing failure", async () => {
  const faults: FaultRule[] = [{ action: "QueryTaskDetailList", call: 1, fault: { kind: "html502" } }];
  const { emulator, registrar } = await tasked({ faults });
  expect(await look(registrar, await submitted(registrar))).toMatchObject({ state: "running" });
  expect(counts(emulator)).toEqual({ details: 2, lists: 0 });
});

test("a failure names the task", async () => {
  const faults: FaultRule[] = [
    { action: "QueryTaskDetailList", fault: { kind: "error", code: "Forbidden.RAM" } },
  ];
  const { registrar } = await tasked({ faults });
  const error = await rejection(look(registrar, "T-1"));
  expect(error).toMatchObject({
    code: "REGISTRAR_REFUSED",
    details: { apiCode: "Forbidden.RAM", taskNo: "T-1" },
  });
  expect(error.message).toMatch(/^Reading task T-1 of example\.com \(QueryTaskDetailList\) was refused/);
});

test("simultaneous queries of one task are one call", async () => {
  const { emulator, registrar } = await tasked();
  const taskNo = await submitted(registrar);
  await Promise.all([look(registrar, taskNo), look(registrar, taskNo)]);
  expect(counts(emulator)).toEqual({ details: 1, lists: 0 });
});

describe("many tasks", () => {
  async function looked(options: EmulatorOptions = {}) {
    const bed = await many(options);
    const lookAtAll = (count = domains.length) =>
      Promise.all(
        domains.slice(0, count).map((name, i) => look(bed.registrar, bed.taskNos[i] as string, name)),
      );
    return { ...bed, lookAtAll };
  }
  const running = (status: string) => ({ state: "running", status });

  test("up to three are queried one by one", async () => {
    const { emulator, lookAtAll } = await looked();
    await lookAtAll(3);
    expect(counts(emulator)).toEqual({ details: 3, lists: 0 });
  });

  test("with more, one list answers for all that are running", async () => {
    const { emulator, lookAtAll, advance } = await looked();
    await lookAtAll();
    // The first three were queried before there were others.
    expect(counts(emulator)).toEqual({ details: 3, lists: 1 });
    advance(1000 / 4);
    expect(await lookAtAll()).toEqual(domains.map(() => running("WAITING_EXECUTE")));
    expect(counts(emulator)).toEqual({ details: 3, lists: 1 });
  });

  test("a list serves for one second", async () => {
    const { emulator, lookAtAll, advance } = await looked({ taskDurationMs: 100_000 });
    await lookAtAll();
    advance(999);
    await lookAtAll();
    expect(counts(emulator).lists).toBe(1);
    advance(1);
    await lookAtAll();
    expect(counts(emulator)).toEqual({ details: 3, lists: 2 });
  });

  test("the details of complete tasks are read, since complete does not mean success", async () => {
    const faults: FaultRule[] = [{ domain: "b.com", fault: { kind: "taskFails", reason: "No." } }];
    const { emulator, lookAtAll, advance } = await looked({ faults });
    await lookAtAll();
    emulator.clearJournal();
    advance(1000);
    const states = (await lookAtAll()).map(({ state }) => state);
    expect(states).toEqual(["succeeded", "failed", "succeeded", "succeeded", "succeeded"]);
    expect(counts(emulator)).toEqual({ details: 5, lists: 1 });
  });

  test("tasks that have ended do not count", async () => {
    const { emulator, registrar, lookAtAll, advance } = await looked();
    advance(1000);
    await lookAtAll();
    emulator.clearJournal();
    const taskNo = await submitted(registrar);
    await look(registrar, taskNo);
    expect(counts(emulator)).toEqual({ details: 1, lists: 0 });
  });

  test("tasks that are not queried for a minute do not count", async () => {
    const { emulator, registrar, lookAtAll, advance, taskNos } = await looked({ taskDurationMs: 1_000_000 });
    await lookAtAll();
    advance(60_001);
    emulator.clearJournal();
    await look(registrar, taskNos[0] as string, "a.com");
    expect(counts(emulator)).toEqual({ details: 1, lists: 0 });
  });

  test("the details of tasks that are not in the list are read", async () => {
    const faults: FaultRule[] = [{ action: "QueryTaskList", fault: { kind: "missingList" } }];
    const { emulator, registrar, lookAtAll } = await looked({ faults });
    await lookAtAll();
    emulator.clearJournal();
    expect(await look(registrar, "no such task", "a.com")).toEqual({ state: "invisible" });
    expect(counts(emulator)).toEqual({ details: 1, lists: 0 });
  });

  test.each<[string, FaultRule["fault"]]>([
    ["is refused", { kind: "error", code: "InvalidPageSize" }],
    ["is throttled", { kind: "error", code: "Throttling" }],
    ["is a page", { kind: "html502" }],
  ])("a list that %s is left alone for a minute, and the details serve", async (_, fault) => {
    const faults: FaultRule[] = [{ action: "QueryTaskList", times: 1, fault }];
    const { emulator, lookAtAll, advance } = await looked({ faults, taskDurationMs: 1_000_000 });
    expect(await lookAtAll()).toEqual(domains.map(() => running("WAITING_EXECUTE")));
    expect(counts(emulator)).toEqual({ details: 5, lists: 1 });
    advance(30_000);
    await lookAtAll();
    expect(counts(emulator)).toEqual({ details: 10, lists: 1 });
    advance(31_000);
    await lookAtAll();
    expect(counts(emulator).lists).toBe(2);
  });

  test("results are not acknowledged", async () => {
    const { emulator, lookAtAll, advance } = await looked();
    await lookAtAll();
    advance(1000);
    await lookAtAll();
    const actions = new Set(emulator.calls().map(({ action }) => action));
    expect([...actions].sort()).toEqual([
      "QueryTaskDetailList",
      "QueryTaskList",
      "SaveSingleTaskForAddingDSRecord",
    ]);
  });
});
