import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { manualClock } from "../../emulator/index";
import { addition, call, closeAll, ds, listedTags, refusal, seen, started } from "./calls";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "emulator-"));
});
afterEach(async () => {
  await closeAll();
  rmSync(directory, { recursive: true });
});

const add = "SaveSingleTaskForAddingDSRecord";

test("domains, records and tasks survive a restart, and tasks continue meanwhile", async () => {
  const clock = manualClock();
  const stateFile = join(directory, "state.json");
  const options = { clock, stateFile, seed: "s", domains: { "example.com": [ds(1)] }, taskDurationMs: 1000 };
  const first = await started(options);
  first.addDomain("example.net");
  const lagging = { fault: { kind: "lagListing", ms: 100 } } as const;
  first.faults.add(lagging);
  const running = await call(first, add, addition(2));
  clock.advance(500);
  await first.close();

  const second = await started(options);
  expect((await seen(second, running.TaskNo)).details).toMatchObject([{ TaskStatus: "EXECUTING" }]);
  expect(await refusal(call(second, add, addition(3)))).toMatchObject({ code: "TaskIsBeingProcessed" });
  const other = await call(second, add, addition(3, "example.net"));
  expect(other.TaskNo).not.toBe(running.TaskNo);
  second.holdTasks();
  clock.advance(10_000);
  await second.close();

  const third = await started(options);
  expect(third.tasks().map(({ status }) => status)).toEqual(["EXECUTING", "WAITING_EXECUTE"]);
  third.releaseTasks();
  clock.advance(500);
  expect(await listedTags(third)).toEqual([1]);
  await third.close();

  const fourth = await started(options);
  expect(await listedTags(fourth)).toEqual([1]);
  clock.advance(100);
  expect(await listedTags(fourth)).toEqual([1, 2]);
  expect(readdirSync(directory)).toEqual(["state.json"]);
});

test("every answered change is in the file; queries write nothing", async () => {
  const stateFile = join(directory, "state.json");
  const emulator = await started({ stateFile, domains: ["example.com"] });
  const saved = () => readFileSync(stateFile, "utf8");
  expect(saved()).toContain("example.com");
  const { TaskNo } = await call(emulator, add, addition(1));
  expect(saved()).toContain(TaskNo);
  expect(saved()).not.toContain(emulator.credentials.accessKeySecret);
  writeFileSync(stateFile, "untouched");
  emulator.holdTasks();
  expect(saved()).not.toBe("untouched");
  writeFileSync(stateFile, "untouched");
  await listedTags(emulator);
  expect(saved()).toBe("untouched");
});

test.each(["", "{", "null", "{}", '{"format":"pulumi-alicloud-dnssec emulator state 1"}'])(
  "refuses a file with %j, and keeps it",
  async (text) => {
    const stateFile = join(directory, "state.json");
    writeFileSync(stateFile, text);
    await expect(started({ stateFile })).rejects.toThrow("is not a state file of this emulator");
    expect(readFileSync(stateFile, "utf8")).toBe(text);
  },
);

describe("only the owner can read the file", () => {
  const rightsOf = (file: string) => (statSync(file).mode & 0o777).toString(8);
  const dns = { zones: [{ name: "example.com" }] };
  const temporaryOf = (file: string) => `${file}.${process.pid}.tmp`;

  test("when it is new, and after each change", async () => {
    const stateFile = join(directory, "state.json");
    const emulator = await started({ stateFile, domains: ["example.com"], dns });
    expect(rightsOf(stateFile)).toBe("600");
    await call(emulator, add, addition(1));
    expect(readFileSync(stateFile, "utf8")).toContain("privateKey");
    expect(rightsOf(stateFile)).toBe("600");
  });

  test("even if every user could read it before", async () => {
    const stateFile = join(directory, "state.json");
    await (await started({ stateFile, domains: ["example.com"] })).close();
    const text = readFileSync(stateFile, "utf8");
    rmSync(stateFile);
    writeFileSync(stateFile, text, { mode: 0o666 });
    chmodSync(stateFile, 0o666);
    await started({ stateFile, domains: ["example.com"] });
    expect(rightsOf(stateFile)).toBe("600");
  });

  test("even if a temporary file was left, or is a link", async () => {
    const stateFile = join(directory, "state.json");
    writeFileSync(temporaryOf(stateFile), "left");
    chmodSync(temporaryOf(stateFile), 0o666);
    const emulator = await started({ stateFile, domains: ["example.com"] });
    expect(rightsOf(stateFile)).toBe("600");
    const elsewhere = join(directory, "elsewhere");
    writeFileSync(elsewhere, "untouched");
    symlinkSync(elsewhere, temporaryOf(stateFile));
    emulator.addDomain("example.net");
    expect(readFileSync(elsewhere, "utf8")).toBe("untouched");
    expect(readFileSync(stateFile, "utf8")).toContain("example.net");
    expect(rightsOf(stateFile)).toBe("600");
  });
});
