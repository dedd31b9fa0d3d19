/**
 * The codes of a {@link DnsDataError}. Stable since 0.1.0.
 *
 * - `DS_SYNTAX`: text or fields that are not a DS record
 * - `DNSKEY_SYNTAX`: text or fields that are not a DNSKEY record
 * - `DOMAIN_NAME_INVALID`: text that is not a domain name
 * - `DIGEST_TYPE_UNSUPPORTED`: a digest type that cannot be computed here
 */
export type DnsDataErrorCode =
  "DNSKEY_SYNTAX" | "DIGEST_TYPE_UNSUPPORTED" | "DOMAIN_NAME_INVALID" | "DS_SYNTAX";

/**
 * An error for unusable DNS data. Programs tell the cases apart by `code`. The message names the
 * given and the allowed value.
 *
 * @example
 * try {
 *   parseDs(text);
 * } catch (error) {
 *   if (error instanceof DnsDataError && error.code === "DS_SYNTAX") report(error.message);
 * }
 * @see RFC 4034 sections 2 and 5
 */
export class DnsDataError extends Error {
  override readonly name = "DnsDataError";
  readonly code: DnsDataErrorCode;

  constructor(code: DnsDataErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
