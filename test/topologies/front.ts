import { decode, type RrsigData } from "dns-packet";
import { conducts, forging } from "./conduct";
import { askTcp, askUdp, listen, type Listener, type Transport } from "./listener";
import type { About, Conduct } from "./recipe";

export interface FrontOptions {
  readonly child: string;
  readonly does: Conduct | undefined;
  /** The questions that it treats this way. It answers all others correctly. */
  readonly about: About | undefined;
  readonly forges: RrsigData | undefined;
  /** Ports of the servers behind it, for the child zone and for the parent. */
  readonly childPort: number;
  readonly parentPort: number;
}

/**
 * Starts a server of the child that has the parent zone too, since delv asks only one server. It
 * treats questions about the child as the topology says, and passes on all others.
 */
export async function startFront(options: FrontOptions): Promise<Listener> {
  const { child, does, about, forges, childPort, parentPort } = options;
  const treat = forges ? forging(forges) : conducts[does ?? "well"];
  return listen(async (query: Buffer, transport: Transport) => {
    const passOn = (port: number, bytes = query) =>
      transport === "udp" ? askUdp(port, bytes) : askTcp(port, bytes);
    if (!isAboutChild(query, child)) return [await passOn(parentPort)];
    if (about && !concerns[about](typeOf(query))) return [await passOn(childPort)];
    return treat(query, transport, (bytes) => passOn(childPort, bytes));
  });
}

/** Returns a port on which nothing listens. */
export async function closedFront(): Promise<Listener> {
  const { port, close } = await listen(() => Promise.resolve([]));
  await close();
  return { port, close: () => Promise.resolve() };
}

function isAboutChild(query: Buffer, child: string): boolean {
  const [question] = decode(query).questions ?? [];
  const name = question?.name.toLowerCase() ?? "";
  const below = name === child.toLowerCase() || name.endsWith(`.${child.toLowerCase()}`);
  return below && !(question?.type === "DS" && name === child.toLowerCase());
}

const concerns: Readonly<Record<About, (type: string | undefined) => boolean>> = {
  keys: (type) => type === "DNSKEY",
  soa: (type) => type === "SOA",
  data: (type) => type !== "DNSKEY",
};

function typeOf(query: Buffer): string | undefined {
  return decode(query).questions?.[0]?.type;
}
