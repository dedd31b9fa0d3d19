import fc from "fast-check";
import type { Ds } from "../../provider/dnssec/ds";
import { DsRecordError } from "../../provider/errors";
import type {
  Change,
  FoundTask,
  Registrar,
  Submission,
  TaskStatus,
} from "../../provider/registrar/registrar";
import { ApiFailure, type Meaning } from "../../provider/alicloud/errors";
import { record } from "./bags";

/** A fault of the registrar in one call. It has no effect on calls that cannot have it. */
export type Twist =
  | { readonly kind: "fail"; readonly code: FailureCode; readonly meaning: Meaning }
  | { readonly kind: "list"; readonly records: readonly Ds[] }
  | { readonly kind: "status"; readonly status: TaskStatus }
  | {
      readonly kind: "submission";
      readonly outcome: "busy" | "deferred" | "uncertain";
      readonly isFinal: boolean;
      readonly effect: boolean;
    }
  | { readonly kind: "running" }
  | { readonly kind: "unclaimed"; readonly tasks: readonly FoundTask[] | undefined };

type FailureCode = (typeof failureCodes)[number];

const failureCodes = ["REGISTRAR_REFUSED", "REGISTRAR_UNAVAILABLE", "REGISTRAR_ANSWER_INVALID"] as const;

/** The behaviour of a registrar: its records, the course of its tasks, and its faults. */
export interface Script {
  readonly records: readonly Ds[];
  /** Number of queries until a task ends. */
  readonly looks: number;
  readonly fails: boolean;
  /** Faults by the number of the call; null is none. */
  readonly twists: readonly (Twist | null)[];
  /** The fault of all later calls; null is none. */
  readonly at: Twist | null;
  /** Number of the call at which the CLI ends. */
  readonly abortAt: number | null;
}

const status: fc.Arbitrary<TaskStatus> = fc.oneof(
  fc.constantFrom<TaskStatus>(
    { state: "invisible" },
    { state: "succeeded" },
    { state: "running", status: "EXECUTING" },
  ),
  fc.string().map((word): TaskStatus => ({ state: "running", status: word })),
  fc
    .constantFrom(0, 1e15, Number.MAX_VALUE)
    .map((durationMs): TaskStatus => ({ state: "succeeded", durationMs })),
  fc
    .record({ reason: fc.string(), tries: fc.nat() })
    .map((failure): TaskStatus => ({ state: "failed", requestId: "R-1", ...failure })),
);

const twist: fc.Arbitrary<Twist> = fc.oneof(
  fc.record({
    kind: fc.constant("fail" as const),
    code: fc.constantFrom(...failureCodes),
    meaning: fc.record<Meaning>({
      disposition: fc.constantFrom("retry", "wait", "fatal"),
      effect: fc.constantFrom("none", "possible"),
    }),
  }),
  fc.record({ kind: fc.constant("list" as const), records: fc.array(record, { maxLength: 9 }) }),
  fc.record({ kind: fc.constant("status" as const), status }),
  fc.record({
    kind: fc.constant("submission" as const),
    outcome: fc.constantFrom("busy" as const, "deferred" as const, "uncertain" as const),
    isFinal: fc.boolean(),
    effect: fc.boolean(),
  }),
  fc.constant<Twist>({ kind: "running" }),
  fc.record({
    kind: fc.constant("unclaimed" as const),
    tasks: fc.option(
      fc.array(fc.record({ taskNo: fc.constantFrom("T-1", "T-2", "T-8"), status }), { maxLength: 3 }),
      { nil: undefined, freq: 3 },
    ),
  }),
);

export const scripts: fc.Arbitrary<Script> = fc.record({
  records: fc.array(record, { maxLength: 3 }),
  looks: fc.nat(3),
  fails: fc.nat(7).map((roll) => roll === 0),
  twists: fc.array(fc.option(twist, { freq: 2 }), { maxLength: 6 }),
  at: fc.option(twist, { freq: 1 }).map((one) => one),
  abortAt: fc.option(fc.nat(12), { freq: 1 }),
});

/** A call that was answered: the listing, or the submission. */
export type Answered = { readonly list: readonly Ds[] | undefined } | { readonly submitted: Change };

interface Task {
  readonly taskNo: string;
  readonly change: Change;
  looks: number;
}

const mostCalls = 20_000;

/** A registrar in this process. Its answers have the right types, and may be wrong otherwise. */
export class FakeRegistrar implements Registrar {
  readonly answered: Answered[] = [];
  readonly #script: Script;
  readonly #abort: AbortController;
  #records: readonly Ds[];
  #task: Task | undefined;
  #calls = 0;

  constructor(script: Script, abort: AbortController) {
    this.#script = script;
    this.#abort = abort;
    this.#records = script.records;
  }

  async list(): Promise<readonly Ds[]> {
    const twist = this.#next();
    if (twist?.kind === "fail") {
      this.answered.push({ list: undefined });
      throw failure(twist);
    }
    const list = twist?.kind === "list" ? twist.records : this.#records;
    this.answered.push({ list });
    return Promise.resolve(list);
  }

  async submit(_domain: string, change: Change): Promise<Submission> {
    const twist = this.#next();
    this.answered.push({ submitted: change });
    if (twist?.kind === "fail") throw failure({ ...twist, code: "REGISTRAR_REFUSED" });
    if (this.#task) return Promise.resolve({ outcome: "busy", failure: failure() });
    if (twist?.kind === "submission") {
      const { outcome, effect, isFinal } = twist;
      if (effect && outcome === "uncertain") this.#start(change);
      return Promise.resolve({ outcome, isFinal, failure: failure(), cause: "the test", maxRetryMs: 30_000 });
    }
    return Promise.resolve({ outcome: "accepted", taskNo: this.#start(change) });
  }

  async taskStatus(_domain: string, taskNo: string): Promise<TaskStatus> {
    const twist = this.#next();
    if (twist?.kind === "fail") throw failure(twist);
    if (twist?.kind === "status") return Promise.resolve(twist.status);
    return Promise.resolve(this.#look(taskNo));
  }

  async runningTask(): Promise<string | undefined> {
    const twist = this.#next();
    if (twist?.kind === "running") return Promise.resolve("T-foreign");
    return Promise.resolve(this.#task?.taskNo);
  }

  /** Returns the task of this registrar. Each call advances the task. */
  async unclaimedTasks(): Promise<readonly FoundTask[] | undefined> {
    const twist = this.#next();
    if (twist?.kind === "unclaimed") return Promise.resolve(twist.tasks);
    const { taskNo } = this.#task ?? {};
    return Promise.resolve(taskNo === undefined ? [] : [{ taskNo, status: this.#look(taskNo) }]);
  }

  taskEnded(): void {}

  #next(): Twist | null {
    const { twists, at, abortAt } = this.#script;
    const number = this.#calls;
    this.#calls += 1;
    if (number > mostCalls) throw new Error("It asks without end.");
    if (number === abortAt) this.#abort.abort(new DsRecordError("PROCESS_ORPHANED", "The CLI has ended."));
    return number < twists.length ? (twists[number] ?? null) : at;
  }

  #start(change: Change): string {
    this.#task = { taskNo: `T-${this.#calls}`, change, looks: this.#script.looks };
    return this.#task.taskNo;
  }

  #look(taskNo: string): TaskStatus {
    const task = this.#task;
    // Tasks of earlier runs have ended.
    if (task?.taskNo !== taskNo) return taskNo === "T-1" ? { state: "succeeded" } : { state: "invisible" };
    if (task.looks > 0) {
      task.looks -= 1;
      return { state: "running", status: "EXECUTING" };
    }
    this.#task = undefined;
    if (this.#script.fails) return { state: "failed", reason: "refused by the registry", requestId: "R-1" };
    this.#records = changed(this.#records, task.change);
    return { state: "succeeded", durationMs: 1_000 };
  }
}

function changed(records: readonly Ds[], change: Change): readonly Ds[] {
  const keyTag = change.action === "delete" ? change.keyTag : change.ds.keyTag;
  const others = records.filter((one) => one.keyTag !== keyTag);
  return change.action === "delete" ? others : [...others, change.ds];
}

const refusal = { code: "REGISTRAR_REFUSED", meaning: { disposition: "retry", effect: "possible" } } as const;

function failure({ code, meaning }: { code: FailureCode; meaning: Meaning } = refusal): ApiFailure {
  return new ApiFailure(code, "The registrar said no.", meaning);
}
