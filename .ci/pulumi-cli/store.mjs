import { createHash } from "node:crypto";
import {
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findIn, versionOf } from "./search.mjs";

export const modulesDirectory = import.meta.dirname;
const commands = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"];
const modules = ["engine", "language-nodejs"];
const oldestLockMs = 30 * 60_000;

export function pinnedVersion() {
  const goMod = readFileSync(path.join(modulesDirectory, "engine", "go.mod"), "utf8");
  const [, version] = /github\.com\/pulumi\/pulumi\/pkg\/v3 (v\S+)/.exec(goMod) ?? [];
  if (!version) throw new Error("engine/go.mod names no version of github.com/pulumi/pulumi/pkg/v3");
  return version;
}

function hashOfModules() {
  const hash = createHash("sha256");
  for (const module of modules) {
    for (const file of ["go.mod", "go.sum"])
      hash.update(readFileSync(path.join(modulesDirectory, module, file)));
  }
  return hash.digest("hex").slice(0, 12);
}

/** Returns the directory for the CLI of these go.mod files. Another pin has another directory. */
export function storeDirectory(env) {
  const cache = env.XDG_CACHE_HOME || path.join(env.HOME || homedir(), ".cache");
  const name = `pulumi-${pinnedVersion().slice(1)}-${hashOfModules()}-${process.platform}-${process.arch}`;
  return path.join(cache, "pulumi-alicloud-dnssec", name);
}

/** Returns the version in a directory that has the whole CLI, or undefined. */
export async function verify(directory, env) {
  if (!commands.every((command) => findIn([directory], command))) return undefined;
  return versionOf(path.join(directory, "pulumi"), env);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Makes lock file and content appear together, so that every lock has its pid when it is read. */
function tryLock(lock) {
  const draft = `${lock}.${process.pid}`;
  writeFileSync(draft, String(process.pid));
  try {
    linkSync(draft, lock);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft);
  }
}

function isStale(lock) {
  try {
    return !isAlive(Number(readFileSync(lock, "utf8"))) || Date.now() - statSync(lock).mtimeMs > oldestLockMs;
  } catch (error) {
    if (error.code === "ENOENT") return false;
    throw error;
  }
}

/**
 * Runs one `action` at a time per directory, over all processes. Two that find the same stale lock
 * in the same instant may both run. The rename at the end of `fill` makes that harmless.
 */
export async function withLock(directory, log, action) {
  const lock = `${directory}.lock`;
  mkdirSync(path.dirname(directory), { recursive: true });
  for (let waiting = false; !tryLock(lock); waiting = true) {
    if (isStale(lock)) {
      rmSync(lock, { force: true });
      continue;
    }
    if (!waiting) log("Another process is getting the Pulumi CLI: waiting for it.");
    await sleep(200);
  }
  try {
    return await action();
  } finally {
    rmSync(lock, { force: true });
  }
}

function removeAbandoned(directory) {
  const prefix = `${path.basename(directory)}.part-`;
  for (const name of readdirSync(path.dirname(directory))) {
    const pid = Number(name.slice(prefix.length));
    const abandoned = name.startsWith(prefix) && (pid === process.pid || !isAlive(pid));
    if (abandoned) rmSync(path.join(path.dirname(directory), name), { recursive: true, force: true });
  }
}

/** Fills another directory and renames it, so that a directory with this name is complete. */
export async function fill(directory, env, produce) {
  removeAbandoned(directory);
  const aside = `${directory}.part-${process.pid}`;
  mkdirSync(aside, { recursive: true });
  try {
    await produce(aside);
    const version = await verify(aside, env);
    if (!version) throw new Error(`${aside} does not contain a working Pulumi CLI`);
    if (await verify(directory, env)) return version;
    rmSync(directory, { recursive: true, force: true });
    renameSync(aside, directory);
    return version;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}
