import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Ds, Emulator, FaultRule, HeldAnswer, JournalEntry } from "../../emulator/index";
import { createWorld, domain, type World } from "../endToEnd/world";
import { untilNone, type FoundProcess } from "../harness/leftovers";
import type { PulumiProject, StackExport } from "../harness/pulumiCli";
import type { RunningCommand } from "../harness/runningCommand";
import { heldCall, holdsTask, isSubmission, submissionOf, type KillPoint } from "./killPoints";
import { foreign, type Operation } from "./operations";

/** What an interruption left behind, and how the next run dealt with it. */
export interface Outcome {
  /** The last call in the journal after every process of the provider had ended. */
  readonly last: string;
  /** A lock, operations whose end Pulumi does not know, a record that remembers its task. */
  readonly behind: readonly string[];
  /** The next run's submissions. Refused ones have their code. */
  readonly resubmitted: readonly string[];
  /** The accepted submissions of both runs. Those whose task has not succeeded have its status. */
  readonly accepted: readonly string[];
  readonly records: readonly Ds[];
  /**
   * Whether the stack is as the program declares. Another preview is empty, and after a destroy
   * nothing is left in the state.
   */
  readonly settled: boolean;
}

/** Maximum life of an orphaned process, in ms (design section 5). */
export const orphanMs = 15_000;

/**
 * Time, in ms, until the first task's effect is listed. It exceeds any test, so only {@link
 * catchUp} lists it.
 */
const lagging: FaultRule = { times: 1, fault: { kind: "lagListing", ms: 600_000 } };

/** Interrupts an operation at a point, then acts as an operator would. */
export async function crash(killPoint: KillPoint): Promise<Outcome> {
  const { operation } = killPoint;
  const state = await stateBefore(operation);
  return inFreshWorld(operation, async (world) => {
    if (state) await importState(world.project, state);
    world.declare(operation.declared);
    if (killPoint.lagging) world.emulator.faults.add(lagging);
    const last = await interrupted(killPoint, world);
    const behind = await leftBehind(world.project);
    const resubmitted = await recovered(killPoint, world);
    const settled = await isSettled(operation, world.project);
    await untilNone(() => ours(world.project.processes()), orphanMs);
    return {
      last,
      behind,
      resubmitted,
      accepted: acceptedSubmissions(world.emulator),
      records: world.emulator.records(domain),
      settled,
    };
  });
}

/** Runs the operation's command up to the held call, interrupts it and waits until all is quiet. */
async function interrupted(killPoint: KillPoint, { emulator, project }: World): Promise<string> {
  const { action, ...options } = heldCall(killPoint);
  const held = emulator.holdAnswer(action, options);
  const submission = holdsTask(killPoint)
    ? emulator.holdAnswer(submissionOf(killPoint), { when: "before" })
    : undefined;
  const command = project.start([killPoint.operation.command, "--yes", "--skip-preview"]);
  if (submission) {
    await arrival(submission, command);
    emulator.holdTasks();
    submission.release();
  }
  await arrival(held, command);
  await killPoint.interruption.strike(command, project);
  await settleDown(killPoint, { held, command, emulator, project });
  return lastCall(emulator);
}

interface Struck {
  readonly held: HeldAnswer;
  readonly command: RunningCommand;
  readonly emulator: Emulator;
  readonly project: PulumiProject;
}

async function settleDown(killPoint: KillPoint, { held, command, emulator, project }: Struck): Promise<void> {
  const { interruption, unanswered, outlasting } = killPoint;
  const awaitsAnswer = interruption.orphans && isSubmission(killPoint);
  if (awaitsAnswer && project.providerProcesses().length === 0) {
    throw command.failure("its provider process was not left behind");
  }
  // The CLI has exited by now, so an orphan's standard input ended before this answer.
  if ((awaitsAnswer || interruption.lets) && !unanswered) held.release();
  if (interruption.lets && !outlasting) emulator.releaseTasks();
  await command.waitForExit();
  await untilNone(() => project.providerProcesses(), orphanMs);
  await held.ended;
  if (!outlasting) emulator.releaseTasks();
}

/**
 * Performs the next run, up to its end. A task that outlasted the interruption ends once this run
 * has met it. A lagging listing catches up once this run has read it.
 */
async function recovered(killPoint: KillPoint, world: World): Promise<string[]> {
  const { operation, outlasting, lagging, refresh } = killPoint;
  const { emulator, project, submissions } = world;
  if (isLocked(project)) await project.cancel();
  const earlier = submissions().length;
  const run = project[operation.command](refresh ? ["--refresh"] : []);
  if (outlasting) {
    await Promise.race([nextCall(emulator, meetsTask), run]);
    emulator.releaseTasks();
  }
  if (lagging) {
    await Promise.race([nextCall(emulator, ({ action }) => action === "QueryDSRecord"), run]);
    catchUp(emulator);
  }
  await run;
  return submissions().slice(earlier);
}

function meetsTask({ action, code }: JournalEntry): boolean {
  return code === "TaskIsBeingProcessed" || action === "QueryTaskDetailList";
}

function nextCall(emulator: Emulator, isMeant: (entry: JournalEntry) => boolean): Promise<JournalEntry> {
  const from = emulator.journal.length;
  return emulator.waitForCall((entry) => entry.n > from && isMeant(entry));
}

function catchUp(emulator: Emulator): void {
  emulator.setRecords(domain, emulator.records(domain));
}

async function isSettled({ command }: Operation, project: PulumiProject): Promise<boolean> {
  if (command === "destroy") return (await project.resources()).length === 0;
  const { code } = await project.preview(["--expect-no-changes"], { mayFail: true });
  return code === 0;
}

const states = new Map<Operation, Promise<StackExport>>();

/** The stack's state before the operation, made by the real CLI, once for all points. */
async function stateBefore(operation: Operation): Promise<StackExport | undefined> {
  if (Object.keys(operation.before).length === 0) return undefined;
  const state = states.get(operation) ?? makeState(operation);
  states.set(operation, state);
  return state;
}

function makeState(operation: Operation): Promise<StackExport> {
  return inFreshWorld(operation, async ({ declare, project }) => {
    declare(operation.before);
    await project.up();
    return project.stackExport();
  });
}

async function importState(project: PulumiProject, state: StackExport): Promise<void> {
  const file = path.join(project.directory, "state.json");
  writeFileSync(file, JSON.stringify(state));
  await project.run(["stack", "import", "--file", file]);
}

/** Tasks end at once unless they are held, so every run queries each of them equally often. */
export async function inFreshWorld<T>(
  { live }: Pick<Operation, "live">,
  use: (world: World) => Promise<T>,
): Promise<T> {
  const world = await createWorld({
    emulator: { taskDurationMs: 0, domains: { [domain]: [foreign, ...live] } },
  });
  try {
    return await use(world);
  } finally {
    // A killed CLI leaves its language host behind, which notices within five minutes.
    await world.project.remove();
    await world.close();
  }
}

/** Resolves when the call is held. */
export async function arrival(held: HeldAnswer, command: RunningCommand): Promise<void> {
  const ended = command.exited.then(() => {
    throw command.failure("it ended before the call that was to be held");
  });
  await Promise.race([held.arrived, ended]);
}

/** Of the file backend. */
export function isLocked({ directory }: PulumiProject): boolean {
  const locks = path.join(directory, "backend/.pulumi/locks");
  return readdirSync(locks, { recursive: true }).some((name) => String(name).endsWith(".json"));
}

export async function pendingOperations(project: PulumiProject): Promise<string[]> {
  const { deployment } = await project.stackExport();
  return (deployment.pending_operations ?? []).map(({ type }) => type);
}

async function leftBehind(project: PulumiProject): Promise<string[]> {
  const unfinished = (await project.resources()).filter(({ outputs }) => "pending" in (outputs ?? {}));
  return [
    ...(isLocked(project) ? ["lock"] : []),
    ...(await pendingOperations(project)).map((type) => `pending operation: ${type}`),
    ...unfinished.map(() => "record with its unfinished task"),
  ];
}

/** Returns the processes other than Pulumi's own language host. */
function ours(processes: readonly FoundProcess[]): FoundProcess[] {
  return processes.filter(({ command }) => !/\/pulumi-language-nodejs /.test(command));
}

/** Returns a call such as "QueryDSRecord 2", the second of its action. */
function lastCall({ journal }: Emulator): string {
  const action = journal.at(-1)?.action;
  return `${action} ${journal.filter((entry) => entry.action === action).length}`;
}

/** Returns a submission such as "Adding 1", or "Adding 1 EXECUTE_FAILURE". */
function acceptedSubmissions(emulator: Emulator): string[] {
  const tasks = new Map(emulator.tasks(domain).map(({ taskNo, status }) => [taskNo, status]));
  return emulator
    .calls(({ taskNo }) => taskNo !== undefined)
    .map(({ action, params, taskNo = "" }) => {
      const status = tasks.get(taskNo);
      const change = `${/For(\w+)DSRecord/.exec(action)?.[1]} ${params["KeyTag"]}`;
      return status === "EXECUTE_SUCCESS" ? change : `${change} ${status}`;
    });
}
