import type { Clock } from "../concurrency/clock";
import type { ServerAddress } from "./serverAddress";
import { encodeQuery, isResponseTo, rcodes, readMessage, type Message, type Question } from "./message";
import { limitTime } from "../concurrency/abort";
import { overTcp, overUdp, StrayError } from "./transport";

/**
 * What exchanges depend on besides the network. `randomId` gives a whole number 0 to 65,535 that nobody can foretell.
 * `onOctets` hears of all that servers send: the message where it was read, undefined where it is no answer.
 */
export interface World {
  readonly clock: Clock;
  readonly randomId: () => number;
  readonly onOctets?: (message: Message | undefined) => void;
}

/** One question to one server. `until` in milliseconds since the epoch. */
export interface Asking {
  readonly server: ServerAddress;
  readonly question: Question;
  /** Asks a resolver: with RD and CD. */
  readonly recursive?: boolean;
  readonly until: number;
  readonly signal: AbortSignal;
}

/** No answer, or none that can be used. `isUnreachable`: nothing can be sent there from this machine. */
export interface Silence {
  readonly kind: "silence";
  readonly detail: string;
  readonly isUnreachable: boolean;
}

/** An answer, whatever it says. Without `edns` it has no signatures, because the server refuses the question for them. */
export interface Answer {
  readonly kind: "answer";
  readonly message: Message;
  readonly edns: boolean;
}

export type Reply = Answer | Silence;

/** How to try next; `attempt` counts from 0 for each transport. */
interface Way {
  readonly transport: "udp" | "tcp";
  readonly attempt: number;
  readonly edns: boolean;
}

interface Fault {
  readonly detail: string;
  readonly isUnreachable: boolean;
  /** The transport is of no more use: what comes over it is from somebody else, or rubbish. */
  readonly isFlooded?: true;
}

const transports = { udp: overUdp, tcp: overTcp };

/** Milliseconds that each try may take. */
const waits: Readonly<Record<Way["transport"], readonly number[]>> = {
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
 * Asks one server one question: over UDP, twice if need be, then over TCP, likewise; over TCP at once if the answer is
 * truncated or broken off, or if too many datagrams are no answer; once more without EDNS where the server refuses that. A
 * server that is well takes one round trip.
 *
 * An answer is one to this id and question from the server's address and port; anything else is ignored, and not read. At
 * most eight sockets one after the other, each with at most one message of 65,535 octets in memory.
 *
 * @throws the signal's reason when it is aborted; nothing for what servers do.
 * @see RFC 5452 section 9, RFC 6891 section 7, RFC 7766 section 5
 */
export async function exchange(asking: Asking, world: World): Promise<Reply> {
  const seen = new Map<Way["transport"], Fault>();
  let answer: Answer | undefined;
  for (let way: Way | undefined = { transport: "udp", attempt: 0, edns: true }; way !== undefined;) {
    const wait = Math.min(waits[way.transport][way.attempt] ?? 0, asking.until - world.clock.now());
    if (wait <= 0) break;
    const outcome = await tryOnce(asking, way, world, wait);
    if ("detail" in outcome) seen.set(way.transport, outcome);
    else if (isUsable(outcome)) answer = { kind: "answer", message: outcome, edns: way.edns };
    else seen.set(way.transport, { detail: whyUnusable(outcome), isUnreachable: false });
    way = wayAfter(way, outcome);
  }
  return answer ?? silence(seen);
}

async function tryOnce(
  { server, question, recursive = false, signal }: Asking,
  { transport, edns }: Way,
  { clock, randomId, onOctets }: World,
  wait: number,
): Promise<Message | Fault> {
  const id = randomId();
  const query = encodeQuery(id, question, { edns, recursive });
  const accept = (octets: Uint8Array) => {
    const message = answerTo(query, octets);
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

function answerTo(query: Uint8Array, octets: Uint8Array): Message | undefined {
  const message = isResponseTo(query, octets) ? readMessage(octets) : undefined;
  if (message === undefined || message.questionCount === 1) return message;
  // Without a question, only an error is an answer.
  return message.rcode === rcodes.NOERROR || message.rcode === rcodes.NXDOMAIN ? undefined : message;
}

function wayAfter(way: Way, outcome: Message | Fault): Way | undefined {
  if ("detail" in outcome) {
    if (outcome.isUnreachable) return undefined;
    if (outcome.isFlooded) return byTcpAfter(way);
    const attempt = way.attempt + 1;
    return attempt < waits[way.transport].length ? { ...way, attempt } : byTcpAfter(way);
  }
  if (way.edns && refusalsOfEdns.has(outcome.rcode)) return { ...way, edns: false };
  return outcome.isTruncated || outcome.brokenOffIn !== undefined ? byTcpAfter(way) : undefined;
}

function byTcpAfter(way: Way): Way | undefined {
  return way.transport === "udp" ? { ...way, transport: "tcp", attempt: 0 } : undefined;
}

/** What comes after the answers may be broken. */
function isUsable({ isTruncated, brokenOffIn }: Message): boolean {
  return !isTruncated && brokenOffIn !== "question" && brokenOffIn !== "answers";
}

function whyUnusable({ isTruncated }: Message): string {
  return isTruncated ? "its answer is truncated" : "its answer cannot be read to the end";
}

function faultOf(error: NodeJS.ErrnoException): Fault {
  const { code = "", message } = error;
  if (error instanceof StrayError) return { detail: message, isUnreachable: false, isFlooded: true };
  return faults[code] ?? { detail: code || message, isUnreachable: false };
}

function silence(seen: ReadonlyMap<Way["transport"], Fault>): Silence {
  const all = [...seen];
  const detail = all
    .map(([transport, fault]) => `over ${transport.toUpperCase()} ${fault.detail}`)
    .join(", ");
  const isUnreachable = all.length > 0 && all.every(([, fault]) => fault.isUnreachable);
  return { kind: "silence", detail: detail || "no time was left to ask it", isUnreachable };
}
