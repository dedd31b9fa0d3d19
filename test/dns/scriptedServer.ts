import { createSocket, type RemoteInfo, type Socket as DatagramSocket } from "node:dgram";
import { createServer, type AddressInfo, type Server as NetServer, type Socket } from "node:net";
import packet, { type Packet } from "dns-packet";
import type { ServerAddress } from "../../provider/dns/serverAddress";

/** A question as received, and the ways to answer it. */
export interface Asked {
  readonly transport: "udp" | "tcp";
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly edns: boolean;
  readonly flags: number;
  /** The client's port, another one for every attempt. */
  readonly from: number;
  readonly octets: Buffer;
  /** Sends a message, after its length over TCP. */
  readonly send: (message: Buffer) => void;
  /** Sends a datagram from another port of this address. */
  readonly sendFromElsewhere: (message: Buffer) => void;
  /** The connection, over TCP. */
  readonly socket?: Socket;
}

export interface ScriptedServer {
  readonly at: ServerAddress;
  /** The questions that it received, oldest first. */
  readonly asked: Asked[];
  /** Returns the number of open connections. */
  connections(): number;
}

export type Script = (asked: Asked) => void;

const closing: (() => void)[] = [];

/** Closes every server that a test has started; for `afterEach`. */
export function closeServers(): void {
  for (const close of closing.splice(0)) close();
}

/** Starts a server of UDP and TCP on one port that answers as the script says, and nothing else. */
export async function scriptedServer(
  script: Script,
  { address = "127.0.0.1", port = 0 }: { address?: string; port?: number } = {},
): Promise<ScriptedServer> {
  const asked: Asked[] = [];
  const hear = (question: Asked) => {
    asked.push(question);
    script(question);
  };
  const sockets = new Set<Socket>();
  const stream = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    socket.once("data", (data: Buffer) => {
      const send = (message: Buffer) => void socket.write(framed(message));
      hear({
        ...questionOf(data.subarray(2), "tcp"),
        from: socket.remotePort ?? 0,
        send,
        sendFromElsewhere: send,
        socket,
      });
    });
  });
  const [datagrams, at] = await listen(stream, address, port);
  const elsewhere = createSocket(address.includes(":") ? "udp6" : "udp4");
  datagrams.on("message", (data: Buffer, { address: peer, port: from }: RemoteInfo) => {
    const sendBy = (socket: typeof datagrams) => (message: Buffer) => socket.send(message, from, peer);
    const ways = { send: sendBy(datagrams), sendFromElsewhere: sendBy(elsewhere) };
    hear({ ...questionOf(data, "udp"), from, ...ways });
  });
  await bound(elsewhere, 0, address);
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    stream.close();
    datagrams.close();
    elsewhere.close();
  });
  return { at, asked, connections: () => sockets.size };
}

/**
 * Listens to TCP and UDP on one port. If the port is any, it tries others while another program
 * holds the UDP port of the same number.
 */
async function listen(
  stream: NetServer,
  address: string,
  port: number,
): Promise<[DatagramSocket, ServerAddress]> {
  for (;;) {
    await new Promise<void>((resolve) => stream.listen(port, address, resolve));
    const at = { address, port: (stream.address() as AddressInfo).port };
    const datagrams = createSocket(address.includes(":") ? "udp6" : "udp4");
    try {
      await bound(datagrams, at.port, address);
      return [datagrams, at];
    } catch (error) {
      datagrams.close();
      await new Promise((resolve) => stream.close(resolve));
      if (port !== 0) throw error;
    }
  }
}

/** Binds a socket. Without a listener of its own, Node.js would swallow the error. */
function bound(socket: DatagramSocket, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(port, address, () => {
      socket.off("error", reject);
      resolve();
    });
  });
}

function questionOf(octets: Buffer, transport: Asked["transport"]) {
  const { id = 0, flags = 0, questions, additionals } = packet.decode(octets);
  const [{ name, type } = { name: "?", type: "?" }] = questions ?? [];
  const edns = (additionals ?? []).some((record) => record.type === "OPT");
  return { transport, id, flags, name, type: type as string, edns, octets };
}

export const aa = packet.AUTHORITATIVE_ANSWER;

export interface Reply extends Omit<Packet, "type"> {
  readonly rcode?: number;
  readonly edns?: boolean;
}

/**
 * Returns an answer with the id and the question of the query, with authority unless `flags` lacks
 * it.
 */
export function reply(
  asked: Pick<Asked, "id" | "name" | "type">,
  { rcode = 0, edns = true, flags = aa, ...more }: Reply = {},
): Buffer {
  return packet.encode({
    type: "response",
    id: asked.id,
    questions: [{ name: asked.name, type: asked.type as "A" }],
    ...more,
    flags: flags | rcode,
    additionals: [...(more.additionals ?? []), ...(edns ? [opt] : [])],
  });
}

export const opt: packet.Answer = {
  type: "OPT",
  name: ".",
  udpPayloadSize: 1232,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: packet.DNSSEC_OK,
  flag_do: true,
  options: [],
};

/** Returns a message after its length. */
export function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

/** Returns a record in wire form that `dns-packet` cannot encode. The owner is given as octets. */
export function rawRecord(
  owner: Buffer,
  type: number,
  rdata: Buffer,
  { ttl = 300, rdlength = rdata.length } = {},
): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(ttl, 4);
  fixed.writeUInt16BE(rdlength, 8);
  return Buffer.concat([owner, fixed, rdata]);
}

/** Returns a message with these records and counts of answers, authority and additional records. */
export function rawMessage(
  asked: Pick<Asked, "id" | "name" | "type">,
  records: readonly Buffer[],
  counts: readonly [number, number, number] = [records.length, 0, 0],
): Buffer {
  const message = Buffer.concat([reply(asked, { edns: false }), ...records]);
  counts.forEach((count, index) => message.writeUInt16BE(count, 6 + 2 * index));
  return message;
}

/** A pointer to the owner in the question. */
export const toQuestion = Buffer.of(0xc0, 12);
