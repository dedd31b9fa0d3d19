import { sees } from "./account";
import { type Body } from "../wire/answer";
import { type Call } from "./call";
import { type Change, type Domain } from "./domains";
import { ApiError } from "../wire/errors";
import { domainName, dsRecord, keyTag } from "./parameters";
import { type Params } from "../wire/signature";
import { acknowledgeTaskResult, pollTaskResult, queryTaskDetailList, queryTaskList } from "./taskQueries";

/** The vendor publishes no task type for DS records: these are made up, so that nobody comes to rely on one. */
const submissions: Readonly<Record<string, { taskType: string; change: (params: Params) => Change }>> = {
  SaveSingleTaskForAddingDSRecord: {
    taskType: "EMULATED_ADD_DS",
    change: (params) => ({ kind: "add", ds: dsRecord(params) }),
  },
  SaveSingleTaskForModifyingDSRecord: {
    taskType: "EMULATED_MODIFY_DS",
    change: (params) => ({ kind: "modify", ds: dsRecord(params) }),
  },
  SaveSingleTaskForDeletingDSRecord: {
    taskType: "EMULATED_DELETE_DS",
    change: (params) => ({ kind: "delete", keyTag: keyTag(params) }),
  },
  SaveSingleTaskForSynchronizingDSRecord: {
    taskType: "EMULATED_SYNCHRONIZE_DS",
    change: () => ({ kind: "synchronize" }),
  },
};

/** The actions that make a task. */
export const submissionActions: readonly string[] = Object.keys(submissions);

const queries: Readonly<Record<string, (call: Call) => Body>> = {
  AcknowledgeTaskResult: acknowledgeTaskResult,
  PollTaskResult: pollTaskResult,
  QueryDSRecord: queryDsRecord,
  QueryTaskDetailList: queryTaskDetailList,
  QueryTaskList: queryTaskList,
};

/** Every action that the emulator serves. */
export const actionNames: readonly string[] = [...submissionActions, ...Object.keys(queries)];

/** @throws {ApiError} when the call is refused. */
export function perform(action: string, call: Call): Body {
  const submission = Object.hasOwn(submissions, action) ? submissions[action] : undefined;
  const query = Object.hasOwn(queries, action) ? queries[action] : undefined;
  if (query) return query(call);
  if (!submission) throw new ApiError("InvalidApi.NotFound");
  const name = domainName(call.params);
  const change = submission.change(call.params);
  const task = call.tasks.submit(ownDomain(call, name).name, submission.taskType, change, call.traits);
  return { TaskNo: task.taskNo };
}

function queryDsRecord(call: Call): Body {
  const domain = ownDomain(call, domainName(call.params));
  const records = call.domains.listing(domain, call.clock.now());
  return {
    DSRecordList: records.map((ds) => ({
      KeyTag: ds.keyTag,
      Algorithm: ds.algorithm,
      DigestType: ds.digestType,
      Digest: ds.digest,
    })),
  };
}

function ownDomain({ account, domains }: Call, name: string): Domain {
  const domain = domains.find(name);
  if (!domain || !sees(account, domain.name)) throw new ApiError("DomainNotExist");
  return domain;
}
