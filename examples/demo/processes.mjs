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
        return false; // It has ended, or belongs to another user.
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
 * Ends every process that has `NAME=value` in its environment. Child processes inherit it. The
 * CLI's process group is not enough, since the CLI starts each plugin in another group.
 */
export async function endProcessesWith(marker) {
  const deadline = Date.now() + endMs;
  for (let left = processesWith(marker); left.length > 0; left = processesWith(marker)) {
    if (Date.now() > deadline) throw new Error(`these processes do not end: ${left.join(", ")}`);
    for (const pid of left) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended.
      }
    }
    await sleep(20);
  }
}
