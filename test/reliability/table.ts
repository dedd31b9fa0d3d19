import { startBed } from "../lifecycle/bed";
import type { Cell, Outcome } from "./cell";
import { answerFaults, combinations, submissionActions, taskFaults } from "./faults";
import { foreign, type Operation } from "./operations";

/** A call that an operation makes when all goes well: the nth of its action. */
interface MadeCall {
  readonly action: string;
  readonly n: number;
}

/** Every fault at every call that the operation makes; of a row of questions after one task, the first and the last. */
export async function cellsOf(operation: Operation): Promise<Cell[]> {
  const calls = await callsOf(operation);
  const submits = calls.some(({ action }) => submissionActions.includes(action));
  return [
    ...calls.flatMap((call) => answerCells(operation, call)),
    ...(submits ? taskCells(operation) : []),
    ...combinations.map(({ name, rules }) => ({ fault: name, call: "several", operation, rules })),
  ];
}

function answerCells(operation: Operation, { action, n }: MadeCall): Cell[] {
  return answerFaults.flatMap(({ name: fault, slow, fault: what }): Cell[] => {
    const cell = { fault, operation, ...(slow && { slow }) };
    const once: Cell = {
      ...cell,
      call: `${shortName(action)} ${n}`,
      rules: [{ action, call: n, fault: what }],
    };
    const always: Cell = {
      ...cell,
      call: `${shortName(action)} ${n} on`,
      rules: [{ action, call: { from: n }, fault: what }],
    };
    return slow ? [once] : [once, always];
  });
}

function taskCells(operation: Operation): Cell[] {
  const call = "the task";
  return [
    { fault: "the task is stuck", call, operation, rules: [], stuck: true },
    ...taskFaults.map(({ name, fault }) => ({ fault: name, call, operation, rules: [{ call: 1, fault }] })),
  ];
}

async function callsOf(operation: Operation): Promise<MadeCall[]> {
  const bed = await startBed({ domains: { "example.com": [foreign, ...operation.before] } });
  try {
    await operation.run({ record: operation.state.record, replaced: operation.state.replaced }, bed.context);
    const counts = new Map<string, number>();
    const calls = bed.emulator.calls().map(({ action }) => {
      counts.set(action, (counts.get(action) ?? 0) + 1);
      return { action, n: counts.get(action) ?? 1 };
    });
    const isBetween = (index: number) =>
      [index - 1, index, index + 1].every((place) => calls[place]?.action === "QueryTaskDetailList");
    return calls.filter((_, index) => !isBetween(index));
  } finally {
    await bed.close();
  }
}

function shortName(action: string): string {
  return submissionActions.includes(action) ? "submission" : action;
}

export interface Result {
  readonly cell: Cell;
  readonly outcome: Outcome;
}

/** The page's table, and its sums. */
export function report(results: readonly Result[], operations: readonly Operation[]): string {
  const faults = [...new Set(results.map(({ cell }) => cell.fault))];
  const count = (predicate: (result: Result) => boolean) => results.filter(predicate).length;
  const lines = faults.map((fault) => {
    const columns = operations.map(({ name }) => {
      const ours = results.filter(({ cell }) => cell.fault === fault && cell.operation.name === name);
      const atOnce = ours.filter(({ outcome }) => outcome.healed === "at once").length;
      return ours.length === 0 ? "" : `${atOnce} + ${ours.length - atOnce}`;
    });
    return `| ${fault} | ${columns.join(" | ")} |`;
  });
  return [
    "| | |",
    "|---|---|",
    `| Cells | ${results.length} |`,
    `| Healed at once | ${count(({ outcome }) => outcome.healed === "at once")} |`,
    `| Failed with a typed error, healed by the next run | ${count(({ outcome }) => outcome.healed === "by the next run")} |`,
    `| Not healed | ${count(({ outcome }) => outcome.healed === "never")} |`,
    `| Records lost | ${count(({ outcome }) => outcome.lost)} |`,
    `| Tasks doubled | ${count(({ outcome }) => outcome.doubled)} |`,
    `| Foreign records touched | ${count(({ outcome }) => outcome.touched)} |`,
    `| Later than the deadline | ${count(({ outcome }) => outcome.late)} |`,
    "",
    `| Fault | ${operations.map(({ name }) => name).join(" | ")} |`,
    `|---|${operations.map(() => "---|").join("")}`,
    ...lines,
  ].join("\n");
}

/** What is wrong with a result, in a line; nothing for one that is as it should be. */
export function complaint({ cell, outcome }: Result): string[] {
  const { lost, doubled, touched, late, healed } = outcome;
  const faults = Object.entries({ lost, doubled, touched, late, "not healed": healed === "never" })
    .filter(([, isSo]) => isSo)
    .map(([name]) => name);
  if (faults.length === 0) return [];
  const { operation, fault, call } = cell;
  return [`${operation.name}, ${fault}, at ${call}: ${faults.join(", ")} (${outcome.problem ?? "no error"})`];
}
