import { actionNames, submissionActions } from "../registrar/actions";
import { htmlPage, json, padded, reset, silence, type Answer, type Body } from "../wire/answer";
import { ApiError } from "../wire/errors";
import { isEmptyList, mapped, withWrongTypes } from "../wire/rewriting";
import { type TaskTraits } from "../registrar/tasks";

/** Answers in place of the API; `effect`: the call has its effect all the same. By default it has none. */
interface Replacement {
  readonly effect?: boolean;
}

/** What goes wrong. Times are in milliseconds. */
export type Fault =
  /** The API refuses. Message and status are by default those of the code. */
  | ({
      readonly kind: "error";
      readonly code: string;
      readonly message?: string;
      readonly status?: number;
    } & Replacement)
  /** A proxy's HTML page with status 502. */
  | ({ readonly kind: "html502" } & Replacement)
  /** A proxy's HTML page with status 503. */
  | ({ readonly kind: "html503" } & Replacement)
  /** Status 500 and a JSON body without `Code`, which a client that looks only at `Code` takes for a success. */
  | ({ readonly kind: "status500NoCode" } & Replacement)
  /** The connection is reset, and the call has had no effect. */
  | { readonly kind: "resetBefore" }
  /** The connection is reset when the call has had its effect. */
  | { readonly kind: "resetAfter" }
  /** There is no answer, and the connection stays open until the client leaves; `effect: false`: nor is there an effect. */
  | { readonly kind: "neverAnswers"; readonly effect?: boolean }
  /** The call has its effect at once, and is answered `ms` later. This is real time, not the emulator's clock. */
  | { readonly kind: "delay"; readonly ms: number }
  /** Status 200 and nothing else. */
  | { readonly kind: "emptyBody" }
  /** Status 200 and `null`. */
  | { readonly kind: "nullBody" }
  /** The first half of the body. */
  | { readonly kind: "cutJson" }
  /** The body is followed by as much white space as it takes to make it so long; JSON is still JSON. */
  | { readonly kind: "hugeBody"; readonly bytes: number }
  | { readonly kind: "noRequestId" }
  /**
   * In a successful answer lists become objects, numbers booleans, text and booleans numbers. With `fields`, only the
   * values of these names, where an object becomes text; by default all but objects and the RequestId.
   */
  | { readonly kind: "wrongTypes"; readonly fields?: readonly string[] }
  /** A submission is answered without the number of its task. */
  | { readonly kind: "missingTaskNo" }
  /** The task fails; `overtaken`: what it was to do happens all the same, and the next listing shows it. */
  | { readonly kind: "taskFails"; readonly reason?: string; readonly overtaken?: boolean }
  /**
   * The task shows as failed for `ms`, and is then executed once more: after its duration it is over, with its effect.
   * All the while it holds its domain.
   */
  | { readonly kind: "taskRetried"; readonly reason?: string; readonly ms: number }
  /** The task executes for ever, and holds its domain. */
  | { readonly kind: "taskStuck" }
  /** No query returns the task for `ms` from its submission. */
  | { readonly kind: "taskInvisible"; readonly ms: number }
  /** For `ms` from the task's completion, the listing shows the records as they were. */
  | { readonly kind: "lagListing"; readonly ms: number }
  | { readonly kind: "upperCaseDigests" }
  /** Every number is written as a string. */
  | { readonly kind: "numbersAsStrings" }
  /** A list of one task is written as the task itself. */
  | { readonly kind: "taskDetailAsObject" }
  /** An empty list is written as null. */
  | { readonly kind: "nullList" }
  /** An empty list is left out. */
  | { readonly kind: "missingList" };

export type FaultKind = Fault["kind"];

/** Where a fault comes in on a call's way: as many of these as it needs. */
export interface Hooks {
  /** What becomes of the task that the call submits. */
  readonly task?: TaskTraits;
  /** Answers in place of the API; `effect`: once the call has had its effect. */
  readonly instead?: { readonly answer: Answer | ApiError; readonly effect: boolean };
  /** Rewrites the body of a successful answer. */
  readonly rewrite?: (body: Body) => Body;
  /** Damages the answer, whatever it is, on its way. */
  readonly damage?: (answer: Answer) => Answer;
}

interface FaultBehaviour<F extends Fault> {
  /** The only actions that the fault makes sense for. */
  readonly actions: readonly string[];
  readonly hooks: (fault: F) => Hooks;
}

const listing = ["QueryDSRecord"];
const details = ["QueryTaskDetailList", "PollTaskResult"];
const lists = [...listing, ...details, "QueryTaskList"];
const registryRefusal = "The registry refused the operation.";

const faultKinds: { readonly [K in FaultKind]: FaultBehaviour<Extract<Fault, { kind: K }>> } = {
  error: {
    actions: actionNames,
    hooks: ({ code, message, status, effect = false }) => ({
      instead: { answer: new ApiError(code, message, status), effect },
    }),
  },
  html502: {
    actions: actionNames,
    hooks: ({ effect = false }) => ({ instead: { answer: htmlPage(502, "Bad Gateway"), effect } }),
  },
  html503: {
    actions: actionNames,
    hooks: ({ effect = false }) => ({ instead: { answer: htmlPage(503, "Service Unavailable"), effect } }),
  },
  status500NoCode: {
    actions: actionNames,
    hooks: ({ effect = false }) => ({
      instead: { answer: json(500, { Message: "The request processing has failed." }), effect },
    }),
  },
  resetBefore: { actions: actionNames, hooks: () => ({ instead: { answer: reset, effect: false } }) },
  resetAfter: { actions: actionNames, hooks: () => ({ instead: { answer: reset, effect: true } }) },
  neverAnswers: {
    actions: actionNames,
    hooks: ({ effect = true }) => ({ instead: { answer: silence, effect } }),
  },
  delay: {
    actions: actionNames,
    hooks: ({ ms }) => ({ damage: (answer) => ({ ...answer, delayMs: (answer.delayMs ?? 0) + ms }) }),
  },
  emptyBody: {
    actions: actionNames,
    hooks: () => ({ damage: (answer) => ({ ...answer, status: 200, text: "" }) }),
  },
  nullBody: {
    actions: actionNames,
    hooks: () => ({ damage: (answer) => ({ ...answer, status: 200, text: "null" }) }),
  },
  cutJson: {
    actions: actionNames,
    hooks: () => ({
      damage: (answer) => ({ ...answer, text: answer.text.slice(0, answer.text.length / 2) }),
    }),
  },
  hugeBody: {
    actions: actionNames,
    hooks: ({ bytes }) => ({ damage: (answer) => padded(answer, bytes) }),
  },
  noRequestId: {
    actions: actionNames,
    hooks: () => ({ rewrite: mapped((name, value) => (name === "RequestId" ? undefined : value)) }),
  },
  wrongTypes: { actions: actionNames, hooks: ({ fields }) => ({ rewrite: withWrongTypes(fields) }) },
  missingTaskNo: {
    actions: submissionActions,
    hooks: () => ({ rewrite: mapped((name, value) => (name === "TaskNo" ? undefined : value)) }),
  },
  taskFails: {
    actions: submissionActions,
    hooks: ({ reason = registryRefusal, overtaken = false }) => ({
      task: { fails: reason, overtaken },
    }),
  },
  taskRetried: {
    actions: submissionActions,
    hooks: ({ reason = registryRefusal, ms }) => ({ task: { retried: { reason, afterMs: ms } } }),
  },
  taskStuck: { actions: submissionActions, hooks: () => ({ task: { stuck: true } }) },
  taskInvisible: { actions: submissionActions, hooks: ({ ms }) => ({ task: { invisibleMs: ms } }) },
  lagListing: { actions: submissionActions, hooks: ({ ms }) => ({ task: { lagMs: ms } }) },
  upperCaseDigests: {
    actions: listing,
    hooks: () => ({
      rewrite: mapped((name, value) => (name === "Digest" ? String(value).toUpperCase() : value)),
    }),
  },
  numbersAsStrings: {
    actions: actionNames,
    hooks: () => ({ rewrite: mapped((_, value) => (typeof value === "number" ? String(value) : value)) }),
  },
  taskDetailAsObject: {
    actions: details,
    hooks: () => ({
      rewrite: mapped((name, value) =>
        name === "TaskDetail" && Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value,
      ),
    }),
  },
  nullList: {
    actions: lists,
    hooks: () => ({ rewrite: mapped((_, value) => (isEmptyList(value) ? null : value)) }),
  },
  missingList: {
    actions: lists,
    hooks: () => ({ rewrite: mapped((_, value) => (isEmptyList(value) ? undefined : value)) }),
  },
};

export const faultKindNames: readonly string[] = Object.keys(faultKinds);

/** The only actions that a fault makes sense for. */
export function actionsOfFault({ kind }: Fault): readonly string[] {
  return faultKinds[kind].actions;
}

export function hooksOf(fault: Fault): Hooks {
  // TypeScript does not see that the kind that finds the entry is the kind that the entry takes.
  return (faultKinds[fault.kind] as FaultBehaviour<Fault>).hooks(fault);
}
