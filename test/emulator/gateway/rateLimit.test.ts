import { manualClock, type Account } from "../../../emulator/index";
import { addition, call, closeAll, refusal, started, type CallOptions } from "../calls";

afterEach(closeAll);

const add = "SaveSingleTaskForAddingDSRecord";
const listing = { DomainName: "example.com" };
const one: Account = { accessKeyId: "EMULATOR-KEY-ONE", accessKeySecret: "secret-of-one" };
const two: Account = { accessKeyId: "EMULATOR-KEY-TWO", accessKeySecret: "secret-of-two" };

/** Times of calls by the emulator's clock, and whether each is admitted. */
test.each<[string, number | undefined, number[], string]>([
  ["none", undefined, [0, 0, 0, 0], "...."],
  ["one a second", 1, [0, 0, 999, 1000, 1000], ".xx.x"],
  ["two a second", 2, [0, 600, 600, 999, 1000, 1599, 1600], "..xx.x."],
  ["refused ones do not count", 2, [0, 0, 500, 900, 990, 1000, 1000, 1000], "..xxx..x"],
  ["no saving up", 2, [0, 10_000, 10_000, 10_000], "...x"],
])("a limit of %s", async (_, requestsPerSecond, times, expected) => {
  const clock = manualClock(0);
  const emulator = await started({
    clock,
    domains: ["example.com"],
    ...(requestsPerSecond !== undefined && { requestsPerSecond }),
  });
  let outcome = "";
  for (const at of times) {
    clock.advance(at - clock.now());
    outcome += await call(emulator, "QueryDSRecord", listing).then(
      () => ".",
      ({ code }: { code?: string }) => (code === "Throttling.User" ? "x" : "?"),
    );
  }
  expect(outcome).toBe(expected);
  const inJournal = emulator.journal.map(({ status, code }) =>
    status === 200 ? "." : status === 400 && code === "Throttling.User" ? "x" : "?",
  );
  expect(inJournal.join("")).toBe(expected);
});

test("a call beyond the limit has no effect", async () => {
  const emulator = await started({ clock: manualClock(), domains: ["example.com"], requestsPerSecond: 1 });
  await call(emulator, "QueryDSRecord", listing);
  expect(await refusal(call(emulator, add, addition(1)))).toMatchObject({
    code: "Throttling.User",
    status: 400,
  });
  expect(emulator.tasks()).toEqual([]);
  expect(emulator.calls(add)).toMatchObject([{ status: 400, code: "Throttling.User" }]);
});

test("each key has its own limit; calls without authentication do not count, and faults do not count throttled calls", async () => {
  const emulator = await started({
    clock: manualClock(),
    domains: ["example.com"],
    accounts: [one, two],
    requestsPerSecond: 1,
    faults: [{ call: 2, fault: { kind: "error", code: "Busy" } }],
  });
  const outcome = (options: CallOptions) =>
    call(emulator, "QueryDSRecord", listing, options).then(
      () => "answered",
      ({ code }: { code?: string }) => code,
    );
  expect(await outcome({ account: { ...one, accessKeySecret: "wrong" } })).toBe("SignatureDoesNotMatch");
  expect(await outcome({ account: one })).toBe("answered");
  expect(await outcome({ account: one })).toBe("Throttling.User");
  expect(await outcome({ account: two })).toBe("Busy");
  expect(await outcome({ account: two })).toBe("Throttling.User");
});
