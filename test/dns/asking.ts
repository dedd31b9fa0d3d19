import { randomInt } from "node:crypto";
import { systemClock, type Clock } from "../../provider/concurrency/clock";
import { askServer, type Reply, type QueryContext } from "../../provider/dns/query";
import { recordTypes } from "../../provider/dnssec/recordTypes";
import { recordsOf } from "../../provider/dns/message";
import type { ServerAddress } from "../../provider/dns/serverAddress";
import { rawMessage, rawRecord, toQuestion, type Asked, type ScriptedServer } from "./scriptedServer";

export const question = { name: "example.com", type: "DNSKEY" } as const;
export const rdata = (fill: string) => Buffer.from(`0101030d${fill.repeat(64)}`, "hex");

/** Returns an answer with one key, which identifies the answer. */
export const withKey = (asked: Pick<Asked, "id" | "name" | "type">, fill = "aa") =>
  rawMessage(asked, [rawRecord(toQuestion, recordTypes.DNSKEY, rdata(fill))]);

const randomId = () => randomInt(65_536);

interface How {
  readonly clock?: Clock;
  readonly ms?: number;
  readonly signal?: AbortSignal;
  readonly onOctets?: QueryContext["onOctets"];
}

export function ask(
  server: ServerAddress,
  { clock = systemClock, ms = 20_000, signal = new AbortController().signal, onOctets }: How = {},
): Promise<Reply> {
  return askServer(
    { server, question, until: clock.now() + ms, signal },
    { clock, randomId, ...(onOctets && { onOctets }) },
  );
}

/** Returns the first key octet of each key in an answer. */
export function keysIn(result: Reply): string[] {
  if (result.kind !== "answer") throw new Error(result.detail);
  const keys = recordsOf(result.message.answers, "example.com", recordTypes.DNSKEY);
  return keys.map((key) => Buffer.from(key.rdata.subarray(4, 5)).toString("hex"));
}

/** Returns a message that is only a header. */
export function header({ id }: Pick<Asked, "id">, flags: number): Buffer {
  const message = Buffer.alloc(12);
  message.writeUInt16BE(id, 0);
  message.writeUInt16BE(flags, 2);
  return message;
}

export async function allClosed(server: ScriptedServer): Promise<void> {
  while (server.connections() > 0) await new Promise((resolve) => setImmediate(resolve));
}
