import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";
import { jsonAnswer, type Answer } from "../wire/answer";
import { type Api, type Received } from "./api";
import { ApiError, illegalParameter } from "../wire/errors";
import { findWebPageSign } from "./webPages";

const maxBodyBytes = 64 * 1024;

/** The HTTP server of the API, on 127.0.0.1. Reads parameters from query and form. */
export class ApiServer {
  readonly #api: Api;
  readonly #notify: () => void;
  readonly #server: Server;
  /** Functions that end a delay. */
  readonly #delays = new Set<() => void>();

  constructor(api: Api, notify: () => void) {
    this.#api = api;
    this.#notify = notify;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        // A defect of the emulator: report it, and do not leave the client waiting.
        console.error("The emulator failed:", error);
        response.destroy();
      });
    });
  }

  /** Starts the server. Returns its port. */
  async listen(port: number): Promise<number> {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  /** Closes every connection, also those with a delayed answer. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      this.#server.closeAllConnections();
      for (const end of this.#delays) end();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const sign = findWebPageSign(request.headers, request.socket.localPort ?? 0);
    if (sign !== undefined) {
      refuse(request, response, sign);
      return;
    }
    const left = new Promise<void>((resolve) => response.once("close", resolve));
    const received = await receive(request);
    if (!received) return;
    const { answer, requestId, record } = await this.#api.handle(received, left);
    if (answer.delayMs !== undefined) await this.#delay(answer.delayMs);
    record();
    if (answer.unsent === "reset") response.destroy();
    if (answer.unsent === undefined) send(response, answer, requestId);
    this.#notify();
  }

  #delay(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#delays.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#delays.add(end);
    });
  }
}

/** Refuses a request without a journal entry, so that no page can fill the journal. */
function refuse(request: IncomingMessage, response: ServerResponse, sign: string): void {
  const Message = `The emulator takes no requests of web pages. This looks like one: ${sign}. Nothing was done.`;
  const { status, contentType, text } = jsonAnswer(403, { Code: "Forbidden.WebPage", Message });
  request.resume();
  response.writeHead(status, { "content-type": contentType, connection: "close" }).end(text);
}

function send(response: ServerResponse, { status, contentType, text }: Answer, requestId: string): void {
  response.writeHead(status, {
    "content-type": contentType,
    "content-length": Buffer.byteLength(text),
    "x-acs-request-id": requestId,
  });
  response.end(text);
}

/** Reads a request. Returns undefined if the client left meanwhile. */
async function receive(request: IncomingMessage): Promise<Received | undefined> {
  const { method = "", url = "/" } = request;
  const refused = (problem: ApiError): Received => ({ method, params: new Map(), problem });
  const body = await readBody(request).catch(() => null);
  if (body === null) return undefined;
  if (body === undefined) return refused(new ApiError("RequestTooLarge"));
  if (method !== "GET" && method !== "POST") return refused(new ApiError("UnsupportedHTTPMethod"));
  const [path, query = ""] = url.split(/\?(.*)/s);
  if (path !== "/") return refused(new ApiError("InvalidApi.NotFound"));
  const pairs = [...new URLSearchParams(query), ...(method === "POST" ? new URLSearchParams(body) : [])];
  const params = new Map(pairs);
  if (params.size === pairs.length) return { method, params };
  return { method, params, problem: illegalParameter("list", "a name occurs twice") };
}

/**
 * Reads a body to its end, so that the client reads the answer. Returns undefined if it is too
 * large.
 */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= maxBodyBytes) chunks.push(chunk);
  }
  return length > maxBodyBytes ? undefined : Buffer.concat(chunks).toString("utf8");
}
