import type { Delegations } from "../../provider/preflight/delegations";
import type { Verdict, VerdictStatus } from "../../provider/preflight/verdict";
import type { Ds } from "../../provider/dnssec/ds";
import type { Standing } from "./bed";
import type { Topology } from "./recipe";
import type { Opinion, Verdicts } from "./validators";
import { worst } from "./worst";

/** How long the servers may take to answer us, in milliseconds: silent ones cost all of it. */
export function timeoutMs({ servers = [] }: Topology): number {
  return servers.some(({ does }) => does === "silent") ? 1_500 : 5_000;
}

/** Our verdict about a DS set over a topology. Servers of a child that does not exist are looked for at the parent's. */
export async function ours(
  delegations: Delegations,
  { domain, topology, ports, parentPort }: Standing,
  ds: readonly Ds[],
): Promise<Verdict> {
  const servers = topology.undelegated
    ? { parentNameServers: [`127.0.0.1:${parentPort}`] }
    : { nameServers: ports.map((port) => `127.0.0.1:${port}`) };
  return (await delegations.keysOf(domain, servers, undefined, timeoutMs(topology)))(ds);
}

/**
 * What ours must be: what both say, or what the stricter says. Where neither says anything, because there are no answers or no such
 * child, a set without any DS is insecure all the same, since the parent alone makes it so.
 */
export function wanted({ topology }: Standing, ds: readonly Ds[], verdicts: Verdicts): VerdictStatus {
  const strictest = worst(counting(topology, verdicts));
  if (strictest !== "unknown" && strictest !== "nonexistent") return strictest;
  return ds.length === 0 ? "insecure" : "unknown";
}

/** The opinions by which ours is measured. */
export function counting({ exception }: Topology, { delv, unbound }: Verdicts): readonly Opinion[] {
  return exception ? [delv] : [delv, unbound];
}
