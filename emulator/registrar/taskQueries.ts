import { createHash } from "node:crypto";
import { canSee } from "./account";
import { type Body } from "../wire/answer";
import { dayNumber, formatTime } from "../wire/times";
import { type Call } from "./call";
import { normalizeName } from "./domains";
import { readOptionalInteger, readPage, readText, readTextList, type Page } from "./parameters";
import { type Params } from "../wire/signature";
import { type Task, type Tasks } from "./tasks";

export const detailStatuses = ["WAITING_EXECUTE", "EXECUTING", "EXECUTE_SUCCESS", "EXECUTE_FAILURE"] as const;

/** Answers with the details of one task. */
export function queryTaskDetailList(call: Call): Body {
  const { params, tasks } = call;
  const taskNo = readText(params, "TaskNo");
  const asked = readPage(params);
  const status = readOptionalInteger(params, "TaskStatus");
  const found = findVisible(call, taskNo)
    .filter((task) => matches(params, task))
    .filter((task) => status === undefined || tasks.status(task) === status);
  const { items, pager } = paginate(found, asked);
  return {
    ...pager,
    Data: {
      TaskDetail: items.map((task) => ({ ...describeTask(tasks, task), ...describeFailure(tasks, task) })),
    },
  };
}

/**
 * Answers with the tasks of the account, newest first. Status 1, 2 or 3; 3 is complete, even if
 * failed.
 */
export function queryTaskList(call: Call): Body {
  const { params, tasks } = call;
  const asked = readPage(params);
  const begin = readOptionalInteger(params, "BeginCreateTime");
  const end = readOptionalInteger(params, "EndCreateTime");
  const found = findVisible(call)
    .reverse()
    .filter(({ createdAt }) => begin === undefined || dayNumber(createdAt) >= dayNumber(begin))
    .filter(({ createdAt }) => end === undefined || dayNumber(createdAt) <= dayNumber(end));
  const { items, pager } = paginate(found, asked);
  return { ...pager, Data: { TaskInfo: items.map((task) => summarizeTask(tasks, task)) } };
}

/** Answers with the finished tasks that no call has acknowledged. */
export function pollTaskResult(call: Call): Body {
  const { params, tasks } = call;
  const asked = readPage(params);
  const status = readOptionalInteger(params, "TaskResultStatus");
  const found = findVisible(call, params.get("TaskNo"))
    .filter((task) => task.outcome && !task.acknowledged && matches(params, task))
    .filter((task) => status === undefined || tasks.status(task) === status);
  const { items, pager } = paginate(found, asked);
  return { ...pager, Data: { TaskDetail: items.map((task) => describeTask(tasks, task)) } };
}

/** Acknowledges results, so that no client can poll for them again. */
export function acknowledgeTaskResult({ params, account, tasks }: Call): Body {
  const named = readTextList(params, "TaskDetailNo");
  const found = tasks
    .all()
    .filter((task) => task.outcome && !task.acknowledged && named.includes(task.taskDetailNo))
    .filter(({ domain }) => canSee(account, domain));
  for (const task of found) task.acknowledged = true;
  return { Result: found.length };
}

/** Returns the tasks that queries show now and whose domain the account sees. */
function findVisible({ account, tasks }: Call, taskNo?: string): Task[] {
  return tasks.visible(taskNo).filter(({ domain }) => canSee(account, domain));
}

function matches(params: Params, task: Task): boolean {
  const domain = params.get("DomainName");
  const instance = params.get("InstanceId");
  return (
    (!domain || normalizeName(domain) === task.domain) &&
    (!instance || instance === computeInstanceId(task.domain))
  );
}

function describeTask(tasks: Tasks, task: Task): Body {
  const status = tasks.status(task);
  return {
    ...describeSubmission(task),
    TaskDetailNo: task.taskDetailNo,
    DomainName: task.domain,
    InstanceId: computeInstanceId(task.domain),
    TaskStatus: detailStatuses[status],
    TaskStatusCode: status,
    TryCount: task.outcome && status === 3 ? 5 : tasks.retries(task),
    UpdateTime: formatTime(tasks.updatedAt(task)),
    // Documented: not empty on success.
    ErrorMsg: status === 2 ? "The operation is successful." : status === 3 ? "The operation failed." : "",
  };
}

function describeFailure(tasks: Tasks, task: Task): Body {
  const reason = tasks.failReason(task);
  return reason === undefined ? {} : { FailReason: reason };
}

function summarizeTask(tasks: Tasks, task: Task): Body {
  const status = tasks.status(task);
  return {
    ...describeSubmission(task),
    TaskTypeCode: task.taskType,
    TaskBizType: "domain",
    TaskStatus: status >= 2 ? "COMPLETE" : detailStatuses[status],
    TaskStatusCode: Math.min(status, 2) + 1,
    TaskCancelStatus: "INIT",
    TaskCancelStatusCode: 0,
    TaskNum: 1,
    Clientip: "127.0.0.1",
  };
}

/** Returns the fields that details and list share. */
function describeSubmission({ taskNo, taskType, createdAt }: Task): Body {
  return {
    TaskNo: taskNo,
    TaskType: taskType,
    TaskTypeDescription: `${taskType} (emulated)`,
    TaskResult: "",
    CreateTime: formatTime(createdAt),
  };
}

function paginate<T>(all: readonly T[], { number, size }: Page): { items: T[]; pager: Body } {
  const pages = Math.ceil(all.length / size);
  return {
    items: all.slice((number - 1) * size, number * size),
    pager: {
      TotalItemNum: all.length,
      CurrentPageNum: number,
      TotalPageNum: pages,
      PageSize: size,
      PrePage: number > 1,
      NextPage: number < pages,
    },
  };
}

/** Derives an id in the form of the vendor's samples: an S and 17 digits. */
function computeInstanceId(domain: string): string {
  const digits = createHash("sha256").update(domain).digest().readBigUInt64BE().toString().padStart(20, "0");
  return `S${digits.slice(-17)}`;
}
