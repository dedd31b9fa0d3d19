import dgram from "node:dgram";
import net from "node:net";

export type Transport = "udp" | "tcp";

/** A DNS server on a port of 127.0.0.1, over both transports. */
export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/** Maximum wait for a server behind another, in ms. */
const answerMs = 3_000;

/**
 * Starts a server that sends the answers that `respond` returns. Without one, a TCP connection
 * ends.
 */
export async function listen(
  respond: (query: Buffer, transport: Transport) => Promise<readonly Buffer[]>,
): Promise<Listener> {
  const connections = new Set<net.Socket>();
  const tcp = net.createServer((connection) => {
    connections.add(connection);
    connection.on("close", () => connections.delete(connection)).on("error", () => connection.destroy());
    onMessage(connection, (query) => {
      respond(query, "tcp").then(
        (answers) =>
          answers.length > 0 ? connection.write(Buffer.concat(answers.map(framed))) : connection.end(),
        () => connection.destroy(),
      );
    });
  });
  const { port, udp } = await bindBoth(tcp);
  udp.on("message", (query, { port: askerPort, address }) => {
    respond(query, "udp").then(
      (answers) => answers.forEach((answer) => udp.send(answer, askerPort, address)),
      () => undefined,
    );
  });
  return {
    port,
    close: async () => {
      for (const connection of connections) connection.destroy();
      await Promise.all([
        new Promise<void>((resolve) => udp.close(resolve)),
        new Promise((resolve) => tcp.close(resolve)),
      ]);
    },
  };
}

/** Returns a port that is free for both transports. */
async function bindBoth(tcp: net.Server): Promise<{ port: number; udp: dgram.Socket }> {
  await new Promise<void>((resolve, reject) => {
    tcp.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const { port } = tcp.address() as net.AddressInfo;
  const udp = dgram.createSocket("udp4");
  const isBound = await new Promise<boolean>((resolve) => {
    udp.once("error", () => resolve(false)).bind(port, "127.0.0.1", () => resolve(true));
  });
  if (isBound) return { port, udp };
  await new Promise((resolve) => tcp.close(resolve));
  return bindBoth(tcp);
}

function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

function onMessage(connection: net.Socket, take: (message: Buffer) => void): void {
  let buffered = Buffer.alloc(0);
  connection.on("data", (bytes) => {
    buffered = Buffer.concat([buffered, bytes]);
    while (buffered.length >= 2 && buffered.length >= 2 + buffered.readUInt16BE(0)) {
      const end = 2 + buffered.readUInt16BE(0);
      take(buffered.subarray(2, end));
      buffered = buffered.subarray(end);
    }
  });
}

export function askUdp(port: number, query: Buffer): Promise<Buffer> {
  const socket = dgram.createSocket("udp4");
  const answer = new Promise<Buffer>((resolve, reject) => {
    socket.once("message", resolve).once("error", reject).send(query, port, "127.0.0.1");
  });
  return within(answer, () => socket.close());
}

export function askTcp(port: number, query: Buffer): Promise<Buffer> {
  const connection = net.connect(port, "127.0.0.1");
  const answer = new Promise<Buffer>((resolve, reject) => {
    connection.once("error", reject).write(framed(query));
    onMessage(connection, resolve);
  });
  return within(answer, () => connection.destroy());
}

async function within<T>(answer: Promise<T>, end: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer")), answerMs);
  });
  try {
    return await Promise.race([answer, expired]);
  } finally {
    clearTimeout(timer);
    end();
  }
}
