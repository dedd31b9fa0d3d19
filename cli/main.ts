#!/usr/bin/env node
import { UsageError, type Command, type CommandIo } from "./command";
import { emulator } from "./emulator";

const commands: Readonly<Record<string, Command>> = { emulator };
const commandNames = Object.keys(commands).join(", ");
const allUsages = Object.values(commands)
  .map(({ usage }) => usage)
  .join("\n");

/**
 * Runs the command line.
 *
 * @param argv Arguments after the name of the program.
 * @returns The exit code: 0 if the command was stopped, 1 if it failed, 2 for a wrong command line.
 */
export async function main(argv: readonly string[], io: CommandIo): Promise<number> {
  const [name = "", ...args] = argv;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  const usage = command?.usage ?? allUsages;
  try {
    if (command) return await command.run(args, io);
    if (!argv.some((argument) => ["--help", "-h"].includes(argument))) throw missingCommand(name);
    io.out(usage);
    return 0;
  } catch (error) {
    const isUsageError = error instanceof UsageError;
    io.error(
      `${error instanceof Error ? error.message : String(error)}\n${isUsageError ? `\n${usage}` : ""}`,
    );
    return isUsageError ? 2 : 1;
  }
}

function missingCommand(name: string): UsageError {
  if (name === "" || name.startsWith("-")) return new UsageError(`A command is missing: ${commandNames}.`);
  return new UsageError(`There is no command ${JSON.stringify(name)}, only ${commandNames}.`);
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
