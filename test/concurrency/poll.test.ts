import { histogram, poll, type Look } from "../../provider/concurrency/poll";
import { leapingClock } from "../harness/clocks";

const pace = { first: 100, factor: 2, max: 500 };

function looks(words: string[]): () => Promise<Look<string>> {
  const left = [...words];
  return () => {
    const seen = left.shift() ?? "still";
    return Promise.resolve(seen === "end" ? { done: true, value: seen } : { done: false, seen });
  };
}

const signal = new AbortController().signal;

test("asks quickly at first and ever less often, and the last time when the time is over", async () => {
  const clock = leapingClock(1_000);
  const said: string[] = [];
  const look = looks(["a", "b", "b"]);
  const result = await poll(
    { look, pace, until: 2_800, onWait: (seen) => said.push(seen) },
    { clock, random: () => 0.5, signal },
  );
  expect(clock.sleeps).toEqual([100, 200, 400, 500, 500, 100]);
  expect(result).toEqual({
    done: false,
    seen: new Map([
      ["a", 1],
      ["b", 2],
      ["still", 4],
    ]),
  });
  expect(said).toEqual(["a", "b", "b", "still", "still", "still"]);
});

test.each([
  [0, [80, 160]],
  [0.5, [100, 200]],
  [0.999999, [120, 240]],
])("spreads its delays: random %d", async (random, expected) => {
  const clock = leapingClock(0);
  const result = await poll(
    { look: looks(["a", "b", "end"]), pace, until: 10_000, onWait: () => undefined },
    { clock, random: () => random, signal },
  );
  expect(result).toEqual({ done: true, value: "end" });
  expect(clock.sleeps).toEqual(expected);
});

test("looks once where the time is over from the start", async () => {
  const clock = leapingClock(5_000);
  const context = { clock, random: () => 0.5, signal };
  await expect(
    poll({ look: looks(["end"]), pace, until: 0, onWait: () => undefined }, context),
  ).resolves.toEqual({
    done: true,
    value: "end",
  });
});

test("ends with the signal's reason", async () => {
  const clock = leapingClock(0);
  const reason = new Error("orphaned");
  const context = { clock, random: () => 0.5, signal: AbortSignal.abort(reason) };
  await expect(poll({ look: looks([]), pace, until: 10_000, onWait: () => undefined }, context)).rejects.toBe(
    reason,
  );
});

test("the histogram reads well", () => {
  expect(
    histogram(
      new Map([
        ["WAITING_EXECUTE", 1],
        ["EXECUTING", 12],
      ]),
    ),
  ).toBe("WAITING_EXECUTE once, EXECUTING 12 times");
});
