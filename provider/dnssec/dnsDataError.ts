/** The codes of a {@link DnsDataError}. Stable since 0.1.0. */
export type DnsDataErrorCode =
  "DNSKEY_SYNTAX" | "DIGEST_TYPE_UNSUPPORTED" | "DOMAIN_NAME_INVALID" | "DS_SYNTAX";

/**
 * An error for unusable DNS data: text that does not parse, an invalid domain name, or a digest
 * that cannot be computed. Programs tell the cases apart by `code`.
 */
export class DnsDataError extends Error {
  override readonly name = "DnsDataError";
  readonly code: DnsDataErrorCode;

  constructor(code: DnsDataErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
