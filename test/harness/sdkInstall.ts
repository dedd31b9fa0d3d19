import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const timeout = 5 * 60_000;

/** Folder of installed packages, which later runs of the tests use again. */
export const cacheDirectory = path.join(
  process.env["XDG_CACHE_HOME"] || path.join(homedir(), ".cache"),
  "pulumi-alicloud-dnssec",
);

export interface SdkOptions {
  /** A TypeScript beside it, for programs that the SDK's own old compiler cannot read. */
  typescript?: boolean;
}

async function npmInstall(directory: string, packages: string[]): Promise<void> {
  writeFileSync(path.join(directory, "package.json"), JSON.stringify({ private: true }));
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--engine-strict=false", "--loglevel=error"];
  await run("npm", ["install", ...flags, ...packages], { cwd: directory, timeout });
}

function renameUnlessThere(aside: string, directory: string): void {
  try {
    renameSync(aside, directory);
  } catch (error) {
    // Another process was faster, with the same content.
    if (!existsSync(directory)) throw error;
  }
}

/** Installs a version of `@pulumi/pulumi` once per user and returns the package's folder. */
export async function installSdk(version: string, { typescript = false }: SdkOptions = {}): Promise<string> {
  const directory = path.join(cacheDirectory, `sdk-${version}${typescript ? "-typescript" : ""}`);
  const sdkDirectory = path.join(directory, "node_modules/@pulumi/pulumi");
  if (existsSync(directory)) return sdkDirectory;
  mkdirSync(cacheDirectory, { recursive: true });
  const aside = mkdtempSync(`${directory}.part-`);
  try {
    const companions = typescript ? ["typescript@5", "@types/node@20"] : [];
    await npmInstall(aside, [`@pulumi/pulumi@${version}`, ...companions]);
    renameUnlessThere(aside, directory);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return sdkDirectory;
}

/** Asks the registry. */
export async function newestSdkVersion(): Promise<string> {
  const { stdout } = await run("npm", ["view", "--loglevel=error", "@pulumi/pulumi", "version"], { timeout });
  return stdout.trim();
}
