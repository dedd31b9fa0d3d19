/**
 * Every code of a {@link DsRecordError}. The codes are stable from 0.1.0 on. Errors in DNS data
 * have codes of their own (`DnsDataErrorCode`).
 *
 * @see `docs/errors.md` in this package: what each code means, what is true at that point, and what
 *   to do.
 */
export type ErrorCode =
  /** A setting, argument or option has a value that is not allowed. */
  | "CONFIG_INVALID"
  /** A place with an access key id lacks the secret. */
  | "CREDENTIALS_INCOMPLETE"
  /** No place has credentials. */
  | "CREDENTIALS_MISSING"
  /** A source of credentials failed, or its credentials are too long, or could not be renewed. */
  | "CREDENTIALS_UNAVAILABLE"
  /** Another task held the domain until the time-out. */
  | "DOMAIN_BUSY"
  /** The registrar has a record with this key tag and other data. */
  | "DS_CONFLICT"
  /** The domain has the maximum of eight DS records. */
  | "DS_LIMIT_REACHED"
  /** `DsRecord.get` asked for a record that the registrar does not have. */
  | "DS_NOT_FOUND"
  /** The registrar has two records with this key tag, and changes records by key tag alone. */
  | "KEY_TAG_AMBIGUOUS"
  /** This version of Node.js cannot `require` ES modules. */
  | "NODE_UNSUPPORTED"
  /**
   * With `waitForPublication`, some servers of the parent zone did not answer with the record
   * before the time-out.
   */
  | "NOT_PUBLISHED"
  /** The resulting DS set would break the chain of trust. Nothing was submitted for this record. */
  | "PREFLIGHT_BOGUS"
  /** In strict mode, the safety of the resulting DS set could not be proven. */
  | "PREFLIGHT_UNPROVEN"
  /** The Pulumi CLI has ended, so its provider process gave up. */
  | "PROCESS_ORPHANED"
  /** The answer is not from the registrar's API, or is damaged. */
  | "REGISTRAR_ANSWER_INVALID"
  /** The registrar's API refused the call. */
  | "REGISTRAR_REFUSED"
  /** The registrar did not answer in any try that the time allowed. */
  | "REGISTRAR_UNAVAILABLE"
  /** A record was not deleted, because another change of this domain did not finish in this run. */
  | "REPLACEMENT_UNFINISHED"
  /** A resource id is not a domain, a slash and a key tag, as in `example.com/2371`. */
  | "RESOURCE_ID_INVALID"
  /** The state of the record is unusable, most likely because it was edited by hand. */
  | "STATE_INVALID"
  /** The registrar's task failed. */
  | "TASK_FAILED"
  /** There is, or may be, a task that was not seen to end before the time-out. */
  | "TASK_UNFINISHED"
  /** A mistake in this package. */
  | "UNEXPECTED";

/** Facts about an error as data, as far as they are known. They never hold a credential. */
export interface ErrorDetails {
  /** The API's own error code, such as `DomainNotExist`. */
  readonly apiCode?: string;
  /** The API's number of the request, for its support. */
  readonly requestId?: string;
  /** The number of the registrar's task. */
  readonly taskNo?: string;
}

/**
 * An error of this package, except for errors in DNS data (`DnsDataError`). The message says what
 * was asked, what was answered and what to do; programs check `code`.
 *
 * @example
 * try {
 *   await checkDelegation({ domainName: "example.com" });
 * } catch (error) {
 *   if (error instanceof DsRecordError && error.code === "CONFIG_INVALID") console.error(error.message);
 *   else throw error;
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
