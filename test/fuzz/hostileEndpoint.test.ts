import { createServer, type AddressInfo, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { DsRecordError } from "../../provider/errors";
import { createRegistrar } from "../../provider/registrar/client";
import { closeAll, credentials, domain, deadline, rawServer, rejection, settingsOf } from "../alicloud/bed";
import { leapingClock } from "../harness/clocks";

jest.setTimeout(60_000);
afterEach(closeAll);

const readMs = 400;

/** Writes what a hostile server sends after a request. */
type Speech = (socket: Socket) => void;

const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

function answer(body: string | Buffer, more = ""): Speech {
  return (socket) => {
    socket.write(`${head}${more}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`);
    socket.end(body);
  };
}

function endless(start: string, part: string, pauseMs: number): Speech {
  return (socket) => {
    socket.write(start);
    const go = () => {
      if (socket.destroyed) return;
      if (socket.write(part)) setTimeout(go, pauseMs);
      else socket.once("drain", go);
    };
    go();
  };
}

const megabyte = 1_000_000;
const chunk = `${megabyte.toString(16)}\r\n${" ".repeat(megabyte)}\r\n`;
const refusalOf = (message: string) => JSON.stringify({ Code: "Odd", RequestId: "R-1", Message: message });

const speeches: readonly [string, Speech, string][] = [
  [
    "an answer that never ends",
    endless(`${head}Transfer-Encoding: chunked\r\n\r\n`, chunk, 0),
    "larger than 4 MiB",
  ],
  [
    "an answer that comes drop by drop",
    endless(`${head}Content-Length: 100000\r\n\r\n`, " ", 20),
    "ETIMEDOUT",
  ],
  ["headers that never end", endless(head, `X-A: ${"a".repeat(1_000)}\r\n`, 0), "HPE_HEADER_OVERFLOW"],
  ["nothing but interim answers", endless("", "HTTP/1.1 103 Early Hints\r\n\r\n", 20), "ETIMEDOUT"],
  ["what is not HTTP", (socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n"), "HPE_"],
  ["less than it announced", (socket) => socket.end(`${head}Content-Length: 100\r\n\r\n{`), "ECONNRESET"],
  ["a million brackets", answer("[".repeat(megabyte)), "unusable answer"],
  ["a number of a million digits", answer(`{"RequestId":${"1".repeat(megabyte)}}`), "unusable answer"],
  ["a million signatures in a message", answer(refusalOf("signature=".repeat(megabyte / 10))), "Odd"],
  ["a million blanks in a message", answer(refusalOf(`signature${" ".repeat(megabyte)}x`)), "Odd"],
  ["a million backslashes in a message", answer(refusalOf("\\".repeat(megabyte))), "Odd"],
  [
    "half a gigabyte in 0.5 MB of gzip",
    answer(gzipSync(Buffer.alloc(512 * 2 ** 20, " ")), "Content-Encoding: gzip\r\n"),
    "not JSON",
  ],
];

let stop = () => {};
afterEach(() => stop());

/** Starts a server that sends this after a request. */
async function speaking(speech: Speech): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("data", () => speech(socket));
  });
  stop = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const registrarAt = (url: string) =>
  createRegistrar({
    settings: settingsOf({ url, credentials }),
    clock: leapingClock(),
    random: () => 0.5,
    timeouts: { connectMs: 1_000, readMs },
  });

/**
 * Maximum growth of memory: above the needs of an answer of 4 MiB, and far below the amount sent.
 */
const mostMemory = 200 * 2 ** 20;

test.each(speeches)("%s: refused in time, in little memory", async (_, speech, words) => {
  const registrar = registrarAt(await speaking(speech));
  const [startedAt, before] = [performance.now(), process.memoryUsage().rss];
  const error = await rejection(registrar.list(domain, deadline({ until: 0 })));
  expect(error).toBeInstanceOf(DsRecordError);
  expect(error.message).toContain(words);
  expect(error.message.length).toBeLessThan(1_000);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  expect(process.memoryUsage().rss - before).toBeLessThan(mostMemory);
});

test("a redirection is not followed", async () => {
  const other = await rawServer((response) => response.end("{}"));
  const first = await rawServer((response) => response.writeHead(307, { location: other.url }).end());
  const error = await rejection(registrarAt(first.url).list(domain, deadline()));
  expect(error).toMatchObject({ code: "REGISTRAR_ANSWER_INVALID" });
  expect([first.received.length, other.received.length]).toEqual([1, 0]);
});
