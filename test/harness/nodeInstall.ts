import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { cacheDirectory } from "./sdkInstall";

const run = promisify(execFile);
const timeout = 5 * 60_000;
const platform = process.platform === "win32" ? "win" : process.platform;
const packageName = `node-${platform}-${process.arch}`;

/** Installs a version of Node.js from npm once per user and returns its `node`. */
export async function installNode(version: string): Promise<string> {
  const directory = path.join(cacheDirectory, `node-${version}`);
  const node = path.join(directory, "node_modules", packageName, "bin/node");
  if (existsSync(node)) return node;
  mkdirSync(cacheDirectory, { recursive: true });
  const aside = mkdtempSync(`${directory}.part-`);
  try {
    const flags = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    await run("npm", ["install", ...flags, "--prefix", aside, `${packageName}@${version}`], { timeout });
    // Another process may have been faster, with the same content.
    if (!existsSync(directory)) renameSync(aside, directory);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return node;
}

/** Asks the registry for the newest version of a major version. */
export async function newestNode(major: number): Promise<string> {
  const { stdout } = await run("npm", ["view", "--json", `${packageName}@${major}`, "version"], { timeout });
  const versions = [JSON.parse(stdout)].flat() as string[];
  const [newest] = versions.sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
  if (newest === undefined) throw new Error(`npm has no ${packageName}@${major}`);
  return newest;
}
