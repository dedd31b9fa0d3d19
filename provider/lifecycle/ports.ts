import type { Ds } from "../dnssec/ds";
import type { DsAnswer, Observation } from "../dns/answers";
import type { ServerTexts } from "../preflight/settings";
import type { Verdict } from "../preflight/verdict";

/** What a validating resolver would make of a domain if this were its DS set, by what its servers have answered. */
export type Judge = (ds: readonly Ds[]) => Verdict;

/** What the lifecycle needs of the DNS. Rejections are those of `signal` only: what servers do or do not do are values. */
export interface Delegations {
  /** Asks all servers of the domain's zone for its keys, at most for some seconds unless told. */
  keysOf(domain: string, servers: ServerTexts, signal: AbortSignal, timeoutMs?: number): Promise<Judge>;
  /** Asks all servers of the parent zone for the domain's DS set, at most for some seconds. */
  published(domain: string, servers: ServerTexts, signal: AbortSignal): Promise<Observation<DsAnswer>>;
}

/** Tells the user on the record's own row what is going on. Never throws, never waits. */
export interface Reporter {
  /** Shown while the operation runs, and gone afterwards. */
  status(text: string): void;
  /** Kept in the summary of the operation. */
  info(text: string): void;
  warning(text: string): void;
}
