import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { hermeticEnvironment, repositoryRoot } from "../harness/environment";

jest.setTimeout(120_000);

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(realpathSync(tmpdir()), "time-limit-"));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

/**
 * A project that starts a process in its own group and then blocks its thread, and a healthy one.
 */
const files = {
  "jest.config.js": `
    const project = (name) => ({ displayName: name, testMatch: ["<rootDir>/" + name + "/*.test.js"], transform: {} });
    module.exports = { projects: [project("stuck"), project("well")] };`,
  "stuck.test.js": `
    test("hangs", () => {
      const child = require("node:child_process").spawn(
        process.execPath,
        ["--eval", "setInterval(() => undefined, 1000)"],
        { detached: true, stdio: "ignore" },
      );
      require("node:fs").writeFileSync("pid", String(child.pid));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`,
  "passes.test.js": 'test("passes", () => undefined);',
  "fails.test.js": 'test("fails", () => { throw new Error("on purpose"); });',
};

function writeProjects(): void {
  const write = (name: string, text: string) => {
    writeFileSync(path.join(root, name), text);
  };
  write("jest.config.js", files["jest.config.js"]);
  mkdirSync(path.join(root, "tmp"));
  for (const folder of ["stuck", "well"]) {
    mkdirSync(path.join(root, folder));
    write(`${folder}/passes.test.js`, files["passes.test.js"]);
  }
  write("stuck/hangs.test.js", files["stuck.test.js"]);
  write("stuck/fails.test.js", files["fails.test.js"]);
}

/**
 * Runs the projects as test/run.mjs does. The first one's time runs out when two of its files have
 * ended and the third hangs.
 */
const runner = () => `
  import { existsSync, readdirSync, readFileSync } from "node:fs";
  import { runJest } from ${JSON.stringify(path.join(repositoryRoot, "test/run/jest.mjs"))};
  import { Tally } from ${JSON.stringify(path.join(repositoryRoot, "test/run/tally.mjs"))};
  const stuck = new AbortController();
  const logs = () => readdirSync("tmp", { recursive: true }).filter((name) => name.endsWith("files.jsonl"));
  const look = () => {
    const text = logs().map((name) => readFileSync("tmp/" + name, "utf8")).join("");
    if (text.split('"event":"end"').length === 3 && existsSync("pid")) stuck.abort();
  };
  const timer = setInterval(look, 100);
  const tally = new Tally();
  for (const [project, limit] of [["stuck", stuck.signal], ["well", AbortSignal.timeout(100_000)]]) {
    tally.addJest(project, await runJest([project], {
      root: ${JSON.stringify(root)},
      jest: ${JSON.stringify(path.join(repositoryRoot, "node_modules/.bin/jest"))},
      options: ["--maxWorkers=3"],
      env: process.env,
      limit,
    }));
    clearInterval(timer);
  }
  process.stdout.write(["", ...tally.summary({ skippedCountAsFailed: true })].join("\\n"));
  process.exit();`;

/** A killed process that its parent has not asked for yet is still listed, as a zombie. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

test("a hanging project is killed and named with its files, and the next one runs", () => {
  writeProjects();
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", runner()], {
    cwd: root,
    env: hermeticEnvironment({ TMPDIR: path.join(root, "tmp") }),
    encoding: "utf8",
    timeout: 110_000,
    killSignal: "SIGKILL",
  });
  const [seconds, , ...rest] = stdout.trim().split("\n");
  expect(seconds).toMatch(/^seconds: stuck \d+; well \d+$/);
  expect(rest.map((line) => line.replace(/after \d+ s/, "after N s"))).toEqual([
    "stuck: stuck/fails.test.js: 1 failed",
    "stuck: killed after N s, when 2 of 3 files had ended. These had not: stuck: stuck/hangs.test.js",
    "2 passed, 2 failed",
  ]);
  expect(isRunning(Number(readFileSync(path.join(root, "pid"), "utf8")))).toBe(false);
});
