import { limitTime } from "../concurrency/abort";
import type { Clock } from "../concurrency/clock";
import { rcodes } from "./header";
import { readMessage, type Message } from "./message";
import { encodeQuery, isResponseTo, type Question } from "./queryMessage";
import type { ServerAddress } from "./serverAddress";
import { sendOverTcp, sendOverUdp, StrayError } from "./transport";

/**
 * What queries need besides the network. `randomId` returns an unpredictable whole number from 0 to
 * 65,535. `onOctets` is called for everything that servers send, with the message, or with
 * undefined for octets that are not a response to the query.
 */
export interface QueryContext {
  readonly clock: Clock;
  readonly randomId: () => number;
  readonly onOctets?: (message: Message | undefined) => void;
}

/**
 * One question to one server. `until` is in ms since the epoch. `recursive`, for a resolver, sets
 * RD and CD.
 */
export interface Query {
  readonly server: ServerAddress;
  readonly question: Question;
  readonly recursive?: boolean;
  readonly until: number;
  readonly signal: AbortSignal;
}

/** No usable answer. `isUnreachable`: this machine cannot send to the server. */
export interface Silence {
  readonly kind: "silence";
  readonly detail: string;
  readonly isUnreachable: boolean;
}

/**
 * An answer of any content. Without `edns` it has no signatures, since the server refused EDNS.
 */
export interface Answer {
  readonly kind: "answer";
  readonly message: Message;
  readonly edns: boolean;
}

export type Reply = Answer | Silence;

/** How to ask. `number` counts from 0 for each transport. */
interface Attempt {
  readonly transport: "udp" | "tcp";
  readonly number: number;
  readonly edns: boolean;
}

/** `isFlooded`: the transport delivers only stray datagrams or garbage. */
interface Fault {
  readonly detail: string;
  readonly isUnreachable: boolean;
  readonly isFlooded?: true;
}

const transports = { udp: sendOverUdp, tcp: sendOverTcp };

/** Maximum time of each attempt, in ms. */
const maxWaits: Readonly<Record<Attempt["transport"], readonly number[]>> = {
  udp: [1_000, 1_500],
  tcp: [2_500, 2_500],
};

const refusalsOfEdns: ReadonlySet<number> = new Set([rcodes.FORMERR, rcodes.NOTIMP, rcodes.BADVERS]);

const unreachable = { detail: "there is no route to it from here", isUnreachable: true };
const faults: Readonly<Record<string, Fault>> = {
  ECONNREFUSED: { detail: "nothing listens there", isUnreachable: false },
  ECONNRESET: { detail: "it reset the connection", isUnreachable: false },
  EACCES: unreachable,
  EADDRNOTAVAIL: unreachable,
  EAFNOSUPPORT: unreachable,
  EHOSTUNREACH: unreachable,
  EINVAL: unreachable,
  ENETUNREACH: unreachable,
  EPERM: unreachable,
};

/**
 * Asks one server one question. It tries UDP up to twice, then TCP up to twice. It switches to TCP
 * at once if the answer is truncated or broken off, or after too many stray datagrams. It asks
 * again without EDNS if the server refuses EDNS. A healthy server takes one round trip.
 *
 * An answer has the query's id and question, and comes from the server's address and port.
 * Everything else is ignored unread. At most eight sockets are opened, one after the other, each
 * with at most one message of 65,535 octets in memory.
 *
 * @throws The signal's reason when it is aborted. Never throws for what servers do.
 * @see RFC 5452 section 9, RFC 6891 section 7, RFC 7766 section 5
 */
export async function askServer(query: Query, context: QueryContext): Promise<Reply> {
  const seen = new Map<Attempt["transport"], Fault>();
  let answer: Answer | undefined;
  for (let next: Attempt | undefined = { transport: "udp", number: 0, edns: true }; next !== undefined;) {
    const wait = Math.min(maxWaits[next.transport][next.number] ?? 0, query.until - context.clock.now());
    if (wait <= 0) break;
    const outcome = await tryOnce(query, next, context, wait);
    if ("detail" in outcome) seen.set(next.transport, outcome);
    else if (isUsable(outcome)) answer = { kind: "answer", message: outcome, edns: next.edns };
    else seen.set(next.transport, { detail: describeUnusable(outcome), isUnreachable: false });
    next = attemptAfter(next, outcome);
  }
  return answer ?? silenceOf(seen);
}

async function tryOnce(
  { server, question, recursive = false, signal }: Query,
  { transport, edns }: Attempt,
  { clock, randomId, onOctets }: QueryContext,
  wait: number,
): Promise<Message | Fault> {
  const id = randomId();
  const query = encodeQuery(id, question, { edns, recursive });
  const accept = (octets: Uint8Array) => {
    const message = readResponse(query, octets);
    onOctets?.(message);
    return message;
  };
  const send = (limit: AbortSignal) => transports[transport]({ server, query, accept, signal: limit });
  try {
    return (
      (await limitTime(clock, wait, signal, send)) ?? { detail: "no answer in time", isUnreachable: false }
    );
  } catch (error) {
    signal.throwIfAborted();
    return faultOf(error as NodeJS.ErrnoException);
  }
}

function readResponse(query: Uint8Array, octets: Uint8Array): Message | undefined {
  const message = isResponseTo(query, octets) ? readMessage(octets) : undefined;
  if (message === undefined || message.questionCount === 1) return message;
  // Only an error may come without the question.
  return message.rcode === rcodes.NOERROR || message.rcode === rcodes.NXDOMAIN ? undefined : message;
}

function attemptAfter(attempt: Attempt, outcome: Message | Fault): Attempt | undefined {
  if ("detail" in outcome) {
    if (outcome.isUnreachable) return undefined;
    if (outcome.isFlooded) return tcpAfter(attempt);
    const number = attempt.number + 1;
    return number < maxWaits[attempt.transport].length ? { ...attempt, number } : tcpAfter(attempt);
  }
  if (attempt.edns && refusalsOfEdns.has(outcome.rcode)) return { ...attempt, edns: false };
  return outcome.isTruncated || outcome.brokenOffIn !== undefined ? tcpAfter(attempt) : undefined;
}

function tcpAfter(attempt: Attempt): Attempt | undefined {
  return attempt.transport === "udp" ? { ...attempt, transport: "tcp", number: 0 } : undefined;
}

/** Sections after the answers may be broken. */
function isUsable({ isTruncated, brokenOffIn }: Message): boolean {
  return !isTruncated && brokenOffIn !== "question" && brokenOffIn !== "answers";
}

function describeUnusable({ isTruncated }: Message): string {
  return isTruncated ? "its answer is truncated" : "its answer cannot be read to the end";
}

function faultOf(error: NodeJS.ErrnoException): Fault {
  const { code = "", message } = error;
  if (error instanceof StrayError) return { detail: message, isUnreachable: false, isFlooded: true };
  return faults[code] ?? { detail: code || message, isUnreachable: false };
}

function silenceOf(seen: ReadonlyMap<Attempt["transport"], Fault>): Silence {
  const all = [...seen];
  const detail = all
    .map(([transport, fault]) => `over ${transport.toUpperCase()} ${fault.detail}`)
    .join(", ");
  const isUnreachable = all.length > 0 && all.every(([, fault]) => fault.isUnreachable);
  return { kind: "silence", detail: detail || "no time was left to ask it", isUnreachable };
}
