import { createSocket } from "node:dgram";
import { connect, isIPv6 } from "node:net";
import type { ServerAddress } from "./serverAddress";

/** One exchange with a server, over a socket of its own, which is always closed. */
export interface Exchange<T> {
  readonly server: ServerAddress;
  readonly query: Uint8Array;
  /** Reads received octets. Returns undefined if they are not an answer. */
  readonly accept: (octets: Uint8Array) => T | undefined;
  readonly signal: AbortSignal;
}

/** A server speaks TCP, but not DNS over it. */
class StreamError extends Error {
  override readonly name = "StreamError";
}

/** Too many datagrams from a server's address were not answers. */
export class StrayError extends Error {
  override readonly name = "StrayError";
}

/**
 * Maximum number of stray datagrams. A socket has a port of its own, so no late answers reach it.
 */
const maxStrays = 8;

/**
 * Sends one datagram from a random port, and listens to the server's address and port until an
 * answer is accepted. Up to seven other datagrams are ignored.
 *
 * @throws The system's error, the signal's reason, or {@link StrayError} at the eighth stray
 *   datagram.
 * @see RFC 5452 section 9
 */
export function sendOverUdp<T>({ server, query, accept, signal }: Exchange<T>): Promise<T> {
  return waitForEnd(signal, (end) => {
    const socket = createSocket(isIPv6(server.address) ? "udp6" : "udp4");
    socket.on("error", (error) => end.with(error));
    let strays = 0;
    socket.on("message", (octets) => {
      if (end.isReached()) return;
      end.ifAny(accept(octets));
      strays += 1;
      if (strays >= maxStrays)
        end.with(new StrayError("it sent too many datagrams that do not answer the question"));
    });
    // A connected socket receives only from this peer, and gets an error if nothing listens there.
    socket.connect(server.port, server.address, (error?: Error) => {
      if (error) end.with(error);
      else if (!end.isReached()) socket.send(query, (failure) => failure && end.with(failure));
    });
    return () => socket.close();
  });
}

/**
 * Sends the query over a connection of its own and reads one message of at most 65,535 octets.
 *
 * @throws The system's error, the signal's reason, or {@link StreamError} for anything but an
 *   accepted message.
 * @see RFC 7766 section 8
 */
export function sendOverTcp<T>({ server, query, accept, signal }: Exchange<T>): Promise<T> {
  return waitForEnd(signal, (end) => {
    const socket = connect({ host: server.address, port: server.port, noDelay: true });
    const frame = createFrameReader();
    socket.on("error", (error) => end.with(error));
    socket.on("close", () =>
      end.with(new StreamError("it closed the connection before its answer was whole")),
    );
    socket.on("connect", () => socket.write(withLength(query)));
    socket.on("data", (chunk) => {
      const octets = end.isReached() ? undefined : frame(chunk);
      if (octets === undefined) return;
      end.ifAny(accept(octets));
      end.with(new StreamError("its response does not answer the question"));
    });
    return () => socket.destroy();
  });
}

interface End<T> {
  ifAny(value: T | undefined): void;
  with(error: Error): void;
  isReached(): boolean;
}

/** Opens a socket, waits until it ends in any way, and closes it. */
function waitForEnd<T>(signal: AbortSignal, open: (end: End<T>) => () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    let isReached = false;
    const reach = (settle: () => void) => {
      if (isReached) return;
      isReached = true;
      signal.removeEventListener("abort", leave);
      // Closing within a socket's own event would be undone by what the socket does after it.
      setImmediate(() => close());
      settle();
    };
    const leave = () => reach(() => reject(signal.reason as Error));
    const close = open({
      ifAny: (value) => value !== undefined && reach(() => resolve(value)),
      with: (error) => reach(() => reject(error)),
      isReached: () => isReached,
    });
    signal.addEventListener("abort", leave, { once: true });
  });
}

function withLength(message: Uint8Array): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

/** Returns a function that collects chunks, and returns the message once it is whole. */
function createFrameReader(): (chunk: Buffer) => Buffer | undefined {
  const chunks: Buffer[] = [];
  let size = 0;
  let end = Infinity;
  return (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    if (end === Infinity && size >= 2) end = 2 + Buffer.concat(chunks).readUInt16BE(0);
    return size >= end ? Buffer.concat(chunks).subarray(2, end) : undefined;
  };
}
