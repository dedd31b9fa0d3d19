import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Socket } from "node:net";
import type { Proxy } from "./settings";
import { TunnelAgent } from "./tunnelAgent";

/** Facts of one request that pop-core does not report. They are filled in during the request. */
export interface Exchange {
  /**
   * Whether there was a connection, TLS included. Without one, the server received nothing.
   */
  connected: boolean;
  /** HTTP status. pop-core ignores it, and does not have it for a body that is not JSON. */
  status?: number;
  /** Whether the answer was cut off because of its size. */
  oversized?: true;
}

/** Options of a request through {@link createAgent}. */
export interface ObservedOptions extends RequestOptions {
  readonly exchange: Exchange;
}

/** Maximum number of octets of an answer. A full page of the largest listing has some 50 KiB. */
const maxAnswer = 4 * 1024 * 1024;

/**
 * Time after which an idle connection is closed, in ms. Node's own servers close theirs after 5 s.
 */
const idleMs = 4_000;

/**
 * A member of agents that Node's types leave out. agent-base, and every agent built on it,
 * overrides it.
 */
interface RequestTaker {
  addRequest(request: ClientRequest, options: ObservedOptions): void;
}

/** How an agent reaches its server. */
export interface Way {
  readonly secure: boolean;
  /** Whether connections are reused. Idle ones do not keep the process alive. */
  readonly keepAlive: boolean;
  /** Time for a connection, TLS included, in ms. */
  readonly connectMs: number;
  /** Used only with `secure`. */
  readonly proxy?: Proxy | undefined;
}

/**
 * Returns an agent that fills in the `exchange` in the options of every request, and that limits
 * the time for a connection to `connectMs` milliseconds. httpx's own limit for that is one of
 * inactivity, which also ends requests that the server takes long to answer.
 */
export function createAgent(way: Way): HttpAgent {
  const { keepAlive, connectMs, proxy } = way;
  const agent = proxy ? new TunnelAgent(proxy, { keepAlive, idleMs, connectMs }) : createDirectAgent(way);
  const connected = way.secure ? "secureConnect" : "connect";
  const take = (agent as unknown as RequestTaker).addRequest.bind(agent);
  const observed: RequestTaker = {
    addRequest(request, requestOptions) {
      observe(request, requestOptions.exchange, connected);
      take(request, requestOptions);
    },
  };
  return Object.assign(agent, observed);
}

function createDirectAgent({ secure, keepAlive, connectMs }: Way): HttpAgent {
  // With NODE_USE_ENV_PROXY set, Node itself would take a proxy for this agent from the
  // environment.
  const options = { keepAlive, ...(keepAlive && { timeout: idleMs }), proxyEnv: null };
  const agent = secure ? new HttpsAgent(options) : new HttpAgent(options);
  const connect = agent.createConnection.bind(agent);
  const timed: Pick<HttpAgent, "createConnection"> = {
    createConnection(connectionOptions, callback) {
      const socket = connect(connectionOptions, callback) as Socket;
      const timer = setTimeout(() => socket.destroy(connectTimeout()), connectMs);
      for (const event of [secure ? "secureConnect" : "connect", "close"])
        socket.once(event, () => clearTimeout(timer));
      return socket;
    },
  };
  return Object.assign(agent, timed);
}

function observe(request: ClientRequest, exchange: Exchange, connected: string): void {
  request.once("socket", (socket: Socket & { secureConnecting?: boolean }) => {
    if (socket.connecting || socket.secureConnecting)
      socket.once(connected, () => (exchange.connected = true));
    else exchange.connected = true;
  });
  request.once("response", (response) => {
    if (response.statusCode !== undefined) exchange.status = response.statusCode;
    // httpx asks for no compression, and would unpack any answer, to any size.
    delete response.headers["content-encoding"];
    limitSize(response, exchange);
  });
}

/**
 * Counts octets on the socket, since a listener on the answer itself would start it before its
 * reader is ready.
 */
function limitSize(response: IncomingMessage, exchange: Exchange): void {
  const { socket } = response;
  let size = 0;
  const count = (chunk: Buffer) => {
    size += chunk.length;
    if (size <= maxAnswer) return;
    exchange.oversized = true;
    socket.destroy();
  };
  socket.on("data", count);
  response.once("close", () => socket.off("data", count));
}

function connectTimeout(): NodeJS.ErrnoException {
  return Object.assign(new Error("No connection in time"), { code: "ETIMEDOUT" });
}
