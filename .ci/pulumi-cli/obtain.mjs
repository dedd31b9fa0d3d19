#!/usr/bin/env node
import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, obstacleToBuild } from "./build.mjs";
import { download, openArchive } from "./download.mjs";
import { searchPath } from "./search.mjs";
import { fill, pinnedVersion, storeDirectory, verify, withLock } from "./store.mjs";

function errorWithAdvice(reasons) {
  return new Error(
    [
      "No Pulumi CLI:",
      ...reasons.map((reason) => `  - ${reason}`),
      "Install it by hand (https://www.pulumi.com/docs/install/) with its Node.js language host, put both on PATH, and try again.",
    ].join("\n"),
  );
}

async function fromStore(directory, env) {
  const version = await verify(directory, env);
  return version && { bin: directory, version, source: "cache" };
}

async function fromSite(directory, { log, env }) {
  const archive = await openArchive(env);
  if (archive.reason) return archive;
  log(`Downloading the Pulumi CLI ${pinnedVersion()}, once.`);
  try {
    const version = await fill(directory, env, (aside) => download(archive, aside, env));
    return { found: { bin: directory, version, source: "download" } };
  } catch (error) {
    return { reason: `the download failed: ${error.message}` };
  }
}

async function fromModules(directory, { log, env }) {
  const obstacle = await obstacleToBuild(env);
  if (obstacle) return { reason: obstacle };
  log(`Building the Pulumi CLI ${pinnedVersion()} from its Go modules, once: about 5 minutes on two cores.`);
  try {
    const version = await fill(directory, env, (aside) => build(aside, env));
    return { found: { bin: directory, version, source: "build" } };
  } catch (error) {
    return { reason: error.message };
  }
}

async function make(directory, context, reasons) {
  const stored = await fromStore(directory, context.env);
  if (stored) return stored;
  for (const source of [fromSite, fromModules]) {
    const { found, reason } = await source(directory, context);
    if (found) return found;
    reasons.push(reason);
  }
  throw errorWithAdvice(reasons);
}

/**
 * Finds a Pulumi CLI with its Node.js language host, or builds one. It looks on PATH, in the user's
 * cache directory and at Pulumi's own site, and then builds it from Go modules. `bin` is the
 * directory to put first on PATH.
 */
export async function obtainPulumi({ log = (line) => console.error(line), env = process.env } = {}) {
  const { found, reason } = await searchPath(env);
  if (found) return found;
  if (process.platform === "win32")
    throw errorWithAdvice([reason, "on Windows it is neither downloaded nor built"]);
  const directory = storeDirectory(env);
  const stored = await fromStore(directory, env);
  return stored ?? withLock(directory, log, () => make(directory, { log, env }, [reason]));
}

async function main() {
  try {
    console.log((await obtainPulumi()).bin);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
