import type { VerdictCode } from "../verdictCodes";

/**
 * A finding in one server's answer: a stable code, and a clause that the servers' names are added
 * to.
 */
export interface ServerFinding {
  readonly code: VerdictCode;
  readonly text: string;
}
