import type { Call, Params } from "../alicloud/transport";
import { unicodeDomainName } from "../dnssec/name";
import type { Change } from "./registrar";

/** Number of tasks on a page. The vendor documents a maximum only for details, of 1000. */
const pageSize = 100;

export function listingCall(domain: string): Call {
  return {
    action: "QueryDSRecord",
    what: `Reading the DS records of ${domain}`,
    writes: false,
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
    writes: true,
    params: { DomainName: wireDomain(domain), KeyTag: keyTag, ...dataOf(change) },
  };
}

export function taskDetailCall(domain: string, taskNo: string): Call {
  return {
    action: "QueryTaskDetailList",
    what: `Reading task ${taskNo} of ${domain}`,
    writes: false,
    details: { taskNo },
    params: { TaskNo: taskNo, PageNum: 1, PageSize: pageSize },
  };
}

/**
 * @param since Milliseconds since the epoch. Tasks that were submitted before that day are left
 *   out.
 */
export function taskListCall(since: number): Call {
  return {
    action: "QueryTaskList",
    what: "Reading the tasks of the account",
    writes: false,
    params: { PageNum: 1, PageSize: pageSize, BeginCreateTime: since },
  };
}

/** Returns the parameters besides the key tag. A deletion has no others. */
function dataOf(change: Change): Params {
  if (change.action === "delete") return {};
  const { algorithm, digestType, digest } = change.ds;
  return { Algorithm: algorithm, DigestType: digestType, Digest: digest };
}

/**
 * Returns the Unicode form, since the API documents that it takes no A-labels ("Domain name
 * validity").
 */
function wireDomain(domain: string): string {
  return unicodeDomainName(domain);
}
