/**
 * How a validating resolver treats a domain.
 *
 * - `secure`: its answers validate.
 * - `insecure`: it resolves, and is treated as unsigned.
 * - `bogus`: the resolver gives no answer. For its users, the domain is off the internet.
 * - `unknown`: no server could be asked.
 */
export type VerdictStatus = "secure" | "insecure" | "bogus" | "unknown";

/** A finding: a stable code, a sentence, and the server if it is about a single one. */
export interface Reason {
  readonly code: string;
  readonly message: string;
  readonly server?: string;
}

/**
 * A status, the reasons for it, and warnings: other problems to fix, which do not change the
 * status.
 */
export interface Verdict {
  readonly status: VerdictStatus;
  readonly reasons: readonly Reason[];
  readonly warnings: readonly Reason[];
}
