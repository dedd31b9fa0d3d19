import { isIPv4, isIPv6 } from "node:net";

/** The address and port of a name server. */
export interface ServerAddress {
  readonly address: string;
  readonly port: number;
}

const dnsPort = 53;

/**
 * Reads the address of a name server.
 *
 * @param text An IPv4 or IPv6 address, with a port if it is not 53. An IPv6 address with a port is
 *   in brackets.
 * @returns Undefined for any other text, host names included.
 * @example parseServerAddress("[2001:db8::1]:5301"); // { address: "2001:db8::1", port: 5301 }
 * @see RFC 5952 section 6
 */
export function parseServerAddress(text: string): ServerAddress | undefined {
  if (isIPv6(text)) return { address: text, port: dnsPort };
  const [, ipv6, ipv4 = "", digits] = /^(?:\[([^\]]*)\]|([^:]*))(?::([1-9]\d*))?$/.exec(text) ?? [];
  const port = digits === undefined ? dnsPort : Number(digits);
  if (port > 65535) return undefined;
  if (ipv6 !== undefined) return isIPv6(ipv6) ? { address: ipv6, port } : undefined;
  return isIPv4(ipv4) ? { address: ipv4, port } : undefined;
}
