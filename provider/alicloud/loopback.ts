import { BlockList, isIP } from "node:net";

const addresses = new BlockList();
addresses.addSubnet("127.0.0.0", 8, "ipv4");
addresses.addAddress("::1", "ipv6");

/**
 * Returns whether a URL's host is this machine, so that plain http to it leaves nothing on a
 * network. Names below `localhost` do not count: some systems ask the DNS for them.
 *
 * @param hostname As `URL` gives it: lower case, IPv6 addresses in brackets.
 */
export function isLoopback(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, "");
  const family = isIP(address);
  if (family === 0) return hostname === "localhost";
  return addresses.check(address, family === 4 ? "ipv4" : "ipv6");
}
