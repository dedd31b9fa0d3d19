import { sameName } from "../dnssec/name";
import type { Ds } from "../dnssec/ds";
import { quoted } from "../dnssec/quoted";
import { isWholeNumber, numberFromText } from "../dnssec/wholeNumber";
import type { TaskStatus } from "./registrar";
import { odd, type Meaning } from "../alicloud/errors";
import { isBody, type Answer, type Body } from "../alicloud/transport";

/** Well-formed JSON of the registrar's that says something impossible: asking again brings the same. */
const impossible: Meaning = { disposition: "fatal", effect: "possible" };

/**
 * The number of the task that a submission has made.
 *
 * @throws {RegistrarFailure} REGISTRAR_ANSWER_INVALID, with a possible effect.
 */
export function taskNoOf(answer: Answer): string {
  const taskNo = answer.body["TaskNo"];
  // It goes into the state and into messages as it is.
  if (typeof taskNo === "string" && taskNo !== "" && answer.scrub(taskNo) === taskNo) return taskNo;
  throw invalid(answer, `its TaskNo is ${shown(taskNo, answer)}`);
}

/**
 * The DS records of a listing. One malformed entry fails all of it: what is left out would look like a record that is gone.
 *
 * @returns undefined where there is no list, or null: how the registrar writes an empty list is not documented, but neither
 *   is it that this is how.
 * @throws {RegistrarFailure} REGISTRAR_ANSWER_INVALID
 */
export function dsRecordsOf(answer: Answer): readonly Ds[] | undefined {
  const list = answer.body["DSRecordList"];
  if (list === undefined || list === null) return undefined;
  if (!Array.isArray(list)) throw invalid(answer, `its DSRecordList is ${shown(list, answer)}`);
  return list.map((entry, index) => dsOf(entry, index, answer));
}

function dsOf(entry: unknown, index: number, answer: Answer): Ds {
  const fault = (why: string, value: unknown) =>
    invalid(answer, `entry ${index + 1} of its DSRecordList ${why} ${shown(value, answer)}`);
  if (!isBody(entry)) throw fault("is", entry);
  const number = (name: string, largest: number) => {
    const value = wholeNumber(entry[name], largest);
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
 * What the details of a task say of it. By the status's name, never by its code: the codes of details and of the list of
 * tasks are different scales.
 *
 * @throws {RegistrarFailure} REGISTRAR_ANSWER_INVALID
 */
export function taskStatusOf(answer: Answer, domain: string, taskNo: string): TaskStatus {
  return statusIn(answer, taskNo, (task) => isOf(task, domain));
}

/**
 * The same for a task of which only the details tell whose it is. Elsewhere is one that they say is of other domains;
 * invisible, one of which they do not say it.
 */
export function namedTaskStatusOf(answer: Answer, domain: string, taskNo: string): NamedTaskStatus {
  const status = statusIn(answer, taskNo, (task) => isNamed(task) && isOf(task, domain));
  if (status.state !== "invisible") return status;
  const details = tasksIn(answer, "TaskDetail").filter((task) => task["TaskNo"] === taskNo);
  return details.length > 0 && details.every(isNamed) ? { state: "elsewhere" } : status;
}

export type NamedTaskStatus = TaskStatus | { readonly state: "elsewhere" };

/** Where there are several details of one task, it is over when all of them are. */
function statusIn(answer: Answer, taskNo: string, isMeant: (task: Body) => boolean): TaskStatus {
  const details = tasksIn(answer, "TaskDetail").filter((task) => task["TaskNo"] === taskNo && isMeant(task));
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

/** The zone of the registrar's times is not documented: only their difference says something. */
function durationIn({ CreateTime: created, UpdateTime: updated }: Body): { durationMs?: number } {
  const [from, to] = [created, updated].map((time) =>
    isDate(time) ? Date.parse(`${time.replace(" ", "T")}Z`) : NaN,
  );
  const durationMs = (to ?? NaN) - (from ?? NaN);
  return durationMs >= 0 ? { durationMs } : {};
}

/** `ErrorMsg` is not empty on success: the vendor's sample is "The operation is successful". */
function failureIn(detail: Body, { scrub }: Answer): { reason: string; tries?: number } {
  const reason = [detail["FailReason"], detail["ErrorMsg"]].find(
    (text) => typeof text === "string" && text.trim() !== "",
  );
  const tries = wholeNumber(detail["TryCount"], Number.MAX_SAFE_INTEGER);
  return {
    reason: reason === undefined ? "the registrar gives no reason" : scrub(reason as string).trim(),
    ...(tries !== undefined && { tries }),
  };
}

/** One page of the account's tasks: the names of their statuses, by their numbers. */
export interface TaskList {
  readonly statuses: ReadonlyMap<string, string>;
  /** Whether the newest tasks are known from this page: there is no other one, or the dates fall from entry to entry. */
  readonly hasNewest: boolean;
}

export function taskListOf(answer: Answer): TaskList {
  const tasks = tasksIn(answer, "TaskInfo");
  // Objects of an answer have no prototype, so that not even String() takes any value.
  const statuses = new Map(
    tasks.flatMap((task) =>
      typeof task["TaskNo"] === "string" ? [[task["TaskNo"], statusOf(answer, task)] as const] : [],
    ),
  );
  const isOnlyPage = answer.body["NextPage"] === false;
  return { statuses, hasNewest: statuses.size === tasks.length && (isOnlyPage || isNewestFirst(tasks)) };
}

/** The order of a list of tasks is not documented. Their dates are, as text that sorts. */
function isNewestFirst(tasks: readonly Body[]): boolean {
  const dates = tasks.map((task) => task["CreateTime"]);
  return dates.length > 1 && dates.every((date, index) => isDate(date) && date <= (dates[index - 1] ?? date));
}

function isDate(text: unknown): text is string {
  return typeof text === "string" && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text);
}

/** A list of one is seen as its one element as well, in a sample of the vendor's. */
function tasksIn(answer: Answer, name: "TaskDetail" | "TaskInfo"): readonly Body[] {
  const data = answer.body["Data"];
  if (data === undefined || data === null) return [];
  if (!isBody(data)) throw invalid(answer, `its Data is ${shown(data, answer)}`);
  const list = data[name] ?? [];
  const tasks: readonly unknown[] = Array.isArray(list) ? list : [list];
  if (tasks.every(isBody)) return tasks;
  throw invalid(answer, `its ${name} has an entry that is no object`);
}

function statusOf(answer: Answer, task: Body): string {
  const status = task["TaskStatus"];
  if (typeof status === "string" && status !== "") return status;
  throw invalid(answer, `its TaskStatus is ${shown(status, answer)}`);
}

function isNamed({ DomainName: named }: Body): boolean {
  return typeof named === "string" && named !== "";
}

/** Of a task that is asked for by its number, the details may leave the domain out. */
function isOf(task: Body, domain: string): boolean {
  if (!isNamed(task)) return true;
  const named = task["DomainName"] as string;
  try {
    return sameName(named, domain);
  } catch {
    return false;
  }
}

/** A number, or the same in decimal: the vendor's samples have numbers, other APIs of its write them as text. */
function wholeNumber(value: unknown, largest: number): number | undefined {
  const number = numberFromText(value);
  return isWholeNumber(number, largest) ? number : undefined;
}

/** Scrubbed before it is cut. */
function shown(value: unknown, { scrub }: Answer): string {
  return quoted(typeof value === "string" ? scrub(value) : value);
}

function invalid({ asked, answered }: Answer, why: string): Error {
  return odd(asked, answered, why, impossible);
}
