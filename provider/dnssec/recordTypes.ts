/**
 * The numbers of the DNS record types that this package names.
 *
 * @see https://www.iana.org/assignments/dns-parameters
 */
export const recordTypes = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  AAAA: 28,
  OPT: 41,
  DS: 43,
  RRSIG: 46,
  DNSKEY: 48,
  CDS: 59,
  CDNSKEY: 60,
} as const;

/** The number of the class IN, the only class that this package reads. */
export const classIn = 1;

/** Maximum TTL of a record, in seconds (RFC 2181 section 8). */
export const maxTtlSeconds = 2 ** 31 - 1;
