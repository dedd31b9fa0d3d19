import { isBody, type Answer, type Body } from "../alicloud/answers";
import { oddAnswerError, type ApiFailure, type Meaning } from "../alicloud/errors";
import type { Ds } from "../dnssec/ds";
import { sameName } from "../dnssec/name";
import { quoted } from "../dnssec/quoted";
import { isWholeNumber, numberFromText } from "../dnssec/wholeNumber";
import type { TaskStatus } from "./registrar";

/** Meaning of well-formed JSON with impossible content. Another try would get the same answer. */
const impossible: Meaning = { disposition: "fatal", effect: "possible" };

/**
 * Returns the number of the task that a submission created.
 *
 * @throws {ApiFailure} REGISTRAR_ANSWER_INVALID, with a possible effect.
 */
export function taskNoOf(answer: Answer): string {
  const taskNo = answer.body["TaskNo"];
  // The number goes into the state and into messages unchanged.
  if (typeof taskNo === "string" && taskNo !== "" && answer.scrub(taskNo) === taskNo) return taskNo;
  throw invalid(answer, `its TaskNo is ${quote(taskNo, answer)}`);
}

/**
 * Returns the DS records of a listing. One malformed entry fails the whole listing, since an
 * omitted record would look deleted.
 *
 * @returns undefined if the list is missing or null, since the form of an empty list is not
 *   documented.
 * @throws {ApiFailure} REGISTRAR_ANSWER_INVALID
 */
export function dsRecordsOf(answer: Answer): readonly Ds[] | undefined {
  const list = answer.body["DSRecordList"];
  if (list === undefined || list === null) return undefined;
  if (!Array.isArray(list)) throw invalid(answer, `its DSRecordList is ${quote(list, answer)}`);
  return list.map((entry, index) => dsOf(entry, index, answer));
}

function dsOf(entry: unknown, index: number, answer: Answer): Ds {
  const fault = (why: string, value: unknown) =>
    invalid(answer, `entry ${index + 1} of its DSRecordList ${why} ${quote(value, answer)}`);
  if (!isBody(entry)) throw fault("is", entry);
  const number = (name: string, max: number) => {
    const value = readWholeNumber(entry[name], max);
    if (value === undefined) throw fault(`has the ${name}`, entry[name]);
    return value;
  };
  const digest = entry["Digest"];
  if (typeof digest !== "string" || !/^([0-9a-f]{2})+$/i.test(digest)) throw fault("has the Digest", digest);
  return {
    keyTag: number("KeyTag", 65535),
    algorithm: number("Algorithm", 255),
    digestType: number("DigestType", 255),
    digest: digest.toLowerCase(),
  };
}

/**
 * Returns the status of a task from its details. It reads the status's name, never its code, since
 * the codes of details and of the list of tasks are different scales.
 *
 * @throws {ApiFailure} REGISTRAR_ANSWER_INVALID
 */
export function taskStatusOf(answer: Answer, domain: string, taskNo: string): TaskStatus {
  return statusIn(answer, taskNo, (task) => isOf(task, domain));
}

/**
 * Like `taskStatusOf`, for a task whose domain is known only from its details. It is `elsewhere` if
 * they name other domains, and `invisible` if they name none.
 */
export function namedTaskStatusOf(answer: Answer, domain: string, taskNo: string): NamedTaskStatus {
  const status = statusIn(answer, taskNo, (task) => isNamed(task) && isOf(task, domain));
  if (status.state !== "invisible") return status;
  const details = tasksIn(answer, "TaskDetail").filter((task) => task["TaskNo"] === taskNo);
  return details.length > 0 && details.every(isNamed) ? { state: "elsewhere" } : status;
}

export type NamedTaskStatus = TaskStatus | { readonly state: "elsewhere" };

/** A task with several details ends when all of them have ended. */
function statusIn(answer: Answer, taskNo: string, isWanted: (task: Body) => boolean): TaskStatus {
  const details = tasksIn(answer, "TaskDetail").filter((task) => task["TaskNo"] === taskNo && isWanted(task));
  const detail = details.find((task) => !endStatuses.has(statusOf(answer, task))) ?? details[0];
  if (!detail) return { state: "invisible" };
  const status = statusOf(answer, detail);
  switch (status) {
    case "EXECUTE_SUCCESS":
      return { state: "succeeded", ...durationIn(detail) };
    case "EXECUTE_FAILURE":
      return { state: "failed", ...failureIn(detail, answer), requestId: answer.answered.requestId };
    default:
      return { state: "running", status: answer.scrub(status) };
  }
}

const endStatuses: ReadonlySet<string> = new Set(["EXECUTE_SUCCESS", "EXECUTE_FAILURE"]);

/** Uses only the difference of two times, since their time zone is not documented. */
function durationIn({ CreateTime: created, UpdateTime: updated }: Body): { durationMs?: number } {
  const [from, to] = [created, updated].map((time) =>
    isDate(time) ? Date.parse(`${time.replace(" ", "T")}Z`) : NaN,
  );
  const durationMs = (to ?? NaN) - (from ?? NaN);
  return durationMs >= 0 ? { durationMs } : {};
}

/**
 * For failed tasks only: on success, the `ErrorMsg` of the vendor's sample is "The operation is
 * successful".
 */
function failureIn(detail: Body, { scrub }: Answer): { reason: string; tries?: number } {
  const reason = [detail["FailReason"], detail["ErrorMsg"]].find(
    (text) => typeof text === "string" && text.trim() !== "",
  );
  const tries = readWholeNumber(detail["TryCount"], Number.MAX_SAFE_INTEGER);
  return {
    reason: reason === undefined ? "the registrar gives no reason" : scrub(reason as string).trim(),
    ...(tries !== undefined && { tries }),
  };
}

/** One page of the account's tasks. */
export interface TaskList {
  /** Names of statuses, by task number. */
  readonly statuses: ReadonlyMap<string, string>;
  /**
   * Whether the page has the newest tasks: it is the only one, or its dates decrease from entry to
   * entry.
   */
  readonly hasNewest: boolean;
}

export function taskListOf(answer: Answer): TaskList {
  const tasks = tasksIn(answer, "TaskInfo");
  // Objects of an answer have no prototype, so String() would throw for some values.
  const statuses = new Map(
    tasks.flatMap((task) =>
      typeof task["TaskNo"] === "string" ? [[task["TaskNo"], statusOf(answer, task)] as const] : [],
    ),
  );
  const isOnlyPage = answer.body["NextPage"] === false;
  return { statuses, hasNewest: statuses.size === tasks.length && (isOnlyPage || isNewestFirst(tasks)) };
}

/** The order of the list is not documented. The format of its dates is, and they sort as text. */
function isNewestFirst(tasks: readonly Body[]): boolean {
  const dates = tasks.map((task) => task["CreateTime"]);
  return dates.length > 1 && dates.every((date, index) => isDate(date) && date <= (dates[index - 1] ?? date));
}

function isDate(text: unknown): text is string {
  return typeof text === "string" && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text);
}

/** In one of the vendor's samples, a list of one element is that element itself. */
function tasksIn(answer: Answer, name: "TaskDetail" | "TaskInfo"): readonly Body[] {
  const data = answer.body["Data"];
  if (data === undefined || data === null) return [];
  if (!isBody(data)) throw invalid(answer, `its Data is ${quote(data, answer)}`);
  const list = data[name] ?? [];
  const tasks: readonly unknown[] = Array.isArray(list) ? list : [list];
  if (tasks.every(isBody)) return tasks;
  throw invalid(answer, `its ${name} has an entry that is not an object`);
}

function statusOf(answer: Answer, task: Body): string {
  const status = task["TaskStatus"];
  if (typeof status === "string" && status !== "") return status;
  throw invalid(answer, `its TaskStatus is ${quote(status, answer)}`);
}

function isNamed({ DomainName: named }: Body): boolean {
  return typeof named === "string" && named !== "";
}

/** Details without a domain count as wanted, since the task was requested by its number. */
function isOf(task: Body, domain: string): boolean {
  if (!isNamed(task)) return true;
  const named = task["DomainName"] as string;
  try {
    return sameName(named, domain);
  } catch {
    return false;
  }
}

/**
 * Reads a number or its decimal text: the vendor's samples have numbers, but its other APIs write
 * text.
 */
function readWholeNumber(value: unknown, max: number): number | undefined {
  const number = numberFromText(value);
  return isWholeNumber(number, max) ? number : undefined;
}

/** Scrubs a value, then cuts it: a cut secret would not be found. */
function quote(value: unknown, { scrub }: Answer): string {
  return quoted(typeof value === "string" ? scrub(value) : value);
}

function invalid({ asked, answered }: Answer, why: string): ApiFailure {
  return oddAnswerError(asked, answered, why, impossible);
}
