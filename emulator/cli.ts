#!/usr/bin/env node
import { parseArgs } from "node:util";
import { startEmulator, type Emulator, type EmulatorOptions } from "./index";

/** What the command reads and writes, so that a test can run it in its own process. */
export interface CommandIo {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Aborted when the command is to stop. */
  readonly stop: AbortSignal;
}

const usage = `Usage: pulumi-alicloud-dnssec emulator [options]

Runs an emulator of Alibaba Cloud's Domain API on this machine, for trying the provider out: no account is needed, no
real domain is touched.

Options:
  --domain NAME         A domain of the account; can be repeated. Default: example.com
  --port NUMBER         The port on 127.0.0.1. Default: 0, any that is free
  --task-seconds NUMBER How long a task takes. Default: 2
  --requests-per-second NUMBER
                        Requests beyond are refused. Default: no limit
  --state FILE          Keeps domains, records and tasks in this file
  --help                Prints this
`;

/** The user's mistake: it is told without a stack, and the exit code is 2. */
class UsageError extends Error {}

/**
 * The command line.
 *
 * @param argv What follows the command's name.
 * @returns the exit code: 0 when it was stopped, 1 when it could not start, 2 for a command line that makes no sense.
 */
export async function main(argv: readonly string[], io: CommandIo): Promise<number> {
  try {
    const options = optionsOf(argv);
    if (options === "help") {
      io.out(usage);
      return 0;
    }
    const emulator = await startEmulator(options);
    io.out(instructions(emulator));
    await aborted(io.stop);
    await emulator.close();
    return 0;
  } catch (error) {
    const usageError = error instanceof UsageError;
    io.error(`${error instanceof Error ? error.message : String(error)}\n${usageError ? `\n${usage}` : ""}`);
    return usageError ? 2 : 1;
  }
}

function optionsOf(argv: readonly string[]): EmulatorOptions | "help" {
  const { values, positionals } = parsed(argv);
  if (values.help) return "help";
  const [command, ...rest] = positionals;
  if (command === undefined) throw new UsageError("A command is missing: emulator.");
  if (command !== "emulator")
    throw new UsageError(`There is no command ${JSON.stringify(command)}, only emulator.`);
  if (rest.length > 0) throw new UsageError(`Unexpected argument ${JSON.stringify(rest[0])}.`);
  return {
    port: numberOf("port", values.port ?? "0", /^\d{1,5}$/, 65535),
    domains: values.domain ?? ["example.com"],
    taskDurationMs: 1000 * numberOf("task-seconds", values["task-seconds"] ?? "2", /^\d+(\.\d+)?$/, 1e9),
    ...(values.state !== undefined && { stateFile: values.state }),
    ...requestsPerSecond(values["requests-per-second"]),
  };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        domain: { type: "string", multiple: true },
        port: { type: "string" },
        "task-seconds": { type: "string" },
        "requests-per-second": { type: "string" },
        state: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function requestsPerSecond(text: string | undefined): Pick<EmulatorOptions, "requestsPerSecond"> {
  if (text === undefined) return {};
  return { requestsPerSecond: numberOf("requests-per-second", text, /^\d+$/, 1e6, 1) };
}

function numberOf(option: string, text: string, form: RegExp, most: number, least = 0): number {
  const value = Number(text);
  if (form.test(text) && value >= least && value <= most) return value;
  throw new UsageError(`--${option} ${text}: a number from ${least} to ${most} is expected.`);
}

function instructions({ url, env }: Emulator): string {
  const exports = Object.entries(env).map(([name, value]) => `export ${name}=${value}`);
  return [
    `The emulator of the Domain API listens on ${url}. In the shell that runs Pulumi:`,
    "",
    ...exports,
    // A token of a real session would not go with the emulator's key.
    ...("ALICLOUD_SECURITY_TOKEN" in env ? [] : ["unset ALICLOUD_SECURITY_TOKEN"]),
    "",
    "Ctrl-C stops it.",
    "",
  ].join("\n");
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => {
      resolve();
    });
  });
}

async function run(): Promise<void> {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      stop.abort();
    });
  }
  process.exitCode = await main(process.argv.slice(2), {
    out: (text) => process.stdout.write(text),
    error: (text) => process.stderr.write(text),
    stop: stop.signal,
  });
}

if (require.main === module) void run();
