import { createServer, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { connectDomainApi } from "../../provider/registrar/domainApi";
import {
  adding,
  afterwards,
  closeAll,
  credentials,
  listen,
  rawServer,
  reading,
  rejection,
  settingsOf,
  type RawServer,
} from "./bed";

afterEach(async () => {
  jest.restoreAllMocks();
  await closeAll();
});

const ok = '{"RequestId":"R-1"}';
const long = 60_000;

/** Starts a server that handles raw connections, and returns its port. */
async function listening(serve: (socket: Socket) => unknown): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    serve(socket);
  });
  afterwards(() => server.close());
  return listen(server);
}

const transportTo = (server: Pick<RawServer, "url" | "credentials">, connectMs: number, readMs: number) =>
  connectDomainApi(settingsOf(server), { connectMs, readMs });

const timedOut = /: it did not respond in time \(ETIMEDOUT\)\./;

test("no connection in time: nothing was sent", async () => {
  // TCP connects, but there is no TLS handshake.
  const port = await listening((socket) => socket.resume());
  const error = await rejection(
    transportTo({ url: `https://127.0.0.1:${port}`, credentials }, 50, long).send(adding),
  );
  expect(error).toMatchObject({ code: "REGISTRAR_UNAVAILABLE", disposition: "retry", effect: "none" });
  expect(error.message).toMatch(timedOut);
});

test("no answer in time: the request may have been received", async () => {
  const server = await rawServer(() => undefined);
  const error = await rejection(transportTo(server, long, 50).send(adding));
  expect(error).toMatchObject({ code: "REGISTRAR_UNAVAILABLE", disposition: "retry", effect: "possible" });
  expect(error.message).toMatch(timedOut);
});

test("an answer that does not end in time counts as none", async () => {
  const server = await rawServer((response) => void response.writeHead(200).write('{"RequestId":'));
  const error = await rejection(transportTo(server, long, 50).send(reading));
  expect(error).toMatchObject({ code: "REGISTRAR_UNAVAILABLE", disposition: "retry", effect: "possible" });
});

// httpx also applies its connect time-out to inactivity, and reports "ConnectTimeout" for a request
// that was sent.
test("an answer may take longer than a connection", async () => {
  const server = await rawServer((response) => void setTimeout(() => response.end(ok), 150));
  expect((await transportTo(server, 50, long).send(adding)).answered.requestId).toBe("R-1");
});

test("a server without TLS is final, and nothing was sent", async () => {
  const port = await listening((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  const error = await rejection(
    transportTo({ url: `https://127.0.0.1:${port}`, credentials }, long, long).send(adding),
  );
  expect(error).toMatchObject({ code: "REGISTRAR_UNAVAILABLE", disposition: "fatal", effect: "none" });
  expect(error.message).toMatch(
    /no trustworthy TLS connection could be made \(EPROTO\).*NODE_EXTRA_CA_CERTS/,
  );
});

test("an answer that is not HTTP counts as none", async () => {
  const port = await listening((socket) => socket.end("220 mail.example ESMTP\r\n"));
  const error = await rejection(
    transportTo({ url: `http://127.0.0.1:${port}`, credentials }, long, long).send(adding),
  );
  expect(error).toMatchObject({ code: "REGISTRAR_UNAVAILABLE", effect: "possible" });
  expect(error.message).toMatch(/the response is not HTTP \(HPE_/);
});

test("an endless answer is cut off", async () => {
  const server = await rawServer((response) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536, " ")));
    };
    response.writeHead(200).on("drain", more);
    more();
  });
  const error = await rejection(transportTo(server, long, long).send(reading));
  expect(error).toMatchObject({ code: "REGISTRAR_ANSWER_INVALID", disposition: "retry" });
  expect(error.message).toContain("it is larger than 4 MiB (HTTP 200)");
});

test("a large answer is read", async () => {
  const server = await rawServer((response) =>
    response.end(`{"RequestId":"R-1","x":"${"y".repeat(3_000_000)}"}`),
  );
  expect((await transportTo(server, long, long).send(reading)).body["x"]).toHaveLength(3_000_000);
});

// A proxy may compress answers, and a small compressed answer can be a huge one.
test("a compressed answer is not unpacked", async () => {
  const server = await rawServer((response) =>
    response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(ok)),
  );
  const error = await rejection(transportTo(server, long, long).send(reading));
  expect(error).toMatchObject({ code: "REGISTRAR_ANSWER_INVALID" });
});

test("reads share a connection, and each submission has its own", async () => {
  const server = await rawServer((response) => response.end(ok));
  const transport = transportTo(server, long, long);
  for (const call of [reading, reading, adding, reading, adding]) await transport.send(call);
  const [first, second, third, fourth, fifth] = server.ports;
  expect([second, fourth]).toEqual([first, first]);
  expect(new Set([first, third, fifth]).size).toBe(3);
});

test("each exchange has its own status and its own connection", async () => {
  const server = await rawServer((response, _, n) =>
    response.writeHead(n === 1 ? 200 : 503).end(n === 1 ? ok : "x"),
  );
  const transport = transportTo(server, long, long);
  await transport.send(reading);
  expect((await rejection(transport.send(reading))).message).toContain("(HTTP 503)");
});

// With DEBUG set, httpx prints a body that is text to standard error: the signed request.
test("httpx gets the signed request as octets, not text", async () => {
  const httpx = jest.requireActual<{ request: (url: string, options: { data: unknown }) => unknown }>(
    "httpx",
  );
  const request = jest.spyOn(httpx, "request");
  const server = await rawServer((response) => response.end(ok));
  await transportTo(server, long, long).send(reading);
  expect(Buffer.isBuffer(request.mock.calls[0]?.[1].data)).toBe(true);
});
