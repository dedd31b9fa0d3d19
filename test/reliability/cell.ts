import type { FaultRule } from "../../emulator/index";
import { DsRecordError } from "../../provider/errors";
import { startBed, type Bed } from "../lifecycle/bed";
import { readMs } from "./faults";
import { foreign, type Operation, type OperationState } from "./operations";

/** One fault, at one call, in one operation. */
export interface Cell {
  readonly fault: string;
  readonly call: string;
  readonly operation: Operation;
  readonly rules: readonly FaultRule[];
  readonly slow?: true;
  /** Tasks do not end in the first run. */
  readonly stuck?: true;
}

/** What became of a cell. */
export interface Outcome {
  readonly healed: "at once" | "by the next run" | "never";
  readonly code?: string;
  readonly lost: boolean;
  readonly doubled: boolean;
  readonly touched: boolean;
  readonly late: boolean;
  readonly problem?: string;
}

/** The time-out of every operation, 15 minutes; a read has 2. What is under way at the end may still be answered. */
const deadlineMs = 15 * 60_000 + 30_000;

const domain = "example.com";

/** Runs the operation under the fault; without it again, as often as it takes to see whether it converges. */
export async function runCell(cell: Cell): Promise<Outcome> {
  const { operation } = cell;
  const bed = await startBed(
    { domains: { [domain]: [foreign, ...operation.before] }, faults: cell.rules },
    cell.slow && { connectMs: 4_000, readMs },
  );
  try {
    const state: OperationState = { record: operation.state.record, replaced: operation.state.replaced };
    if (cell.stuck) bed.emulator.holdTasks();
    const first = await attempt(cell, state, bed);
    const late = bed.elapsed() > deadlineMs * (operation.name === "replace" ? 2 : 1);
    bed.emulator.faults.clear();
    bed.emulator.releaseTasks();
    // Whatever lags or was reported too early has come about by then.
    bed.advance(first.code === undefined ? 0 : 600_000);
    const second = first.code === undefined ? first : await attempt(cell, state, bed);
    bed.advance(600_000);
    return {
      ...verdict(first.code, second.code),
      ...judged(cell, state, bed),
      late,
      ...problemOf(first, second),
    };
  } finally {
    await bed.close();
  }
}

interface Attempt {
  readonly code?: string;
  readonly problem?: string;
}

async function attempt({ operation }: Cell, state: OperationState, bed: Bed): Promise<Attempt> {
  try {
    await operation.run(state, bed.anotherProcess());
    return {};
  } catch (error) {
    if (error instanceof DsRecordError) return { code: error.code, problem: error.message };
    return { code: "not typed", problem: String(error) };
  }
}

function verdict(first: string | undefined, second: string | undefined): Pick<Outcome, "healed" | "code"> {
  if (first === undefined) return { healed: "at once" };
  return { healed: second === undefined && first !== "not typed" ? "by the next run" : "never", code: first };
}

function judged(cell: Cell, state: OperationState, bed: Bed): Pick<Outcome, "lost" | "doubled" | "touched"> {
  const { operation } = cell;
  const records = bed.emulator.records(domain);
  const has = (wanted: object) => records.some((record) => JSON.stringify(record) === JSON.stringify(wanted));
  const inState = [state.record, state.replaced].filter(Boolean).length;
  return {
    lost:
      !operation.after.every(has) ||
      records.length !== operation.after.length + 1 ||
      inState !== operation.after.length,
    doubled: hasDoubled(bed),
    touched: !has(foreign),
  };
}

/** Two tasks for one purpose, the first of which has not failed. */
function hasDoubled({ emulator }: Bed): boolean {
  const purposes = emulator
    .calls(({ taskNo }) => taskNo !== undefined)
    .map(({ action, params, taskNo }) => ({
      purpose: `${action} ${params["KeyTag"]} ${params["Digest"] ?? ""}`,
      failed: emulator.tasks().find((task) => task.taskNo === taskNo)?.status === "EXECUTE_FAILURE",
    }));
  return purposes.some(
    ({ purpose, failed }, index) =>
      !failed && purposes.slice(index + 1).some((later) => later.purpose === purpose),
  );
}

function problemOf(first: Attempt, second: Attempt): Pick<Outcome, "problem"> {
  const problem = second.problem ?? first.problem;
  return problem === undefined ? {} : { problem };
}
