import RPCClient from "@alicloud/pop-core";
import { type EmulatorOptions, type Fault, type FaultKind } from "../../../emulator/index";
import { faultKindNames } from "../../../emulator/control/faultKinds";
import { addition, call, closeAll, ds, faulty, listedTags, refusal, started } from "../calls";

afterEach(async () => {
  jest.restoreAllMocks();
  await closeAll();
});

const add = "SaveSingleTaskForAddingDSRecord";
const listing = { DomainName: "example.com" };

/** The client with an argument that its types omit: it also returns the HTTP answer. */
const VerboseClient = RPCClient as unknown as new (
  config: RPCClient.Config,
  verbose: true,
) => {
  request(
    action: string,
    params: object,
    options: object,
  ): Promise<[answer: unknown, entry: { response: { headers: Record<string, string> } }]>;
};

type Expected = { status?: number; code?: string; name?: string; message?: unknown };

/** By fault: the error of the client, the journal entry, and whether the call took effect. */
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
  [
    { kind: "error", code: "DomainNotExist" },
    { code: "DomainNotExist", status: 400 },
    { status: 400, code: "DomainNotExist" },
    false,
  ],
  [{ kind: "html502" }, { name: "SyntaxError" }, { status: 502 }, false],
  [{ kind: "html502", effect: true }, { name: "SyntaxError" }, { status: 502 }, true],
  [{ kind: "html503" }, { name: "SyntaxError" }, { status: 503 }, false],
  [{ kind: "html503", effect: true }, { name: "SyntaxError" }, { status: 503 }, true],
  [{ kind: "resetBefore" }, { code: "ECONNRESET" }, { status: 0 }, false],
  [{ kind: "resetAfter" }, { code: "ECONNRESET" }, { status: 0 }, true],
  [{ kind: "emptyBody" }, { name: "SyntaxError" }, { status: 200 }, true],
  [{ kind: "nullBody" }, { name: "TypeError" }, { status: 200 }, true],
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
  // The fault does not strike the second call.
  expect(await listedTags(emulator)).toEqual([]);
});

/** By fault: answers that the client takes for successes. */
const shapes: [Fault, string, object, EmulatorOptions["domains"], unknown][] = [
  [{ kind: "status500NoCode" }, add, addition(1), ["example.com"], { Message: expect.any(String) }],
  [{ kind: "missingTaskNo" }, add, addition(1), ["example.com"], { RequestId: expect.any(String) }],
  [{ kind: "noRequestId" }, add, addition(1), ["example.com"], { TaskNo: expect.any(String) }],
  [
    { kind: "noRequestId" },
    "QueryDSRecord",
    listing,
    { "example.com": [ds(1)] },
    { DSRecordList: [expect.objectContaining({ KeyTag: 1 })] },
  ],
  [{ kind: "wrongTypes" }, add, addition(1), ["example.com"], { RequestId: expect.any(String), TaskNo: 36 }],
  [
    { kind: "wrongTypes" },
    "QueryDSRecord",
    listing,
    { "example.com": [ds(1)] },
    {
      RequestId: expect.any(String),
      DSRecordList: { 0: { KeyTag: true, Algorithm: true, DigestType: true, Digest: 64 } },
    },
  ],
  [
    { kind: "wrongTypes" },
    "QueryDSRecord",
    listing,
    ["example.com"],
    { RequestId: expect.any(String), DSRecordList: {} },
  ],
  [
    { kind: "wrongTypes", fields: ["RequestId", "Digest"] },
    "QueryDSRecord",
    listing,
    { "example.com": [ds(1)] },
    { RequestId: 36, DSRecordList: [{ KeyTag: 1, Algorithm: 13, DigestType: 2, Digest: 64 }] },
  ],
  [
    { kind: "wrongTypes", fields: ["Data", "NextPage"] },
    "QueryTaskList",
    { PageNum: 1, PageSize: 1 },
    ["example.com"],
    expect.objectContaining({ TotalItemNum: 0, NextPage: 0, PrePage: false, Data: '{"TaskInfo":[]}' }),
  ],
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
  // The client's objects have no prototype, which toEqual compares in lists.
  expect(JSON.parse(JSON.stringify(await call(emulator, action, params)))).toEqual(expected);
});

test("missingTaskNo hides an existing task", async () => {
  const { emulator } = await faulty({ kind: "missingTaskNo" });
  await call(emulator, add, addition(1));
  expect(emulator.tasks()).toMatchObject([{ taskNo: emulator.calls(add)[0]?.taskNo }]);
});

test.each<[Fault, number, unknown]>([
  [{ kind: "taskDetailAsObject" }, 1, { TaskDetail: expect.objectContaining({ TaskStatusCode: 0 }) }],
  [{ kind: "taskDetailAsObject" }, 0, { TaskDetail: [] }],
  [
    { kind: "wrongTypes" },
    1,
    { TaskDetail: { 0: expect.objectContaining({ TaskNo: 36, TaskStatus: 15, TaskStatusCode: false }) } },
  ],
  [
    { kind: "wrongTypes", fields: ["TaskStatusCode"] },
    1,
    { TaskDetail: [expect.objectContaining({ TaskStatus: "WAITING_EXECUTE", TaskStatusCode: false })] },
  ],
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

describe("delay", () => {
  const ms = 61_234;

  /** Starts a call, and waits until the emulator delays its answer. */
  async function delayedCall() {
    const { emulator } = await faulty({ kind: "delay", ms });
    const timers = jest.spyOn(globalThis, "setTimeout");
    const answer = call(emulator, add, addition(1), { timeout: 2 * ms });
    const ends = () => timers.mock.calls.filter(([, delay]) => delay === ms).map(([end]) => end);
    while (ends().length === 0) await new Promise(setImmediate);
    return { emulator, answer, ends: ends() };
  }

  test("effect at once, answer when the time is over", async () => {
    const { emulator, answer, ends } = await delayedCall();
    expect(emulator.tasks()).toHaveLength(1);
    expect(emulator.journal).toEqual([]);
    for (const end of ends) end();
    expect((await answer).TaskNo).toBe(emulator.tasks()[0]?.taskNo);
  });

  test("closing does not wait for the answer", async () => {
    const { emulator, answer } = await delayedCall();
    const refused = refusal(answer);
    await emulator.close();
    expect(await refused).toMatchObject({ code: "ECONNRESET" });
  });
});

test.each([
  [1_000_000, 1_000_000],
  [1, 70],
])("hugeBody pads the answer to %i bytes", async (bytes, length) => {
  const { emulator } = await faulty({ kind: "hugeBody", bytes });
  const settings = { endpoint: emulator.url, apiVersion: "2018-01-29", ...emulator.credentials };
  const client = new VerboseClient(settings, true);
  const [answer, entry] = await client.request("QueryDSRecord", listing, { method: "POST" });
  expect(answer).toEqual({ RequestId: expect.any(String), DSRecordList: [] });
  expect(Number(entry.response.headers["content-length"])).toBe(length);
});

describe.each<[Fault, boolean]>([
  [{ kind: "neverAnswers" }, true],
  [{ kind: "neverAnswers", effect: true }, true],
  [{ kind: "neverAnswers", effect: false }, false],
])("%j", (fault, effect) => {
  test("ends when the client leaves; the journal has it at once, without a status", async () => {
    const { emulator } = await faulty(fault);
    const answer = refusal(call(emulator, add, addition(1), { timeout: 300 }));
    const answered = jest.fn();
    void answer.then(answered);
    const { status, taskNo } = await emulator.waitForCall(add);
    expect({ status, taskNo }).toEqual({ status: 0, taskNo: emulator.tasks()[0]?.taskNo });
    expect(emulator.tasks()).toHaveLength(effect ? 1 : 0);
    expect(answered).not.toHaveBeenCalled();
    expect(await answer).toMatchObject({ name: "RequestTimeoutError" });
    expect(await listedTags(emulator)).toEqual([]);
  });

  test("ends when the emulator is closed", async () => {
    const { emulator } = await faulty(fault);
    const answer = refusal(call(emulator, add, addition(1)));
    await emulator.waitForCall(add);
    await emulator.close();
    expect(await answer).toMatchObject({ code: "ECONNRESET" });
  });
});

test("every kind is tested here or in taskFaults.test.ts", () => {
  const others: FaultKind[] = [
    "delay",
    "hugeBody",
    "lagListing",
    "neverAnswers",
    "taskDetailAsObject",
    "taskFails",
    "taskInvisible",
    "taskRetried",
    "taskStuck",
  ];
  const tested = new Set([...answers, ...shapes].map(([{ kind }]) => kind));
  expect([...tested, ...others].sort()).toEqual([...faultKindNames].sort());
});
