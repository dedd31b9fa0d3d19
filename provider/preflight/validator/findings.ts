import type { VerdictCode } from "../verdictCodes";

/**
 * A finding in one server's answer: a stable code, and a clause to which servers' names are added.
 */
export interface ServerFinding {
  readonly code: VerdictCode;
  readonly text: string;
}
