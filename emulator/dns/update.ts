import { randomInt } from "node:crypto";
import { connect } from "node:net";
import { type Ds } from "../ds";
import { rcodeOf, readMessage, uint16, writeMessage, type ResourceRecord } from "./protocol/message";
import { canonicalText, labelsOf } from "./protocol/name";
import { classAny, classIn, dsRdata, rcodeName, recordTypes, responseCodes } from "./protocol/records";
import { answerProblem, signedMessage, type TsigKey } from "./tsig";

/** Where DS records are published by dynamic update. */
export interface UpdateTarget {
  /** Of its primary server: `127.0.0.1:5301`, the port 53 unless given. */
  readonly server: string;
  /** The parent zone. */
  readonly zone: string;
  readonly key: TsigKey;
  /** Seconds, of the DS records. */
  readonly ttl: number;
}

const updateOpcode = 5;
const timeoutMs = 2000;

const { DS, SOA } = recordTypes;

/**
 * Replaces the DS records of a domain in its parent zone, over TCP, and reads back what the server has then: it drops
 * those of a name without delegation, and says NOERROR.
 *
 * @param domain In canonical form. @param now Milliseconds since the epoch.
 * @throws {Error} saying what went wrong: no answer, its response code, its TSIG, what it has instead.
 * @see RFC 2136, RFC 8945
 */
export async function updateDs(
  { server, zone, key, ttl }: UpdateTarget,
  domain: string,
  records: readonly Ds[],
  now: () => number,
): Promise<void> {
  const rdatas = records.map(dsRdata);
  const added = rdatas.map((rdata) => ({ name: domain, type: DS, class: classIn, ttl, rdata }));
  const all = { name: domain, type: DS, class: classAny, ttl: 0, rdata: Buffer.alloc(0) };
  const request = signedMessage(updateMessage(zone, [all, ...added]), key, now());
  const answer = await exchanged(server, request.octets);
  const rcode = rcodeOf(readMessage(answer));
  const problem = answerProblem(answer, request.mac, key, now());
  if (rcode !== responseCodes.NOERROR)
    throw new Error(`${rcodeName(rcode)}${problem === undefined ? "" : `, ${problem}`}`);
  if (problem !== undefined) throw new Error(problem);
  const published = await publishedDs(server, domain);
  if (sorted(published) === sorted(rdatas)) return;
  throw new Error(
    `the server said NOERROR and has ${published.length} DS records instead of ${rdatas.length}, as for a domain that is not delegated there`,
  );
}

/** RFC 2136 section 2: the zone section is the question, the update section the authority. */
function updateMessage(zone: string, updates: readonly ResourceRecord[]): Buffer {
  return writeMessage({
    id: randomInt(65536),
    flags: updateOpcode << 11,
    questions: [{ name: labelsOf(zone), type: SOA, class: classIn }],
    authorities: updates,
  });
}

async function publishedDs(server: string, domain: string): Promise<Buffer[]> {
  const question = { name: labelsOf(domain), type: DS, class: classIn };
  const query = writeMessage({ id: randomInt(65536), flags: 0, questions: [question] });
  const { answers } = readMessage(await exchanged(server, query));
  return answers
    .filter(({ name, type }) => type === DS && canonicalText(name) === domain)
    .map(({ rdata }) => rdata);
}

function sorted(rdatas: readonly Buffer[]): string {
  return rdatas
    .map((rdata) => rdata.toString("hex"))
    .sort()
    .join();
}

/** @returns The answer to a message, of the same id. */
function exchanged(server: string, message: Buffer): Promise<Buffer> {
  const [host = "", port = "53"] = server.split(":");
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port) });
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    let received = Buffer.alloc(0);
    socket.setTimeout(timeoutMs, () => {
      fail(new Error(`no answer within ${timeoutMs} ms`));
    });
    socket.on("error", fail);
    socket.on("end", () => {
      fail(new Error("the server closed the connection"));
    });
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      const answer = received.subarray(2, 2 + received.readUInt16BE(0));
      if (answer.subarray(0, 2).equals(message.subarray(0, 2))) {
        socket.destroy();
        resolve(answer);
      } else {
        fail(new Error("the answer is to another question"));
      }
    });
    socket.write(Buffer.concat([uint16(message.length), message]));
  });
}
