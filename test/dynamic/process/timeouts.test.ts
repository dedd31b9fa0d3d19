import fc from "fast-check";
import { parseDuration } from "../../../provider/concurrency/clock";
import { callOf } from "../../../provider/dynamic/process/hiddenInputs";
import type { TimedOperation } from "../../../provider/dynamic/process/timeouts";
import { defaultTimeoutMs } from "../../../provider/lifecycle/call";
import type { PropertyBag } from "../../../provider/records";

// Go's own examples (time/time_test.go), and what Pulumi's users write.
test.each<[string, number | undefined]>([
  ["5m", 300_000],
  ["1h30m", 5_400_000],
  ["90s", 90_000],
  ["1.5h", 5_400_000],
  ["500ms", 500],
  ["3h30m2s500ms", 12_602_500],
  ["0", 0],
  ["+0", 0],
  ["-0", 0],
  ["0s", 0],
  ["+5s", 5000],
  ["-5s", -5000],
  [".5s", 500],
  ["5.s", 5000],
  ["1500us", 1.5],
  ["1500µs", 1.5],
  ["1500μs", 1.5],
  ["2000000ns", 2],
  ["10.5s4m", 250_500],
  ["2562047h", 2562047 * 3_600_000],
  ["2562048h", undefined],
  ["", undefined],
  ["5", undefined],
  ["-", undefined],
  [".", undefined],
  ["s", undefined],
  [".s", undefined],
  ["1.2.3s", undefined],
  ["5 m", undefined],
  [" 5m", undefined],
  ["5m\n", undefined],
  ["5M", undefined],
  ["7 minutes", undefined],
  ["1d", undefined],
  ["PT5M", undefined],
  ["1e3s", undefined],
  ["--5s", undefined],
  ["5s-1s", undefined],
])("a duration of %j", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test("any text has a duration or none, and soon", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom("1", "9", ".", "h", "m", "s") })),
      (text) => {
        expect(parseDuration(text) ?? 0).not.toBeNaN();
      },
    ),
  );
  expect(parseDuration("1".repeat(50_000))).toBeUndefined();
});

const fifteenMinutes = 900_000;

const operationTimeout = (hidden: PropertyBag, operation: TimedOperation) =>
  callOf(hidden, operation).timeoutMs ?? defaultTimeoutMs;

test.each<[string, unknown, number]>([
  ["what it says", { create: "1h", update: "2h" }, 3_600_000],
  ["less than a millisecond", { create: "1us" }, 0.001],
  ["none for this operation", { update: "1h" }, fifteenMinutes],
  ["undefined", undefined, fifteenMinutes],
  ["null", null, fifteenMinutes],
  ["text", "1h", fifteenMinutes],
  ["a list", ["1h"], fifteenMinutes],
  ["zero", { create: "0s" }, fifteenMinutes],
  ["negative", { create: "-1h" }, fifteenMinutes],
  ["unreadable", { create: "soon" }, fifteenMinutes],
  ["a number", { create: 60 }, fifteenMinutes],
])("the time-out of a creation, __timeouts being %s", (_, timeouts, ms) => {
  expect(operationTimeout({ __timeouts: timeouts }, "create")).toBe(ms);
});

test("each operation has its own, and 15 minutes without any", () => {
  const bag = { __timeouts: { create: "1s", update: "2s", delete: "3s" } };
  expect(
    (["create", "update", "delete"] as const).map((operation) => operationTimeout(bag, operation)),
  ).toEqual([1000, 2000, 3000]);
  expect(operationTimeout({}, "delete")).toBe(fifteenMinutes);
});
