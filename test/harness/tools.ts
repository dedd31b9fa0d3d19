import { spawn } from "node:child_process";

export interface Ended {
  readonly code: number | null;
  /** Both streams, in the order of their coming. */
  readonly output: string;
}

const longestMs = 60_000;

/** Runs a command to its end, or for a minute. */
export function runTool(
  file: string,
  commandArguments: readonly string[],
  { input }: { input?: string } = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const process = spawn(file, commandArguments, {
      stdio: "pipe",
      timeout: longestMs,
      killSignal: "SIGKILL",
    });
    let output = "";
    process.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    process.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
    process.on("error", reject).on("close", (code) => resolve({ code, output }));
    process.stdin.on("error", () => undefined).end(input ?? "");
  });
}
