import { setMaxListeners } from "node:events";
import { manualClock, startEmulator, type Emulator, type EmulatorOptions } from "../../emulator/index";
import { constantCredentials } from "../../provider/alicloud/settings";
import type { Context } from "../../provider/lifecycle/context";
import { Ledger } from "../../provider/lifecycle/ledger/ledger";
import { createRecord } from "../lifecycle/operations";
import { createRegistrar } from "../../provider/registrar/client";
import { domain, ds, inputs, noDns, rejection } from "../lifecycle/bed";
import { flowingClock } from "./flowingClock";

jest.setTimeout(300_000);

interface Crowd {
  readonly emulator: Emulator;
  /** Returns what a row has said, by its URN. */
  readonly said: Map<string, string[]>;
  /** Returns the context of another stack, in a process of its own. */
  newProcess(): Context;
  /** Returns the seconds since the start, on the shared clock. */
  elapsed(): number;
  close(): Promise<void>;
}

let crowd: Crowd;
afterEach(() => crowd.close());

async function gather(options: EmulatorOptions): Promise<void> {
  const manual = manualClock();
  const start = manual.now();
  const emulator = await startEmulator({ clock: manual, ...options });
  const { clock, stop } = flowingClock(manual, () => emulator.journal.length);
  const said = new Map<string, string[]>();
  crowd = {
    emulator,
    said,
    elapsed: () => (manual.now() - start) / 1000,
    newProcess: () => ({
      registrar: createRegistrar({
        settings: {
          endpoint: emulator.url,
          apiVersion: "2018-01-29",
          credentials: constantCredentials("the test", emulator.credentials),
        },
        clock,
        random: Math.random,
      }),
      clock,
      random: Math.random,
      signal: neverAborted(),
      ledger: new Ledger(),
      delegations: noDns,
      dnsOverrides: { mode: "off" },
      reporterOf: (urn = "") => {
        const say = (text: string) => said.set(urn, [...(said.get(urn) ?? []), text]);
        return { status: say, info: say, warning: say };
      },
    }),
    close: async () => {
      stop();
      await emulator.close();
    },
  };
}

/** Every wait of every record listens to it. */
function neverAborted(): AbortSignal {
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  return signal;
}

function print(what: string): void {
  const throttled = crowd.emulator.calls(({ code }) => code?.startsWith("Throttling") ?? false).length;
  process.stdout.write(
    `${what}: ${crowd.emulator.journal.length} requests, ${throttled} of them throttled, in ${Math.round(crowd.elapsed())} s\n`,
  );
}

test("eight records of one domain take turns, and say so", async () => {
  await gather({ domains: [domain] });
  const context = crowd.newProcess();
  await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((tag) => createRecord(inputs(ds(tag)), context)));
  expect(crowd.emulator.records(domain)).toHaveLength(8);
  expect(crowd.emulator.calls(({ code }) => code !== undefined)).toEqual([]);
  for (const tag of [2, 3, 4, 5, 6, 7, 8]) {
    expect(crowd.said.get(`urn:${tag}`)?.[0]).toBe(`turn ${tag} of ${tag}`);
  }
  print("eight records of one domain");
});

test("fifty domains share the calls that look at their tasks", async () => {
  const domains = Array.from({ length: 50 }, (_, index) => `domain-${index}.example`);
  await gather({ domains, taskDurationMs: 30_000 });
  const context = crowd.newProcess();
  await Promise.all(domains.map((domainName) => createRecord(inputs(ds(1), { domainName }), context)));
  for (const name of domains) expect(crowd.emulator.records(name)).toEqual([ds(1)]);
  const details = crowd.emulator.calls("QueryTaskDetailList").length;
  expect(details).toBeLessThan(50 * 4);
  print("fifty domains");
});

test("two stacks that work on one domain both finish", async () => {
  await gather({ domains: [domain] });
  const [one, other] = [crowd.newProcess(), crowd.newProcess()];
  await Promise.all(
    [1, 2, 3, 4, 5, 6, 7, 8].map((tag) => createRecord(inputs(ds(tag)), tag % 2 === 0 ? one : other)),
  );
  expect(crowd.emulator.records(domain)).toHaveLength(8);
  expect(crowd.emulator.calls(({ code }) => code === "TaskIsBeingProcessed").length).toBeGreaterThan(0);
  expect(crowd.emulator.tasks()).toHaveLength(8);
  print("two stacks on one domain");
});

test("waits for a task of the console that holds the domain for a minute, and the row says so", async () => {
  await gather({ domains: [domain] });
  crowd.emulator.addForeignTask(domain, { durationMs: 60_000 });
  await createRecord(inputs(ds(1)), crowd.newProcess());
  expect(crowd.emulator.records(domain)).toEqual([ds(1)]);
  expect(crowd.said.get("urn:1")).toContainEqual(expect.stringMatching(/^busy with another task, \d+ s$/));
  print("a foreign task of a minute");
});

test("a task that holds the domain beyond the time-out fails the record, submits nothing, and the next up completes", async () => {
  await gather({ domains: [domain] });
  crowd.emulator.addForeignTask(domain, { durationMs: 20 * 60_000 });
  const error = await rejection(createRecord(inputs(ds(1)), crowd.newProcess()));
  expect(error).toMatchObject({ code: "DOMAIN_BUSY" });
  expect(crowd.emulator.tasks().filter(({ kind }) => kind !== "other")).toEqual([]);
  await createRecord(inputs(ds(1)), crowd.newProcess());
  expect(crowd.emulator.records(domain)).toEqual([ds(1)]);
  print("a foreign task of 20 minutes, two runs");
});

test("100 records at 5 requests a second all finish, and after ten seconds hardly a request is throttled", async () => {
  const domains = Array.from({ length: 100 }, (_, index) => `domain-${index}.example`);
  await gather({ domains, requestsPerSecond: 5 });
  const context = crowd.newProcess();
  const start = context.clock.now();
  await Promise.all(domains.map((domainName) => createRecord(inputs(ds(1), { domainName }), context)));
  for (const name of domains) expect(crowd.emulator.records(name)).toEqual([ds(1)]);
  const later = crowd.emulator.calls(({ at }) => at > start + 10_000);
  const throttled = later.filter(({ code }) => code?.startsWith("Throttling"));
  print("100 records at 5 requests a second");
  process.stdout.write(`after ten seconds: ${throttled.length} of ${later.length} throttled\n`);
  expect(throttled.length / later.length).toBeLessThan(0.05);
});
