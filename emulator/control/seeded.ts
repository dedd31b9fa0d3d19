import { createHash } from "node:crypto";

/** Numbers in the shape of UUIDs; `task` numbers go on where the saved ones end. */
export function idSource(seed: string, tasks: number): (kind: "task" | "request") => string {
  // A task takes two of them: its own, and that of its one detail.
  const next = { task: 2 * tasks, request: 0 };
  return (kind) => {
    next[kind] += 1;
    const hex = digest(`${seed} ${kind} ${next[kind]}`).toString("hex");
    return [
      hex.slice(0, 8),
      hex.slice(8, 12),
      `4${hex.slice(13, 16)}`,
      `a${hex.slice(17, 20)}`,
      hex.slice(20, 32),
    ].join("-");
  };
}

/** A number from 0 up to, but not including, 1: the same every time for a seed, a rule and one of its calls. */
export function draw(seed: string, rule: number, call: number): number {
  return digest(`${seed} fault ${rule} ${call}`).readUIntBE(0, 6) / 2 ** 48;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
