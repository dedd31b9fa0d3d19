import type { Delegations } from "../../provider/preflight/delegations";
import type { Verdict, VerdictStatus } from "../../provider/preflight/verdict";
import type { Ds } from "../../provider/dnssec/ds";
import type { Standing } from "./bed";
import type { Topology } from "./recipe";
import type { Opinion } from "../harness/validators";
import type { Verdicts } from "./verdicts";
import { worst } from "./worst";

/** Time for the servers' answers to us, in ms. Silent servers cost all of it. */
export function timeoutMs({ servers = [] }: Topology): number {
  return servers.some(({ does }) => does === "silent") ? 1_500 : 5_000;
}

/**
 * Returns our verdict on a DS set over a topology. The servers of a missing child are searched at
 * the parent.
 */
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
 * Returns the verdict that ours must be: the stricter of both. If neither has one, for lack of
 * answers or of the child, a set without DS is insecure anyway, since only the parent decides that.
 */
export function wanted({ topology }: Standing, ds: readonly Ds[], verdicts: Verdicts): VerdictStatus {
  const strictest = worst(counting(topology, verdicts));
  if (strictest !== "unknown" && strictest !== "nonexistent") return strictest;
  return ds.length === 0 ? "insecure" : "unknown";
}

/** Returns the verdicts against which ours is measured. */
export function counting({ exception }: Topology, { delv, unbound }: Verdicts): readonly Opinion[] {
  return exception ? [delv] : [delv, unbound];
}
