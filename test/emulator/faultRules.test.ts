import { type Fault, type FaultRule } from "../../emulator/index";
import { addition, call, closeAll, refusal, started } from "./calls";

afterEach(closeAll);

const add = "SaveSingleTaskForAddingDSRecord";
const listing = { DomainName: "example.com" };
const fault: Fault = { kind: "error", code: "Busy" };

test.each<[string, Omit<FaultRule, "fault">, string]>([
  ["every call", {}, "xxxxx"],
  ["the second", { call: 2 }, ".x..."],
  ["from the third", { call: { from: 3 } }, "..xxx"],
  ["to the second", { call: { to: 2 } }, "xx..."],
  ["between", { call: { from: 2, to: 4 } }, ".xxx."],
  ["twice", { times: 2 }, "xx..."],
  ["twice from the second", { call: { from: 2 }, times: 2 }, ".xx.."],
  ["the action", { action: "QueryDSRecord" }, "xxxxx"],
  ["another action", { action: "QueryTaskList" }, "....."],
  ["one of the actions", { action: ["QueryTaskList", "QueryDSRecord"], times: 1 }, "x...."],
  ["the domain", { domain: "EXAMPLE.com", call: 5 }, "....x"],
  ["another domain", { domain: "example.net" }, "....."],
])("rules strike %s", async (_, rule, expected) => {
  const emulator = await started({ domains: ["example.com"], faults: [{ ...rule, fault }] });
  let outcome = "";
  for (let index = 0; index < 5; index += 1) {
    outcome += await call(emulator, "QueryDSRecord", listing).then(
      () => ".",
      () => "x",
    );
  }
  expect(outcome).toBe(expected);
});

test("rules know the domain of a task", async () => {
  const emulator = await started({ domains: ["example.com", "example.net"] });
  emulator.faults.add({ action: "QueryTaskDetailList", domain: "example.net", fault });
  const page = { PageNum: 1, PageSize: 1 };
  const here = await call(emulator, add, addition(1));
  const there = await call(emulator, add, addition(1, "example.net"));
  await call(emulator, "QueryTaskDetailList", { TaskNo: here.TaskNo, ...page });
  const refused = call(emulator, "QueryTaskDetailList", { TaskNo: there.TaskNo, ...page });
  expect(await refusal(refused)).toMatchObject({ code: "Busy" });
});

test("rules count only calls that authenticate, and can be taken away", async () => {
  const rule: FaultRule = { call: 1, fault };
  const emulator = await started({ domains: ["example.com"], faults: [rule] });
  await refusal(call(emulator, "QueryDSRecord", { ...listing, Timestamp: "never" }));
  expect(await refusal(call(emulator, "QueryDSRecord", listing))).toMatchObject({ code: "Busy" });
  emulator.faults.add(rule);
  expect([...emulator.faults]).toEqual([rule]);
  expect(emulator.faults.delete(rule)).toBe(true);
  expect(emulator.faults.size).toBe(0);
  await call(emulator, "QueryDSRecord", listing);
});

test.each<[string, FaultRule]>([
  ["There is no fault", { fault: { kind: "unheardOf" } as unknown as Fault }],
  ["has no action", { action: "QueryDsRecord", fault }],
  ["makes no sense for QueryDSRecord", { action: "QueryDSRecord", fault: { kind: "lagListing", ms: 1 } }],
  ["counted from 1", { call: 0, fault }],
  ["counted from 1", { call: { from: 3, to: 2 }, fault }],
  ["never does", { times: 0, fault }],
])("rules that can never strike are refused: %s", async (message, rule) => {
  const emulator = await started();
  expect(() => {
    emulator.faults.add({ fault }, rule);
  }).toThrow(message);
  expect(emulator.faults.size).toBe(0);
});
