import type { FaultRule } from "../../emulator/index";
import { DsRecordError } from "../../provider/errors";
import { diffRecords } from "../lifecycle/operations";
import type { PropertyBag } from "../../provider/lifecycle/record/state";
import { outputs, inputs, startBed, type Bed } from "../lifecycle/bed";
import { readMs } from "./faults";
import { foreign, givenUp, idOf, type Operation, type OperationState } from "./operations";

/** One fault, at one call, in one operation. */
export interface Cell {
  readonly fault: string;
  readonly call: string;
  readonly operation: Operation;
  readonly rules: readonly FaultRule[];
  readonly slow?: true;
  /** No task ends in the first run. */
  readonly stuck?: true;
  /** The next run is `pulumi destroy`. */
  readonly destroyed?: true;
  /** Time-out of every change, in minutes; by default the package's. */
  readonly minutes?: number;
  /** Whether healing may take a second task. */
  readonly isLimit?: true;
  /** Seed of the emulator's random numbers. */
  readonly seed?: string;
}

/** The result of a cell. */
export interface Outcome {
  /** The run that healed it. */
  readonly healed: "at once" | "by the next run" | "by a run 10 min later" | "never";
  readonly lost: boolean;
  readonly doubled: boolean;
  readonly touched: boolean;
  readonly late: boolean;
  /** The ends of its tasks, in their order. */
  readonly tasks: readonly string[];
  readonly problem?: string;
}

/** Pauses between a failed run and the next one, in ms. Each cell is tried with both. */
const pauses = [0, 600_000] as const;

/** A call in flight at the end of the time may still be answered, and one more look may follow. */
const slackMs = 10_000;
const defaultMinutes = 15;
const refreshMs = 120_000;

const domain = "example.com";

/** Runs the operation with the fault, and then without it until it is clear whether it heals. */
export async function runCell(cell: Cell): Promise<Outcome> {
  const [soon, later] = pauses;
  const outcome = await course(cell, soon);
  return outcome.healed === "at once" ? outcome : worse(outcome, await course(cell, later));
}

async function course(cell: Cell, pauseMs: number): Promise<Outcome> {
  const { operation } = cell;
  const bed = await bedOf(cell);
  try {
    const more = timeoutsOf(cell);
    const state = stateOf(operation, more);
    const next = cell.destroyed ? givenUp(operation) : operation;
    if (cell.stuck) bed.emulator.holdTasks();
    const tries = [await attempt(operation, state, bed, more)];
    bed.emulator.faults.clear();
    bed.emulator.releaseTasks();
    if (failed(tries)) {
      bed.advance(pauseMs);
      tries.push(await attempt(next, state, bed, more));
    }
    // A typed error without a submission: healing may take its time.
    if (failed(tries) && pauseMs === 0 && (cell.isLimit || tries.at(-1)?.submissions === 0)) {
      bed.advance(Math.max(...pauses));
      tries.push(await attempt(next, state, bed, more));
    }
    bed.advance(Math.max(...pauses));
    const end = tries.length > 1 ? next : operation;
    const problem = tries.findLast((one) => one.problem !== undefined)?.problem;
    return {
      healed: failed(tries) || tries.some(({ isTyped }) => !isTyped) ? "never" : healings[tries.length - 1],
      ...judged(end, state, bed, more),
      late: tries.some(({ late }) => late),
      ...(problem !== undefined && { problem }),
    } as Outcome;
  } finally {
    await bed.close();
  }
}

const healings = ["at once", "by the next run", "by a run 10 min later", "never"] as const;

function worse(one: Outcome, other: Outcome): Outcome {
  const [first, second] = [one, other].map(({ healed }) => healings.indexOf(healed));
  return {
    ...one,
    healed: healings[Math.max(first ?? 0, second ?? 0)] ?? "never",
    lost: one.lost || other.lost,
    doubled: one.doubled || other.doubled,
    touched: one.touched || other.touched,
    late: one.late || other.late,
  };
}

function bedOf({ operation, rules, slow, seed }: Cell): Promise<Bed> {
  const domains = { [domain]: [foreign, ...operation.before] };
  const options = { domains, faults: rules, ...(seed !== undefined && { seed }) };
  return startBed(options, slow && { connectMs: 4_000, readMs });
}

function timeoutsOf({ minutes }: Cell): PropertyBag {
  if (minutes === undefined) return {};
  const time = `${minutes}m`;
  return { __timeouts: { create: time, update: time, delete: time } };
}

function stateOf({ state: { record, replaced } }: Operation, more: PropertyBag): OperationState {
  const timed = (bag: PropertyBag | undefined) => bag && { ...bag, ...more };
  return { record: timed(record), replaced: timed(replaced) };
}

interface Attempt {
  readonly isTyped: boolean;
  readonly submissions: number;
  readonly late: boolean;
  readonly problem?: string;
}

function failed(tries: readonly Attempt[]): boolean {
  return tries.at(-1)?.problem !== undefined;
}

/** Does one run, in a process of its own. */
async function attempt(
  operation: Operation,
  state: OperationState,
  bed: Bed,
  more: PropertyBag,
): Promise<Attempt> {
  const [startedAt, before] = [bed.elapsed(), bed.submissions().length];
  const error: unknown = await operation
    .run(state, bed.anotherProcess(), more)
    .then(() => undefined)
    .catch((thrown: unknown) => thrown);
  return {
    isTyped: error === undefined || error instanceof DsRecordError,
    submissions: bed.submissions().length - before,
    late: bed.elapsed() - startedAt > deadlineMs(operation, more) + slackMs,
    ...(error !== undefined && { problem: String(error) }),
  };
}

function deadlineMs({ changes }: Operation, more: PropertyBag): number {
  const { create = `${defaultMinutes}m` } = Object(more["__timeouts"]) as { create?: string };
  return changes === 0 ? refreshMs : changes * Number.parseInt(create, 10) * 60_000;
}

function judged(
  { after }: Operation,
  state: OperationState,
  bed: Bed,
  more: PropertyBag,
): Pick<Outcome, "lost" | "doubled" | "touched" | "tasks"> {
  const records = bed.emulator.records(domain);
  const has = (wanted: object) => records.some((record) => JSON.stringify(record) === JSON.stringify(wanted));
  return {
    lost: !after.every(has) || records.length !== after.length + 1 || !isStateSo(after, state, more),
    doubled: hasDoubled(bed),
    touched: !has(foreign),
    tasks: bed.emulator.tasks().map(({ status }) => status),
  };
}

/**
 * Returns whether the state is finished and has the registrar's record, so that the next preview is
 * empty.
 */
function isStateSo(
  [wanted]: Operation["after"],
  { record, replaced }: OperationState,
  more: PropertyBag,
): boolean {
  if (!wanted || !record) return !wanted && !record && !replaced;
  const { domainName, ds, digest } = outputs(wanted);
  const isSame = record["domainName"] === domainName && record["ds"] === ds && record["digest"] === digest;
  const { changes } = diffRecords(idOf(wanted), record, inputs(wanted, more));
  return !replaced && isSame && !("pending" in record) && !changes;
}

/** Returns whether two tasks had one purpose, and the first one did not fail. */
function hasDoubled({ emulator }: Bed): boolean {
  const purposes = emulator
    .calls(({ taskNo }) => taskNo !== undefined)
    .map(({ action, params, taskNo }) => ({
      purpose: `${action} ${params["KeyTag"]} ${params["Digest"] ?? ""}`,
      failed: emulator.tasks().find((task) => task.taskNo === taskNo)?.status === "EXECUTE_FAILURE",
    }));
  return purposes.some(
    ({ purpose, failed: hasFailed }, index) =>
      !hasFailed && purposes.slice(index + 1).some((later) => later.purpose === purpose),
  );
}
