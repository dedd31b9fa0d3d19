import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import type { Answer } from "dns-packet";
import { systemClock, type Clock } from "../../provider/concurrency/clock";
import type { QueryContext } from "../../provider/dns/query";
import { createDelegationClient } from "../../provider/dns/delegationClient";
import { reply, scriptedServer, type Asked, type Reply, type ScriptedServer } from "./scriptedServer";

/** A server's answers by "name TYPE". A list of records is the answer section. */
export type Zone = Readonly<Record<string, readonly Answer[] | Reply>>;

export const ns = (name: string, data: string): Answer => ({ name, type: "NS", ttl: 60, data });
export const a = (name: string, data: string): Answer => ({ name, type: "A", ttl: 60, data });
export const aaaa = (name: string, data: string): Answer => ({ name, type: "AAAA", ttl: 60, data });
export const soa = (name: string): Answer => ({
  name,
  type: "SOA",
  data: { mname: "m", rname: "r", serial: 1 },
});
export const key: Answer = {
  name: "example.test",
  type: "DNSKEY",
  data: { flags: 257, algorithm: 13, key: Buffer.alloc(64) },
};
export const ds: Answer = {
  name: "example.test",
  type: "DS",
  ttl: 300,
  data: { keyTag: 1, algorithm: 13, digestType: 2, digest: Buffer.alloc(32, 0xab) },
};
export const referral = (...records: Answer[]): Reply => ({
  flags: 0,
  authorities: records.filter(({ type }) => type === "NS"),
  additionals: records.filter(({ type }) => type !== "NS"),
});
export const nxdomain: Reply = { rcode: 3 };

/** A bed of servers on loopback addresses that share a port, as servers of zones do. */
export interface Bed {
  readonly server: (host: number, zone: Zone | ((asked: Asked) => void)) => Promise<ScriptedServer>;
  readonly port: number;
}

export async function bed(): Promise<Bed> {
  const port = await freePort();
  return {
    port,
    server: (host, zone) =>
      scriptedServer(
        typeof zone === "function"
          ? zone
          : (asked) => {
              const found = zone[`${asked.name} ${asked.type}`] ?? { authorities: [soa("test")] };
              asked.send(reply(asked, "length" in found ? { answers: [...found] } : found));
            },
        { address: `127.0.0.${host}`, port },
      ),
  };
}

/** Returns a port on which nothing listens at any loopback address. */
export async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "0.0.0.0", resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

/** Creates a client whose resolver is at 127.0.0.2. The test's records name the other servers. */
export function createClient(
  { port }: Bed,
  clock: Clock = systemClock,
  resolvers: readonly number[] = [2],
  onOctets: QueryContext["onOctets"] = () => undefined,
) {
  return createDelegationClient({
    onOctets,
    resolvers: () => resolvers.map((host) => `127.0.0.${host}:${port}`),
    clock,
    randomId: () => randomInt(65_536),
    port,
  });
}

export const root: Zone = {
  "test NS": [ns("test", "a.nic.test"), ns("test", "b.nic.test")],
  "a.nic.test A": [a("a.nic.test", "127.0.0.3")],
  "b.nic.test A": [a("b.nic.test", "127.0.0.4")],
  "example.test NS": [ns("example.test", "ns.elsewhere.invalid")],
  "ns.elsewhere.invalid A": [a("ns.elsewhere.invalid", "127.0.0.6")],
};
export const child: Zone = { "example.test DNSKEY": [key] };

/** Returns the addresses of servers of a bed. */
export function hosts({ port }: Bed, ...all: readonly number[]) {
  return all.map((host) => ({ address: `127.0.0.${host}`, port }));
}
