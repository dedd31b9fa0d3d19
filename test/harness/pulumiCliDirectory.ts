import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { repositoryRoot } from "./environment";

const run = promisify(execFile);

let obtained: Promise<string> | undefined;

async function runObtain(): Promise<string> {
  const script = path.join(repositoryRoot, ".ci/pulumi-cli/obtain.mjs");
  const { stdout } = await run(process.execPath, [script]);
  return stdout.trim();
}

/**
 * Returns the directory of the real CLI: `PULUMI_CLI_DIR` if set, as by `npm test`, else what
 * `.ci/pulumi-cli` obtains.
 */
export async function pulumiCliDirectory(): Promise<string> {
  obtained ??= process.env["PULUMI_CLI_DIR"] ? Promise.resolve(process.env["PULUMI_CLI_DIR"]) : runObtain();
  return obtained;
}
