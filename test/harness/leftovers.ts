import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

export interface FoundProcess {
  pid: number;
  command: string;
}

const endMs = 5_000;

function fromProcFilesystem(marker: string): FoundProcess[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        if (!readFileSync(`/proc/${name}/environ`, "utf8").split("\0").includes(marker)) return [];
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        return [{ pid: Number(name), command }];
      } catch {
        return []; // It ended meanwhile, or belongs to another user.
      }
    });
}

function fromPs(marker: string): FoundProcess[] {
  return execFileSync("ps", ["-axEww", "-o", "pid=,command="], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(`${marker} `) || line.endsWith(marker))
    .map((line) => ({ pid: Number.parseInt(line, 10), command: line.trim() }));
}

/**
 * The processes that were started with `NAME=value` in their environment. Process groups do not
 * find them all: the CLI starts every plugin in a group of its own.
 */
export function processesWith(marker: string): FoundProcess[] {
  return existsSync("/proc/self/environ") ? fromProcFilesystem(marker) : fromPs(marker);
}

export function killProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended meanwhile.
  }
}

/** Kills all processes with the marker and returns those of the first search. */
export async function endProcessesWith(marker: string): Promise<FoundProcess[]> {
  const first = processesWith(marker);
  const deadline = Date.now() + endMs;
  for (let left = first; left.length > 0; left = processesWith(marker)) {
    if (Date.now() > deadline) throw new Error(`still running: ${JSON.stringify(left)}`);
    for (const { pid } of left) killProcess(pid);
    await sleep(20);
  }
  return first;
}

/** Waits until `find` returns none. @throws {Error} naming those that are left after `withinMs`. */
export async function untilNone(find: () => FoundProcess[], withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (let left = find(); left.length > 0; left = find()) {
    if (Date.now() > deadline) throw new Error(`still running after ${withinMs} ms: ${JSON.stringify(left)}`);
    await sleep(20);
  }
}
