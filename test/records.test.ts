import { manualClock, startEmulator, type Emulator } from "../emulator/index";
import type { Clock } from "../provider/concurrency/clock";
import { formatDs } from "../provider/dnssec/ds";
import { DsRecordError } from "../provider/errors";
import { createRecords, UnfinishedRecordError, type Records, type RecordsOptions } from "../provider/records";
import { domain, ds, id } from "./lifecycle/bed";
import { rejection } from "./rejection";

type Values = Record<string, unknown>;

const manual = manualClock();
const inputs = (keyTag: number) => ({ domainName: domain, ...ds(keyTag) });

let emulators: Emulator[] = [];
afterEach(async () => {
  await Promise.all(emulators.map((emulator) => emulator.close()));
  emulators = [];
});

async function newEmulator(): Promise<Emulator> {
  const emulator = await startEmulator({ clock: manual, domains: { [domain]: [ds(1)] } });
  emulators.push(emulator);
  return emulator;
}

const valuesFor = ({ url, credentials }: Emulator): Values => ({
  "alicloud-dnssec:endpoint": url,
  "alicloud-dnssec:accessKeyId": credentials.accessKeyId,
  "alicloud-dnssec:accessKeySecret": credentials.accessKeySecret,
  "alicloud-dnssec:preflight": "off",
});

interface Bed {
  readonly records: Records;
  readonly told: string[];
  /** Replaces the configuration. */
  configure(values: Values): void;
}

/** @param onSleep Called for every wait, which takes no time. */
function recordsWith(values: Values, onSleep: () => void = () => undefined): Bed {
  let current = values;
  const told: string[] = [];
  const clock: Clock = {
    now: manual.now,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      manual.advance(ms);
      onSleep();
      signal?.throwIfAborted();
    },
  };
  const options: RecordsOptions = {
    config: { get: (key) => current[key] },
    env: {},
    reporterOf: (urn) => ({
      status: () => undefined,
      info: (text) => told.push(`${urn} info: ${text}`),
      warning: (text) => told.push(`${urn} warning: ${text}`),
    }),
    clock,
    random: () => 0.5,
  };
  const configure = (next: Values) => {
    current = next;
  };
  return { records: createRecords(options), told, configure };
}

test("a record is created, compared, read, updated and deleted, with plain properties", async () => {
  const emulator = await newEmulator();
  const { records } = recordsWith(valuesFor(emulator));
  const call = { urn: "urn:pulumi:dev::shop::pkg:index:Type::ksk" };
  const checked = await records.check({}, inputs(2), call);
  expect(checked).toEqual({ inputs: inputs(2), failures: [] });

  const { id: created, outs } = await records.create(checked.inputs, call);
  expect([created, outs]).toEqual([
    `${domain}/2`,
    { ...inputs(2), ds: formatDs(ds(2)), taskNo: emulator.tasks()[0]?.taskNo },
  ]);
  expect(await records.diff(created, outs, inputs(2), call)).toMatchObject({ changes: false });
  expect(await records.read(created, outs, call)).toEqual({ id: created, props: outs });

  const changed = { domainName: domain, ...ds(2, "f") };
  expect(await records.diff(created, outs, changed, call)).toMatchObject({ changes: true, replaces: [] });
  expect((await records.update(created, outs, changed, call)).outs).toMatchObject(changed);
  const another = recordsWith(valuesFor(emulator)).records;
  expect(await rejection(another.delete(created, outs, call))).toMatchObject({ code: "DS_CONFLICT" });
  expect(emulator.records(domain)).toEqual([ds(1), ds(2, "f")]);
  await another.delete(created, { ...outs, ...ds(2, "f") }, call);
  expect(emulator.records(domain)).toEqual([ds(1)]);
});

describe("the configuration", () => {
  test("is not read before an operation needs it", async () => {
    let reads = 0;
    const get = () => {
      reads += 1;
      return undefined;
    };
    const never = () => Promise.reject(new Error("waited"));
    const records = createRecords({
      config: { get },
      env: { ALICLOUD_DNSSEC_PREFLIGHT: "never" },
      reporterOf: () => ({ status: () => undefined, info: () => undefined, warning: () => undefined }),
      clock: { now: () => 0, sleep: never },
      random: () => 0.5,
    });
    expect(reads).toBe(0);
    const { failures } = await records.check({}, inputs(1), {});
    expect(failures).toEqual([
      { property: "", reason: expect.stringContaining("[CONFIG_INVALID]") as string },
    ]);
    expect(reads).toBeGreaterThan(0);
    expect(await rejection(records.read(id, inputs(1), {}))).toMatchObject({ code: "CONFIG_INVALID" });
  });

  test("of the same values keeps the client: two reads under way at once are one call", async () => {
    const emulator = await newEmulator();
    const { records, configure } = recordsWith(valuesFor(emulator));
    const first = records.read(id, inputs(1), {});
    configure(valuesFor(emulator));
    await Promise.all([first, records.read(id, inputs(1), {})]);
    expect(emulator.calls()).toHaveLength(1);
  });

  test("of the same values keeps the claims: a task of this process is not taken for a lost one", async () => {
    const emulator = await newEmulator();
    const { records, configure } = recordsWith(valuesFor(emulator));
    await records.create(inputs(2), {});
    configure(valuesFor(emulator));
    const action = "SaveSingleTaskForAddingDSRecord";
    emulator.faults.add({ action, call: 1, fault: { kind: "resetBefore" } });
    const startedAt = manual.now();
    await records.create(inputs(3), {});
    // The creation would wait for such a task, up to ten minutes for the listing to show its
    // effect.
    expect(manual.now() - startedAt).toBeLessThan(4 * 60_000);
  });

  test("of other values gets another client, for the operations from then on", async () => {
    const [one, other] = [await newEmulator(), await newEmulator()];
    const { records, configure } = recordsWith(valuesFor(one));
    const first = records.read(id, inputs(1), {});
    configure(valuesFor(other));
    await Promise.all([first, records.read(id, inputs(1), {})]);
    expect([one.calls(), other.calls()]).toEqual([[expect.anything()], [expect.anything()]]);
  });

  test("of other values leaves the domain's queue and what the program declares as they are", async () => {
    const [one, other] = [await newEmulator(), await newEmulator()];
    const { records, told, configure } = recordsWith(valuesFor(one));
    await records.check({}, inputs(1), { urn: "urn:1" });
    await records.create(inputs(1), { urn: "urn:1" });
    configure(valuesFor(other));
    await records.delete(id, inputs(1), { urn: "urn:2" });
    expect(told.at(-1)).toContain("stays at the registrar");
    expect(other.records(domain)).toEqual([ds(1)]);
  });
});

test("a record with a failure that the caller has found is not declared, and stays as it was given", async () => {
  const { records } = recordsWith(valuesFor(await newEmulator()));
  const given = { ...inputs(2), digest: ds(2, "f").digest.toUpperCase() };
  const failures = [{ property: "customTimeouts", reason: "it is wrong" }];
  expect(await records.check({}, given, { urn: "urn:1", failures })).toEqual({ inputs: given, failures });
  expect(await records.check({}, inputs(2), { urn: "urn:2" })).toEqual({ inputs: inputs(2), failures: [] });
});

test("a warning is shown once for each resource", async () => {
  const emulator = await newEmulator();
  const { records, told } = recordsWith(valuesFor(emulator));
  const sha1 = { domainName: domain, keyTag: 3, algorithm: 13, digestType: 1, digest: "ab".repeat(20) };
  for (const urn of ["urn:1", "urn:1", "urn:2"]) await records.check({}, sha1, { urn });
  expect(told.map((text) => text.slice(0, 14))).toEqual(["urn:1 warning:", "urn:2 warning:"]);
});

describe("cancel", () => {
  const reason = new DsRecordError("PROCESS_ORPHANED", "The Pulumi CLI that asked for this has ended.");

  test("ends a wait, and the state keeps the task", async () => {
    const emulator = await newEmulator();
    emulator.holdTasks();
    let waits = 0;
    const { records } = recordsWith(valuesFor(emulator), () => {
      waits += 1;
      if (waits === 3) records.cancel(reason);
    });
    const error = await rejection(records.create(inputs(2), {}));
    expect(error).toBeInstanceOf(UnfinishedRecordError);
    expect(error).toMatchObject({
      code: "TASK_UNFINISHED",
      id: `${domain}/2`,
      properties: { ...inputs(2), pending: { taskNo: emulator.tasks()[0]?.taskNo, action: "add" } },
    });
    expect(error.message).toContain(reason.message.replace(/\.$/, ""));
    expect(waits).toBe(3);
  });

  test("allows no further submission", async () => {
    const emulator = await newEmulator();
    const { records } = recordsWith(valuesFor(emulator));
    records.cancel(reason);
    expect(await rejection(records.create(inputs(2), {}))).toMatchObject({ code: "PROCESS_ORPHANED" });
    expect(emulator.tasks()).toEqual([]);
  });
});
