import { actionNames, submissionActions } from "../registrar/actions";
import {
  htmlAnswer,
  jsonAnswer,
  padAnswer,
  resetAnswer,
  silentAnswer,
  type Answer,
  type Body,
} from "../wire/answer";
import { ApiError } from "../wire/errors";
import { isEmptyList, mapValues, swapTypes } from "../wire/rewriting";
import { type TaskTraits } from "../registrar/tasks";

/** A fault that answers in place of the API. */
interface Replacement {
  /** Whether the call has its effect anyway. Default: false. */
  readonly effect?: boolean;
}

/** A fault. Times are in ms, by the emulator's clock unless stated otherwise. */
export type Fault =
  /** The API refuses. Message and status default to those of the code. */
  | ({
      readonly kind: "error";
      readonly code: string;
      readonly message?: string;
      readonly status?: number;
    } & Replacement)
  /** Answers with a proxy's HTML page and status 502. */
  | ({ readonly kind: "html502" } & Replacement)
  /** Answers with a proxy's HTML page and status 503. */
  | ({ readonly kind: "html503" } & Replacement)
  /**
   * Answers with status 500 and JSON without `Code`: a success for clients that check only `Code`.
   */
  | ({ readonly kind: "status500NoCode" } & Replacement)
  /** Resets the connection before the call has an effect. */
  | { readonly kind: "resetBefore" }
  /** Resets the connection after the call has had its effect. */
  | { readonly kind: "resetAfter" }
  /**
   * Keeps the connection open without an answer. `effect`: whether the call has its effect; true by
   * default.
   */
  | { readonly kind: "neverAnswers"; readonly effect?: boolean }
  /** Carries out the call at once and answers `ms` of real time later. */
  | { readonly kind: "delay"; readonly ms: number }
  /** Answers with status 200 and an empty body. */
  | { readonly kind: "emptyBody" }
  /** Answers with status 200 and `null`. */
  | { readonly kind: "nullBody" }
  /** Answers with the first half of the body. */
  | { readonly kind: "cutJson" }
  /** Pads the body with trailing white space to `bytes`. JSON stays JSON. */
  | { readonly kind: "hugeBody"; readonly bytes: number }
  /** Omits the RequestId of a successful answer. */
  | { readonly kind: "noRequestId" }
  /**
   * Turns lists into objects, numbers into booleans, texts and booleans into numbers, in a
   * successful answer. With `fields`, only the values of those names, where objects become text. By
   * default everything but objects and the RequestId.
   */
  | { readonly kind: "wrongTypes"; readonly fields?: readonly string[] }
  /** Answers a submission without its task number. */
  | { readonly kind: "missingTaskNo" }
  /**
   * The task fails. `overtaken`: it takes effect anyway, and the next listing shows that; false by
   * default.
   */
  | { readonly kind: "taskFails"; readonly reason?: string; readonly overtaken?: boolean }
  /**
   * The task shows as failed for `ms`. Then it is executed again for its duration, and succeeds.
   * Until then its domain accepts no other task.
   */
  | { readonly kind: "taskRetried"; readonly reason?: string; readonly ms: number }
  /** The task executes forever, and its domain accepts no other task. */
  | { readonly kind: "taskStuck" }
  /** No query returns the task until `ms` after its submission. */
  | { readonly kind: "taskInvisible"; readonly ms: number }
  /** The listing shows the old records until `ms` after the end of the task. */
  | { readonly kind: "lagListing"; readonly ms: number }
  /** Lists digests in upper case. */
  | { readonly kind: "upperCaseDigests" }
  /** Writes every number as a string. */
  | { readonly kind: "numbersAsStrings" }
  /** Writes a list of one task as the task itself. */
  | { readonly kind: "taskDetailAsObject" }
  /** Writes an empty list as null. */
  | { readonly kind: "nullList" }
  /** Omits an empty list. */
  | { readonly kind: "missingList" };

export type FaultKind = Fault["kind"];

/** The points at which a fault can change a call. */
export interface Hooks {
  /** Changes the task that the call submits. */
  readonly task?: TaskTraits;
  /** Answers in place of the API. `effect`: whether the call is carried out first. */
  readonly instead?: { readonly answer: Answer | ApiError; readonly effect: boolean };
  /** Rewrites the body of a successful answer. */
  readonly rewrite?: (body: Body) => Body;
  /** Damages any answer. */
  readonly damage?: (answer: Answer) => Answer;
}

interface FaultBehaviour<F extends Fault> {
  /** The actions that the fault applies to. */
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
    hooks: ({ effect = false }) => ({ instead: { answer: htmlAnswer(502, "Bad Gateway"), effect } }),
  },
  html503: {
    actions: actionNames,
    hooks: ({ effect = false }) => ({ instead: { answer: htmlAnswer(503, "Service Unavailable"), effect } }),
  },
  status500NoCode: {
    actions: actionNames,
    hooks: ({ effect = false }) => ({
      instead: { answer: jsonAnswer(500, { Message: "The request processing has failed." }), effect },
    }),
  },
  resetBefore: { actions: actionNames, hooks: () => ({ instead: { answer: resetAnswer, effect: false } }) },
  resetAfter: { actions: actionNames, hooks: () => ({ instead: { answer: resetAnswer, effect: true } }) },
  neverAnswers: {
    actions: actionNames,
    hooks: ({ effect = true }) => ({ instead: { answer: silentAnswer, effect } }),
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
    hooks: ({ bytes }) => ({ damage: (answer) => padAnswer(answer, bytes) }),
  },
  noRequestId: {
    actions: actionNames,
    hooks: () => ({ rewrite: mapValues((name, value) => (name === "RequestId" ? undefined : value)) }),
  },
  wrongTypes: { actions: actionNames, hooks: ({ fields }) => ({ rewrite: swapTypes(fields) }) },
  missingTaskNo: {
    actions: submissionActions,
    hooks: () => ({ rewrite: mapValues((name, value) => (name === "TaskNo" ? undefined : value)) }),
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
      rewrite: mapValues((name, value) => (name === "Digest" ? String(value).toUpperCase() : value)),
    }),
  },
  numbersAsStrings: {
    actions: actionNames,
    hooks: () => ({ rewrite: mapValues((_, value) => (typeof value === "number" ? String(value) : value)) }),
  },
  taskDetailAsObject: {
    actions: details,
    hooks: () => ({
      rewrite: mapValues((name, value) =>
        name === "TaskDetail" && Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value,
      ),
    }),
  },
  nullList: {
    actions: lists,
    hooks: () => ({ rewrite: mapValues((_, value) => (isEmptyList(value) ? null : value)) }),
  },
  missingList: {
    actions: lists,
    hooks: () => ({ rewrite: mapValues((_, value) => (isEmptyList(value) ? undefined : value)) }),
  },
};

export const faultKindNames: readonly string[] = Object.keys(faultKinds);

/** Returns the actions that a fault applies to. */
export function actionsOfFault({ kind }: Fault): readonly string[] {
  return faultKinds[kind].actions;
}

/** Returns what a fault changes. */
export function hooksOf(fault: Fault): Hooks {
  // TypeScript cannot tell that the entry of a kind takes a fault of that kind.
  return (faultKinds[fault.kind] as FaultBehaviour<Fault>).hooks(fault);
}
