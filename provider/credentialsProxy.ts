import { createRequire } from "node:module";
import type { Environment } from "./config";
import { proxyFor } from "./proxy";
import { TunnelAgent } from "./tunnelAgent";

/** The library's HTTP client, as far as it matters here. */
interface Httpx {
  request(url: string, options?: { agent?: unknown }): unknown;
}

/** Idle connections are not kept: a session is fetched every some minutes at most. */
const way = { keepAlive: false, idleMs: 0, connectMs: 10_000 } as const;

const routed = new WeakSet<object>();

/**
 * Sends the https calls of `@alicloud/credentials` through the environment's proxy. The library has no option for that, so
 * its HTTP client is given an agent. Plain http stays direct: the metadata service is on the machine's own network.
 */
export function routeCredentialsThroughProxy(env: Environment): void {
  const httpx = createRequire(require.resolve("@alicloud/credentials"))("httpx") as Httpx;
  if (routed.has(httpx)) return;
  routed.add(httpx);
  const direct = httpx.request;
  httpx.request = (url, options = {}) => {
    // pop-core may share the client, and brings an agent of its own.
    const proxy = options.agent === undefined ? proxyFor(url, env) : undefined;
    return direct(url, proxy ? { ...options, agent: new TunnelAgent(proxy, way) } : options);
  };
}
