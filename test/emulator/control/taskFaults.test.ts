import { type Emulator, type ManualClock } from "../../../emulator/index";
import { addition, call, closeAll, ds, faulty, listedTags, refusal, seen } from "../calls";

afterEach(closeAll);

const add = "SaveSingleTaskForAddingDSRecord";

test("taskFails: a default or given reason, no effect", async () => {
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

test("taskFails, overtaken: the task fails, and the next listing shows the record", async () => {
  const { clock, emulator } = await faulty({ kind: "taskFails", reason: "Timed out.", overtaken: true });
  const { TaskNo } = await call(emulator, add, addition(1));
  expect(await listedTags(emulator)).toEqual([]);
  clock.advance(1000);
  expect((await seen(emulator, TaskNo)).details).toMatchObject([
    { TaskStatusCode: 3, FailReason: "Timed out." },
  ]);
  expect(await listedTags(emulator)).toEqual([1]);
});

test("taskStuck: the task executes forever, also after releaseTasks, and blocks its domain", async () => {
  const { clock, emulator } = await faulty({ kind: "taskStuck" });
  const { TaskNo } = await call(emulator, add, addition(1));
  clock.advance(1e12);
  emulator.holdTasks();
  emulator.releaseTasks();
  expect((await seen(emulator, TaskNo)).details).toMatchObject([{ TaskStatus: "EXECUTING" }]);
  expect(await refusal(call(emulator, add, addition(2)))).toMatchObject({ code: "TaskIsBeingProcessed" });
});

test("taskInvisible: queries return the task only later", async () => {
  const { clock, emulator } = await faulty({ kind: "taskInvisible", ms: 400 });
  const { TaskNo } = await call(emulator, add, addition(1));
  clock.advance(399);
  expect(await seen(emulator, TaskNo)).toEqual({ details: [], info: [] });
  clock.advance(1);
  expect(await seen(emulator, TaskNo)).toMatchObject({ details: [{ TaskNo }], info: [{ TaskNo }] });
});

/** The change, and the key tags and digest types in the listing before and after the lag. */
test.each<[string, string, object, unknown[], unknown[]]>([
  ["an addition", add, addition(2), ["1:2"], ["1:2", "2:2"]],
  ["a change", "SaveSingleTaskForModifyingDSRecord", { ...addition(1), DigestType: 4 }, ["1:2"], ["1:4"]],
  ["a deletion", "SaveSingleTaskForDeletingDSRecord", { DomainName: "example.com", KeyTag: 1 }, ["1:2"], []],
])("lagListing: after %s the listing stays old for a while", async (_, action, params, before, after) => {
  const { clock, emulator } = await faulty(
    { kind: "lagListing", ms: 300 },
    { domains: { "example.com": [ds(1)] } },
  );
  const listed = async () => {
    const answer = await call(emulator, "QueryDSRecord", { DomainName: "example.com" });
    const records = answer["DSRecordList"] as { KeyTag: number; DigestType: number }[];
    return records.map(({ KeyTag, DigestType }) => `${KeyTag}:${DigestType}`);
  };
  const { TaskNo } = await call(emulator, action, params);
  clock.advance(1299);
  expect((await seen(emulator, TaskNo)).details).toMatchObject([{ TaskStatus: "EXECUTE_SUCCESS" }]);
  expect(await listed()).toEqual(before);
  expect(emulator.records("example.com").map((record) => `${record.keyTag}:${record.digestType}`)).toEqual(
    after,
  );
  clock.advance(1);
  expect(await listed()).toEqual(after);
});

test("lagListing: records from setRecords show at once", async () => {
  const { clock, emulator } = await faulty({ kind: "lagListing", ms: 300 });
  await call(emulator, add, addition(2));
  clock.advance(1000);
  expect(await listedTags(emulator)).toEqual([]);
  emulator.setRecords("example.com", [ds(3)]);
  expect(await listedTags(emulator)).toEqual([3]);
});

/**
 * Returns status in details and list, tries, reason, error message, time of change, and records, by
 * the time since submission in ms.
 */
async function observe(emulator: Emulator, clock: ManualClock, taskNo: string, times: readonly number[]) {
  let at = 0;
  const course: unknown[] = [];
  for (const ms of times) {
    clock.advance(ms - at);
    at = ms;
    const { details, info } = await seen(emulator, taskNo);
    const [task] = details;
    const busy = await call(emulator, add, addition(1, "example.com")).then(
      () => false,
      ({ code }: { code?: string }) => code === "TaskIsBeingProcessed",
    );
    course.push([
      ms,
      task?.TaskStatus,
      info[0]?.TaskStatusCode,
      task?.["TryCount"],
      task?.FailReason,
      task?.["ErrorMsg"],
      String(task?.["UpdateTime"]).slice(-5),
      emulator.tasks()[0]?.failReason,
      busy,
      await listedTags(emulator),
    ]);
  }
  return course;
}

test("taskRetried: the task shows as failed, is executed again, and takes effect", async () => {
  const { clock, emulator } = await faulty({ kind: "taskRetried", reason: "Timed out.", ms: 5000 });
  const { TaskNo } = await call(emulator, add, addition(1));
  const course = await observe(emulator, clock, TaskNo, [0, 999, 1000, 5999, 6000, 6999, 7000]);
  const failed = ["Timed out.", "The operation failed.", "04:06", "Timed out.", true, []];
  expect(course).toEqual([
    [0, "WAITING_EXECUTE", 1, 0, undefined, "", "04:05", undefined, true, []],
    [999, "EXECUTING", 2, 0, undefined, "", "04:05", undefined, true, []],
    [1000, "EXECUTE_FAILURE", 3, 1, ...failed],
    [5999, "EXECUTE_FAILURE", 3, 1, ...failed],
    [6000, "EXECUTING", 2, 1, undefined, "", "04:11", undefined, true, []],
    [6999, "EXECUTING", 2, 1, undefined, "", "04:11", undefined, true, []],
    [
      7000,
      "EXECUTE_SUCCESS",
      3,
      1,
      undefined,
      "The operation is successful.",
      "04:12",
      undefined,
      false,
      [1],
    ],
  ]);
});

test("taskRetried: PollTaskResult has the task only at its end, and holdTasks pauses it", async () => {
  const { clock, emulator } = await faulty({ kind: "taskRetried", ms: 5000 });
  await call(emulator, add, addition(1));
  const polled = async () =>
    (await call(emulator, "PollTaskResult", { PageNum: 1, PageSize: 1 }))["TotalItemNum"];
  clock.advance(1000);
  emulator.holdTasks();
  clock.advance(100_000);
  expect(emulator.tasks()).toMatchObject([
    { status: "EXECUTE_FAILURE", failReason: "The registry refused the operation." },
  ]);
  emulator.releaseTasks();
  clock.advance(5999);
  expect(await polled()).toBe(0);
  expect(emulator.tasks()).toMatchObject([{ status: "EXECUTING" }]);
  clock.advance(1);
  expect(await polled()).toBe(1);
});

test("taskRetried and taskFails: the second execution fails for good", async () => {
  const { clock, emulator } = await faulty({ kind: "taskRetried", reason: "First.", ms: 10 });
  emulator.faults.add({ fault: { kind: "taskFails", reason: "Second." } });
  const { TaskNo } = await call(emulator, add, addition(1));
  clock.advance(2009);
  expect(emulator.tasks()).toMatchObject([{ status: "EXECUTING" }]);
  clock.advance(1);
  expect((await seen(emulator, TaskNo)).details).toMatchObject([
    { TaskStatus: "EXECUTE_FAILURE", FailReason: "Second.", TryCount: 5 },
  ]);
  expect(await listedTags(emulator)).toEqual([]);
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
