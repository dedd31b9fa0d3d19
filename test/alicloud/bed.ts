import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { startEmulator, type Emulator, type EmulatorOptions, type FaultRule } from "../../emulator/index";
import { constantCredentials } from "../../provider/alicloud/settings";
import type { Deadline } from "../../provider/concurrency/deadline";
import type { Ds } from "../../provider/dnssec/ds";
import type { Change } from "../../provider/registrar/registrar";
import { createRegistrar } from "../../provider/registrar/client";
import type { Call } from "../../provider/alicloud/transport";
import { leapingClock, type LeapingClock } from "../harness/clocks";

export { rejection } from "../rejection";

export const domain = "example.com";

/** Credentials for servers that do not check them. */
export const credentials = { accessKeyId: "LTAI-the-test-key-id", accessKeySecret: "the-test-key-secret" };

const cleanups: (() => unknown)[] = [];

/** Runs a cleanup after the test. */
export function afterwards(cleanup: () => unknown): void {
  cleanups.push(cleanup);
}

/** Closes every server that a test has started, and runs the other cleanups. For `afterEach`. */
export async function closeAll(): Promise<void> {
  await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
}

/** Lets a server listen on a free port of 127.0.0.1, and returns the port. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** Starts an HTTP server, and returns its URL. It is closed after the test. */
export async function startHttp(respond: RequestListener): Promise<string> {
  const server = createServer(respond);
  const port = await listen(server);
  afterwards(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${port}`;
}

export async function emulated(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator({ domains: [domain], ...options });
  afterwards(() => emulator.close());
  return emulator;
}

export function settingsOf(emulator: Pick<Emulator, "url" | "credentials">) {
  const credentials = constantCredentials("the test", emulator.credentials);
  return { endpoint: emulator.url, apiVersion: "2018-01-29", credentials };
}

/**
 * Returns a registrar that calls the emulator. Its random numbers are constant; by default it has
 * its own clock.
 */
export function registrarOf(
  emulator: Pick<Emulator, "url" | "credentials">,
  clock: Pick<LeapingClock, "now" | "sleep"> = leapingClock(),
) {
  return createRegistrar({ settings: settingsOf(emulator), clock, random: () => 0.5 });
}

/** A server that answers every form as a test says. */
export interface RawServer {
  readonly url: string;
  readonly credentials: typeof credentials;
  /** Fields of the forms received, oldest first. */
  readonly received: Record<string, string>[];
  /** Port of the client, for each request. */
  readonly ports: (number | undefined)[];
}

export type Respond = (response: ServerResponse, fields: Record<string, string>, n: number) => void;

export async function rawServer(respond: Respond): Promise<RawServer> {
  const received: Record<string, string>[] = [];
  const ports: (number | undefined)[] = [];
  const url = await startHttp((request, response) => {
    void bodyOf(request).then((body) => {
      const fields = Object.fromEntries(new URLSearchParams(body));
      ports.push(request.socket.remotePort);
      respond(response, fields, received.push(fields));
    });
  });
  return { url, credentials, received, ports };
}

/** Starts a server that always gives this answer. */
export function answering(text: string, status = 200): Promise<RawServer> {
  return rawServer((response) => response.writeHead(status).end(text));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Returns a URL without a server. */
export async function deadUrl(): Promise<string> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

/** Faults that a read survives by trying again. */
export const passingFaults: readonly FaultRule["fault"][] = [
  { kind: "error", code: "Throttling.User" },
  { kind: "html502" },
  { kind: "status500NoCode" },
  { kind: "resetBefore" },
  { kind: "resetAfter" },
  { kind: "emptyBody" },
  { kind: "cutJson" },
  { kind: "html503" },
  { kind: "nullBody" },
  { kind: "noRequestId" },
  { kind: "hugeBody", bytes: 5_000_000 },
];

export const ds: Ds = { keyTag: 2371, algorithm: 13, digestType: 2, digest: "ab".repeat(32) };

/** A change that adds {@link ds}. */
export const addition: Change = { action: "add", ds };

/** A call that reads. */
export const reading: Call = {
  action: "QueryDSRecord",
  what: "Reading the DS records of example.com",
  writes: false,
  params: { DomainName: domain },
};

/** A call that submits. */
export const adding: Call = {
  action: "SaveSingleTaskForAddingDSRecord",
  what: "Adding the DS record 1 of example.com",
  writes: true,
  params: { DomainName: domain, KeyTag: 1, Algorithm: 13, DigestType: 2, Digest: "00".repeat(32) },
};

/** Returns a deadline that never comes, unless `limits` sets a time or a signal. */
export function deadline(limits: Partial<Deadline> = {}): Deadline {
  return { until: Infinity, signal: new AbortController().signal, ...limits };
}

/** Waits, turn by turn of the event loop, until a condition holds. */
export async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** Lets all work finish that needs no time. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
