import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Socket } from "node:net";
import type { Proxy } from "./proxy";
import { TunnelAgent } from "./tunnelAgent";

/** What is to be known of one request and its answer, and pop-core does not tell. Filled in while it goes on. */
export interface Exchange {
  /** Whether there was a connection, TLS included: before there is one, nothing of a request can be received. */
  connected: boolean;
  /** The HTTP status. pop-core ignores it, and does not even have it for a body that is not JSON. */
  status?: number;
  /** Whether the answer was cut off for its size. */
  oversized?: true;
}

/** Options of a request that {@link observingAgent} is to observe. */
export interface ObservedOptions extends RequestOptions {
  readonly exchange: Exchange;
}

/** Larger answers are not read to the end. A page of a hundred tasks has some 50 KiB. */
const largestAnswer = 4 * 1024 * 1024;

/** A kept connection is given up after this time, in milliseconds: Node's own servers, for one, close it after 5 s. */
const idleMs = 4_000;

/** What is not in Node's types: agents are told apart by it, and agent-base and all that stands on it override it. */
interface RequestTaker {
  addRequest(request: ClientRequest, options: ObservedOptions): void;
}

/** How an agent reaches the registrar. */
export interface Way {
  readonly secure: boolean;
  /** Whether connections are used again. Idle ones do not keep the process alive. */
  readonly keepAlive: boolean;
  /** Time for a connection, TLS included, in ms. */
  readonly connectMs: number;
  /** With `secure` only. */
  readonly proxy?: Proxy | undefined;
}

/**
 * An agent that fills in the `exchange` in the options of every request, and gives a connection `connectMs` milliseconds
 * to come about: httpx's own time-out for that is one of inactivity, which strikes as well while the registrar thinks.
 */
export function observingAgent(way: Way): HttpAgent {
  const { keepAlive, connectMs, proxy } = way;
  const agent = proxy ? new TunnelAgent(proxy, { keepAlive, idleMs, connectMs }) : directAgent(way);
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

function directAgent({ secure, keepAlive, connectMs }: Way): HttpAgent {
  // Node itself would take a proxy for this agent from the environment where NODE_USE_ENV_PROXY is set.
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
    // Nobody has asked for compression, and httpx would unpack anything, to any size.
    delete response.headers["content-encoding"];
    limitSize(response, exchange);
  });
}

/** Counts what comes on the socket: whoever listened to the answer itself would start it before its reader is there. */
function limitSize(response: IncomingMessage, exchange: Exchange): void {
  const { socket } = response;
  let size = 0;
  const count = (chunk: Buffer) => {
    size += chunk.length;
    if (size <= largestAnswer) return;
    exchange.oversized = true;
    socket.destroy();
  };
  socket.on("data", count);
  response.once("close", () => socket.off("data", count));
}

function connectTimeout(): NodeJS.ErrnoException {
  return Object.assign(new Error("No connection in time"), { code: "ETIMEDOUT" });
}
