import { request as requestHttp, type IncomingHttpHeaders } from "node:http";
import { request as requestHttps } from "node:https";
import { BlockList, isIPv6 } from "node:net";
import type { Environment } from "../settings";
import { isLoopback } from "../loopback";
import { proxyFor } from "../proxy";
import { TunnelAgent } from "../tunnelAgent";
import { CredentialsFailure } from "./failure";

/** A request of the vendor's library. */
export interface LibraryRequest {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Fields of a form, which is sent as the body. */
  readonly bodyForm?: Readonly<Record<string, string>> | undefined;
  /** Time-outs in ms. Their sum limits the whole exchange. */
  readonly connectTimeout?: number | undefined;
  readonly readTimeout?: number | undefined;
  toRequestURL(): string;
}

export interface LibraryResponse {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Asks a server for credentials, in place of the library's own function, which has no limits. */
export type LibraryRequester = (asked: LibraryRequest) => Promise<LibraryResponse>;

/**
 * Maximum number of octets of an answer. The longest credentials that are allowed need a fraction
 * of it.
 */
export const maxAnswer = 256 * 1024;

/** Time for an exchange, in ms, if the library sets none. */
const defaultMs = 15_000;

const near = new BlockList();
near.addSubnet("169.254.0.0", 16, "ipv4");
near.addSubnet("fe80::", 10, "ipv6");
// The metadata service of the vendor's instances.
near.addAddress("100.100.100.200", "ipv4");

/**
 * Returns whether a URL for credentials is https, or plain http to this machine or its metadata
 * service.
 */
export const plainHttp = "plain http is allowed only for this machine and its metadata service: use https";
export const late = "there was no answer in time";

export function isSafe({ protocol, hostname }: URL): boolean {
  if (protocol === "https:") return true;
  return protocol === "http:" && (isLoopback(hostname) || isNear(hostname.replace(/^\[|\]$/g, "")));
}

function isNear(address: string): boolean {
  return near.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

/** Idle connections are not kept, since a session is fetched every few minutes at most. */
const tunnel = { keepAlive: false, idleMs: 0, connectMs: 10_000 } as const;

/**
 * Returns a function that makes one request and reads at most {@link maxAnswer} octets of the
 * answer. It follows no redirection and unpacks nothing. https goes through the environment's
 * proxy; plain http stays direct, since the metadata service is on the machine's own network.
 *
 * The function throws a {@link CredentialsFailure}, a {@link ProxyFailure}, or an error with one of
 * Node's codes.
 */
export function boundedRequester(env: Environment): LibraryRequester {
  return async (asked) => {
    const url = new URL(asked.toRequestURL());
    if (!isSafe(url)) throw new CredentialsFailure(plainHttp);
    url.username = url.password = "";
    const proxy = proxyFor(url.href, env);
    return exchange(url, asked, proxy ? new TunnelAgent(proxy, tunnel) : false);
  };
}

function exchange(url: URL, asked: LibraryRequest, agent: TunnelAgent | false): Promise<LibraryResponse> {
  const form = Object.entries(asked.bodyForm ?? {}).map(
    ([name, value]) => `${name}=${encodeURIComponent(value)}`,
  );
  const { method, headers = {}, connectTimeout = 0, readTimeout = 0 } = asked;
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const request = send(url, { method, headers, agent });
    const fail = (error: Error) => {
      reject(error);
      request.destroy();
    };
    const timer = setTimeout(
      () => fail(new CredentialsFailure(late)),
      connectTimeout + readTimeout || defaultMs,
    );
    request.once("close", () => clearTimeout(timer));
    request.on("error", fail);
    request.once("response", (response) => {
      const { statusCode = 0, headers: answered } = response;
      if (answered["content-encoding"])
        return fail(
          new CredentialsFailure("the answer is compressed, although the request does not allow it"),
        );
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxAnswer) fail(new CredentialsFailure("the answer is larger than 256 KiB"));
        else chunks.push(chunk);
      });
      response.on("error", fail);
      response.once("end", () => resolve({ statusCode, headers: answered, body: Buffer.concat(chunks) }));
    });
    request.end(form.length > 0 ? form.join("&") : undefined);
  });
}
