/**
 * What a validating resolver would make of a domain. `secure`: its answers validate. `insecure`: they are taken as those
 * of an unsigned domain are. `bogus`: it has none, the domain is off the internet. `unknown`: nobody could be asked.
 */
export type VerdictStatus = "secure" | "insecure" | "bogus" | "unknown";

/** One finding: a stable code, a sentence, and the server that it is about, where it is about one. */
export interface Reason {
  readonly code: string;
  readonly message: string;
  readonly server?: string;
}

/** `reasons` say why the status is what it is; `warnings` what does not change it and should be mended. */
export interface Verdict {
  readonly status: VerdictStatus;
  readonly reasons: readonly Reason[];
  readonly warnings: readonly Reason[];
}
