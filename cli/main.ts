#!/usr/bin/env node
import { readCommandLine, usage, UsageError, type FirstRecord } from "./emulatorOptions";
import { startEmulator, type Emulator, type EmulatorDns } from "../emulator/index";
import { instructions } from "./emulatorInstructions";

/** What the command reads and writes, so that a test can run it in its own process. */
export interface CommandIo {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
  /** Aborted when the command is to stop. */
  readonly stop: AbortSignal;
}

/**
 * The command line.
 *
 * @param argv What follows the command's name.
 * @returns the exit code: 0 when it was stopped, 1 when it could not start, 2 for a command line that makes no sense.
 */
export async function main(argv: readonly string[], io: CommandIo): Promise<number> {
  try {
    const commandLine = readCommandLine(argv);
    if (commandLine === "help") {
      io.out(usage);
      return 0;
    }
    const { options, domains, records } = commandLine;
    const emulator = await startEmulator({ ...options, domains });
    try {
      const dns = options.dns && emulator.dns;
      for (const record of records) addRecord(emulator, record, dns);
      io.out(instructions(emulator, domains, dns));
      await aborted(io.stop);
    } finally {
      await emulator.close();
    }
    return 0;
  } catch (error) {
    const usageError = error instanceof UsageError;
    io.error(`${error instanceof Error ? error.message : String(error)}\n${usageError ? `\n${usage}` : ""}`);
    return usageError ? 2 : 1;
  }
}

function addRecord(emulator: Emulator, { domain, ds }: FirstRecord, dns: EmulatorDns | undefined): void {
  const record = ds ?? dns?.zone(domain).dsRecord();
  if (!record) throw new Error(`There is no zone with a key for ${domain}.`);
  const others = emulator.records(domain).filter(({ keyTag }) => keyTag !== record.keyTag);
  emulator.setRecords(domain, [...others, record]);
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
