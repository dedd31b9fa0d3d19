import { manualClock } from "../../../emulator/index";
import { addition, call, closeAll, ds, listedTags, refusal, seen, started } from "../calls";

afterEach(closeAll);

const add = "SaveSingleTaskForAddingDSRecord";
const remove = "SaveSingleTaskForDeletingDSRecord";

async function onClock(records: number[] = []) {
  const clock = manualClock();
  const domains = { "example.com": records.map(ds), "example.net": [] };
  const emulator = await started({ clock, domains, taskDurationMs: 1000 });
  return { clock, emulator };
}

const ends: [string, number[], string, number, string, string | undefined][] = [
  ["a success", [], "EXECUTE_SUCCESS", 2, "The operation is successful.", undefined],
  [
    "a failure",
    [1],
    "EXECUTE_FAILURE",
    3,
    "The operation failed.",
    "There is a DS record with key tag 1 already.",
  ],
];

test.each(ends)("%s goes 0, 1, then its end; in the list 1, 2, 3", async (_, records, status, code) => {
  const { clock, emulator } = await onClock(records);
  const { TaskNo } = await call(emulator, add, addition(1));
  const progress = async (ms: number) => {
    clock.advance(ms);
    const { details, info } = await seen(emulator, TaskNo);
    return [details[0]?.TaskStatus, details[0]?.TaskStatusCode, info[0]?.TaskStatus, info[0]?.TaskStatusCode];
  };
  const waiting = ["WAITING_EXECUTE", 0, "WAITING_EXECUTE", 1];
  const executing = ["EXECUTING", 1, "EXECUTING", 2];
  expect(await progress(0)).toEqual(waiting);
  expect(await progress(249)).toEqual(waiting);
  expect(await progress(1)).toEqual(executing);
  expect(await progress(749)).toEqual(executing);
  expect(await listedTags(emulator)).toEqual(records);
  expect(await progress(1)).toEqual([status, code, "COMPLETE", 3]);
  expect(await listedTags(emulator)).toEqual([1]);
});

test.each(ends)("the fields of %s", async (_, records, status, code, message, reason) => {
  const { clock, emulator } = await onClock(records);
  const { TaskNo } = await call(emulator, add, addition(1));
  clock.advance(1000);
  const { details, info } = await seen(emulator, TaskNo);
  const submission = {
    TaskNo,
    TaskType: "EMULATED_ADD_DS",
    TaskTypeDescription: expect.any(String),
    TaskResult: "",
    CreateTime: "2026-01-02 11:04:05",
  };
  expect(details).toEqual([
    {
      ...submission,
      TaskDetailNo: expect.not.stringMatching(TaskNo),
      DomainName: "example.com",
      InstanceId: expect.stringMatching(/^S\d{17}$/),
      TaskStatus: status,
      TaskStatusCode: code,
      TryCount: reason === undefined ? 0 : 5,
      UpdateTime: "2026-01-02 11:04:06",
      ErrorMsg: message,
      ...(reason !== undefined && { FailReason: reason }),
    },
  ]);
  expect(info).toEqual([
    {
      ...submission,
      TaskTypeCode: "EMULATED_ADD_DS",
      TaskBizType: "domain",
      TaskStatus: "COMPLETE",
      TaskStatusCode: 3,
      TaskCancelStatus: "INIT",
      TaskCancelStatusCode: 0,
      TaskNum: 1,
      Clientip: "127.0.0.1",
    },
  ]);
});

test("a domain has one unfinished task at a time, of any kind", async () => {
  const { clock, emulator } = await onClock([1]);
  const busy = { code: "TaskIsBeingProcessed", status: 400 };
  await call(emulator, add, addition(2));
  for (const [action, params] of [
    [add, addition(3)],
    ["SaveSingleTaskForModifyingDSRecord", addition(1)],
    [remove, { DomainName: "example.com", KeyTag: 1 }],
    ["SaveSingleTaskForSynchronizingDSRecord", { DomainName: "example.com" }],
  ] as const) {
    expect(await refusal(call(emulator, action, params))).toMatchObject(busy);
  }
  await call(emulator, add, addition(2, "example.net"));
  clock.advance(1000);
  const foreign = emulator.addForeignTask("example.com", { durationMs: 5000 });
  expect(foreign).toMatchObject({ kind: "other", status: "WAITING_EXECUTE", domain: "example.com" });
  expect((await seen(emulator, foreign.taskNo)).details).toMatchObject([{ TaskType: "CHG_DNS" }]);
  clock.advance(4999);
  expect(await refusal(call(emulator, add, addition(3)))).toMatchObject(busy);
  expect(() => emulator.addForeignTask("example.com")).toThrow("being processed");
  clock.advance(1);
  await call(emulator, add, addition(3));
  expect(emulator.tasks("example.com").map(({ kind }) => kind)).toEqual(["add", "other", "add"]);
});

test.each<[string, number[], string, object, string, number[]]>([
  ["the ninth record", [1, 2, 3, 4, 5, 6, 7, 8], add, addition(9), "more than 8", [1, 2, 3, 4, 5, 6, 7, 8]],
  ["an existing key tag", [1], add, { ...addition(1), Algorithm: 8 }, "key tag 1 already", [1]],
  ["modifying a missing record", [1], "SaveSingleTaskForModifyingDSRecord", addition(2), "no DS record", [1]],
  ["deleting a missing record", [1], remove, { DomainName: "example.com", KeyTag: 2 }, "no DS record", [1]],
])("the task fails: %s", async (_, before, action, params, reason, after) => {
  const { clock, emulator } = await onClock(before);
  const { TaskNo } = await call(emulator, action, params);
  clock.advance(1000);
  expect((await seen(emulator, TaskNo)).details).toMatchObject([
    { TaskStatus: "EXECUTE_FAILURE", FailReason: expect.stringContaining(reason) },
  ]);
  expect(emulator.records("example.com")).toEqual(after.map(ds));
});

test("the eighth record is accepted; the number of records at the end of the task counts", async () => {
  const { clock, emulator } = await onClock([1, 2, 3, 4, 5, 6, 7]);
  await call(emulator, add, addition(8));
  clock.advance(1000);
  await call(emulator, add, addition(9));
  emulator.setRecords("example.com", []);
  clock.advance(1000);
  expect(await listedTags(emulator)).toEqual([9]);
});

test("two records with one key tag are deleted or modified together", async () => {
  const { clock, emulator } = await onClock();
  const twins = [{ ...ds(1), digestType: 4 }, ds(2), ds(1)];
  emulator.setRecords("example.com", twins);
  await call(emulator, "SaveSingleTaskForModifyingDSRecord", addition(1));
  clock.advance(1000);
  expect(emulator.records("example.com")).toEqual([ds(1), ds(2)]);
  emulator.setRecords("example.com", twins);
  await call(emulator, remove, { DomainName: "example.com", KeyTag: 1 });
  clock.advance(1000);
  expect(emulator.records("example.com")).toEqual([ds(2)]);
});

test("held tasks pause and resume where they were", async () => {
  const { clock, emulator } = await onClock();
  const running = await call(emulator, add, addition(1));
  clock.advance(500);
  emulator.holdTasks();
  clock.advance(100_000);
  const late = await call(emulator, add, addition(1, "example.net"));
  clock.advance(100_000);
  const statuses = () => emulator.tasks().map(({ status }) => status);
  expect(statuses()).toEqual(["EXECUTING", "WAITING_EXECUTE"]);
  emulator.releaseTasks();
  clock.advance(499);
  expect(statuses()).toEqual(["EXECUTING", "EXECUTING"]);
  clock.advance(1);
  expect(statuses()).toEqual(["EXECUTE_SUCCESS", "EXECUTING"]);
  clock.advance(500);
  expect(statuses()).toEqual(["EXECUTE_SUCCESS", "EXECUTE_SUCCESS"]);
  expect(emulator.tasks().map(({ taskNo }) => taskNo)).toEqual([running.TaskNo, late.TaskNo]);
});

test("a task without duration can be held", async () => {
  const emulator = await started({ domains: ["example.com"], taskDurationMs: 0 });
  emulator.holdTasks();
  await call(emulator, add, addition(1));
  expect(await listedTags(emulator)).toEqual([]);
  emulator.releaseTasks();
  expect(await listedTags(emulator)).toEqual([1]);
});

test("a task fails if its domain has left the account", async () => {
  const { clock, emulator } = await onClock();
  await call(emulator, add, addition(1));
  emulator.removeDomain("example.com");
  clock.advance(1000);
  expect(emulator.tasks()).toMatchObject([
    { status: "EXECUTE_FAILURE", failReason: "The domain name does not exist." },
  ]);
});

test("tasks are listed newest first, by page and by day", async () => {
  const { clock, emulator } = await onClock();
  const numbers = [];
  for (const tag of [1, 2, 3]) {
    numbers.unshift((await call(emulator, add, addition(tag))).TaskNo);
    clock.advance(86_400_000);
  }
  const list = async (params: object) => {
    const { Data, ...pager } = await call(emulator, "QueryTaskList", params);
    return {
      pager,
      found: (Data as { TaskInfo: { TaskNo: string }[] }).TaskInfo.map(({ TaskNo }) => TaskNo),
    };
  };
  expect(await list({ PageNum: 2, PageSize: 1 })).toEqual({
    pager: {
      RequestId: expect.any(String),
      TotalItemNum: 3,
      CurrentPageNum: 2,
      TotalPageNum: 3,
      PageSize: 1,
      PrePage: true,
      NextPage: true,
    },
    found: [numbers[1]],
  });
  expect(await list({ PageNum: 1, PageSize: 1000 })).toEqual({
    pager: {
      RequestId: expect.any(String),
      TotalItemNum: 3,
      CurrentPageNum: 1,
      TotalPageNum: 1,
      PageSize: 1000,
      PrePage: false,
      NextPage: false,
    },
    found: numbers,
  });
  const noonOfTheSecond = Date.UTC(2026, 0, 3, 4);
  const all = { PageNum: 1, PageSize: 10 };
  expect((await list({ ...all, BeginCreateTime: noonOfTheSecond })).found).toEqual(numbers.slice(0, 2));
  expect((await list({ ...all, EndCreateTime: noonOfTheSecond })).found).toEqual(numbers.slice(1));
});

test("details are filtered by domain, instance and status; an unknown task gives an empty list", async () => {
  const { emulator } = await onClock();
  const { TaskNo } = await call(emulator, add, addition(1));
  const [detail] = (await seen(emulator, TaskNo)).details;
  const found = async (params: object) =>
    (await call(emulator, "QueryTaskDetailList", { TaskNo, PageNum: 1, PageSize: 1, ...params }))[
      "TotalItemNum"
    ];
  expect(await found({ DomainName: "EXAMPLE.com", InstanceId: detail?.["InstanceId"], TaskStatus: 0 })).toBe(
    1,
  );
  expect(await found({ DomainName: "example.net" })).toBe(0);
  expect(await found({ InstanceId: "S1" })).toBe(0);
  expect(await found({ TaskStatus: 2 })).toBe(0);
  expect(await found({ TaskNo: "unknown" })).toBe(0);
});

test("a result is polled until it is acknowledged", async () => {
  const { clock, emulator } = await onClock([1]);
  const poll = async (params: object = {}) => {
    const { Data } = await call(emulator, "PollTaskResult", { PageNum: 1, PageSize: 10, ...params });
    return (Data as { TaskDetail: { TaskNo: string; TaskDetailNo: string }[] }).TaskDetail;
  };
  const { TaskNo } = await call(emulator, add, addition(1));
  const running = await call(emulator, add, addition(1, "example.net"));
  expect(await poll()).toEqual([]);
  clock.advance(1000);
  expect(await poll()).toMatchObject([{ TaskNo }, { TaskNo: running.TaskNo }]);
  const [failed] = await poll({ TaskResultStatus: 3 });
  expect(failed).toMatchObject({ TaskNo, TaskStatus: "EXECUTE_FAILURE" });
  expect(failed).not.toHaveProperty("FailReason");
  const named = { TaskDetailNo: [failed?.TaskDetailNo, "unknown"] };
  expect(await call(emulator, "AcknowledgeTaskResult", named)).toMatchObject({ Result: 1 });
  expect(await call(emulator, "AcknowledgeTaskResult", named)).toMatchObject({ Result: 0 });
  expect(await poll({ TaskNo })).toEqual([]);
  expect((await seen(emulator, TaskNo)).details).toHaveLength(1);
});

test("tasks progress on the system clock", async () => {
  const emulator = await started({ domains: ["example.com"], taskDurationMs: 20 });
  const { TaskNo } = await call(emulator, add, addition(1));
  while ((await seen(emulator, TaskNo)).details[0]?.TaskStatus !== "EXECUTE_SUCCESS");
  expect(await listedTags(emulator)).toEqual([1]);
});
