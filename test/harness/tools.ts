import { execFileSync, spawn } from "node:child_process";

export interface Ended {
  readonly code: number | null;
  /** Standard output and standard error, in order of arrival. */
  readonly output: string;
}

/** Maximum running time of a command, in ms. */
const maxMs = 60_000;

/**
 * Runs a command to its end, with any exit code. This process keeps serving meanwhile. Kills the
 * command after a minute.
 */
export function runTool(
  file: string,
  commandArguments: readonly string[],
  { input = "" }: { input?: string } = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const process = spawn(file, commandArguments, { stdio: "pipe", timeout: maxMs, killSignal: "SIGKILL" });
    let output = "";
    process.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    process.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
    process.on("error", reject).on("close", (code) => resolve({ code, output }));
    process.stdin.on("error", () => undefined).end(input);
  });
}

/**
 * Runs a command while this process stands still, and returns its standard output. Throws if it
 * fails.
 */
export function toolOutput(file: string, commandArguments: readonly string[], cwd?: string): string {
  return execFileSync(file, commandArguments, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: maxMs,
  });
}
