import type { DnsOptions } from "../../../preflight/settings";
import type { Wish } from "./decision";
import type { RecordIdentity } from "./identity";
import type { Reporter } from "../../ports";
import type { Pending } from "../../record/state";

/** One change of one record: whose, and how long it may take from the domain's turn on, in milliseconds. */
export interface Job {
  readonly identity: RecordIdentity;
  readonly wish: Wish;
  readonly timeoutMs: number;
  readonly reporter: Reporter;
  readonly dns: DnsOptions;
  /** A task of an earlier run that has to end first. */
  readonly pending?: Pending | undefined;
}

/** The wish holds. */
export interface Done {
  /** Whether it held already, without a task of this run or an earlier one. */
  readonly held: boolean;
  /** The task that brought it about, where it is known. */
  readonly taskNo?: string;
}
