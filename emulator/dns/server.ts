import { createSocket, type RemoteInfo, type Socket as UdpSocket } from "node:dgram";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { type Clock } from "../clock";
import { ednsOf, readMessage, uint16, type ReceivedMessage } from "./protocol/message";
import { canonicalText } from "./protocol/name";
import { type QueryLog } from "./queries";
import { rcodeName, typeName } from "./protocol/records";
import { respond, type Response, type Transport } from "./response";
import { type ServedZone } from "./zones/servedZone";

export interface DnsServerOptions {
  /** What it serves, asked anew for every query. */
  readonly zones: () => readonly ServedZone[];
  readonly queries: QueryLog;
  readonly clock: Clock;
  /** Milliseconds of real time before every answer, beside those of a zone. */
  readonly answerDelayMs?: number;
}

const loopback = "127.0.0.1";
const portTries = 10;
const idleMs = 10_000;

/** An authoritative server on loopback, over UDP and TCP on one port. What is no query it does not answer. */
export class DnsServer {
  readonly #options: DnsServerOptions;
  readonly #tcp: Server;
  readonly #connections = new Set<Socket>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #udp: UdpSocket | undefined;
  #address = "";

  constructor(options: DnsServerOptions) {
    this.#options = options;
    this.#tcp = createServer((socket) => {
      this.#accept(socket);
    });
  }

  /** `127.0.0.1:5301`. */
  get address(): string {
    return this.#address;
  }

  /** @param port 0: one that is free for both. */
  async listen(port: number): Promise<void> {
    for (let left = port === 0 ? portTries : 1; ; left -= 1) {
      await listening(this.#tcp, port);
      const { port: bound } = this.#tcp.address() as AddressInfo;
      this.#udp = createSocket("udp4");
      try {
        await bind(this.#udp, bound);
        this.#udp.on("message", (octets, from) => {
          this.#received(octets, from);
        });
        this.#address = `${loopback}:${bound}`;
        return;
      } catch (error) {
        await closed(this.#tcp);
        if (left <= 1 || (error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
      }
    }
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const connection of this.#connections) connection.destroy();
    const udp = this.#udp;
    this.#udp = undefined;
    if (udp) await new Promise<void>((resolve) => udp.close(resolve));
    await closed(this.#tcp);
  }

  #received(octets: Buffer, { address, port }: RemoteInfo): void {
    this.#answer(octets, "udp", `${address}:${port}`, (response) => {
      // A client that has gone is nobody's mistake.
      if (response.octets) this.#udp?.send(response.octets, port, address, () => undefined);
    });
  }

  #accept(socket: Socket): void {
    if (!this.#udp) {
      // It was waiting while the server was closed.
      socket.destroy();
      return;
    }
    this.#connections.add(socket);
    socket.on("close", () => this.#connections.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.setTimeout(idleMs, () => socket.destroy());
    const client = `${socket.remoteAddress ?? ""}:${socket.remotePort ?? ""}`;
    let pending = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
        const end = 2 + pending.readUInt16BE(0);
        const octets = pending.subarray(2, end);
        pending = pending.subarray(end);
        this.#answer(octets, "tcp", client, (response) => {
          if (response.reset) socket.resetAndDestroy();
          if (response.octets) socket.write(Buffer.concat([uint16(response.octets.length), response.octets]));
        });
      }
    });
  }

  #answer(octets: Buffer, transport: Transport, client: string, send: (response: Response) => void): void {
    const query = received(octets);
    if (!query) return;
    const { zones, queries, clock, answerDelayMs = 0 } = this.#options;
    const arrival = { n: queries.arrived(), at: clock.now(), server: this.#address, client, transport };
    const response = respond(query, transport, zones());
    this.#after(response.delayMs + answerDelayMs, () => {
      queries.record({ ...arrival, ...asked(query), ...outcome(response) });
      send(response);
      queries.notify();
    });
  }

  #after(ms: number, act: () => void): void {
    if (ms === 0) {
      act();
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }
}

/** @returns Undefined for what is no query. */
function received(octets: Buffer): ReceivedMessage | undefined {
  try {
    const message = readMessage(octets);
    return (message.flags & 0x8000) === 0 ? message : undefined;
  } catch {
    return undefined;
  }
}

function asked(query: ReceivedMessage) {
  const [question] = query.questions;
  return {
    name: question ? canonicalText(question.name) : "",
    type: question ? typeName(question.type) : "",
    dnssecOk: ednsOf(query)?.dnssecOk ?? false,
  };
}

function outcome({ octets, rcode, truncated, answers }: Response) {
  return { rcode: octets ? rcodeName(rcode ?? 0) : "", truncated, answers };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, loopback, () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
}

function bind(socket: UdpSocket, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(port, loopback, () => {
      socket.removeListener("error", reject);
      resolve();
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
