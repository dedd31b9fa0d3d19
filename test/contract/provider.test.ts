import { createRequire } from "node:module";
import { startEmulator, type Ds, type Emulator } from "../../emulator/index";
import { FakeEngine } from "../harness/fakeEngine";
import { UNKNOWN, type PropertyBag } from "../harness/properties";
import { ProviderError } from "../harness/providerError";
import { ProviderProcess, serializeProvider } from "../harness/providerProcess";
import { installSdk, newestSdkVersion } from "../harness/sdkInstall";

jest.setTimeout(300_000);

const domain = "example.com";
const urn = (name: string) =>
  `urn:pulumi:dev::test-project::pulumi-nodejs:dynamic/alicloud-dnssec:DsRecord::${name}`;

function ds(keyTag: number, last = "0"): Ds {
  return { keyTag, algorithm: 13, digestType: 2, digest: keyTag.toString(16).padStart(63, "0") + last };
}

/** The text as npm publishes it, which states hold. */
const { dsRecordProvider } = createRequire(__filename)(
  "../../dist/provider/dynamic/program/closure",
) as Record<"dsRecordProvider", object>;

let closure: string;
let emulator: Emulator;
let engine: FakeEngine;
beforeAll(async () => {
  closure = (await serializeProvider(dsRecordProvider)).text;
  engine = await FakeEngine.start();
});
beforeEach(async () => {
  emulator = await startEmulator({ domains: [domain], taskDurationMs: 20 });
  engine.logs.length = 0;
  engine.onLog = () => Promise.resolve();
});
afterEach(() => emulator.close());
afterAll(() => engine.stop());

const goal = (record: Ds, more: PropertyBag = {}): PropertyBag => ({
  domainName: domain,
  ...record,
  __provider: closure,
  __urn: urn("ksk"),
  ...more,
});

async function withProcess(
  use: (provider: ProviderProcess) => Promise<void>,
  options: Parameters<typeof ProviderProcess.start>[0] = {},
): Promise<void> {
  const provider = await ProviderProcess.start({
    env: { ...emulator.env },
    engineAddress: engine.address,
    ...options,
  });
  try {
    await use(provider);
  } finally {
    await provider.stop();
  }
}

async function wholeCycle(provider: ProviderProcess): Promise<void> {
  await provider.configure();
  const checked = await provider.check({}, goal(ds(1), { digest: ds(1).digest.toUpperCase() }));
  expect(checked).toEqual({ inputs: goal(ds(1)), failures: [] });

  const created = await provider.create(checked.inputs);
  const outputs = { ...goal(ds(1)), ds: `1 13 2 ${ds(1).digest}`, taskNo: emulator.tasks()[0]?.taskNo };
  expect(created).toEqual({ id: "example.com/1", outputs });
  expect(await provider.diff(created.id, outputs, checked.inputs)).toMatchObject({
    changes: "none",
    replaces: [],
  });

  emulator.setRecords(domain, [ds(1, "f")]);
  const drifted = await provider.read(created.id, outputs);
  expect(drifted).toMatchObject({ id: created.id, outputs: goal(ds(1, "f")), inputs: goal(ds(1, "f")) });
  expect(await provider.diff(created.id, drifted.outputs ?? {}, goal(ds(1)))).toMatchObject({
    changes: "some",
    replaces: [],
  });

  const updated = await provider.update(created.id, drifted.outputs ?? {}, goal(ds(1)));
  expect(updated.outputs).toMatchObject({ ...goal(ds(1)), taskNo: emulator.tasks()[1]?.taskNo });
  expect(emulator.records(domain)).toEqual([ds(1)]);

  expect(await provider.diff(created.id, outputs, goal(ds(2)))).toMatchObject({
    changes: "some",
    replaces: ["keyTag"],
  });
  const got = await provider.read(created.id, { __provider: closure, __get: true });
  expect(got.outputs).toEqual({ domainName: domain, ...ds(1), ds: outputs.ds, __provider: closure });
  await expect(provider.read("example.com/2", { __provider: closure, __get: true })).rejects.toThrow(
    /DS_NOT_FOUND/,
  );

  // An operation does not delete what it declares, so from here on another key tag is declared.
  await provider.delete(created.id, updated.outputs);
  expect(emulator.records(domain)).toEqual([ds(1)]);
  await provider.check({}, goal(ds(2)));
  await provider.delete(created.id, updated.outputs);
  expect(emulator.records(domain)).toEqual([]);
  expect((await provider.read(created.id, updated.outputs)).id).toBe("");
  expect(emulator.tasks().map(({ kind }) => kind)).toEqual(["add", "modify", "delete"]);
}

describe("the whole cycle", () => {
  test.each<[string, () => Promise<string> | undefined]>([
    ["the lowest SDK", () => installSdk("3.216.0")],
    ["the newest SDK for Node 20", () => undefined],
    ["the newest SDK", async () => installSdk(await newestSdkVersion())],
  ])("with %s", async (_, sdk) => {
    const sdkDirectory = await sdk();
    await withProcess(wholeCycle, sdkDirectory === undefined ? {} : { sdkDirectory });
  });
});

test("30 creates at once in one process, right after an unanswered configure", async () => {
  const domains = Array.from({ length: 15 }, (_, index) => `domain-${index}.example`);
  for (const name of domains) emulator.addDomain(name);
  await withProcess(
    async (provider) => {
      const configured = provider.configure({
        "alicloud-dnssec:endpoint": emulator.url,
        "alicloud-dnssec:accessKeyId": emulator.credentials.accessKeyId,
        "alicloud-dnssec:accessKeySecret": emulator.credentials.accessKeySecret,
      });
      const created = await Promise.all(
        domains.flatMap((domainName) =>
          [ds(1), ds(2)].map((record) => provider.create(goal(record, { domainName }))),
        ),
      );
      await configured;
      expect(new Set(created.map(({ id }) => id)).size).toBe(30);
      for (const name of domains) expect(emulator.records(name)).toHaveLength(2);
      expect(emulator.calls(({ code }) => code === "TaskIsBeingProcessed")).toEqual([]);
      expect(emulator.tasks()).toHaveLength(30);
      expect(provider.stderr).toBe("");
    },
    { env: {} },
  );
});

test("unknown values in a preview announce nothing false", async () => {
  await withProcess(async (provider) => {
    await provider.configure();
    const { inputs, failures } = await provider.check(
      {},
      { domainName: domain, ds: UNKNOWN, __provider: closure, __urn: urn("ksk") },
    );
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({
      keyTag: UNKNOWN,
      algorithm: UNKNOWN,
      digestType: UNKNOWN,
      digest: UNKNOWN,
    });
    const olds = { ...goal(ds(1)), ds: `1 13 2 ${ds(1).digest}` };
    expect(await provider.diff("example.com/1", olds, inputs)).toMatchObject({
      changes: "some",
      replaces: [],
    });
  });
});

test("a task that outlasts its time becomes the failure that Pulumi saves, and the next process continues it", async () => {
  emulator.holdTasks();
  let state: PropertyBag = {};
  await withProcess(async (provider) => {
    await provider.configure();
    const error = await provider
      .create(goal(ds(1), { __timeouts: { create: "300ms" } }))
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProviderError);
    const { initFailed } = error as ProviderError;
    expect(initFailed).toMatchObject({
      id: "example.com/1",
      reasons: [expect.stringContaining("TASK_UNFINISHED")],
      properties: { __provider: closure, pending: { taskNo: emulator.tasks()[0]?.taskNo, action: "add" } },
    });
    state = initFailed?.properties ?? {};
  });
  emulator.releaseTasks();
  await withProcess(async (provider) => {
    await provider.configure();
    const { outputs } = await provider.update("example.com/1", state, goal(ds(1)));
    expect(outputs).not.toHaveProperty("pending");
  });
  expect(emulator.tasks()).toHaveLength(1);
});

test("warnings and progress reach the engine with the record's URN, each warning once", async () => {
  await withProcess(async (provider) => {
    await provider.configure();
    const sha1 = goal({ keyTag: 1, algorithm: 13, digestType: 1, digest: "ab".repeat(20) });
    await provider.check({}, sha1);
    const { inputs } = await provider.check({}, sha1);
    emulator.holdTasks();
    const creating = provider.create(inputs);
    await emulator.waitForCall("QueryTaskDetailList", { count: 2 });
    emulator.releaseTasks();
    await creating;
  });
  const warnings = engine.logs.filter(({ severity }) => severity === "warning");
  expect(warnings).toEqual([
    {
      severity: "warning",
      urn: urn("ksk"),
      ephemeral: false,
      message: expect.stringContaining("SHA-1") as string,
    },
  ]);
  expect(engine.logs).toContainEqual({
    severity: "info",
    urn: urn("ksk"),
    ephemeral: true,
    message: expect.stringMatching(/^task [0-9a-f]{4}… [A-Z_]+ \d+ m?s$/) as string,
  });
});

test("messages arrive in the order in which they were sent, before the operation ends", async () => {
  emulator.setRecords(domain, [ds(1)]);
  const begun: string[] = [];
  engine.onLog = async ({ message }) => {
    begun.push(message);
    // The earlier a message comes, the longer the engine takes to answer it.
    for (let turns = 50 - 10 * begun.length; turns > 0; turns -= 1)
      await new Promise((resolve) => setImmediate(resolve));
  };
  await withProcess(async (provider) => {
    await provider.configure();
    const sha1 = { keyTag: 1, algorithm: 13, digestType: 1, digest: "ab".repeat(20) };
    await provider.check({}, goal(sha1));
    expect(engine.logs.map(({ severity }) => severity)).toEqual(["warning"]);
    await provider.create(goal(ds(1)));
    const texts = engine.logs.map(({ message }) => message);
    expect(texts.at(-1)).toContain("adopted without a task");
    expect(texts).toEqual(begun);
  });
});

test("a missing engine is no reason to fail", async () => {
  await withProcess(
    async (provider) => {
      await provider.configure();
      await provider.create(goal(ds(1)));
      expect(provider.stderr).toBe("");
    },
    { engineAddress: "127.0.0.1:1" },
  );
  expect(emulator.records(domain)).toEqual([ds(1)]);
});

test("errors of read and delete print their message and no stack", async () => {
  await withProcess(async (provider) => {
    await provider.configure();
    emulator.removeDomain(domain);
    await expect(provider.read("example.com/1", goal(ds(1)))).rejects.toThrow(
      /DomainNotExist.*\[REGISTRAR_REFUSED\]/s,
    );
    expect(provider.stderr).toContain("DomainNotExist");
    expect(provider.stderr).not.toMatch(/^\s+at /m);
  });
});

describe("when the CLI dies", () => {
  test("the process ends in the middle of a wait, and submits nothing more", async () => {
    emulator.holdTasks();
    await withProcess(async (provider) => {
      await provider.configure();
      const creations = [ds(1), ds(2)].map((record) =>
        provider.create(goal(record)).catch((error: unknown) => error),
      );
      await emulator.waitForCall("QueryTaskDetailList");
      provider.command.process.stdin?.end();
      await expect(provider.command.waitForExit(15)).resolves.toBeDefined();
      await Promise.all(creations);
    });
    expect(emulator.tasks()).toHaveLength(1);
  });

  test("the process ends at once when nothing is in flight", async () => {
    await withProcess(async (provider) => {
      await provider.configure();
      await provider.create(goal(ds(1)));
      provider.command.process.stdin?.end();
      await expect(provider.command.waitForExit(15)).resolves.toBeDefined();
    });
  });
});
