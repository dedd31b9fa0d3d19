import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { endProcessesWith } from "../../examples/demo/processes.mjs";

const repositoryRoot = path.resolve(import.meta.dirname, "../..");
const commandMs = 300_000;

/** The user's variables that are kept. None is an account, a Pulumi setting or a Node option. */
const inherited = ["LANG", "LC_ALL", "LC_CTYPE", "TERM", "TZ"];

/** At its end, the shell prints the processor time of all its children, user and system. */
const withTimes = '"$@"; code=$?; times >&2; exit $code';

/**
 * A throw-away project with one stack, driven through the real CLI. All of its files are in one
 * temporary directory, and all of its processes have that directory's name in their environment.
 * `clear` removes both.
 */
export class Stack {
  #directory = mkdtempSync(path.join(realpathSync(tmpdir()), "pulumi-alicloud-dnssec-bench-"));
  #program = this.#folder("program");
  #env;

  /**
   * @param program The text of its `index.js`, which can import the package.
   * @param env For every command.
   */
  constructor({ cliDirectory, program, env }) {
    const own = inherited.flatMap((name) => (name in process.env ? [[name, process.env[name]]] : []));
    this.#env = {
      ...Object.fromEntries(own),
      PATH: [cliDirectory, path.dirname(process.execPath), process.env.PATH].join(path.delimiter),
      HOME: this.#folder("home"),
      TMPDIR: this.#folder("tmp"),
      PULUMI_HOME: this.#folder("pulumi-home"),
      PULUMI_BACKEND_URL: `file://${this.#folder("state")}`,
      PULUMI_CONFIG_PASSPHRASE: "bench",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      DNSSEC_BENCH: this.#directory,
      ...env,
    };
    // YAML is a superset of JSON.
    const runtime = { name: "nodejs", options: { typescript: false } };
    this.#write("Pulumi.yaml", JSON.stringify({ name: "bench", runtime }));
    this.#write("package.json", JSON.stringify({ name: "bench", main: "index.js" }));
    this.#write("index.js", program);
    symlinkSync(path.join(repositoryRoot, "node_modules"), path.join(this.#program, "node_modules"), "dir");
  }

  /**
   * Runs a command.
   *
   * @returns Its output, its duration in ms, and the processor time of all its processes in s.
   * @throws {Error} unless it succeeds.
   */
  async pulumi(args, env = {}) {
    const startedAt = performance.now();
    const command = ["pulumi", ...args, "--non-interactive", "--color", "never"];
    const child = spawn("sh", ["-c", withTimes, "sh", ...command], {
      cwd: this.#program,
      env: { ...this.#env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: commandMs,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    const end = await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => resolve(code ?? signal));
    });
    if (end !== 0) throw new Error(`\`pulumi ${args.join(" ")}\` ended with ${end}:\n${stdout}${stderr}`);
    return { stdout, ms: performance.now() - startedAt, cpuSeconds: cpuSecondsIn(stderr) };
  }

  /** Ends every process that is still running and removes every file. */
  async clear() {
    await endProcessesWith(`DNSSEC_BENCH=${this.#directory}`);
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #folder(name) {
    const folder = path.join(this.#directory, name);
    mkdirSync(folder);
    return folder;
  }

  #write(name, text) {
    writeFileSync(path.join(this.#program, name), text);
  }
}

function cpuSecondsIn(stderr) {
  const times = [...stderr.matchAll(/(\d+)m([\d.]+)s/g)].slice(-2);
  return times.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
}
