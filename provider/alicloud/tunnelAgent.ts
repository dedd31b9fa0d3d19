import { HttpsProxyAgent } from "https-proxy-agent";
import type { ClientRequest } from "node:http";
import type { Socket } from "node:net";
import { silenceDebug } from "./silenceDebug";
import { ProxyFailure } from "./proxy";
import type { Proxy } from "./settings";

type ConnectOptions = Parameters<HttpsProxyAgent<string>["connect"]>[1];

export interface TunnelOptions {
  readonly keepAlive: boolean;
  /** Time after which an idle connection is closed, in ms. */
  readonly idleMs: number;
  /**
   * Time for a connection, from resolving the proxy's name to the end of the TLS handshake behind
   * it, in ms.
   */
  readonly connectMs: number;
}

/**
 * An agent for https through a proxy. Beyond its library, it rejects when the proxy refuses (the
 * library passes the refusal on as the answer), limits the time for the proxy's answer, and prints
 * no credentials when DEBUG is set.
 */
export class TunnelAgent extends HttpsProxyAgent<string> {
  readonly #proxy: Proxy;
  readonly #connectMs: number;

  constructor(proxy: Proxy, { keepAlive, idleMs, connectMs }: TunnelOptions) {
    silenceDebug("https-proxy-agent");
    // With NODE_USE_ENV_PROXY set, Node itself would take a proxy for this agent from the
    // environment.
    const options = { keepAlive, ...(keepAlive && { timeout: idleMs }), proxyEnv: null };
    super(proxy.url, options as object);
    this.#proxy = proxy;
    this.#connectMs = connectMs;
  }

  /** The library would examine the call stack instead. */
  override isSecureEndpoint(): boolean {
    return true;
  }

  /** @throws {ProxyFailure} if the proxy has not opened a connection yet. */
  override async connect(request: ClientRequest, options: ConnectOptions): Promise<Socket> {
    const abort = new AbortController();
    let expire = () => abort.abort();
    const timer = setTimeout(() => expire(), this.#connectMs);
    try {
      const socket = await this.#opened(request, options, abort.signal);
      expire = () => socket.destroy(Object.assign(new Error("No connection in time"), { code: "ETIMEDOUT" }));
      for (const event of ["secureConnect", "close"]) socket.once(event, () => clearTimeout(timer));
      return socket;
    } catch (error) {
      clearTimeout(timer);
      throw error;
    }
  }

  async #opened(request: ClientRequest, options: ConnectOptions, signal: AbortSignal): Promise<Socket> {
    let status: number | undefined;
    request.once("proxyConnect", ({ statusCode }: { statusCode: number }) => (status = statusCode));
    // The library reads these options before its first wait, so that each connection has its own.
    this.connectOpts = { ...this.connectOpts, signal };
    const socket = await super.connect(request, options).catch((error: unknown) => {
      throw this.#failure(error, signal.aborted);
    });
    if (status === 200) return socket;
    socket.destroy();
    throw new ProxyFailure(this.#proxy.name, { status: status ?? NaN });
  }

  #failure(error: unknown, hasExpired: boolean): ProxyFailure {
    const { name } = this.#proxy;
    const { code, message = "" } = (error ?? {}) as { code?: unknown; message?: string };
    if (hasExpired) return new ProxyFailure(name, { code: "ETIMEDOUT" });
    if (typeof code === "string") return new ProxyFailure(name, { code });
    return new ProxyFailure(name, /ended/.test(message) ? { code: "ECONNRESET" } : { status: NaN });
  }
}
