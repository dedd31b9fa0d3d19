import { KeyedQueue } from "../../provider/concurrency/keyedQueue";

function deferred() {
  let resolve = (): void => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("runs the actions of one key one at a time, in order, and tells their places", async () => {
  const queue = new KeyedQueue();
  const events: string[] = [];
  const gates = [deferred(), deferred(), deferred()];
  const changes = gates.map(({ promise }, index) =>
    queue.take(
      "a.example",
      (place, of) => events.push(`${index} is ${place} of ${of}`),
      async () => {
        events.push(`${index} begins`);
        await promise;
        events.push(`${index} ends`);
        return index;
      },
    ),
  );
  for (const gate of [...gates].reverse()) {
    gate.resolve();
    await settled();
  }
  expect(await Promise.all(changes)).toEqual([0, 1, 2]);
  expect(events).toEqual([
    "1 is 2 of 2",
    "1 is 2 of 3",
    "2 is 3 of 3",
    "0 begins",
    "0 ends",
    "2 is 2 of 2",
    "1 begins",
    "1 ends",
    "2 begins",
    "2 ends",
  ]);
});

test("does not make another key wait", async () => {
  const queue = new KeyedQueue();
  const gate = deferred();
  const first = queue.take(
    "a.example",
    () => undefined,
    () => gate.promise,
  );
  await expect(
    queue.take(
      "b.example",
      () => undefined,
      () => Promise.resolve("b"),
    ),
  ).resolves.toBe("b");
  gate.resolve();
  await first;
});

test("runs the next action after one that fails", async () => {
  const queue = new KeyedQueue();
  const gate = deferred();
  const first = queue.take(
    "a.example",
    () => undefined,
    () => gate.promise,
  );
  const second = queue.take(
    "a.example",
    () => undefined,
    () => Promise.resolve("second"),
  );
  gate.reject(new Error("first"));
  await expect(first).rejects.toThrow("first");
  await expect(second).resolves.toBe("second");
});

test("runs an action at once when all others have ended", async () => {
  const queue = new KeyedQueue();
  const waits: number[] = [];
  for (let count = 0; count < 2; count += 1) {
    await queue.take(
      "a.example",
      (place) => waits.push(place),
      () => Promise.resolve(),
    );
  }
  expect(waits).toEqual([]);
});
