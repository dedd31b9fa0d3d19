import { FaultSet } from "../../../emulator/control/faults";
import { type Fault, type FaultRule } from "../../../emulator/index";
import { addition, call, closeAll, refusal, started } from "../calls";

afterEach(closeAll);

const add = "SaveSingleTaskForAddingDSRecord";
const listing = { DomainName: "example.com" };
const fault: Fault = { kind: "error", code: "Busy" };

test.each<[string, Omit<FaultRule, "fault">, string]>([
  ["every call", {}, "xxxxx"],
  ["the second", { call: 2 }, ".x..."],
  ["from the third", { call: { from: 3 } }, "..xxx"],
  ["up to the second", { call: { to: 2 } }, "xx..."],
  ["the second to the fourth", { call: { from: 2, to: 4 } }, ".xxx."],
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

/** Returns the numbers of the listings that a rule strikes. */
function strikes(faults: FaultSet, calls: number): string {
  return Array.from({ length: calls }, () =>
    faults.strike("QueryDSRecord", "example.com").instead ? "x" : ".",
  ).join("");
}

describe("probability", () => {
  const likely = (probability: number, more: Omit<FaultRule, "fault"> = {}): FaultRule => ({
    ...more,
    probability,
    fault,
  });
  const struck = (seed: string, ...rules: FaultRule[]) => strikes(new FaultSet(seed, rules), 1000);
  const share = (outcome: string) => outcome.replaceAll(".", "").length / outcome.length;

  test.each([0.05, 0.5, 0.9])("%d strikes that fraction of the calls", (probability) => {
    expect(Math.abs(share(struck("s", likely(probability))) - probability)).toBeLessThan(0.05);
  });

  test("1 strikes every call", () => {
    expect(share(struck("s", likely(1)))).toBe(1);
  });

  test("depends on the seed, not on other rules", () => {
    const alone = struck("s", likely(0.5));
    expect(struck("s", likely(0.5))).toBe(alone);
    expect(struck("s", likely(0.5), { action: "QueryTaskList", fault })).toBe(alone);
    expect(struck("t", likely(0.5))).not.toBe(alone);
    expect(struck("s", { action: "QueryTaskList", fault }, likely(0.5))).not.toBe(alone);
  });

  test("rules strike independently of each other", () => {
    expect(Math.abs(share(struck("s", likely(0.5), likely(0.5))) - 0.75)).toBeLessThan(0.05);
  });

  test("combines with call and times; spared calls do not count as struck", () => {
    const outcome = struck("s", likely(0.5, { call: { from: 11 }, times: 3 }));
    expect(outcome).toBe(
      ".".repeat(10) +
        struck("s", likely(0.5))
          .slice(10)
          .replace(/^((\.*x){3}).*$/, "$1")
          .padEnd(990, "."),
    );
  });

  test("two emulators with one seed behave alike", async () => {
    const outcomes = async (seed?: string) => {
      const faults = [likely(0.5)];
      const emulator = await started({
        domains: ["example.com"],
        faults,
        ...(seed !== undefined && { seed }),
      });
      let outcome = "";
      for (let index = 0; index < 40; index += 1) {
        outcome += await call(emulator, "QueryDSRecord", listing).then(
          () => ".",
          () => "x",
        );
      }
      return { outcome, seed: emulator.seed };
    };
    const { outcome, seed } = await outcomes();
    expect(await outcomes(seed)).toEqual({ outcome, seed });
    const other = await outcomes();
    expect(other.seed).not.toBe(seed);
    expect(other.outcome).not.toBe(outcome);
  });
});

test("a rule for a domain strikes queries of its tasks", async () => {
  const emulator = await started({ domains: ["example.com", "example.net"] });
  emulator.faults.add({ action: "QueryTaskDetailList", domain: "example.net", fault });
  const page = { PageNum: 1, PageSize: 1 };
  const here = await call(emulator, add, addition(1));
  const there = await call(emulator, add, addition(1, "example.net"));
  await call(emulator, "QueryTaskDetailList", { TaskNo: here.TaskNo, ...page });
  const refused = call(emulator, "QueryTaskDetailList", { TaskNo: there.TaskNo, ...page });
  expect(await refusal(refused)).toMatchObject({ code: "Busy" });
});

test("rules count only calls that authenticate, and can be removed", async () => {
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
  ["does not apply to QueryDSRecord", { action: "QueryDSRecord", fault: { kind: "lagListing", ms: 1 } }],
  ["counted from 1", { call: 0, fault }],
  ["counted from 1", { call: { from: 3, to: 2 }, fault }],
  ["would never strike", { times: 0, fault }],
  ["probability is 0,", { probability: 0, fault }],
  ["probability is 1.01,", { probability: 1.01, fault }],
  ["probability is -0.5,", { probability: -0.5, fault }],
  ["probability is NaN,", { probability: NaN, fault }],
])("a rule that could never strike is refused: %s", async (message, rule) => {
  const emulator = await started();
  expect(() => {
    emulator.faults.add({ fault }, rule);
  }).toThrow(message);
  expect(emulator.faults.size).toBe(0);
});
