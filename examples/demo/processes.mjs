import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const endMs = 5_000;

function fromProcFilesystem(marker) {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/environ`, "utf8").split("\0").includes(marker);
      } catch {
        return false; // It ended meanwhile, or belongs to somebody else.
      }
    })
    .map(Number);
}

function fromPs(marker) {
  return execFileSync("ps", ["-axEww", "-o", "pid=,command="], { encoding: "utf8" })
    .split("\n")
    .filter((line) => ` ${line} `.includes(` ${marker} `))
    .map((line) => Number.parseInt(line, 10));
}

function processesWith(marker) {
  return existsSync("/proc/self/environ") ? fromProcFilesystem(marker) : fromPs(marker);
}

/**
 * Ends every process that was started with `NAME=value` in its environment, which those that it started have inherited.
 * The CLI's process group would not do: it starts each plugin in a group of its own.
 */
export async function endProcessesWith(marker) {
  const deadline = Date.now() + endMs;
  for (let left = processesWith(marker); left.length > 0; left = processesWith(marker)) {
    if (Date.now() > deadline) throw new Error(`these processes do not end: ${left.join(", ")}`);
    for (const pid of left) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It ended meanwhile.
      }
    }
    await sleep(20);
  }
}
