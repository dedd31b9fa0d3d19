import { takeTurns, type Pause } from "../../provider/lifecycle/domainQueue";
import { Ledger } from "../../provider/lifecycle/ledger/ledger";

const { signal } = new AbortController();

function start() {
  const events: string[] = [];
  const ledger = new Ledger();
  const clock = {
    now: () => 0,
    sleep: (ms: number, awaited?: AbortSignal) => {
      awaited?.throwIfAborted();
      events.push(`sleeps ${ms} ms`);
      return Promise.resolve();
    },
  };
  return { events, context: { clock, ledger, signal } };
}

const pause = (pauseMs: number): Pause => ({ kind: "pause", pauseMs });

test("takes turns until one ends with anything but a pause", async () => {
  const { events, context } = start();
  const ends = [pause(10), pause(20), { kind: "done" } as const];
  const end = await takeTurns(
    "a.example",
    () => undefined,
    context,
    () => Promise.resolve(ends.shift() ?? pause(0)),
  );
  expect(end).toEqual({ kind: "done" });
  expect(events).toEqual(["sleeps 10 ms", "sleeps 20 ms"]);
});

test("lets other changes of the domain run between two turns, and counts only those without a turn", async () => {
  const { events, context } = start();
  const { turns } = context.ledger;
  const change = (name: string, ends: readonly (Pause | { readonly kind: "done" })[]) => {
    const left = [...ends];
    return takeTurns(
      "a.example",
      (place, of) => events.push(`${name} is ${place} of ${of}`),
      context,
      () => {
        events.push(`${name} runs, ${turns.fresh("a.example")} without a full turn`);
        return Promise.resolve(left.shift() ?? pause(0));
      },
    );
  };
  await Promise.all([change("first", [pause(0), { kind: "done" }]), change("second", [{ kind: "done" }])]);
  expect(events).toEqual([
    "second is 2 of 2",
    "first runs, 2 without a full turn",
    "second runs, 1 without a full turn",
    "sleeps 0 ms",
    "first is 2 of 2",
    "first runs, 0 without a full turn",
  ]);
});

test("ends with an exception of the turn, and with the signal's reason during a pause", async () => {
  const { context } = start();
  const bug = new Error("a bug");
  const broken = takeTurns(
    "a.example",
    () => undefined,
    context,
    () => Promise.reject(bug),
  );
  await expect(broken).rejects.toBe(bug);
  const reason = new Error("the CLI is gone");
  const aborted = takeTurns(
    "a.example",
    () => undefined,
    { ...context, signal: AbortSignal.abort(reason) },
    () => Promise.resolve(pause(10)),
  );
  await expect(aborted).rejects.toBe(reason);
});
