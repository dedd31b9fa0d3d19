import { Semaphore } from "../../provider/concurrency/semaphore";
import { rejection } from "../rejection";

const signal = new AbortController().signal;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Work that ends when the test says so. */
function work() {
  let finish = () => {};
  let isRunning = false;
  const done = new Promise<void>((resolve) => (finish = resolve));
  const run = () => {
    isRunning = true;
    return done;
  };
  return { run, finish, isRunning: () => isRunning };
}

test("limits the work at one time, and keeps the order", async () => {
  const semaphore = new Semaphore(2);
  const works = Array.from({ length: 5 }, work);
  const all = works.map(({ run }) => semaphore.run(signal, run));
  const running = () => works.map((one) => one.isRunning());
  await turn();
  expect(running()).toEqual([true, true, false, false, false]);
  works[1]?.finish();
  await turn();
  expect(running()).toEqual([true, true, true, false, false]);
  for (const { finish } of works) finish();
  await Promise.all(all);
});

test("failed work makes room", async () => {
  const semaphore = new Semaphore(1);
  const error = new Error("failed");
  expect(await rejection(semaphore.run(signal, () => Promise.reject(error)))).toBe(error);
  expect(await semaphore.run(signal, () => Promise.resolve("next"))).toBe("next");
});

test.each([
  ["while it waits", (abort: () => void) => abort()],
  [
    "as its turn comes",
    (abort: () => void, finish: () => void) => {
      finish();
      queueMicrotask(abort);
    },
  ],
])("work that is aborted %s does not run, and makes room", async (_, abortion) => {
  const semaphore = new Semaphore(1);
  const [first, second, third] = [work(), work(), work()];
  const controller = new AbortController();
  const reason = new Error("enough");
  const running = semaphore.run(signal, first.run);
  const aborted = rejection(semaphore.run(controller.signal, second.run));
  const waiting = semaphore.run(signal, third.run);
  abortion(() => controller.abort(reason), first.finish);
  expect(await aborted).toBe(reason);
  first.finish();
  third.finish();
  await Promise.all([running, waiting]);
  expect(second.isRunning()).toBe(false);
});
