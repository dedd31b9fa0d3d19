import { DsRecordError } from "../../provider/errors";
import { ApiFailure } from "../../provider/alicloud/errors";
import { RateLimiter } from "../../provider/alicloud/rateLimiter";
import { domainApi } from "../../provider/registrar/domainApi";
import { deadline, rejection, settled } from "./bed";
import { heldClock } from "../harness/clocks";

const throttled = new ApiFailure(
  "REGISTRAR_REFUSED",
  "Throttled.",
  { disposition: "retry", effect: "none", throttles: true },
  { apiCode: "Throttling.User" },
);

/** A limiter with calls that end when the test says so. */
function limited() {
  const clock = heldClock();
  const limiter = new RateLimiter(domainApi, clock);
  const started: { name: string; at: number; end: (error?: Error) => void }[] = [];
  const call = (name: string, patient = deadline()) =>
    limiter.run(
      name,
      () =>
        new Promise<string>((resolve, reject) => {
          const end = (error?: Error) => (error ? reject(error) : resolve(name));
          started.push({ name, at: clock.now() - clock.start, end });
        }),
      patient,
    );
  /** Makes a call that ends at once. Returns undefined if it has to wait for its turn. */
  const quick = async (error?: Error) => {
    const before = started.length;
    const result = call("quick").catch(() => undefined);
    await settled();
    const own = started[before];
    own?.end(error);
    if (own) await result;
    return own;
  };
  return { clock, call, quick, started, names: () => started.map(({ name }) => name) };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => String(from + i));

test("eight calls run at once, and the others in the order in which they came", async () => {
  const { call, started, names, clock } = limited();
  const results = range(1, 11).map((name) => call(name));
  await settled();
  expect(names()).toEqual(range(1, 8));
  started[4]?.end();
  started[0]?.end(new Error("Whatever."));
  await settled();
  expect(names()).toEqual(range(1, 10));
  await expect(results[4]).resolves.toBe("5");
  await expect(results[0]).rejects.toThrow("Whatever.");
  started[1]?.end();
  await settled();
  expect(names()).toEqual(range(1, 11));
  expect(clock.sleeping()).toEqual([]);
});

test("the first 21 calls come at once, later ones 20 ms apart", async () => {
  const { quick, clock } = limited();
  let atOnce = 0;
  while (await quick()) atOnce += 1;
  expect(atOnce).toBe(21);
  expect(clock.sleeping()).toEqual([20]);
});

test("a waiting call comes on time, and before all later ones", async () => {
  const { quick, call, names, clock, started } = limited();
  while (await quick());
  const first = call("first");
  void call("second");
  clock.advance(20);
  await settled();
  // The call that `quick` left waiting comes before it.
  expect(names().filter((name) => name !== "quick")).toEqual([]);
  clock.advance(20);
  await settled();
  expect(names().filter((name) => name !== "quick")).toEqual(["first"]);
  started.at(-1)?.end();
  await expect(first).resolves.toBe("first");
});

describe("throttled", () => {
  /** Returns when the next calls start, in ms from now. */
  async function starts({ quick, started, clock }: ReturnType<typeof limited>, count: number, error?: Error) {
    const from = clock.now() - clock.start;
    const before = started.length;
    for (let n = 0; n < count; n += 1) {
      const own = await quick(error);
      if (own) continue;
      clock.advance(clock.sleeping()[0] ?? 0);
      await settled();
      started.at(-1)?.end(error);
      await settled();
    }
    return started.slice(before).map(({ at }) => at - from);
  }

  test("the interval doubles every time, up to 5 s", async () => {
    const bed = limited();
    expect(await starts(bed, 8, throttled)).toEqual([0, 200, 600, 1400, 3000, 6200, 11200, 16200]);
  });

  test("each answered call shortens the interval, down to the minimum", async () => {
    const bed = limited();
    await starts(bed, 1, throttled);
    // 200 ms, shorter by 2 % with every answer: 200, 196, 192.08
    expect(await starts(bed, 4)).toEqual([200, 400, 596, 789]);
    await starts(bed, 120);
    bed.clock.advance(1000);
    expect(await starts(bed, 5)).toEqual([0, 0, 0, 0, 0]);
  });

  test("calls under way together slow down once", async () => {
    const bed = limited();
    const results = range(1, 3).map((name) => bed.call(name).catch(() => "throttled"));
    await settled();
    bed.clock.advance(50);
    for (const { end } of bed.started) end(throttled);
    await expect(Promise.all(results)).resolves.toEqual(["throttled", "throttled", "throttled"]);
    expect(await starts(bed, 2)).toEqual([200, 400]);
  });

  test("other failures do not slow down", async () => {
    const bed = limited();
    const failure = new ApiFailure("REGISTRAR_REFUSED", "No.", {
      disposition: "retry",
      effect: "none",
    });
    expect(await starts(bed, 3, failure)).toEqual([0, 0, 0]);
  });
});

describe("deadline", () => {
  test("a turn that would come too late is rejected at once", async () => {
    const { quick, call, clock, names } = limited();
    await quick(throttled);
    const error = await rejection(call("late", deadline({ until: clock.now() + 199 })));
    expect(error).toMatchObject({ code: "REGISTRAR_UNAVAILABLE", disposition: "retry", effect: "none" });
    expect(error.message).toMatch(/^late was not tried: .*Nothing was sent\./);
    const inTime = call("in time", deadline({ until: clock.now() + 200 }));
    inTime.catch(() => undefined);
    clock.advance(200);
    await settled();
    expect(names()).toEqual(["quick", "in time"]);
  });

  test("a turn that comes too late is rejected, and passes to the next call", async () => {
    const { call, clock, started, names } = limited();
    for (const name of range(1, 8)) void call(name);
    const late = rejection(call("late", deadline({ until: clock.now() + 10 })));
    void call("next");
    clock.advance(11);
    await settled();
    started[0]?.end();
    expect((await late).message).toMatch(/^late was not tried/);
    await settled();
    expect(names().at(-1)).toBe("next");
  });

  test("does not count without a wait", async () => {
    const { call, clock, names } = limited();
    void call("past", deadline({ until: clock.now() - 1 }));
    await settled();
    expect(names()).toEqual(["past"]);
  });

  test("an aborted wait ends at once, and takes no turn", async () => {
    const { call, started, names } = limited();
    const controller = new AbortController();
    for (const name of range(1, 8)) void call(name);
    const aborted = rejection(call("aborted", deadline({ signal: controller.signal })));
    void call("next");
    controller.abort(new Error("The end."));
    expect(await aborted).toBeInstanceOf(DsRecordError);
    expect(await aborted).toMatchObject({ code: "PROCESS_ORPHANED" });
    started[0]?.end();
    await settled();
    expect(names().at(-1)).toBe("next");
  });

  test("nothing begins once the signal is aborted", async () => {
    const { call, names } = limited();
    const controller = new AbortController();
    const justBefore = rejection(call("just before", deadline({ signal: controller.signal })));
    controller.abort();
    expect(await justBefore).toMatchObject({ code: "PROCESS_ORPHANED" });
    expect(await rejection(call("after", deadline({ signal: controller.signal })))).toMatchObject({
      code: "PROCESS_ORPHANED",
    });
    // Neither of them takes a place.
    for (const name of range(1, 8)) void call(name);
    await settled();
    expect(names()).toEqual(range(1, 8));
  });

  test("a call under way is always awaited", async () => {
    const { call, clock, started } = limited();
    const controller = new AbortController();
    const result = call("under way", deadline({ until: clock.now() + 1, signal: controller.signal }));
    await settled();
    clock.advance(1000);
    controller.abort();
    started[0]?.end();
    await expect(result).resolves.toBe("under way");
  });
});
