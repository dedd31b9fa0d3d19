import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { type SavedDns } from "./dns/runningDns";
import { type Domain } from "./registrar/domains";
import { type Task } from "./registrar/tasks";

/** Everything that survives a restart. */
export interface SavedState {
  readonly domains: readonly Domain[];
  readonly tasks: readonly Task[];
  /** When `holdTasks` stopped the tasks, in ms since the epoch; absent while they run. */
  readonly heldAt?: number;
  readonly dns?: SavedDns;
}

const format = "pulumi-alicloud-dnssec emulator state 1";

/**
 * Reads a state file. Returns undefined if it does not exist.
 *
 * @throws {Error} if another program wrote the file, which is then left untouched.
 */
export function readState(file: string): SavedState | undefined {
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, "utf8");
  try {
    const state = JSON.parse(text) as SavedState & { format?: unknown };
    if (state.format === format && Array.isArray(state.domains) && Array.isArray(state.tasks)) return state;
  } catch {
    // Reported below.
  }
  throw new Error(`${file} is not a state file of this emulator: move it away or name another.`);
}

/**
 * Replaces a state file in one step, so that readers never see half of it. The file holds the
 * private keys of test zones, so only its owner may read it, whatever its mode was before.
 */
export function writeState(file: string, state: SavedState): void {
  const temporary = `${file}.${process.pid}.tmp`;
  // A leftover could have another mode, or be a link.
  rmSync(temporary, { force: true });
  const text = `${JSON.stringify({ format, ...state }, undefined, 2)}\n`;
  writeFileSync(temporary, text, { mode: 0o600, flag: "wx" });
  renameSync(temporary, file);
}
