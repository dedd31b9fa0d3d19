import { createSocket } from "node:dgram";
import { connect, isIPv6 } from "node:net";
import type { ServerAddress } from "./serverAddress";

/** Asks a server by one socket of its own, which is closed in any case. */
export interface Call<T> {
  readonly server: ServerAddress;
  readonly query: Uint8Array;
  /** What to make of octets that came; undefined: it is not what was asked for. */
  readonly accept: (octets: Uint8Array) => T | undefined;
  readonly signal: AbortSignal;
}

/** That a server speaks TCP, but not DNS over it. */
export class StreamError extends Error {
  override readonly name = "StreamError";
}

/** That what comes from a server's address is no answer, again and again. */
export class StrayError extends Error {
  override readonly name = "StrayError";
}

/** Maximum number of datagrams that are no answer: each socket has a port of its own, and hears no late ones. */
const maxStrays = 8;

/**
 * Sends one datagram from a port that the system picks at random, and listens for answers from the server's address and
 * port until one is accepted. What is not is ignored, up to eight datagrams.
 *
 * @throws the system's error, the signal's reason, or {@link StrayError}.
 * @see RFC 5452 section 9
 */
export function overUdp<T>({ server, query, accept, signal }: Call<T>): Promise<T> {
  return settled(signal, (end) => {
    const socket = createSocket(isIPv6(server.address) ? "udp6" : "udp4");
    socket.on("error", (error) => end.with(error));
    let strays = 0;
    socket.on("message", (octets) => {
      if (end.isReached()) return;
      end.ifAny(accept(octets));
      strays += 1;
      if (strays >= maxStrays) end.with(new StrayError("too much came that is no answer to the question"));
    });
    // A connected socket gets datagrams of this peer only, and hears when nobody listens there.
    socket.connect(server.port, server.address, (error?: Error) => {
      if (error) end.with(error);
      else if (!end.isReached()) socket.send(query, (failure) => failure && end.with(failure));
    });
    return () => socket.close();
  });
}

/**
 * Sends the query over a connection of its own and reads one message, 65,535 octets at most.
 *
 * @throws the system's error, the signal's reason, or {@link StreamError} for anything but an accepted message.
 * @see RFC 7766 section 8
 */
export function overTcp<T>({ server, query, accept, signal }: Call<T>): Promise<T> {
  return settled(signal, (end) => {
    const socket = connect({ host: server.address, port: server.port, noDelay: true });
    const frame = frameReader();
    socket.on("error", (error) => end.with(error));
    socket.on("close", () =>
      end.with(new StreamError("it closed the connection before its answer was whole")),
    );
    socket.on("connect", () => socket.write(framed(query)));
    socket.on("data", (chunk) => {
      const octets = end.isReached() ? undefined : frame(chunk);
      if (octets === undefined) return;
      end.ifAny(accept(octets));
      end.with(new StreamError("what it answered is no answer to the question"));
    });
    return () => socket.destroy();
  });
}

interface End<T> {
  ifAny(value: T | undefined): void;
  with(error: Error): void;
  isReached(): boolean;
}

/** Opens something, waits for its one end, and closes it, whatever the end is. */
function settled<T>(signal: AbortSignal, open: (end: End<T>) => () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    let isReached = false;
    const reach = (settle: () => void) => {
      if (isReached) return;
      isReached = true;
      signal.removeEventListener("abort", leave);
      // Not from within a socket's own event: what it still does after it would undo that.
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

function framed(message: Uint8Array): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

/** Gathers chunks until a message is whole. */
function frameReader(): (chunk: Buffer) => Buffer | undefined {
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
