import { canSee } from "./account";
import { type Body } from "../wire/answer";
import { type Call } from "./call";
import { type Change, type Domain } from "./domains";
import { ApiError } from "../wire/errors";
import { readDomainName, readDsRecord, readKeyTag } from "./parameters";
import { type Params } from "../wire/signature";
import { acknowledgeTaskResult, pollTaskResult, queryTaskDetailList, queryTaskList } from "./taskQueries";

/**
 * Actions that submit a task. The vendor publishes no task type for DS records, so these are
 * invented, and named so that no client relies on them.
 */
const submissions: Readonly<Record<string, { taskType: string; change: (params: Params) => Change }>> = {
  SaveSingleTaskForAddingDSRecord: {
    taskType: "EMULATED_ADD_DS",
    change: (params) => ({ kind: "add", ds: readDsRecord(params) }),
  },
  SaveSingleTaskForModifyingDSRecord: {
    taskType: "EMULATED_MODIFY_DS",
    change: (params) => ({ kind: "modify", ds: readDsRecord(params) }),
  },
  SaveSingleTaskForDeletingDSRecord: {
    taskType: "EMULATED_DELETE_DS",
    change: (params) => ({ kind: "delete", keyTag: readKeyTag(params) }),
  },
  SaveSingleTaskForSynchronizingDSRecord: {
    taskType: "EMULATED_SYNCHRONIZE_DS",
    change: () => ({ kind: "synchronize" }),
  },
};

/** Actions that submit a task. */
export const submissionActions: readonly string[] = Object.keys(submissions);

const queries: Readonly<Record<string, (call: Call) => Body>> = {
  AcknowledgeTaskResult: acknowledgeTaskResult,
  PollTaskResult: pollTaskResult,
  QueryDSRecord: queryDsRecord,
  QueryTaskDetailList: queryTaskDetailList,
  QueryTaskList: queryTaskList,
};

/** Every action of the emulator. */
export const actionNames: readonly string[] = [...submissionActions, ...Object.keys(queries)];

/** @throws {TypeError} for a name that is not an action. */
export function checkAction(name: string): void {
  if (!actionNames.includes(name)) throw new TypeError(`The emulator has no action ${JSON.stringify(name)}.`);
}

/** Carries out a call. @throws {ApiError} if the call is refused. */
export function perform(action: string, call: Call): Body {
  const submission = Object.hasOwn(submissions, action) ? submissions[action] : undefined;
  const query = Object.hasOwn(queries, action) ? queries[action] : undefined;
  if (query) return query(call);
  if (!submission) throw new ApiError("InvalidApi.NotFound");
  const name = readDomainName(call.params);
  const change = submission.change(call.params);
  const task = call.tasks.submit(findOwnDomain(call, name).name, submission.taskType, change, call.traits);
  return { TaskNo: task.taskNo };
}

function queryDsRecord(call: Call): Body {
  const domain = findOwnDomain(call, readDomainName(call.params));
  const records = call.domains.listRecords(domain, call.clock.now());
  return {
    DSRecordList: records.map((ds) => ({
      KeyTag: ds.keyTag,
      Algorithm: ds.algorithm,
      DigestType: ds.digestType,
      Digest: ds.digest,
    })),
  };
}

function findOwnDomain({ account, domains }: Call, name: string): Domain {
  const domain = domains.find(name);
  if (!domain || !canSee(account, domain.name)) throw new ApiError("DomainNotExist");
  return domain;
}
