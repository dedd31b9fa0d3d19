import { createHmac, timingSafeEqual } from "node:crypto";
import { readMessage, readName, uint16, type ReceivedMessage, type ReceivedRecord } from "./protocol/message";
import { canonicalText, labelsOf, wireName } from "./protocol/name";
import { classAny, recordTypes } from "./protocol/records";

/** A key that this machine and a server share. */
export interface TsigKey {
  readonly name: string;
  /** In base64, as `tsig-keygen` prints it. */
  readonly secret: string;
}

const algorithm = "hmac-sha256";
const fudgeSeconds = 300;
const macLength = 32;

const errorNames: Readonly<Record<number, string>> = {
  16: "BADSIG",
  17: "BADKEY",
  18: "BADTIME",
  22: "BADTRUNC",
};

/**
 * Signs a message with HMAC-SHA256.
 *
 * @param now Milliseconds since the epoch.
 * @returns The message with its TSIG record, and the MAC that the answer's one covers.
 * @see RFC 8945 section 5
 */
export function signedMessage(
  message: Buffer,
  key: TsigKey,
  now: number,
): { readonly octets: Buffer; readonly mac: Buffer } {
  const time = timeOctets(Math.floor(now / 1000));
  const mac = macOf(key, [message, variables(key, time, uint16(fudgeSeconds), uint16(0, 0))]);
  const rdata = Buffer.concat([
    wireName(algorithm),
    time,
    uint16(fudgeSeconds, mac.length),
    mac,
    message.subarray(0, 2),
    uint16(0, 0),
  ]);
  const name = wireName(canonicalText(labelsOf(key.name)));
  const record = Buffer.concat([name, uint16(recordTypes.TSIG, classAny, 0, 0, rdata.length), rdata]);
  const octets = Buffer.concat([message, record]);
  octets.writeUInt16BE(message.readUInt16BE(10) + 1, 10);
  return { octets, mac };
}

/**
 * Checks that the answer to a signed message comes from who has the key.
 *
 * @param requestMac Of the message that it answers.
 * @returns What is wrong with it, or with our own message as the server says; undefined when all is well.
 * @see RFC 8945 section 5.3
 */
export function answerProblem(
  answer: Buffer,
  requestMac: Buffer,
  key: TsigKey,
  now: number,
): string | undefined {
  const message = readMessage(answer);
  const record = message.additionals.at(-1);
  if (record?.type !== recordTypes.TSIG) return "the answer is not signed";
  const tsig = fieldsOf(record);
  if (tsig.error !== 0) return `TSIG error ${errorNames[tsig.error] ?? tsig.error}`;
  if (canonicalText(record.name) !== canonicalText(labelsOf(key.name)))
    return "the answer is signed with another key";
  if (canonicalText(tsig.algorithm) !== algorithm) return "the answer is signed with another algorithm";
  const covered = [uint16(requestMac.length), requestMac, unsigned(answer, message, record, tsig.originalId)];
  const mac = macOf(key, [...covered, variables(key, tsig.time, tsig.fudge, tsig.errorAndOther)]);
  if (tsig.mac.length !== macLength || !timingSafeEqual(mac, tsig.mac))
    return "the answer's signature is wrong";
  const off = Math.abs(now / 1000 - tsig.time.readUIntBE(0, 6));
  return off > tsig.fudge.readUInt16BE(0) ? "the answer's time is off" : undefined;
}

function macOf({ secret }: TsigKey, parts: readonly Buffer[]): Buffer {
  return createHmac("sha256", Buffer.from(secret, "base64")).update(Buffer.concat(parts)).digest();
}

/** RFC 8945 section 4.3.3; `errorAndOther` is the error, and the other data with its length. */
function variables(key: TsigKey, time: Buffer, fudge: Buffer, errorAndOther: Buffer): Buffer {
  const name = wireName(canonicalText(labelsOf(key.name)));
  return Buffer.concat([name, uint16(classAny, 0, 0), wireName(algorithm), time, fudge, errorAndOther]);
}

/** RFC 8945 section 4.2. */
function fieldsOf({ rdata }: ReceivedRecord) {
  const { labels, end } = readName(rdata, 0);
  const macEnd = end + 10 + rdata.readUInt16BE(end + 8);
  return {
    algorithm: labels,
    time: rdata.subarray(end, end + 6),
    fudge: rdata.subarray(end + 6, end + 8),
    mac: rdata.subarray(end + 10, macEnd),
    originalId: rdata.readUInt16BE(macEnd),
    error: rdata.readUInt16BE(macEnd + 2),
    errorAndOther: rdata.subarray(macEnd + 2),
  };
}

/** The answer as it was before it was signed. */
function unsigned(answer: Buffer, message: ReceivedMessage, tsig: ReceivedRecord, id: number): Buffer {
  const octets = Buffer.from(answer.subarray(0, tsig.offset));
  octets.writeUInt16BE(id, 0);
  octets.writeUInt16BE(message.additionals.length - 1, 10);
  return octets;
}

function timeOctets(seconds: number): Buffer {
  const octets = Buffer.alloc(6);
  octets.writeUIntBE(seconds, 0, 6);
  return octets;
}
