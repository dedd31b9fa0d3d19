import type { DsRecordError } from "../../../errors";
import type { DnsOptions } from "../../../preflight/settings";
import type { Reporter } from "../../ports";
import type { Wish } from "./decision";
import type { RecordIdentity } from "./identity";
import type { Pending, PendingPublication } from "./pending";

/** One change of one record. */
export interface ChangeRequest {
  readonly identity: RecordIdentity;
  readonly wish: Wish;
  /** Maximum time in the domain's turns, in ms. */
  readonly timeoutMs: number;
  readonly reporter: Reporter;
  readonly dns: DnsOptions;
  /** A submission of an earlier run, to be followed first. */
  readonly pending?: Pending | undefined;
}

/** How a change ended. */
export type Outcome = Done | Unfinished | Refused;

/** The record is as the operation wants it. */
export interface Done {
  readonly kind: "done";
  /** It was so already, without a task of this run or of an earlier one. */
  readonly held: boolean;
  /** The task that made it so, if it is known. */
  readonly taskNo?: string;
  /** TTL of the DS set at the parent, in seconds; only after a wait for publication. */
  readonly parentTtl?: number;
}

/** The change may still take effect. The state must remember it; `error` is for the user. */
export interface Unfinished {
  readonly kind: "unfinished";
  readonly pending: Pending | PendingPublication;
  readonly taskNo?: string;
  readonly error: DsRecordError;
}

/** The change was not made, and nothing is left to save. `error` is for the user. */
export interface Refused {
  readonly kind: "refused";
  readonly error: DsRecordError;
}

export function refused(error: DsRecordError): Refused {
  return { kind: "refused", error };
}
