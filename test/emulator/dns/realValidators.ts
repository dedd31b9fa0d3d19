import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startBind } from "../../harness/bind";
import { Validators, type Opinion } from "../../harness/validators";

/** Validators that trust the key of one parent zone. */
export interface RealValidators {
  /** Returns the opinion on the address of a name. */
  delv(name: string): Promise<Opinion>;
  unbound(name: string): Promise<Opinion>;
  stop(): Promise<void>;
}

/** The server of each zone, the parent included, by the zone's name. */
export type Servers = Readonly<Record<string, string>>;

/** Configures named to cache as little as it can, so that queries reach the emulator. */
const options = ["recursion yes; max-cache-ttl 0; max-ncache-ttl 0;"];

/**
 * Starts BIND as the resolver that `delv` asks. `unbound-host` asks the servers itself.
 *
 * @param trustAnchor The parent's DNSKEY record, as a zone-file line.
 */
export async function startValidators(trustAnchor: string, servers: Servers): Promise<RealValidators> {
  const directory = mkdtempSync(path.join(tmpdir(), "real-validators-"));
  const remove = () => rmSync(directory, { recursive: true });
  try {
    const statements = Object.entries(servers).map(forwardZone);
    const resolver = await startBind({ directory, options, statements });
    const validators = new Validators(directory, trustAnchor);
    const stubs = Object.fromEntries(Object.entries(servers).map(([zone, server]) => [zone, [server]]));
    return {
      delv: (name) => validators.delv({ name, type: "A" }, `127.0.0.1:${resolver.port}`),
      unbound: (name) => validators.unbound({ name, type: "A" }, stubs),
      stop: async () => {
        await resolver.stop();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

function forwardZone([zone, server]: readonly [string, string]): string {
  const [host, port] = server.split(":");
  return `zone "${zone}" { type forward; forward only; forwarders { ${host} port ${port}; }; };`;
}
