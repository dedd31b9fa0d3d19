import RPCClient from "@alicloud/pop-core";
import {
  manualClock,
  startEmulator,
  type Account,
  type Emulator,
  type EmulatorOptions,
  type Fault,
  type FaultRule,
} from "../../emulator/index";

const running: Emulator[] = [];

/** Starts an emulator that `closeAll` closes. */
export async function started(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator(options);
  running.push(emulator);
  return emulator;
}

/** Starts an emulator on a manual clock. The fault strikes the first call that it applies to. */
export async function faulty(fault: Fault, options: EmulatorOptions = {}) {
  const clock = manualClock();
  const rule: FaultRule = { fault, call: 1 };
  const emulator = await started({
    clock,
    domains: ["example.com"],
    taskDurationMs: 1000,
    faults: [rule],
    ...options,
  });
  return { clock, emulator };
}

export async function closeAll(): Promise<void> {
  await Promise.all(running.splice(0).map((emulator) => emulator.close()));
}

export const ds = (keyTag: number) => ({
  keyTag,
  algorithm: 13,
  digestType: 2,
  digest: keyTag.toString(16).padStart(64, "0"),
});

/** Returns the parameters of an addition. */
export const addition = (keyTag: number, domain = "example.com") => ({
  DomainName: domain,
  KeyTag: keyTag,
  Algorithm: 13,
  DigestType: 2,
  Digest: ds(keyTag).digest,
});

export type Answered = Record<string, unknown> & { TaskNo: string };

export interface CallOptions {
  readonly account?: Account;
  readonly version?: string;
  readonly method?: "GET" | "POST";
  /** Time-out of the client, in ms. */
  readonly timeout?: number;
}

/** Makes a call with the vendor's own client, which shares no code with the emulator. */
export async function call(
  emulator: Emulator,
  action: string,
  params: object = {},
  {
    account = emulator.credentials,
    version = "2018-01-29",
    method = "POST",
    timeout = 10_000,
  }: CallOptions = {},
): Promise<Answered> {
  const client = new RPCClient({ endpoint: emulator.url, apiVersion: version, ...account });
  return client.request<Answered>(action, params, { method, timeout, formatAction: false });
}

/** Returns the error of a call that must fail, as the client reports it. */
export async function refusal(answer: Promise<unknown>): Promise<{
  code?: string;
  status?: number;
  message: string;
  name: string;
  data?: Record<string, unknown>;
}> {
  const outcome = await answer.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("value" in outcome) throw new Error(`It was not refused: ${JSON.stringify(outcome.value)}`);
  const error = outcome.error as Error & {
    code?: string;
    data?: Record<string, unknown>;
    entry?: { response: { statusCode: number } };
  };
  return {
    name: error.name,
    message: error.message,
    ...(error.code !== undefined && { code: error.code }),
    ...(error.data && { data: error.data }),
    ...(error.entry && { status: error.entry.response.statusCode }),
  };
}

export interface TaskSeen {
  readonly TaskStatus: string;
  readonly TaskStatusCode: number;
  readonly FailReason?: string;
  readonly [field: string]: unknown;
}

/** Returns the details of a task, and its entry in the account's list. */
export async function seen(
  emulator: Emulator,
  taskNo: string,
): Promise<{ details: TaskSeen[]; info: TaskSeen[] }> {
  const paging = { PageNum: 1, PageSize: 100 };
  const details = await call(emulator, "QueryTaskDetailList", { TaskNo: taskNo, ...paging });
  const list = await call(emulator, "QueryTaskList", paging);
  const { TaskInfo: infos } = list["Data"] as { TaskInfo: TaskSeen[] };
  return {
    details: (details["Data"] as { TaskDetail: TaskSeen[] }).TaskDetail,
    info: infos.filter(({ TaskNo }) => TaskNo === taskNo),
  };
}

/** Returns the key tags in the listing. */
export async function listedTags(emulator: Emulator, domain = "example.com"): Promise<unknown[]> {
  const answer = await call(emulator, "QueryDSRecord", { DomainName: domain });
  return (answer["DSRecordList"] as { KeyTag: unknown }[]).map(({ KeyTag }) => KeyTag);
}
