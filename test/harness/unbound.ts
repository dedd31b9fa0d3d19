/** What `unbound-host` goes by. Addresses are written `127.0.0.1:5301`. */
export interface UnboundSetUp {
  /** A file with the key that is trusted, as zone files write it. */
  readonly trustAnchorFile: string;
  /** The servers of each zone, by its name. */
  readonly stubs: readonly (readonly [zone: string, servers: readonly string[]])[];
  /** Further lines of the section `server`. */
  readonly more?: readonly string[];
}

/** A configuration of unbound as a validator that asks these servers alone. */
export function unboundConfiguration({ trustAnchorFile, stubs, more = [] }: UnboundSetUp): string {
  const server = [
    'chroot: ""',
    'username: ""',
    "do-ip6: no",
    "do-not-query-localhost: no",
    `trust-anchor-file: "${trustAnchorFile}"`,
    'module-config: "validator iterator"',
    ...more,
  ];
  const zones = stubs.map(([zone, servers]) => {
    const addresses = servers.map((address) => `  stub-addr: ${address.replace(":", "@")}\n`);
    return `stub-zone:\n  name: "${zone}."\n${addresses.join("")}`;
  });
  return `server:\n${server.map((line) => `  ${line}\n`).join("")}${zones.join("")}`;
}
