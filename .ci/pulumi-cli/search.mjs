import { execFile } from "node:child_process";
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The lowest CLI whose refresh uses the inputs that a dynamic provider's `read` returns. */
const lowestVersion = [3, 216];

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

export function findIn(directories, command) {
  return directories
    .flatMap((directory) => ["", ".exe", ".cmd"].map((ending) => path.join(directory, command + ending)))
    .find(isExecutable);
}

export function pathDirectories(env) {
  return (env.PATH ?? "").split(path.delimiter).filter(Boolean);
}

/** Returns the output of `pulumi version`, or undefined if it does not run. */
export async function versionOf(pulumi, env) {
  try {
    const { stdout } = await run(pulumi, ["version"], {
      env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
      timeout: 30_000,
    });
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}

export function isRecentEnough(version) {
  const [, major, minor] = /^v?(\d+)\.(\d+)\./.exec(version) ?? [];
  const [lowestMajor, lowestMinor] = lowestVersion;
  return Number(major) > lowestMajor || (Number(major) === lowestMajor && Number(minor) >= lowestMinor);
}

/** Plugins that Pulumi ships with its CLI and that dynamic providers of Node.js programs need. */
const plugins = ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];

/** Finds the CLI on PATH. Never rejects. `reason` says what is wrong with it. */
export async function searchPath(env) {
  const directories = pathDirectories(env);
  const pulumi = findIn(directories, "pulumi");
  if (!pulumi) return { reason: "there is no `pulumi` on PATH" };
  const version = await versionOf(pulumi, env);
  if (!version) return { reason: `${pulumi} does not run` };
  if (!isRecentEnough(version)) {
    return { reason: `${pulumi} is ${version}, and ${lowestVersion.join(".")} is the lowest that works` };
  }
  const bin = path.dirname(pulumi);
  // The CLI looks on PATH, then beside the file that a link to it leads to.
  const places = [...directories, path.dirname(realpathSync(pulumi))];
  const missing = plugins.filter((plugin) => !findIn(places, plugin));
  if (missing.length > 0) return { reason: `${pulumi} has no ${missing.join(" and ")} beside it or on PATH` };
  return { found: { bin, version, source: "PATH" } };
}
