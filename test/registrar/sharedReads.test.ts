import type { Deadline } from "../../provider/concurrency/deadline";
import { RateLimiter } from "../../provider/alicloud/rateLimiter";
import { domainApi } from "../../provider/registrar/domainApi";
import { SharedReads } from "../../provider/registrar/sharedReads";
import { deadline, rejection, settled } from "../alicloud/bed";
import { heldClock } from "../harness/clocks";

/** Shared reads with calls that end when the test says so. */
function sharing(freshMs = 0) {
  const clock = heldClock();
  const limiter = new RateLimiter(domainApi, clock);
  const reads = new SharedReads<string>(limiter, clock, freshMs);
  const sent: { answer: (text: string) => void; fail: (error: Error) => void }[] = [];
  const ask = (key = "a", patient: Deadline = deadline()) =>
    reads.ask(key, "Reading", () => new Promise((answer, fail) => sent.push({ answer, fail })), patient);
  /** Takes every place, so that later calls wait. Returns a function that frees them. */
  const occupy = async () => {
    const ends: (() => void)[] = [];
    for (let n = 0; n < 8; n += 1) {
      void limiter.run("Occupying", () => new Promise<void>((resolve) => ends.push(resolve)), deadline());
    }
    await settled();
    return () => ends.forEach((end) => end());
  };
  return { clock, reads, sent, ask, occupy };
}

test("simultaneous callers share a call", async () => {
  const { sent, ask } = sharing();
  const results = [ask(), ask()];
  await settled();
  results.push(ask(), ask("b"));
  await settled();
  expect(sent).toHaveLength(2);
  sent[0]?.answer("A");
  sent[1]?.answer("B");
  await expect(Promise.all(results)).resolves.toEqual(["A", "A", "A", "B"]);
});

test("a caller after the answer or the failure makes a new call", async () => {
  const { sent, ask } = sharing();
  const first = ask();
  await settled();
  sent[0]?.answer("first");
  await first;
  const second = rejection(ask());
  await settled();
  sent[1]?.fail(new Error("Failed."));
  expect((await second).message).toBe("Failed.");
  void ask();
  await settled();
  expect(sent).toHaveLength(3);
});

test("a change outdates a sent call for later callers, but not for earlier ones", async () => {
  const { sent, ask, reads } = sharing();
  const before = ask();
  await settled();
  reads.outdate("a");
  const after = ask();
  await settled();
  expect(sent).toHaveLength(2);
  sent[0]?.answer("old");
  await expect(before).resolves.toBe("old");
  // The end of the old call does not end the new one.
  const later = ask();
  await settled();
  expect(sent).toHaveLength(2);
  sent[1]?.answer("new");
  await expect(Promise.all([after, later])).resolves.toEqual(["new", "new"]);
});

test("a change does not outdate a call that was not sent yet", async () => {
  const { sent, ask, reads, occupy } = sharing();
  const free = await occupy();
  void ask();
  reads.outdate("a");
  void ask();
  free();
  await settled();
  expect(sent).toHaveLength(1);
});

test("a fresh answer also serves later callers", async () => {
  const { sent, ask, clock } = sharing(1000);
  const first = ask();
  await settled();
  clock.advance(400);
  sent[0]?.answer("first");
  await first;
  clock.advance(599);
  await expect(ask()).resolves.toBe("first");
  clock.advance(1);
  void ask();
  await settled();
  expect(sent).toHaveLength(2);
});

test("a waiting caller gets the answer, however old it is", async () => {
  const { sent, ask, clock } = sharing(1000);
  void ask();
  await settled();
  clock.advance(5000);
  const second = ask();
  await settled();
  sent[0]?.answer("slow");
  await expect(second).resolves.toBe("slow");
});

test("a failure does not serve later callers", async () => {
  const { sent, ask } = sharing(1000);
  const first = rejection(ask());
  await settled();
  sent[0]?.fail(new Error("Failed."));
  await first;
  void ask();
  await settled();
  expect(sent).toHaveLength(2);
});

describe("deadline", () => {
  const orphaned = { code: "PROCESS_ORPHANED" };

  test.each(["first", "second"])(
    "an aborted caller leaves at once, and the other stays: the %s",
    async (who) => {
      const { sent, ask } = sharing();
      const controller = new AbortController();
      const leaving = deadline({ signal: controller.signal });
      const [left, stayed] =
        who === "first"
          ? [ask("a", leaving), ask()]
          : ((other) => [ask("a", leaving), other] as const)(ask());
      await settled();
      const leaver = rejection(left);
      controller.abort();
      expect(await leaver).toMatchObject(orphaned);
      sent[0]?.answer("A");
      await expect(stayed).resolves.toBe("A");
    },
  );

  test("a call continues without the first caller, who left before it was sent", async () => {
    const { sent, ask, occupy } = sharing();
    const free = await occupy();
    const controller = new AbortController();
    const left = rejection(ask("a", deadline({ signal: controller.signal })));
    const stayed = ask();
    controller.abort();
    expect(await left).toMatchObject(orphaned);
    free();
    await settled();
    sent[0]?.answer("A");
    await expect(stayed).resolves.toBe("A");
  });

  test("a call without callers is not sent", async () => {
    const { sent, ask, occupy } = sharing();
    const free = await occupy();
    const controller = new AbortController();
    const left = rejection(ask("a", deadline({ signal: controller.signal })));
    controller.abort();
    await left;
    free();
    await settled();
    expect(sent).toEqual([]);
  });

  test("no caller joins a call that all others have left", async () => {
    const { sent, ask, occupy } = sharing();
    const free = await occupy();
    const controller = new AbortController();
    const left = rejection(ask("a", deadline({ signal: controller.signal })));
    controller.abort();
    await left;
    const next = ask();
    free();
    await settled();
    expect(sent).toHaveLength(1);
    sent[0]?.answer("A");
    await expect(next).resolves.toBe("A");
  });

  test("an aborted caller sends nothing", async () => {
    const { sent, ask } = sharing();
    expect(await rejection(ask("a", deadline({ signal: AbortSignal.abort() })))).toMatchObject(orphaned);
    await settled();
    expect(sent).toEqual([]);
  });

  test("a caller with an early deadline does not end the turn of the others", async () => {
    const { sent, ask, clock, occupy } = sharing();
    const free = await occupy();
    void ask("a", deadline({ until: clock.now() + 1 }));
    const patient = ask("a", deadline({ until: clock.now() + 60_000 }));
    clock.advance(50_000);
    free();
    await settled();
    sent[0]?.answer("A");
    await expect(patient).resolves.toBe("A");
  });

  test("a turn that comes too late for all callers fails", async () => {
    const { sent, ask, clock, occupy } = sharing();
    const free = await occupy();
    const results = [50, 60].map((seconds) =>
      rejection(ask("a", deadline({ until: clock.now() + seconds * 1000 }))),
    );
    clock.advance(60_001);
    free();
    for (const result of results) expect(await result).toMatchObject({ code: "REGISTRAR_UNAVAILABLE" });
    expect(sent).toEqual([]);
  });

  test("a call at the end of the time may still wait a little for its turn", async () => {
    const { sent, ask, clock, occupy } = sharing();
    const free = await occupy();
    const last = ask("a", deadline({ until: clock.now() }));
    clock.advance(5_000);
    free();
    await settled();
    sent[0]?.answer("A");
    await expect(last).resolves.toBe("A");
  });
});
