import { manualClock, type Account } from "../../../emulator/index";
import { addition, call, closeAll, ds, refusal, started } from "../calls";

afterEach(closeAll);

const add = "SaveSingleTaskForAddingDSRecord";
const page = { PageNum: 1, PageSize: 10 };
const key = (name: string, domains?: readonly string[]): Account => ({
  accessKeyId: `EMULATOR-KEY-${name}`,
  accessKeySecret: `secret-of-${name}`,
  ...(domains && { domains }),
});
const everything = key("ALL");
const com = key("COM", ["Example.com", "later.example"]);
const net = key("NET", ["example.net"]);
const nothing = key("NONE", []);

async function world() {
  const clock = manualClock();
  const domains = { "example.com": [ds(1)], "example.net": [ds(2)] };
  const accounts = [everything, com, net, nothing];
  const emulator = await started({ accounts, clock, domains, taskDurationMs: 1000 });
  return { clock, emulator };
}

test.each<[string, Account, string, boolean]>([
  ["every domain", everything, "example.com", true],
  ["every domain", everything, "example.net", true],
  ["its own domain, in any case", com, "example.COM", true],
  ["no other domain", com, "example.net", false],
  ["its own domain", net, "example.net", true],
  ["no other domain", net, "example.com", false],
  ["no domain", nothing, "example.com", false],
  ["no missing domain", com, "later.example", false],
])("an account sees %s: %j, %s", async (_, account, domain, expected) => {
  const { emulator } = await world();
  for (const [action, params] of [
    ["QueryDSRecord", { DomainName: domain }],
    [add, addition(3, domain)],
    ["SaveSingleTaskForSynchronizingDSRecord", { DomainName: domain }],
  ] as const) {
    const answer = call(emulator, action, params, { account });
    // The first submission blocks the domain; only accounts that see it learn that.
    const { code } = await answer.then(() => ({ code: "" }), refusalOf);
    expect(code === "DomainNotExist").toBe(!expected);
  }
  expect(emulator.tasks()).toHaveLength(expected ? 1 : 0);
});

const refusalOf = (error: unknown) => refusal(Promise.reject(error as Error));

test("an account sees a domain that is added later", async () => {
  const { emulator } = await world();
  emulator.addDomain("later.example");
  await call(emulator, "QueryDSRecord", { DomainName: "later.example" }, { account: com });
  expect(
    await refusal(call(emulator, "QueryDSRecord", { DomainName: "later.example" }, { account: net })),
  ).toMatchObject({ code: "DomainNotExist" });
  expect(emulator.journal.map(({ accessKeyId, status }) => [accessKeyId, status])).toEqual([
    ["-COM", 200],
    ["-NET", 400],
  ]);
});

test("an account sees and acknowledges only the tasks of its domains", async () => {
  const { clock, emulator } = await world();
  const { TaskNo } = await call(emulator, add, addition(3), { account: com });
  clock.advance(1000);
  const total = async (action: string, params: object, account: Account) =>
    (await call(emulator, action, { ...page, ...params }, { account }))["TotalItemNum"];
  const polled = await call(emulator, "PollTaskResult", page, { account: com });
  const [detail] = (polled["Data"] as { TaskDetail: { TaskDetailNo: string }[] }).TaskDetail;
  for (const [account, count] of [
    [everything, 1],
    [com, 1],
    [net, 0],
    [nothing, 0],
  ] as const) {
    expect(await total("QueryTaskDetailList", { TaskNo }, account)).toBe(count);
    expect(await total("QueryTaskList", {}, account)).toBe(count);
    expect(await total("PollTaskResult", {}, account)).toBe(count);
  }
  const named = { TaskDetailNo: [detail?.TaskDetailNo] };
  expect(await call(emulator, "AcknowledgeTaskResult", named, { account: net })).toMatchObject({ Result: 0 });
  expect(await call(emulator, "AcknowledgeTaskResult", named, { account: com })).toMatchObject({ Result: 1 });
});
