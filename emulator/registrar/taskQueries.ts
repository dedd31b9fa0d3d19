import { createHash } from "node:crypto";
import { sees } from "./account";
import { type Body } from "../wire/answer";
import { wireDay, wireTime } from "../wire/times";
import { type Call } from "./call";
import { canonicalName } from "./domains";
import { optionalInteger, page, requiredText, textList, type Page } from "./parameters";
import { type Params } from "../wire/signature";
import { type Task, type Tasks } from "./tasks";

export const detailStatuses = ["WAITING_EXECUTE", "EXECUTING", "EXECUTE_SUCCESS", "EXECUTE_FAILURE"] as const;

/** What has become of a single task. */
export function queryTaskDetailList(call: Call): Body {
  const { params, tasks } = call;
  const taskNo = requiredText(params, "TaskNo");
  const asked = page(params);
  const status = optionalInteger(params, "TaskStatus");
  const found = visible(call, taskNo)
    .filter((task) => matches(params, task))
    .filter((task) => status === undefined || tasks.status(task) === status);
  const { items, pager } = paged(found, asked);
  return {
    ...pager,
    Data: { TaskDetail: items.map((task) => ({ ...detail(tasks, task), ...failReason(tasks, task) })) },
  };
}

/** The tasks of the whole account, newest first, on a scale of their own: 1, 2, and 3 for complete, be it well or ill. */
export function queryTaskList(call: Call): Body {
  const { params, tasks } = call;
  const asked = page(params);
  const begin = optionalInteger(params, "BeginCreateTime");
  const end = optionalInteger(params, "EndCreateTime");
  const found = visible(call)
    .reverse()
    .filter(({ createdAt }) => begin === undefined || wireDay(createdAt) >= wireDay(begin))
    .filter(({ createdAt }) => end === undefined || wireDay(createdAt) <= wireDay(end));
  const { items, pager } = paged(found, asked);
  return { ...pager, Data: { TaskInfo: items.map((task) => info(tasks, task)) } };
}

/** Finished tasks that nobody has acknowledged. */
export function pollTaskResult(call: Call): Body {
  const { params, tasks } = call;
  const asked = page(params);
  const status = optionalInteger(params, "TaskResultStatus");
  const found = visible(call, params.get("TaskNo"))
    .filter((task) => task.outcome && !task.acknowledged && matches(params, task))
    .filter((task) => status === undefined || tasks.status(task) === status);
  const { items, pager } = paged(found, asked);
  return { ...pager, Data: { TaskDetail: items.map((task) => detail(tasks, task)) } };
}

/** Takes results away from everybody who polls for them. */
export function acknowledgeTaskResult({ params, account, tasks }: Call): Body {
  const named = textList(params, "TaskDetailNo");
  const found = tasks
    .all()
    .filter((task) => task.outcome && !task.acknowledged && named.includes(task.taskDetailNo))
    .filter(({ domain }) => sees(account, domain));
  for (const task of found) task.acknowledged = true;
  return { Result: found.length };
}

/** Those that are returned by now, and are about a domain that the account sees. */
function visible({ account, tasks }: Call, taskNo?: string): Task[] {
  return tasks.visible(taskNo).filter(({ domain }) => sees(account, domain));
}

function matches(params: Params, task: Task): boolean {
  const domain = params.get("DomainName");
  const instance = params.get("InstanceId");
  return (
    (!domain || canonicalName(domain) === task.domain) && (!instance || instance === instanceId(task.domain))
  );
}

function detail(tasks: Tasks, task: Task): Body {
  const status = tasks.status(task);
  return {
    TaskNo: task.taskNo,
    TaskDetailNo: task.taskDetailNo,
    DomainName: task.domain,
    InstanceId: instanceId(task.domain),
    TaskType: task.taskType,
    TaskTypeDescription: `${task.taskType} (emulated)`,
    TaskStatus: detailStatuses[status],
    TaskStatusCode: status,
    TaskResult: "",
    TryCount: task.outcome && status === 3 ? 5 : tasks.retries(task),
    CreateTime: wireTime(task.createdAt),
    UpdateTime: wireTime(tasks.updatedAt(task)),
    // Not empty on success: that is documented, and a trap.
    ErrorMsg: status === 2 ? "The operation is successful." : status === 3 ? "The operation failed." : "",
  };
}

function failReason(tasks: Tasks, task: Task): Body {
  const reason = tasks.failReason(task);
  return reason === undefined ? {} : { FailReason: reason };
}

function info(tasks: Tasks, task: Task): Body {
  const status = tasks.status(task);
  return {
    TaskNo: task.taskNo,
    TaskType: task.taskType,
    TaskTypeCode: task.taskType,
    TaskTypeDescription: `${task.taskType} (emulated)`,
    TaskBizType: "domain",
    TaskStatus: status >= 2 ? "COMPLETE" : detailStatuses[status],
    TaskStatusCode: Math.min(status, 2) + 1,
    TaskResult: "",
    TaskCancelStatus: "INIT",
    TaskCancelStatusCode: 0,
    TaskNum: 1,
    CreateTime: wireTime(task.createdAt),
    Clientip: "127.0.0.1",
  };
}

function paged<T>(all: readonly T[], { number, size }: Page): { items: T[]; pager: Body } {
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

/** As in the vendor's samples: an S and digits, the same ones for a domain every time. */
function instanceId(domain: string): string {
  const digits = createHash("sha256").update(domain).digest().readBigUInt64BE().toString().padStart(20, "0");
  return `S${digits.slice(-17)}`;
}
