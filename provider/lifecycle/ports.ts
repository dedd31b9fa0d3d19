import type { Ds } from "../dnssec/ds";
import type { DsAnswer, Observation } from "../dns/answers";
import type { ServerTexts } from "../preflight/settings";
import type { Verdict } from "../preflight/verdict";

/**
 * Returns how a validating resolver would treat a domain with this DS set, by the answers of its
 * servers.
 */
export type Judge = (ds: readonly Ds[]) => Verdict;

/**
 * What the lifecycle needs of the DNS. Only the signal rejects a call; faults of servers are
 * values.
 */
export interface Delegations {
  /**
   * Asks all servers of the domain's zone for its keys, for at most a few seconds unless
   * `timeoutMs` is given.
   */
  keysOf(domain: string, servers: ServerTexts, signal: AbortSignal, timeoutMs?: number): Promise<Judge>;
  /** Asks all servers of the parent zone for the domain's DS set, for at most a few seconds. */
  published(domain: string, servers: ServerTexts, signal: AbortSignal): Promise<Observation<DsAnswer>>;
}

/** Tells the user on the record's own row what is happening. Never throws, never waits. */
export interface Reporter {
  /** Shown while the operation runs, and gone afterwards. */
  status(text: string): void;
  /** Kept in the summary of the operation. */
  info(text: string): void;
  warning(text: string): void;
}
