import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { cliEnvironment, type Environment } from "./environment";
import { endProcessesWith, processesWith, type FoundProcess } from "./leftovers";
import { createProgramDirectory, writeProgram, type Program, type ProgramOptions } from "./programDirectory";
import { pulumiCliDirectory } from "./pulumiCliDirectory";
import { RunningCommand } from "./runningCommand";

export interface ProjectOptions extends ProgramOptions {
  /** Default: "dev". */
  stack?: string;
  config?: Record<string, string>;
  secrets?: Record<string, string>;
  /** Set for every command, for instance where the emulator listens. */
  env?: Environment;
}

export interface RunOptions {
  /** Parse the engine's event log into `events`. */
  events?: boolean;
  env?: Environment;
  timeoutSeconds?: number;
  /**
   * Return the result of a command that failed; without it, a failure throws an error that shows
   * the output.
   */
  mayFail?: boolean;
}

/** `{ sequence, timestamp, resourcePreEvent | diagnosticEvent | summaryEvent | … }` */
export type EngineEvent = Record<string, unknown>;

export interface PreviewJson {
  changeSummary?: Record<string, number>;
  steps?: { op: string; urn: string; [key: string]: unknown }[];
  diagnostics?: { urn?: string; message: string; severity: string }[];
}

export interface CliResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  events: EngineEvent[];
}

export interface StackResource {
  urn: string;
  type: string;
  id?: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  initErrors?: string[];
  [key: string]: unknown;
}

export interface StackExport {
  version: number;
  deployment: {
    resources?: StackResource[];
    pending_operations?: { type: string; resource: StackResource }[];
    [key: string]: unknown;
  };
}

const defaultTimeoutSeconds = 120;

/** One throw-away project with one stack, driven through the real CLI. */
export class PulumiProject {
  readonly directory: string;
  readonly programDirectory: string;
  readonly env: Environment;
  private eventLogs = 0;

  private constructor(directory: string, env: Environment) {
    this.directory = directory;
    this.programDirectory = path.join(directory, "program");
    this.env = env;
  }

  static async create(options: ProjectOptions = {}): Promise<PulumiProject> {
    const cliDirectory = await pulumiCliDirectory();
    const directory = mkdtempSync(path.join(realpathSync(tmpdir()), "pulumi-test-"));
    const env = { ...cliEnvironment(directory, cliDirectory), ...options.env };
    const project = new PulumiProject(directory, env);
    try {
      createProgramDirectory(project.programDirectory, options);
      await project.run(["stack", "init", options.stack ?? "dev"]);
      await project.setConfig(options.config, options.secrets);
    } catch (error) {
      await project.remove();
      throw error;
    }
    return project;
  }

  /** Writes these files over the program's present ones. */
  setProgram(program: Program): void {
    writeProgram(this.programDirectory, program);
  }

  async setConfig(config: Record<string, string> = {}, secrets: Record<string, string> = {}): Promise<void> {
    const values = [
      ...Object.entries(config).flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]),
      ...Object.entries(secrets).flatMap(([key, value]) => ["--secret", `${key}=${value}`]),
    ];
    if (values.length > 0) await this.run(["config", "set-all", ...values]);
  }

  /** Without the preview before it: what `preview` says is asked for on its own. */
  async up(args: string[] = [], options?: RunOptions): Promise<CliResult> {
    return this.run(["up", "--yes", "--skip-preview", ...args], options);
  }

  async refresh(args: string[] = [], options?: RunOptions): Promise<CliResult> {
    return this.run(["refresh", "--yes", "--skip-preview", ...args], options);
  }

  async destroy(args: string[] = [], options?: RunOptions): Promise<CliResult> {
    return this.run(["destroy", "--yes", "--skip-preview", ...args], options);
  }

  async cancel(options?: RunOptions): Promise<CliResult> {
    return this.run(["cancel", "--yes"], options);
  }

  /** The text that a user sees. */
  async preview(args: string[] = [], options?: RunOptions): Promise<CliResult> {
    return this.run(["preview", ...args], options);
  }

  async previewJson(args: string[] = [], options?: RunOptions): Promise<CliResult & { json: PreviewJson }> {
    const result = await this.preview(["--json", ...args], options);
    return { ...result, json: JSON.parse(result.stdout) as PreviewJson };
  }

  async previewIsEmpty(args: string[] = []): Promise<boolean> {
    const { json } = await this.previewJson(args);
    return Object.keys(json.changeSummary ?? {}).every((operation) => operation === "same");
  }

  async stackExport(): Promise<StackExport> {
    const { stdout } = await this.run(["stack", "export"]);
    return JSON.parse(stdout) as StackExport;
  }

  /** What is in the state, without the stack and the providers. */
  async resources(): Promise<StackResource[]> {
    const { deployment } = await this.stackExport();
    return (deployment.resources ?? []).filter(
      ({ type }) => !/^pulumi:(pulumi:Stack$|providers:)/.test(type),
    );
  }

  async run(args: string[], options: RunOptions = {}): Promise<CliResult> {
    const { timeoutSeconds = defaultTimeoutSeconds, mayFail = false } = options;
    this.eventLogs += 1;
    const eventLog = path.join(this.directory, `events-${this.eventLogs}.json`);
    const command = this.start(options.events ? [...args, "--event-log", eventLog] : args, options);
    const { code, signal } = await this.waitOrEnd(command, timeoutSeconds);
    if (code !== 0 && !mayFail) throw command.failure(`it failed with ${code ?? signal}`);
    const { stdout, stderr } = command;
    return { code, signal, stdout, stderr, events: options.events ? readEvents(eventLog) : [] };
  }

  /** Starts a command and does not wait for it. `signal` goes to the CLI alone. */
  start(args: string[], { env = {} }: Pick<RunOptions, "env"> = {}): RunningCommand {
    return new RunningCommand("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd: this.programDirectory,
      env: { ...this.env, ...env },
    });
  }

  /**
   * Everything that this project's commands started and that still runs: CLI, language host,
   * provider.
   */
  processes(): FoundProcess[] {
    return processesWith(this.processMarker);
  }

  /** The dynamic provider processes among them. */
  providerProcesses(): FoundProcess[] {
    return this.processes().filter(({ command }) => /cmd\/dynamic-provider/.test(command));
  }

  /** Ends what still runs, removes every file, and returns what it had to end. */
  async remove(): Promise<FoundProcess[]> {
    const ended = await endProcessesWith(this.processMarker);
    rmSync(this.directory, { recursive: true, force: true });
    return ended;
  }

  private get processMarker(): string {
    return `PULUMI_HOME=${this.env["PULUMI_HOME"]}`;
  }

  private async waitOrEnd(command: RunningCommand, timeoutSeconds: number) {
    try {
      return await command.waitForExit(timeoutSeconds);
    } catch (error) {
      await endProcessesWith(this.processMarker);
      throw error;
    }
  }
}

function readEvents(file: string): EngineEvent[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as EngineEvent);
}
