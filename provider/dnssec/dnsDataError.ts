/** Codes of unusable DNS data. Stable from 0.1.0. */
export type DnsDataErrorCode =
  "DNSKEY_SYNTAX" | "DIGEST_TYPE_UNSUPPORTED" | "DOMAIN_NAME_INVALID" | "DS_SYNTAX";

/**
 * DNS data that cannot be used: text that does not parse, a name that is none, a digest that cannot be computed.
 * Programs look at `code`.
 */
export class DnsDataError extends Error {
  override readonly name = "DnsDataError";
  readonly code: DnsDataErrorCode;

  constructor(code: DnsDataErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
