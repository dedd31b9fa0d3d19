import { createHash } from "node:crypto";

/**
 * Creates a source of ids in the form of UUIDs.
 *
 * @param tasks Number of saved tasks. Their ids are skipped.
 */
export function createIdSource(seed: string, tasks: number): (kind: "task" | "request") => string {
  // A task uses two ids: its own, and that of its one detail.
  const next = { task: 2 * tasks, request: 0 };
  return (kind) => {
    next[kind] += 1;
    const hex = hash(`${seed} ${kind} ${next[kind]}`).toString("hex");
    return [
      hex.slice(0, 8),
      hex.slice(8, 12),
      `4${hex.slice(13, 16)}`,
      `a${hex.slice(17, 20)}`,
      hex.slice(20, 32),
    ].join("-");
  };
}

/** Draws a number in [0, 1) that depends only on the seed, the rule and the number of the call. */
export function drawFraction(seed: string, rule: number, call: number): number {
  return hash(`${seed} fault ${rule} ${call}`).readUIntBE(0, 6) / 2 ** 48;
}

function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
