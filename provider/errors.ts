/** Every code that this package's errors can carry, except those of unusable DNS data (`DnsDataError`). Stable from 0.1.0. */
export type ErrorCode =
  | "CONFIG_INVALID"
  | "CREDENTIALS_INCOMPLETE"
  | "CREDENTIALS_MISSING"
  | "CREDENTIALS_UNAVAILABLE"
  | "DOMAIN_BUSY"
  | "DS_CONFLICT"
  | "DS_LIMIT_REACHED"
  | "DS_NOT_FOUND"
  | "KEY_TAG_AMBIGUOUS"
  | "NODE_UNSUPPORTED"
  | "NOT_PUBLISHED"
  | "PREFLIGHT_BOGUS"
  | "PREFLIGHT_UNPROVEN"
  | "PROCESS_ORPHANED"
  | "REGISTRAR_ANSWER_INVALID"
  | "REGISTRAR_REFUSED"
  | "REGISTRAR_UNAVAILABLE"
  | "REPLACEMENT_UNFINISHED"
  | "RESOURCE_ID_INVALID"
  | "STATE_INVALID"
  | "TASK_FAILED"
  | "TASK_UNFINISHED"
  | "UNEXPECTED";

/** What an error is about, as data: whatever of it is known. Never a credential. */
export interface ErrorDetails {
  /** The registrar's own error code, such as `DomainNotExist`. */
  readonly apiCode?: string;
  /** The registrar's number of the request, to quote to its support. */
  readonly requestId?: string;
  /** The number of the registrar's asynchronous task. */
  readonly taskNo?: string;
}

/**
 * The error that everything outside of `dnssec/` throws. Its message stands on its own (what was asked, what was
 * answered, what to do); programs look at `code`.
 *
 * @example
 * try { … } catch (error) {
 *   if ((error as { code?: string }).code === "TASK_FAILED") { … }
 * }
 */
export class DsRecordError extends Error {
  override readonly name = "DsRecordError";
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}
