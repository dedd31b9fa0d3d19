import { createSocket, type RemoteInfo, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { type Clock } from "../clock";
import { readEdns, readMessage, encodeUint16, type ReceivedMessage } from "./protocol/message";
import { formatCanonicalName } from "./protocol/name";
import { type QueryLog } from "./queries";
import { formatRcode, formatType } from "./protocol/records";
import { respond, type Response, type Transport } from "./response";
import { type ServedZone } from "./zones/servedZone";

export interface DnsServerOptions {
  /** Returns the zones to serve; called for every query. */
  readonly zones: () => readonly ServedZone[];
  readonly queries: QueryLog;
  readonly clock: Clock;
  /** Delay of every answer, in ms of real time, in addition to that of a zone. */
  readonly answerDelayMs?: number;
}

const loopback = "127.0.0.1";
/** Attempts to find a port that is free for both UDP and TCP. */
const maxPortTries = 10;
/** Maximum time without data on a connection, in ms. */
const maxIdleMs = 10_000;

/** An authoritative server on 127.0.0.1, over UDP and TCP on one port. It answers only queries. */
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

  /** Address such as `127.0.0.1:5301`. */
  get address(): string {
    return this.#address;
  }

  /** @param port 0: any port that is free for both UDP and TCP. */
  async listen(port: number): Promise<void> {
    for (let left = port === 0 ? maxPortTries : 1; ; left -= 1) {
      this.#tcp.listen(port, loopback);
      await once(this.#tcp, "listening");
      const { port: bound } = this.#tcp.address() as AddressInfo;
      this.#udp = createSocket("udp4");
      try {
        this.#udp.bind(bound, loopback);
        await once(this.#udp, "listening");
        this.#udp.on("message", (octets, from) => {
          this.#receive(octets, from);
        });
        this.#address = `${loopback}:${bound}`;
        return;
      } catch (error) {
        await closeServer(this.#tcp);
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
    await closeServer(this.#tcp);
  }

  #receive(octets: Buffer, { address, port }: RemoteInfo): void {
    this.#answer(octets, "udp", `${address}:${port}`, (response) => {
      // The client may have gone.
      if (response.octets) this.#udp?.send(response.octets, port, address, () => undefined);
    });
  }

  #accept(socket: Socket): void {
    if (!this.#udp) {
      // The connection was waiting while the server was closed.
      socket.destroy();
      return;
    }
    this.#connections.add(socket);
    socket.on("close", () => this.#connections.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.setTimeout(maxIdleMs, () => socket.destroy());
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
          if (response.octets)
            socket.write(Buffer.concat([encodeUint16(response.octets.length), response.octets]));
        });
      }
    });
  }

  #answer(octets: Buffer, transport: Transport, client: string, send: (response: Response) => void): void {
    const query = readQuery(octets);
    if (!query) return;
    const { zones, queries, clock, answerDelayMs = 0 } = this.#options;
    const arrival = { n: queries.nextNumber(), at: clock.now(), server: this.#address, client, transport };
    const response = respond(query, transport, zones());
    this.#after(response.delayMs + answerDelayMs, () => {
      queries.record({ ...arrival, ...describeQuestion(query), ...describeResponse(response) });
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

/** Reads a query. Returns undefined for anything else. */
function readQuery(octets: Buffer): ReceivedMessage | undefined {
  try {
    const message = readMessage(octets);
    return (message.flags & 0x8000) === 0 ? message : undefined;
  } catch {
    return undefined;
  }
}

function describeQuestion(query: ReceivedMessage) {
  const [question] = query.questions;
  return {
    name: question ? formatCanonicalName(question.name) : "",
    type: question ? formatType(question.type) : "",
    dnssecOk: readEdns(query)?.dnssecOk ?? false,
  };
}

function describeResponse({ octets, rcode, truncated, answers }: Response) {
  return { rcode: octets ? formatRcode(rcode ?? 0) : "", truncated, answers };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
