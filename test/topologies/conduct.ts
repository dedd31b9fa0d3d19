import {
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  TRUNCATED_RESPONSE,
  type Packet,
  type RrsigData,
} from "dns-packet";
import type { Transport } from "./listener";
import type { Conduct } from "./recipe";

const slowMs = 400;
const rcodes = { withoutEdns: 1, servfail: 2, nxdomain: 3, refused: 5 } as const;

/**
 * A server's treatment of a question: the number of answers, and its changes to those of the server
 * behind it.
 */
export type Treat = (
  query: Buffer,
  transport: Transport,
  passOn: (query?: Buffer) => Promise<Buffer>,
) => Promise<readonly Buffer[]>;

const withCode =
  (rcode: number, flags = 0): Treat =>
  (query) =>
    Promise.resolve([headerOnly(query, rcode, flags)]);

export const conducts: Readonly<Record<Conduct | "well", Treat>> = {
  well: async (_, __, passOn) => [await passOn()],
  closed: () => Promise.resolve([]),
  silent: () => Promise.resolve([]),
  refused: withCode(rcodes.refused),
  servfail: withCode(rcodes.servfail),
  nxdomain: withCode(rcodes.nxdomain, AUTHORITATIVE_ANSWER),
  lame: (query) => Promise.resolve([referral(query, ".", "a.root-servers.net")]),
  refersToItself: (query) => Promise.resolve([referral(query, zoneOf(query), `ns.${zoneOf(query)}`)]),
  withoutEdns: async (query, _, passOn) => [
    optOf(query) ? headerOnly(query, rcodes.withoutEdns) : await passOn(),
  ],
  ignoresDo: async (query, _, passOn) => [await passOn(withoutOpt(query))],
  tcpOnly: async (query, transport, passOn) => [
    transport === "udp" ? headerOnly(query, 0, TRUNCATED_RESPONSE) : await passOn(),
  ],
  tcpBroken: (query, transport) =>
    Promise.resolve(transport === "udp" ? [headerOnly(query, 0, TRUNCATED_RESPONSE)] : []),
  upperCase: async (_, __, passOn) => [upperCaseQuestion(await passOn())],
  wrongIdFirst: async (_, __, passOn) => {
    const answer = await passOn();
    const stranger = Buffer.from(answer);
    stranger.writeUInt16BE(answer.readUInt16BE(0) ^ 0x5555, 0);
    return [stranger, answer];
  },
  wrongQuestionFirst: async (query, transport, passOn) => {
    const answer = await passOn();
    return transport === "tcp" ? [answer] : [otherQuestion(query), answer];
  },
  withoutAuthority: async (_, __, passOn) => {
    const answer = Buffer.from(await passOn());
    answer.writeUInt16BE(answer.readUInt16BE(2) & ~AUTHORITATIVE_ANSWER, 2);
    return [answer];
  },
  denies: async (_, __, passOn) => {
    const { answers = [], ...packet } = decode(await passOn());
    return [encode({ ...packet, authorities: answers })];
  },
  slow: async (_, __, passOn) => {
    await new Promise((resolve) => setTimeout(resolve, slowMs));
    return [await passOn()];
  },
};

/** Replaces the zone's signatures over the keys by another one. */
export const forging =
  (data: RrsigData): Treat =>
  async (_, __, passOn) => {
    const answer = await passOn();
    const { answers = [], ...packet } = decode(answer);
    const changed = answers.map((record) =>
      record.type === "RRSIG" && record.data.typeCovered === "DNSKEY" ? { ...record, data } : record,
    );
    return [encode({ ...packet, answers: changed })];
  };

function headerOnly(query: Buffer, rcode: number, flags = 0): Buffer {
  const { id = 0, questions = [] } = decode(query);
  return encode({ type: "response", id, flags: flags | rcode, questions });
}

/** The answer of a server without the zone. Old servers referred to the root. */
function referral(query: Buffer, zone: string, server: string): Buffer {
  const { id = 0, questions = [] } = decode(query);
  const authorities: Packet["authorities"] = [{ name: zone, type: "NS", ttl: 60, data: server }];
  return encode({ type: "response", id, questions, authorities });
}

/** Returns the zone of a question. Zones of this suite have names of two labels. */
function zoneOf(query: Buffer): string {
  const [question] = decode(query).questions ?? [];
  return (question?.name ?? "").split(".").slice(-2).join(".");
}

function otherQuestion(query: Buffer): Buffer {
  const { id = 0, questions: [question] = [] } = decode(query);
  if (!question) return query;
  const name = `other.${question.name}`;
  return encode({
    type: "response",
    id,
    flags: AUTHORITATIVE_ANSWER,
    questions: [{ ...question, name, type: "A" }],
    answers: [{ name, type: "A", ttl: 60, data: "192.0.2.66" }],
  });
}

function optOf(query: Buffer): boolean {
  return (decode(query).additionals ?? []).some(({ type }) => type === "OPT");
}

function withoutOpt(query: Buffer): Buffer {
  const { id = 0, questions = [], flags = 0 } = decode(query);
  return encode({ type: "query", id, flags, questions });
}

/** Changes the name of the question, to which the owners in the answer point. */
function upperCaseQuestion(answer: Buffer): Buffer {
  const changed = Buffer.from(answer);
  for (let at = 12; at < changed.length;) {
    const length = changed[at] ?? 0;
    if (length === 0) break;
    const label = changed.subarray(at + 1, at + 1 + length);
    label.set(Buffer.from(label.toString("latin1").toUpperCase(), "latin1"));
    at += 1 + length;
  }
  return changed;
}
