import { MessageQueue, type Message } from "../../../provider/dynamic/process/messageQueue";
import type { Clock } from "../../../provider/concurrency/clock";

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Returns an engine that answers on command, and a clock whose sleepers wake on command. */
function bed() {
  const sent: string[] = [];
  const answers = new Map<string, () => void>();
  const sleepers: { ms: number; wake: () => void }[] = [];
  const clock: Clock = {
    now: () => 0,
    sleep: (ms) => new Promise((wake) => sleepers.push({ ms, wake })),
  };
  const queue = new MessageQueue(({ text }) => {
    sent.push(text);
    return new Promise((resolve) => answers.set(text, resolve));
  }, clock);
  const push = (text: string, urn?: string) => {
    const message: Message = { urn, severity: "INFO", text, isEphemeral: text.startsWith("status") };
    queue.push(message);
  };
  const answer = (text: string) => {
    answers.get(text)?.();
    return settled();
  };
  return { queue, sent, sleepers, push, answer };
}

test("a message waits for the answer to the one before, and for no other row", async () => {
  const { sent, push, answer } = bed();
  for (const text of ["status 1", "info 1", "info 2", "status 2"]) push(text, "a");
  push("info 3", "b");
  expect(sent).toEqual(["status 1", "info 3"]);
  await answer("status 1");
  expect(sent.slice(2)).toEqual(["info 1"]);
  await answer("info 3");
  expect(sent.slice(3)).toEqual([]);
  await answer("info 1");
  await answer("info 2");
  expect(sent.slice(3)).toEqual(["info 2", "status 2"]);
  await answer("status 2");
  push("status 3", "a");
  expect(sent.slice(5)).toEqual(["status 3"]);
});

test("of several statuses that wait, the last one is sent; no other message is left out", async () => {
  const { sent, push, answer } = bed();
  for (const text of ["info 1", "status 1", "status 2", "info 2", "status 3", "status 4"]) push(text);
  for (const text of ["info 1", "status 2", "info 2", "status 4"]) await answer(text);
  expect(sent).toEqual(["info 1", "status 2", "info 2", "status 4"]);
});

describe("the end of an operation", () => {
  test("does not wait where nothing is under way, nor for a status", async () => {
    const { queue, push, sleepers } = bed();
    await queue.arrival();
    push("status 1");
    await queue.arrival();
    expect(sleepers).toEqual([]);
  });

  test("waits for the messages that stay", async () => {
    const { queue, push, answer } = bed();
    push("status 1", "a");
    push("info 1", "a");
    push("info 2", "b");
    let isOver = false;
    const arrival = queue.arrival().then(() => (isOver = true));
    await answer("status 1");
    await answer("info 1");
    expect(isOver).toBe(false);
    await answer("info 2");
    await arrival;
  });

  test("waits a second for an engine that stands still, whose messages are kept for it", async () => {
    const { queue, sent, sleepers, push, answer } = bed();
    push("info 1");
    push("info 2");
    const arrival = queue.arrival();
    await settled();
    expect(sleepers.map(({ ms }) => ms)).toEqual([1_000]);
    sleepers[0]?.wake();
    await arrival;
    await answer("info 1");
    expect(sent).toEqual(["info 1", "info 2"]);
  });

  test("does not wait again for an engine that stands still, until it answers", async () => {
    const { queue, sleepers, push, answer } = bed();
    push("info 1", "a");
    push("info 2", "b");
    const first = queue.arrival();
    await settled();
    sleepers[0]?.wake();
    await first;
    await queue.arrival();
    expect(sleepers).toHaveLength(1);
    await answer("info 1");
    const last = queue.arrival();
    await settled();
    expect(sleepers).toHaveLength(2);
    await answer("info 2");
    await last;
  });
});
