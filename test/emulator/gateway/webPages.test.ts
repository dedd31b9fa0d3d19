import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { request, type OutgoingHttpHeaders } from "node:http";
import { connect } from "node:net";
import type { Emulator } from "../../../emulator/index";
import { signText, stringToSign } from "../../../emulator/wire/signature";
import { addition, call, closeAll, started } from "../calls";

afterEach(closeAll);

/** Fields of a valid call. A page can make them, since the emulator's access key is public. */
function signed(method: string, { credentials }: Emulator): URLSearchParams {
  const params = new Map<string, string>([
    ...Object.entries(addition(1)).map(([name, value]): [string, string] => [name, String(value)]),
    ["Action", "SaveSingleTaskForAddingDSRecord"],
    ["Version", "2018-01-29"],
    ["Format", "JSON"],
    ["AccessKeyId", credentials.accessKeyId],
    ["SignatureMethod", "HMAC-SHA1"],
    ["SignatureVersion", "1.0"],
    ["SignatureNonce", randomUUID()],
    ["Timestamp", new Date().toISOString().replace(/\.\d+/, "")],
  ]);
  params.set("Signature", signText(stringToSign(method, params), credentials.accessKeySecret));
  return new URLSearchParams([...params]);
}

interface Sent {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

function send(emulator: Emulator, method: string, headers: OutgoingHttpHeaders): Promise<Sent> {
  const fields = signed(method, emulator).toString();
  const url = method === "GET" ? `${emulator.url}/?${fields}` : emulator.url;
  return new Promise((resolve, reject) => {
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const sent = request(url, { method, headers: { ...form, ...headers } }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => (text += chunk));
      response.once("end", () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    sent.once("error", reject);
    sent.end(method === "GET" ? undefined : fields);
  });
}

const methods = ["GET", "POST"];
/** By title: the headers that a browser sends to a port, and the sign that the refusal names. */
const pages: readonly (readonly [string, (port: string) => OutgoingHttpHeaders, string])[] = [
  ["a form of another site", () => ({ origin: "https://evil.example" }), "it has an Origin"],
  ["a sandboxed frame, or a file", () => ({ origin: "null" }), "it has an Origin"],
  [
    "a page of another local port",
    (port) => ({ origin: `http://127.0.0.1:${Number(port) + 1}` }),
    "it has an Origin",
  ],
  ["a page from this port", (port) => ({ origin: `http://127.0.0.1:${port}` }), "it has an Origin"],
  ["an empty Origin", () => ({ origin: "" }), "it has an Origin"],
  [
    "an image of another site",
    () => ({ "sec-fetch-site": "cross-site" }),
    "its Sec-Fetch-Site is cross-site",
  ],
  ["an image of another port", () => ({ "sec-fetch-site": "same-site" }), "its Sec-Fetch-Site is same-site"],
  ["a rebound name", () => ({ host: "evil.example" }), "its Host is not 127.0.0.1:"],
  [
    "a rebound name with the port",
    (port) => ({ host: `evil.example:${port}` }),
    "its Host is not 127.0.0.1:",
  ],
  ["a name like ours", (port) => ({ host: `localhost.evil.example:${port}` }), "its Host is not 127.0.0.1:"],
  [
    "our name with another port",
    (port) => ({ host: `localhost:${Number(port) + 1}` }),
    "its Host is not 127.0.0.1:",
  ],
  ["our name without a port", () => ({ host: "127.0.0.1" }), "its Host is not 127.0.0.1:"],
  ["another loopback address", (port) => ({ host: `127.0.0.2:${port}` }), "its Host is not 127.0.0.1:"],
  ["a user name before ours", (port) => ({ host: `evil@127.0.0.1:${port}` }), "its Host is not 127.0.0.1:"],
];

describe.each(methods)("%s", (method) => {
  test.each(pages)("refused before any effect: %s", async (_, headersAt, sign) => {
    const emulator = await started({
      domains: ["example.com"],
      faults: [{ fault: { kind: "taskStuck" }, times: 1 }],
    });
    const held = emulator.holdAnswer("SaveSingleTaskForAddingDSRecord");
    const answer = await send(emulator, method, headersAt(new URL(emulator.url).port));
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.text)).toEqual({
      Code: "Forbidden.WebPage",
      Message: expect.stringContaining(`takes no requests of web pages. This looks like one: ${sign}`),
    });
    // Otherwise the page could read the answer.
    expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    expect([emulator.journal, emulator.tasks(), emulator.records("example.com")]).toEqual([[], [], []]);
    held.release();
    held.arrived.catch(() => undefined);
  });

  test.each(["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])(
    "accepted: a program that calls %s",
    async (name) => {
      const emulator = await started({ domains: ["example.com"] });
      const host = `${name}:${new URL(emulator.url).port}`;
      expect((await send(emulator, method, { host })).status).toBe(200);
      expect(emulator.tasks()).toHaveLength(1);
    },
  );

  test.each(["none", "same-origin"])("accepted: an address typed by the user (%s)", async (site) => {
    const emulator = await started({ domains: ["example.com"] });
    expect((await send(emulator, method, { "sec-fetch-site": site })).status).toBe(200);
  });
});

test.each(["OPTIONS", "PUT", "HEAD"])("refused: %s of a page, on any path", async (method) => {
  const emulator = await started({ domains: ["example.com"] });
  const status = await new Promise((resolve, reject) => {
    const headers = { origin: "https://evil.example", "access-control-request-method": "POST" };
    request(`${emulator.url}/any/path`, { method, headers }, (response) =>
      resolve(response.resume().statusCode),
    )
      .once("error", reject)
      .end();
  });
  expect(status).toBe(403);
  expect(emulator.journal).toEqual([]);
});

test.each(["GET / HTTP/1.1\r\nHost:", "GET / HTTP/1.0"])("refused: no Host, in %j", async (head) => {
  const emulator = await started();
  const socket = connect(Number(new URL(emulator.url).port), "127.0.0.1").setEncoding("utf8");
  socket.end(`${head}\r\n\r\n`);
  const [text] = (await once(socket, "data")) as [string];
  expect(text).toMatch(/^HTTP\/1\.1 403 /);
  expect(emulator.journal).toEqual([]);
});

test("refused pages do not disturb calls", async () => {
  const emulator = await started({ domains: ["example.com"] });
  const answers = await Promise.all([1, 2, 3].map(() => send(emulator, "POST", { origin: "null" })));
  expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
  expect(await call(emulator, "QueryDSRecord", { DomainName: "example.com" })).toMatchObject({
    DSRecordList: [],
  });
});
