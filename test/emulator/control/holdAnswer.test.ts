import { type Emulator, type HoldOptions } from "../../../emulator/index";
import { addition, call, closeAll, listedTags, refusal, started, type Answered } from "../calls";
import { isSettled } from "./settling";

afterEach(closeAll);

const add = "SaveSingleTaskForAddingDSRecord";
const listing = { DomainName: "example.com" };

const open = () => started({ domains: ["example.com"], taskDurationMs: 0 });

const before: HoldOptions = { when: "before" };
const after: HoldOptions = { when: "after" };

describe.each<[string, HoldOptions | undefined, number]>([
  ["before its effect", before, 0],
  ["after its effect", after, 1],
  ["by default, after its effect", undefined, 1],
])("a call held %s", (_, options, tasks) => {
  test("is answered on release", async () => {
    const emulator = await open();
    const held = emulator.holdAnswer(add, options);
    const answer = call(emulator, add, addition(1));
    const arrived = await held.arrived;
    expect(arrived).toMatchObject({ n: 1, action: add, params: { KeyTag: "1" }, accessKeyId: "Y-ID" });
    expect(emulator.tasks()).toHaveLength(tasks);
    expect(await isSettled(emulator, answer)).toBe(false);
    expect(emulator.journal).toEqual([]);

    held.release();
    const { TaskNo, RequestId } = await answer;
    expect(await held.ended).toEqual({ ...arrived, status: 200, taskNo: TaskNo });
    expect(emulator.journal).toEqual([await held.ended]);
    expect(arrived.requestId).toBe(RequestId);
    expect(emulator.tasks()).toHaveLength(1);
    held.release();
  });

  test("is dropped when the emulator is closed", async () => {
    const emulator = await open();
    const held = emulator.holdAnswer(add, options);
    const answer = refusal(call(emulator, add, addition(1)));
    await held.arrived;
    await emulator.close();
    expect(await answer).toMatchObject({ code: "ECONNRESET" });
    await expect(held.ended).rejects.toThrow("closed before the call came");
    expect(emulator.tasks()).toHaveLength(tasks);
  });
});

test.each<[string, Parameters<Emulator["holdAnswer"]>, number]>([
  ["the first", ["QueryDSRecord"], 1],
  ["the third", ["QueryDSRecord", { count: 3 }], 3],
  ["the second of a predicate", [({ params }) => params["Odd"] === "1", { count: 2 }], 3],
  ["none of another action", [add], 0],
])("holds %s", async (_, args, expected) => {
  const emulator = await open();
  await call(emulator, "QueryDSRecord", listing);
  const held = emulator.holdAnswer(...args);
  const answers: Promise<Answered>[] = [];
  for (const index of [1, 2, 3, 4]) {
    const answer = call(emulator, "QueryDSRecord", { ...listing, Index: index, Odd: index % 2 });
    await (index === expected ? held.arrived : answer);
    answers.push(answer);
  }
  const answered = emulator.journal.slice(1).map(({ params }) => Number(params["Index"]));
  expect(answered).toEqual([1, 2, 3, 4].filter((index) => index !== expected));
  held.release();
  await Promise.all(answers);
});

test("only calls that authenticate and are within the rate limit are counted", async () => {
  const emulator = await started({ domains: ["example.com"], requestsPerSecond: 1 });
  const held = emulator.holdAnswer("QueryDSRecord");
  expect(await refusal(call(emulator, "QueryDSRecord", { ...listing, Timestamp: "never" }))).toMatchObject({
    code: "InvalidTimeStamp.Format",
  });
  const answer = call(emulator, "QueryDSRecord", listing);
  expect(await held.arrived).toMatchObject({ n: 2 });
  held.release();
  await answer;
  const second = emulator.holdAnswer("QueryDSRecord");
  expect(await refusal(call(emulator, "QueryDSRecord", listing))).toMatchObject({ code: "Throttling.User" });
  expect(await isSettled(emulator, second.arrived)).toBe(false);
});

test("other calls continue; a call held before its effect sees the state at its release", async () => {
  const emulator = await open();
  const held = emulator.holdAnswer("QueryDSRecord", before);
  const listed = listedTags(emulator);
  await held.arrived;
  await call(emulator, add, addition(1));
  held.release();
  expect(await listed).toEqual([1]);

  const late = emulator.holdAnswer("QueryDSRecord", after);
  const old = listedTags(emulator);
  await late.arrived;
  await call(emulator, add, addition(2));
  late.release();
  expect(await old).toEqual([1]);
});

test("faults strike a held call when it is carried out", async () => {
  const emulator = await open();
  const held = emulator.holdAnswer(add, before);
  const answer = refusal(call(emulator, add, addition(1)));
  await held.arrived;
  emulator.faults.add({ fault: { kind: "resetAfter" } });
  held.release();
  expect(await answer).toMatchObject({ code: "ECONNRESET" });
  expect(await held.ended).toMatchObject({ status: 0, taskNo: emulator.tasks()[0]?.taskNo });
});

test("a call with several holds continues after the last release", async () => {
  const emulator = await open();
  const holds = [before, before, after, after].map((options) => emulator.holdAnswer(add, options));
  const answer = call(emulator, add, addition(1));
  for (const [index, held] of holds.entries()) {
    await held.arrived;
    expect(await isSettled(emulator, answer)).toBe(false);
    expect(emulator.tasks()).toHaveLength(index < 2 ? 0 : 1);
    held.release();
  }
  await answer;
});

test("a hold catches one call only, also while another holds that call first", async () => {
  const emulator = await open();
  const holds = [after, before].map((options) => emulator.holdAnswer("QueryDSRecord", options));
  const first = listedTags(emulator);
  await holds[1]?.arrived;
  expect(await listedTags(emulator)).toEqual([]);
  for (const held of holds) held.release();
  expect(await first).toEqual([]);
});

test("a hold released before its call does not stop it", async () => {
  const emulator = await open();
  const held = emulator.holdAnswer(add);
  held.release();
  await call(emulator, add, addition(1));
  expect(await held.arrived).toMatchObject({ n: 1 });
  expect(await held.ended).toMatchObject({ status: 200 });
});

test("close rejects a hold whose call never came", async () => {
  const emulator = await open();
  const held = emulator.holdAnswer(add);
  await emulator.close();
  await expect(held.arrived).rejects.toThrow("closed before the call came");
  await expect(held.ended).rejects.toThrow("closed before the call came");
});

test.each<[string, Parameters<Emulator["holdAnswer"]>]>([
  ["has no action", ["QueryDsRecord"]],
  ["count is 0,", ["QueryDSRecord", { count: 0 }]],
  ["count is 1.5,", ["QueryDSRecord", { count: 1.5 }]],
])("refuses an impossible hold: %s", async (message, args) => {
  const emulator = await open();
  expect(() => emulator.holdAnswer(...args)).toThrow(message);
});
