/** Length of a message's header, in octets (RFC 1035 section 4.1.1). */
export const headerOctets = 12;

/** Bits of a header's second field. */
export const headerBits = {
  response: 0x8000,
  authoritative: 0x0400,
  truncated: 0x0200,
  recursionDesired: 0x0100,
  checkingDisabled: 0x0010,
} as const;

/** The response codes that servers are known to answer, by mnemonic (RFC 6895 section 2.3). */
export const rcodes = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  BADVERS: 16,
} as const;

/** Returns the mnemonic of a response code, or "RCODE 23". */
export function rcodeName(rcode: number): string {
  return Object.entries(rcodes).find(([, number]) => number === rcode)?.[0] ?? `RCODE ${rcode}`;
}

/** Returns a view of octets, to read numbers from. */
export function viewOf(octets: Uint8Array): DataView {
  return new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
}
