import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import os from "node:os";
import path from "node:path";
import type { Credentials, CredentialsSource } from "../../../provider/alicloud/settings";
import {
  chainedCredentials,
  type ChainOptions,
  type Machine,
} from "../../../provider/alicloud/credentials/credentials";
import { boundedRequester, type LibraryRequester } from "../../../provider/alicloud/credentials/request";
import { afterwards, closeAll, startHttp } from "../bed";
import { leapingClock, type LeapingClock } from "../../harness/clocks";

/** The HTTP client that the vendor's library would use. */
export const httpx = jest.requireActual<{ request: (url: string, options: object) => Promise<unknown> }>(
  "httpx",
);

/** Secrets that must never be shown. They have letters only, so that they pass for error codes. */
export const canaries = { id: "LTAICANARYKEYID", secret: "CANARYSECRET", token: "CANARYTOKEN" } as const;

export const session = (more: object = {}) => ({
  Code: "Success",
  AccessKeyId: canaries.id,
  AccessKeySecret: canaries.secret,
  SecurityToken: canaries.token,
  Expiration: new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+/, ""),
  ...more,
});

export const temporary: Credentials = {
  accessKeyId: canaries.id,
  accessKeySecret: canaries.secret,
  securityToken: canaries.token,
};

/**
 * A home folder and an environment without the vendor's variables. Requests reach loopback only.
 */
export interface Bed {
  readonly home: string;
  readonly clock: LeapingClock;
  /** URLs of all requests of the library, before they were redirected to a test server. */
  readonly requests: string[];
  write(file: string, content: unknown): void;
  /** Redirects every request of the library to this server. */
  lead(server: Server): void;
  /** Limits the time of requests, in ms. */
  hurry(limit: number): void;
  chain(machine?: Partial<Machine>, more?: Pick<ChainOptions, "linkMs">): CredentialsSource;
}

export interface Server {
  readonly url: string;
  /** "GET /path", oldest first. */
  readonly received: string[];
}

type Respond = (response: ServerResponse, n: number, request: IncomingMessage) => void;

/** Restores the mocks, and runs all cleanups. For `afterEach`. */
export async function cleanUp(): Promise<void> {
  jest.restoreAllMocks();
  await closeAll();
}

export function newBed(env: Record<string, string> = {}): Bed {
  const home = mkdtempSync(path.join(os.tmpdir(), "credentials-test-"));
  afterwards(() => rmSync(home, { recursive: true }));
  afterwards(setEnvironment(env));
  jest.spyOn(os, "homedir").mockReturnValue(home);
  const requests: string[] = [];
  let leader: Server | undefined;
  let ms: number | undefined;
  const { request: requestByHttpx } = httpx;
  jest.spyOn(httpx, "request").mockImplementation((url, options) => {
    // Requests of the registrar's client pass.
    if ("beforeRequest" in options) return requestByHttpx(url, options);
    requests.push(`unbounded: ${url}`);
    return Promise.reject(new Error("no way out"));
  });
  const request: LibraryRequester = (asked) => {
    const url = asked.toRequestURL();
    requests.push(url);
    const { pathname, hostname } = new URL(url);
    if (!leader && hostname !== "127.0.0.1") return Promise.reject(new Error("no way out"));
    const { method, headers, bodyForm, connectTimeout, readTimeout } = asked;
    return boundedRequester({})({
      ...{ method, headers, bodyForm },
      ...(ms === undefined ? { connectTimeout, readTimeout } : { connectTimeout: 0, readTimeout: ms }),
      toRequestURL: () => (leader ? leader.url + pathname : url),
    });
  };
  const clock = leapingClock();
  return {
    home,
    clock,
    requests,
    write(file, content) {
      mkdirSync(path.dirname(path.join(home, file)), { recursive: true });
      const text = typeof content === "string" ? content : JSON.stringify(content);
      writeFileSync(path.join(home, file), text);
    },
    lead(server) {
      leader = server;
    },
    hurry(limit) {
      ms = limit;
    },
    chain(machine = {}, more = {}) {
      return chainedCredentials({
        ...more,
        request,
        env: process.env,
        missing: ["an earlier place: it is not set"],
        clock,
        machine: { home, has: existsSync, isEcs: false, ...machine },
      });
    },
  };
}

/**
 * Sets `process.env`, since the library reads nothing else. Returns a function that restores it.
 */
function setEnvironment(env: Record<string, string>): () => void {
  const before = { ...process.env };
  for (const name of Object.keys(process.env)) if (/^(ALI|DEBUG$)/.test(name)) delete process.env[name];
  Object.assign(process.env, env);
  return () => {
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, before);
  };
}

export async function server(respond: Respond): Promise<Server> {
  const received: string[] = [];
  const url = await startHttp((request, response) => {
    respond(response, received.push(`${request.method} ${request.url}`), request);
  });
  return { url, received };
}

/** Starts a server that always gives this answer. */
export function answering(body: unknown, status = 200): Promise<Server> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return server((response) => response.writeHead(status, { "content-type": "application/json" }).end(text));
}
