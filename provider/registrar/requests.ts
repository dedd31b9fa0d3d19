import type { Change } from "./registrar";
import { unicodeDomainName } from "../dnssec/name";
import type { Call, Params } from "../alicloud/transport";

/** The calls that this package makes, in the API's spelling. */

/** Entries of a page of tasks. The vendor documents a maximum for details only, of 1000. */
const pageSize = 100;

export function listingCall(domain: string): Call {
  return {
    action: "QueryDSRecord",
    what: `Reading the DS records of ${domain}`,
    submits: false,
    params: { DomainName: wireDomain(domain) },
  };
}

const submissions = {
  add: { action: "SaveSingleTaskForAddingDSRecord", what: "Adding" },
  modify: { action: "SaveSingleTaskForModifyingDSRecord", what: "Changing" },
  delete: { action: "SaveSingleTaskForDeletingDSRecord", what: "Deleting" },
} as const;

export function submissionCall(domain: string, change: Change): Call {
  const { action, what } = submissions[change.action];
  const keyTag = change.action === "delete" ? change.keyTag : change.ds.keyTag;
  return {
    action,
    what: `${what} the DS record ${keyTag} of ${domain}`,
    submits: true,
    params: { DomainName: wireDomain(domain), KeyTag: keyTag, ...dataOf(change) },
  };
}

export function taskDetailCall(domain: string, taskNo: string): Call {
  return {
    action: "QueryTaskDetailList",
    what: `Looking at task ${taskNo} of ${domain}`,
    submits: false,
    taskNo,
    params: { TaskNo: taskNo, PageNum: 1, PageSize: pageSize },
  };
}

/** @param since Tasks that were submitted before the day of this time are not asked for: milliseconds since the epoch. */
export function taskListCall(since: number): Call {
  return {
    action: "QueryTaskList",
    what: "Looking at the tasks of the account",
    submits: false,
    params: { PageNum: 1, PageSize: pageSize, BeginCreateTime: since },
  };
}

/** A deletion takes the key tag alone. */
function dataOf(change: Change): Params {
  if (change.action === "delete") return {};
  const { algorithm, digestType, digest } = change.ds;
  return { Algorithm: algorithm, DigestType: digestType, Digest: digest };
}

/** The API documents that it takes no A-labels ("Domain name validity"). */
function wireDomain(domain: string): string {
  return unicodeDomainName(domain);
}
