import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { hermeticEnvironment, repositoryRoot, type Environment } from "./environment";
import { cacheDirectory } from "./sdkInstall";

const run = promisify(execFile);
const timeout = 5 * 60_000;

/** Package managers and a bundler as npm packages, each with its tested version and its command. */
const tools = {
  pnpm: { package: "pnpm", version: "10.34.9", command: "pnpm/bin/pnpm.cjs" },
  yarn: { package: "yarn", version: "1.22.22", command: "yarn/bin/yarn.js" },
  berry: { package: "@yarnpkg/cli-dist", version: "4.18.1", command: "@yarnpkg/cli-dist/bin/yarn.js" },
  esbuild: { package: "esbuild", version: "0.28.2", command: "esbuild/bin/esbuild" },
  bun: { package: "bun", version: "1.4.5", command: "bun/bin/bun.exe" },
} as const;

export type Tool = keyof typeof tools;

/** Installs a tool once per user and returns its command. */
export async function installTool(tool: Tool): Promise<string> {
  const { package: name, version, command } = tools[tool];
  const directory = path.join(cacheDirectory, `${tool}-${version}`);
  const file = path.join(directory, "node_modules", command);
  if (existsSync(directory)) return file;
  mkdirSync(cacheDirectory, { recursive: true });
  const aside = mkdtempSync(`${directory}.part-`);
  try {
    writeFileSync(path.join(aside, "package.json"), JSON.stringify({ private: true }));
    const flags = ["--no-audit", "--no-fund", "--loglevel=error"];
    await run("npm", ["install", ...flags, `${name}@${version}`], { cwd: aside, timeout });
    if (!existsSync(directory)) renameSync(aside, directory);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return file;
}

/** Runs a tool, or the npm of this machine, in a folder. @throws with the tool's output. */
export async function runTool(
  tool: Tool | "npm",
  args: readonly string[],
  cwd: string,
  env: Environment = {},
): Promise<void> {
  const file = tool === "npm" ? "npm" : await installTool(tool);
  const [command = "", ...rest] = /\.c?js$/.test(file) ? [process.execPath, file, ...args] : [file, ...args];
  try {
    await run(command, rest, { cwd, timeout, env: hermeticEnvironment(env) });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${tool} ${args.join(" ")} failed in ${cwd}:\n${stdout}\n${stderr}`, { cause: error });
  }
}

/**
 * Packs this package as `npm publish` does, optionally under another version. Returns the tarball.
 */
export async function packPackage(directory: string, version?: string): Promise<string> {
  if (!existsSync(path.join(repositoryRoot, "dist")))
    throw new Error("there is no dist/: run `npm run build`");
  const options = { cwd: directory, timeout };
  const source = version === undefined ? repositoryRoot : path.join(directory, `source-${version}`);
  if (version !== undefined) {
    mkdirSync(source, { recursive: true });
    const manifest = JSON.parse(readFileSync(path.join(repositoryRoot, "package.json"), "utf8")) as object;
    writeFileSync(path.join(source, "package.json"), JSON.stringify({ ...manifest, version }));
    await run("cp", ["-a", path.join(repositoryRoot, "dist"), source], options);
  }
  const args = ["pack", source, "--ignore-scripts", "--json", "--pack-destination", directory];
  const { stdout } = await run("npm", args, options);
  const [{ filename } = { filename: "" }] = JSON.parse(stdout) as { filename: string }[];
  return path.join(directory, filename);
}
