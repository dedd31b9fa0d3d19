import { spawn } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { endProcessesWith } from "./processes.mjs";

const repositoryRoot = path.resolve(import.meta.dirname, "../..");
const quickstart = path.join(repositoryRoot, "examples/quickstart");
const commandMs = 120_000;

/** The user's variables that are kept. None is an account, a Pulumi setting or a Node option. */
const inherited = ["HOME", "LANG", "LC_ALL", "LC_CTYPE", "TERM", "TZ"];

/**
 * A throw-away copy of the quickstart with its own Pulumi home and state. All of its files are in
 * one temporary directory, and all of its processes have the directory's name in their environment.
 * `clear` removes both.
 */
export class Stage {
  directory = mkdtempSync(path.join(realpathSync(tmpdir()), "pulumi-alicloud-dnssec-demo-"));
  #signal;
  #program = path.join(this.directory, "program");
  #mark = { DNSSEC_DEMO: this.directory };
  #env = this.#mark;

  /** @param signal Ends a running command, with the reason as the error. */
  constructor(signal) {
    this.#signal = signal;
  }

  /** The user's environment, for finding or building the CLI. A build keeps its files here too. */
  get userEnvironment() {
    return { ...process.env, TMPDIR: this.directory, ...this.#mark };
  }

  set({ cliDirectory, env, color }) {
    const folder = (name) => {
      mkdirSync(path.join(this.directory, name));
      return path.join(this.directory, name);
    };
    this.#env = {
      ...Object.fromEntries(
        inherited.filter((name) => name in process.env).map((name) => [name, process.env[name]]),
      ),
      PATH: [cliDirectory, path.dirname(process.execPath), process.env.PATH].join(path.delimiter),
      TMPDIR: folder("tmp"),
      PULUMI_HOME: folder("pulumi-home"),
      PULUMI_BACKEND_URL: `file://${folder("state")}`,
      PULUMI_CONFIG_PASSPHRASE: "demo",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      // The flags --color, --suppress-permalink and --suppress-progress for every command.
      PULUMI_OPTION_COLOR: color ? "always" : "never",
      PULUMI_OPTION_SUPPRESS_PERMALINK: "true",
      PULUMI_OPTION_SUPPRESS_PROGRESS: "true",
      ...this.#mark,
      ...env,
    };
    folder("program");
    for (const name of ["Pulumi.yaml", "package.json", "tsconfig.json", "index.ts"])
      copyFileSync(path.join(quickstart, name), path.join(this.#program, name));
    symlinkSync(path.join(repositoryRoot, "node_modules"), path.join(this.#program, "node_modules"), "dir");
  }

  /**
   * Edits the program.
   *
   * @param edit Gets the text of the program, and returns the new text.
   * @returns a function that restores the program.
   * @throws {Error} if the text does not change.
   */
  editProgram(edit) {
    const file = path.join(this.#program, "index.ts");
    const text = readFileSync(file, "utf8");
    const edited = edit(text);
    if (edited === text) throw new Error("The program is not as expected.");
    writeFileSync(file, edited);
    return () => writeFileSync(file, text);
  }

  /** Runs the CLI, shows its output, and returns it as text. @throws {Error} unless it succeeds. */
  async pulumi(...args) {
    const { end, output } = await this.#run(args);
    if (end !== 0) throw new Error(`\`pulumi ${args[0]}\` ended with ${end}, and was expected to succeed.`);
    return output;
  }

  /** Like `pulumi`. @throws {Error} unless the command fails with an exit code. */
  async failingPulumi(...args) {
    const { end, output } = await this.#run(args);
    if (typeof end === "number" && end !== 0) return output;
    throw new Error(`\`pulumi ${args[0]}\` ended with ${end}, and was expected to fail.`);
  }

  async #run(args) {
    this.#signal.throwIfAborted();
    const child = spawn("pulumi", args, {
      cwd: this.#program,
      env: this.#env,
      stdio: ["ignore", "pipe", "pipe"],
      // Its own group, so that Ctrl-C reaches only the demo, which then ends everything.
      detached: true,
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        output += text;
        process.stdout.write(text);
      });
    }
    const end = await this.#endOf(child);
    if (!/\n$|^$/.test(output)) process.stdout.write("\n");
    return { end, output: stripVTControlCharacters(output) };
  }

  async endProcesses() {
    await endProcessesWith(`DNSSEC_DEMO=${this.directory}`);
  }

  /** Ends every process that is still running and removes every file. */
  async clear() {
    await this.endProcesses();
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #endOf(child) {
    let cleanUp;
    try {
      return await new Promise((resolve, reject) => {
        const interrupt = () => reject(this.#signal.reason);
        const timer = setTimeout(
          () => reject(new Error(`\`pulumi ${child.spawnargs[1]}\` did not end in ${commandMs / 1000} s.`)),
          commandMs,
        );
        cleanUp = () => {
          clearTimeout(timer);
          this.#signal.removeEventListener("abort", interrupt);
        };
        this.#signal.addEventListener("abort", interrupt);
        child.on("error", reject);
        child.on("close", (code, signal) => resolve(code ?? signal));
      });
    } finally {
      cleanUp();
    }
  }
}
