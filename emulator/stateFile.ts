import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { type SavedDns } from "./dns/runningDns";
import { type Domain } from "./registrar/domains";
import { type Task } from "./registrar/tasks";

/** What outlives the emulator's process. */
export interface SavedState {
  readonly domains: readonly Domain[];
  readonly tasks: readonly Task[];
  /** Since when tasks are held, if they are. */
  readonly heldAt?: number;
  readonly dns?: SavedDns;
}

const format = "pulumi-alicloud-dnssec emulator state 1";

/**
 * @returns undefined where there is no such file.
 * @throws {Error} for a file that something else has written; it is not touched.
 */
export function readState(file: string): SavedState | undefined {
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, "utf8");
  try {
    const state = JSON.parse(text) as SavedState & { format?: unknown };
    if (state.format === format && Array.isArray(state.domains) && Array.isArray(state.tasks)) return state;
  } catch {
    // Told below.
  }
  throw new Error(`${file} is not a state file of this emulator: move it away or name another.`);
}

/**
 * Replaces the file in one step, so that a reader never sees half of it. It has the private keys of test zones, so that
 * only its owner may read it, whatever its rights were before.
 */
export function writeState(file: string, state: SavedState): void {
  const temporary = `${file}.${process.pid}.tmp`;
  // A leftover could have other rights, or lead elsewhere.
  rmSync(temporary, { force: true });
  const text = `${JSON.stringify({ format, ...state }, undefined, 2)}\n`;
  writeFileSync(temporary, text, { mode: 0o600, flag: "wx" });
  renameSync(temporary, file);
}
