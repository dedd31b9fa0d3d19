import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { pipeline, Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { everythingOf } from "../../secrets/everything";
import { rejection } from "../bed";
import { canaries, cleanUp, newBed, server, session } from "./bed";
import { links, type Wrap } from "./links";

afterEach(cleanUp);

/**
 * Maximum of octets that a server can write while its client does not read: the system's buffers.
 */
const buffered = 32 * 1024 * 1024;

/** Writes without end, as fast as the client reads. */
function writeEndlessly(response: ServerResponse): void {
  const chunk = Buffer.alloc(64 * 1024, " ");
  const endless = new Readable({
    read() {
      this.push(chunk);
    },
  });
  pipeline(endless, response, () => undefined);
}

type Answer = (response: ServerResponse, wrap: Wrap) => unknown;
const giving =
  (more: object): Answer =>
  (response, wrap) =>
    response.end(JSON.stringify(wrap(session(more))));

const packed = gzipSync(Buffer.alloc(64 * 1024 * 1024), { level: 9 });
/** Half a mebibyte that unpacks to 512 MiB. */
const bomb = Buffer.concat(Array.from({ length: 8 }, () => packed));

/** Answers the steps before the last one, if there are any. */
function introduces(response: ServerResponse, { url = "" }: IncomingMessage): boolean {
  const isStep = /(api\/token|security-credentials\/)$/.test(url);
  if (isStep) response.end("dns");
  return isStep;
}

/** Answers of hostile servers, with words of the message. */
const attacks: readonly (readonly [string, Answer, RegExp])[] = [
  ["an endless answer", writeEndlessly, /the answer is larger than 256 KiB/],
  [
    "an endless error",
    (response) => {
      response.statusCode = 500;
      writeEndlessly(response);
    },
    /the answer is larger than 256 KiB/,
  ],
  [
    "a gzip bomb",
    (response) => response.setHeader("content-encoding", "gzip").end(bomb),
    /the answer is compressed, although the request does not allow it/,
  ],
  [
    "a drip",
    (response) => {
      const timer = setInterval(() => response.write(" "), 10);
      response.once("close", () => clearInterval(timer));
    },
    /there was no answer in time/,
  ],
  ["silence", () => undefined, /there was no answer in time/],
  [
    "a redirection",
    (response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
    /the answer was HTTP 302/,
  ],
  [
    "an id of 2,000 characters",
    giving({ AccessKeyId: canaries.id.padEnd(2_000, "x") }),
    /the access key id has 2000 characters, and the maximum is 1024/,
  ],
  [
    "a secret of 200,000 characters",
    giving({ AccessKeySecret: canaries.secret.padEnd(200_000, "x") }),
    /the access key secret has 200000 characters, and the maximum is 1024/,
  ],
  [
    "a token of 20,000 characters",
    giving({ SecurityToken: canaries.token.padEnd(20_000, "x") }),
    /the security token has 20000 characters, and the maximum is 16384/,
  ],
  [
    "a token of a mebibyte",
    giving({ SecurityToken: canaries.token.padEnd(1024 * 1024, "x") }),
    /the answer is larger than 256 KiB/,
  ],
];

describe.each(links)("%s", (_, prepare, wrap) => {
  test.each(attacks)("%s", async (_, answer, words) => {
    const bed = newBed();
    await prepare(bed);
    const sockets = new Set<Socket>();
    const { received, url } = await server((response, _n, request) => {
      sockets.add(request.socket);
      if (!introduces(response, request)) void answer(response, wrap);
    });
    bed.lead({ url, received });
    if (words.source.includes("in time")) bed.hurry(50);
    const isEcs = process.env["ALIBABA_CLOUD_ECS_METADATA"] === "";
    const error = await rejection(bed.chain({ isEcs }).get());
    expect(error.code).toBe("CREDENTIALS_UNAVAILABLE");
    expect(error.message).toMatch(words);
    expect(everythingOf(error)).not.toMatch(/CANARY/);
    // No request was made by the library's own client, which has no limits.
    expect(bed.requests.filter((request) => request.startsWith("unbounded"))).toEqual([]);
    expect(received.length).toBeGreaterThan(0);
    expect(received.length).toBeLessThanOrEqual(6);
    for (const socket of sockets) {
      if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
      expect(socket.bytesWritten).toBeLessThan(buffered);
    }
  });

  test("credentials of the maximum length are used", async () => {
    const bed = newBed();
    await prepare(bed);
    const longest = {
      AccessKeyId: canaries.id.padEnd(1_024, "x"),
      AccessKeySecret: canaries.secret.padEnd(1_024, "y"),
      SecurityToken: canaries.token.padEnd(16_384, "\u0001"),
    };
    bed.lead(
      await server((response, _n, request) => {
        if (!introduces(response, request)) giving(longest)(response, wrap);
      }),
    );
    const isEcs = process.env["ALIBABA_CLOUD_ECS_METADATA"] === "";
    expect(await bed.chain({ isEcs }).get()).toEqual({
      accessKeyId: longest.AccessKeyId,
      accessKeySecret: longest.AccessKeySecret,
      securityToken: longest.SecurityToken,
    });
  });
});
