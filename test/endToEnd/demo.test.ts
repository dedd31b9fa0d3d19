import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { hermeticEnvironment, repositoryRoot } from "../harness/environment";
import { pulumiCliDirectory } from "../harness/pulumiCliDirectory";
import { endProcessesWith, processesWith } from "../harness/leftovers";
import { RunningCommand } from "../harness/runningCommand";

jest.setTimeout(240_000);

/** Settings that users may have for their own work, and that would mislead the demo. */
const usersOwn = {
  ALICLOUD_DNSSEC_NAME_SERVERS: "192.0.2.53",
  ALICLOUD_DNSSEC_PREFLIGHT: "off",
  ALICLOUD_SECURITY_TOKEN: "of another key",
  PULUMI_BACKEND_URL: "file:///nowhere",
  PULUMI_STACK: "production",
};

const headings = [
  "The program, examples/quickstart/index.ts",
  "A stack, with the domain as configuration",
  "1. The wrong key: the preview warns",
  "2. Up refuses it, before anything is submitted",
  "3. The zone's key: the preview says secure",
  "4. Up: the registrar works on a task",
  "5. A second preview: nothing to do",
  "6. The digest is changed in the registrar's console",
  "7. Up corrects it",
  "8. Destroy deletes the record, and the domain becomes insecure",
  "Everything was as expected, and nothing is left behind",
];

/** The user's home. Its name is in the environment of every process of the demo. */
let home: string;
let temporary: string;

beforeEach(() => {
  home = mkdtempSync(path.join(realpathSync(tmpdir()), "demo-test-home-"));
  temporary = mkdtempSync(path.join(realpathSync(tmpdir()), "demo-test-tmp-"));
});

afterEach(async () => {
  await endProcessesWith(`HOME=${home}`);
  for (const directory of [home, temporary]) rmSync(directory, { recursive: true, force: true });
});

/** Adds a CLI that warns about its language host, because the two were not shipped together. */
function addUnusualCli(cliDirectory: string): string {
  const directory = path.join(home, "bin");
  mkdirSync(directory);
  symlinkSync(path.join(cliDirectory, "pulumi"), path.join(directory, "pulumi"));
  const host = "pulumi-language-nodejs";
  const text = `#!/bin/sh\nexec "${path.join(cliDirectory, host)}" "$@"\n`;
  writeFileSync(path.join(directory, host), text, { mode: 0o755 });
  return directory;
}

async function startDemo(): Promise<RunningCommand> {
  const searchPath = [addUnusualCli(await pulumiCliDirectory()), process.env["PATH"]].join(path.delimiter);
  return new RunningCommand(process.execPath, ["examples/demo.mjs"], {
    cwd: repositoryRoot,
    env: hermeticEnvironment({ ...usersOwn, HOME: home, PATH: searchPath, TMPDIR: temporary }),
  });
}

function quickstart(): string[] {
  return readdirSync(path.join(repositoryRoot, "examples/quickstart")).sort();
}

/** Returns why the picture or the guide does not show this output, or an empty text. */
function checkPicture(output: string): string {
  const { status, stderr } = spawnSync(process.execPath, ["examples/demo/picture.mjs", "--check"], {
    cwd: repositoryRoot,
    input: output,
    encoding: "utf8",
  });
  return status === 0 ? stderr : stderr || `exit code ${status}`;
}

function expectNothingLeft(): void {
  expect(processesWith(`HOME=${home}`)).toEqual([]);
  expect(readdirSync(temporary)).toEqual([]);
  expect(readdirSync(home)).toEqual(["bin"]);
}

test("every step is as expected in an unusual environment, and nothing is left", async () => {
  const filesBefore = quickstart();
  const demo = await startDemo();
  const { code } = await demo.waitForExit(200);
  expect(`${demo.stderr}, exit code ${code}`).toBe(", exit code 0");
  const found = demo.stdout
    .split("\n")
    .filter((line) => headings.some((heading) => line.startsWith(heading)));
  expect(found.map((line) => line.replace(/ \(\d+ s\)\.$/, ""))).toEqual(headings);
  expect(demo.stdout).toContain("warning: using pulumi-language-nodejs from $PATH");
  expect(checkPicture(demo.stdout)).toBe("");
  expectNothingLeft();
  expect(quickstart()).toEqual(filesBefore);
});

test("an interruption during a task is reported and leaves nothing", async () => {
  const demo = await startDemo();
  await demo.waitForOutput(/creating .* task \S+ EXECUTING/, 200);
  expect(processesWith(`HOME=${home}`).length).toBeGreaterThan(1);
  demo.signal("SIGINT");
  await expect(demo.waitForExit(10)).resolves.toEqual({ code: 130, signal: null });
  expect(demo.stderr).toBe("\nThe demo was stopped by SIGINT. Nothing is left behind.\n");
  expectNothingLeft();
});
