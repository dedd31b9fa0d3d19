import type { FaultRule } from "../../emulator/index";
import { startBed } from "../lifecycle/bed";
import type { Cell, Outcome } from "./cell";
import { answerFaults, combinations, limits, seeds, submissionActions, taskFaults, weather } from "./faults";
import { foreign, type Operation } from "./operations";

/** A call that an operation makes when all goes well: the nth of its action. */
interface MadeCall {
  readonly action: string;
  readonly n: number;
}

/** Time-out in minutes for a lasting fault. It must exceed the search for a lost submission. */
const hurried = 3;

/**
 * Returns every fault at every call of the operation; of a row of polls, the first and last call.
 */
export async function cellsOf(operation: Operation): Promise<Cell[]> {
  const calls = await callsOf(operation);
  const submits = calls.some(({ action }) => submissionActions.includes(action));
  return [
    ...calls.flatMap((call) => answerCells(operation, call)),
    ...(submits ? taskCells(operation) : []),
    ...combinations.map(({ name, rules }) => ({ fault: name, call: "several", operation, rules })),
    ...calls.flatMap((_, index) => outageCells(operation, index + 1)),
    ...seeds.map((seed) => ({ fault: "by chance", call: `seed ${seed}`, operation, rules: weather, seed })),
  ];
}

/** Returns cells of a server that takes a call and answers no more. Each try takes real time. */
export async function silenceCells(operation: Operation): Promise<Cell[]> {
  const calls = await callsOf(operation);
  const first = calls.filter(
    ({ action }, index) => calls.findIndex((call) => call.action === action) === index,
  );
  return first.map(({ action, n }) => ({
    fault: "no answer from then on, after the effect",
    call: `${shortName(action)} ${n} on`,
    operation,
    rules: [{ action, call: { from: n }, fault: { kind: "neverAnswers" } }],
    slow: true,
    minutes: 1,
  }));
}

/** Returns the cells of {@link limits}. */
export async function limitCells(operation: Operation): Promise<Cell[]> {
  const calls = await callsOf(operation);
  if (!calls.some(({ action }) => submissionActions.includes(action))) return [];
  return limits.map(({ name, rules }) => ({ fault: name, call: "several", operation, rules, isLimit: true }));
}

function answerCells(operation: Operation, { action, n }: MadeCall): Cell[] {
  return answerFaults.flatMap(({ name: fault, slow, heavy, fault: what }): Cell[] => {
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
      minutes: hurried,
    };
    return slow || heavy ? [once] : [once, always];
  });
}

function taskCells(operation: Operation): Cell[] {
  const call = "the task";
  return [
    { fault: "the task is stuck", call, operation, rules: [], stuck: true },
    ...taskFaults.map(({ name, fault }) => ({ fault: name, call, operation, rules: [{ call: 1, fault }] })),
  ];
}

/** Returns cells without answers from the nth call on. The next run is the same, or `destroy`. */
function outageCells(operation: Operation, n: number): Cell[] {
  const kinds = [
    ["before", "resetBefore"],
    ["after", "resetAfter"],
  ] as const;
  return kinds.flatMap(([when, kind]): Cell[] => {
    const rules: FaultRule[] = [{ call: { from: n }, fault: { kind } }];
    const cell = { call: `call ${n} on`, operation, rules, minutes: hurried };
    const fault = `every call is reset ${when} its effect`;
    const isMade = operation.name === "create" || operation.name === "replace";
    return [
      { ...cell, fault },
      ...(isMade ? [{ ...cell, fault: `${fault}; then \`destroy\``, destroyed: true } as const] : []),
    ];
  });
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

/** Returns the page's table, with its sums. */
export function report(results: readonly Result[], operations: readonly Operation[]): string {
  const faults = [...new Set(results.map(({ cell }) => cell.fault))];
  const count = (predicate: (result: Result) => boolean) => results.filter(predicate).length;
  const healed = (how: Outcome["healed"]) => count(({ outcome }) => outcome.healed === how);
  const lines = faults.map((fault) => {
    const columns = operations.map(({ name }) =>
      sumOf(results.filter(({ cell }) => cell.fault === fault && cell.operation.name === name)),
    );
    return `| ${fault} | ${columns.join(" | ")} |`;
  });
  return [
    "| | |",
    "|---|---|",
    `| Cells | ${results.length} |`,
    `| Healed at once | ${healed("at once")} |`,
    `| Failed with a typed error, healed by the next run | ${healed("by the next run")} |`,
    `| Failed with a typed error, the next run at once too and without a submission, healed by one ten minutes later | ${healed("by a run 10 min later")} |`,
    `| Not healed | ${healed("never")} |`,
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

function sumOf(results: readonly Result[]): string {
  if (results.length === 0) return "";
  const atOnce = results.filter(({ outcome }) => outcome.healed === "at once").length;
  const later = results.filter(({ outcome }) => outcome.healed === "by a run 10 min later").length;
  return [atOnce, results.length - atOnce - later, ...(later > 0 ? [later] : [])].join(" + ");
}

/** Returns the page's table of the limits. */
export function limitReport(results: readonly Result[]): string {
  return [
    "| Fault | Operation | Healed | Tasks | Doubled | Lost |",
    "|---|---|---|---|---|---|",
    ...results.map(({ cell, outcome: { healed, tasks, doubled, lost } }) => {
      const ends = tasks.map((status) => (status === "EXECUTE_SUCCESS" ? "success" : "failure")).join(", ");
      const [isDoubled, isLost] = [doubled, lost].map((isSo) => (isSo ? "yes" : "no"));
      return `| ${cell.fault} | ${cell.operation.name} | ${healed} | ${ends} | ${isDoubled} | ${isLost} |`;
    }),
  ].join("\n");
}

/** Returns what is wrong with a result in a line; nothing for a good one. */
export function complaint({ cell, outcome }: Result): string[] {
  const { lost, doubled, touched, late, healed } = outcome;
  const faults = Object.entries({ lost, doubled, touched, late, "not healed": healed === "never" })
    .filter(([, isSo]) => isSo)
    .map(([name]) => name);
  if (faults.length === 0) return [];
  const { operation, fault, call } = cell;
  return [`${operation.name}, ${fault}, at ${call}: ${faults.join(", ")} (${outcome.problem ?? "no error"})`];
}
