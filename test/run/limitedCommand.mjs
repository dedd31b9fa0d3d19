import { spawn } from "node:child_process";
import os from "node:os";
import { endProcessesWith } from "../../examples/demo/processes.mjs";

/** Maximum wait for output of a command that has ended, in ms. */
const lateOutputMs = 1_000;

/** Groups of processes that run now. A group of its own does not get the terminal's Ctrl-C. */
const groups = new Set();

function killGroup(pid) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It ended meanwhile.
  }
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    groups.forEach(killGroup);
    process.exit(128 + os.constants.signals[signal]);
  });
}

/**
 * Runs a command in its own process group. Kills it with all its descendants when `limit`, an
 * AbortSignal, aborts. `mark` is a `NAME=value` that they inherit, because the Pulumi CLI starts
 * plugins in other groups.
 *
 * @returns `{ succeeded, timedOut, output, seconds }`; `output` is empty where the command shares
 *   this process's streams.
 */
export async function runLimited(
  [file, ...args],
  { cwd, env, limit, mark, quiet = false, lowPriority = false },
) {
  const startedAt = Date.now();
  const [name, value] = mark.split(/=(.*)/s);
  const child = spawn(file, args, {
    cwd,
    env: { ...env, [name]: value },
    detached: true,
    stdio: quiet ? ["ignore", "pipe", "pipe"] : "inherit",
  });
  const output = collect(child);
  if (child.pid !== undefined) {
    groups.add(child.pid);
    if (lowPriority) os.setPriority(child.pid, os.constants.priority.PRIORITY_BELOW_NORMAL);
  }
  let timedOut = false;
  const kill = () => {
    timedOut = true;
    killGroup(child.pid);
  };
  limit.addEventListener("abort", kill);
  const ending = await endOf(child);
  limit.removeEventListener("abort", kill);
  groups.delete(child.pid);
  if (timedOut) await endProcessesWith(mark);
  return {
    succeeded: ending === 0 && !timedOut,
    timedOut,
    output: output() + (typeof ending === "string" ? `${ending}\n` : ""),
    seconds: Math.round((Date.now() - startedAt) / 1000),
  };
}

function collect(child) {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (more) => {
      text += more;
    });
  }
  return () => text;
}

/** The exit code, null after a signal, or the reason why the command does not start. */
function endOf(child) {
  return new Promise((resolve) => {
    child.on("error", (error) => resolve(`${child.spawnfile} does not start: ${error.message}`));
    child.on("close", (code) => resolve(code));
    // A process that is left behind can hold the pipes open.
    child.on("exit", (code) => setTimeout(() => resolve(code), lateOutputMs));
  });
}
