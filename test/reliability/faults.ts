import type { Fault, FaultRule } from "../../emulator/index";

/** A fault of one call, or of one call and all that follow. */
export interface NamedFault {
  readonly name: string;
  readonly fault: Fault;
  /** The client takes real time to give up. Such a fault affects one call, with short time-outs. */
  readonly slow?: true;
  /** The fault takes much work, so it affects one call only. */
  readonly heavy?: true;
}

export const submissionActions = ["Adding", "Modifying", "Deleting"].map(
  (verb) => `SaveSingleTaskFor${verb}DSRecord`,
);

/** Time-out of a client in a cell with a slow fault, in ms of real time. */
export const readMs = 400;

/** Faults of an answer, with the actions that they fit. */
export const answerFaults: readonly NamedFault[] = [
  ...[
    "Throttling",
    "Throttling.User",
    "ServiceUnavailable",
    "InternalError",
    "Busy",
    "NetworkIOError",
    "QueryRegistryFailed",
    "TaskIsBeingProcessed",
    "DomainNotExist",
    "Forbidden.RAM",
    "NobodyKnowsThisCode",
  ].map((code): NamedFault => ({ name: code, fault: { kind: "error", code } })),
  ...[
    "ServiceUnavailable",
    "InternalError",
    "Busy",
    "NetworkIOError",
    "TaskIsBeingProcessed",
    "NobodyKnowsThisCode",
  ].map((code): NamedFault => ({
    name: `${code}, after the effect`,
    fault: { kind: "error", code, effect: true },
  })),
  { name: "reset before the effect", fault: { kind: "resetBefore" } },
  { name: "reset after the effect", fault: { kind: "resetAfter" } },
  { name: "no answer, no effect", fault: { kind: "neverAnswers", effect: false }, slow: true },
  { name: "no answer, after the effect", fault: { kind: "neverAnswers" }, slow: true },
  { name: "slow, just in time", fault: { kind: "delay", ms: readMs / 2 }, slow: true },
  { name: "slow, just too late", fault: { kind: "delay", ms: readMs * 1.5 }, slow: true },
  { name: "HTML 502", fault: { kind: "html502" } },
  { name: "HTML 502, after the effect", fault: { kind: "html502", effect: true } },
  { name: "HTML 503", fault: { kind: "html503" } },
  { name: "500 without a code", fault: { kind: "status500NoCode" } },
  { name: "500 without a code, after the effect", fault: { kind: "status500NoCode", effect: true } },
  { name: "empty body", fault: { kind: "emptyBody" } },
  { name: "null", fault: { kind: "nullBody" } },
  { name: "cut JSON", fault: { kind: "cutJson" } },
  { name: "wrong types", fault: { kind: "wrongTypes" } },
  { name: "no RequestId", fault: { kind: "noRequestId" } },
  { name: "5 MB", fault: { kind: "hugeBody", bytes: 5_000_000 }, heavy: true },
];

/** Faults of the task that a submission makes. They affect the first submission. */
export const taskFaults: readonly NamedFault[] = [
  { name: "no TaskNo", fault: { kind: "missingTaskNo" } },
  { name: "the task fails", fault: { kind: "taskFails" } },
  { name: "the task is reported as failed, but succeeded", fault: { kind: "taskFails", overtaken: true } },
  { name: "the task fails, and succeeds a minute later", fault: { kind: "taskRetried", ms: 60_000 } },
  { name: "the task is invisible for 30 s", fault: { kind: "taskInvisible", ms: 30_000 } },
  { name: "the task is invisible for 10 min", fault: { kind: "taskInvisible", ms: 600_000 } },
  { name: "the listing lags by 30 s", fault: { kind: "lagListing", ms: 30_000 } },
  { name: "the listing lags by 5 min", fault: { kind: "lagListing", ms: 300_000 } },
];

interface Combination {
  readonly name: string;
  readonly rules: readonly FaultRule[];
}

const lostAnswer: FaultRule = { action: submissionActions, call: 1, fault: { kind: "resetAfter" } };

/** Two faults at once. */
export const combinations: readonly Combination[] = [
  ...[
    ["30 s", 30_000],
    ["90 s", 90_000],
    ["5 min", 300_000],
  ].map(([time, ms]): Combination => ({
    name: `lost answer, and the listing lags by ${time}`,
    rules: [lostAnswer, { fault: { kind: "lagListing", ms: Number(ms) } }],
  })),
  {
    name: "lost answer, and the task is invisible for 90 s",
    rules: [lostAnswer, { fault: { kind: "taskInvisible", ms: 90_000 } }],
  },
  {
    name: "lost answer, and the task fails",
    rules: [lostAnswer, { call: 1, fault: { kind: "taskFails" } }],
  },
  {
    name: "throttled at every other call, with 502 between",
    rules: [1, 3, 5].flatMap((call): FaultRule[] => [
      { call, fault: { kind: "error", code: "Throttling.User" } },
      { call: call + 1, fault: { kind: "html502" } },
    ]),
  },
  {
    name: "shapes: upper case, text for numbers, an object for a list, null for none",
    rules: (["upperCaseDigests", "numbersAsStrings", "taskDetailAsObject", "nullList"] as const).map(
      (kind) => ({
        fault: { kind },
      }),
    ),
  },
];

/** Faults that look, for as long as the provider waits, like a change that was not made. */
export const limits: readonly Combination[] = [
  { name: "the listing lags by 12 min", rules: [{ call: 1, fault: { kind: "lagListing", ms: 720_000 } }] },
  {
    name: "TaskIsBeingProcessed, after the effect, and the listing lags by 90 s",
    rules: [
      {
        action: submissionActions,
        call: 1,
        fault: { kind: "error", code: "TaskIsBeingProcessed", effect: true },
      },
      { call: 1, fault: { kind: "lagListing", ms: 90_000 } },
    ],
  },
  {
    name: "lost answer, the task is invisible for 5 min, and the listing lags by as much",
    rules: [
      lostAnswer,
      { call: 1, fault: { kind: "taskInvisible", ms: 300_000 } },
      { call: 1, fault: { kind: "lagListing", ms: 300_000 } },
    ],
  },
];

/** Random faults, at any call. The emulator's seed decides which. */
export const weather: readonly FaultRule[] = [
  { probability: 0.2, fault: { kind: "html502" } },
  { probability: 0.15, fault: { kind: "resetAfter" } },
  { probability: 0.15, fault: { kind: "error", code: "Throttling.User" } },
  { probability: 0.1, fault: { kind: "error", code: "TaskIsBeingProcessed" } },
];

export const seeds: readonly string[] = ["1", "2", "3", "4", "5", "6"];
