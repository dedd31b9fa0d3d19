import { createServer } from "node:net";
import type { Trouble } from "../../provider/concurrency/deadline";
import { proxyFor } from "../../provider/alicloud/proxy";
import { createRegistrar } from "../../provider/registrar/client";
import type { Timeouts } from "../../provider/alicloud/transport";
import { connectDomainApi } from "../../provider/registrar/domainApi";
import { constantCredentials } from "../../provider/alicloud/settings";
import { requireTools } from "../harness/requireTools";
import { ProxyProcess, type ProxyOptions } from "../harness/proxyProcess";
import { startTlsEndpoint } from "../harness/tlsEndpoint";
import {
  adding,
  afterwards,
  closeAll,
  credentials,
  deadUrl,
  domain,
  deadline,
  listen,
  rawServer,
  rejection,
} from "./bed";
import { leapingClock } from "../harness/clocks";

requireTools("openssl");

jest.setTimeout(60_000);

afterEach(closeAll);

const secret = "me:CANARY-password";

async function proxyProcess(options: ProxyOptions): Promise<ProxyProcess> {
  const proxy = await ProxyProcess.start(options);
  afterwards(() => proxy.stop());
  return proxy;
}

const settingsBy = (address: string) => {
  const endpoint = "https://registrar.test";
  const proxy = proxyFor(endpoint, { HTTPS_PROXY: address });
  const source = constantCredentials("the test", credentials);
  return { endpoint, apiVersion: "2018-01-29", credentials: source, ...(proxy && { proxy }) };
};

const through = (port: number, userinfo = secret) => settingsBy(`http://${userinfo}@127.0.0.1:${port}`);

const short: Timeouts = { connectMs: 300, readMs: 5_000 };

/** Behaviours of proxies, with words of the message, disposition, and time of the tries in s. */
const conducts: [string, Omit<ProxyOptions, "routes">, string, "fatal" | "retry", number][] = [
  [
    "requires other credentials",
    { credentials: "me:other" },
    "it requires a valid user name and password (HTTP 407)",
    "fatal",
    0,
  ],
  ["refuses", { conduct: "403" }, "it refused to connect (HTTP 403)", "fatal", 0],
  ["is not a proxy", { conduct: "405" }, "it refused to connect (HTTP 405)", "fatal", 0],
  ["cannot connect", { conduct: "502" }, "it could not connect (HTTP 502)", "retry", 60],
  ["is overloaded", { conduct: "503" }, "it could not connect (HTTP 503)", "retry", 60],
  ["times out", { conduct: "504" }, "it could not connect (HTTP 504)", "retry", 60],
  ["is throttled", { conduct: "429" }, "it refused to connect (HTTP 429)", "retry", 60],
  ["is a mail server", { conduct: "garbage" }, "its answer is not HTTP", "fatal", 0],
  ["is silent", { conduct: "silent" }, "it did not respond in time (ETIMEDOUT)", "retry", 120],
  ["never ends its answer", { conduct: "endless" }, "it did not respond in time (ETIMEDOUT)", "retry", 120],
  ["closes", { conduct: "close" }, "the connection was reset (ECONNRESET)", "retry", 120],
  ["resets", { conduct: "reset" }, "the connection was reset (ECONNRESET)", "retry", 120],
];

test.each(conducts)("a proxy that %s: nothing was sent", async (_, options, words, disposition, seconds) => {
  const proxy = await proxyProcess(options);
  const error = await rejection(connectDomainApi(through(proxy.port), short).send(adding));
  expect(error).toMatchObject({ code: "REGISTRAR_UNAVAILABLE", disposition, effect: "none" });
  expect(error.message).toContain(
    `did not reach registrar.test through the proxy 127.0.0.1:${proxy.port}: ${words}. Nothing was sent to the ` +
      "registrar. Check HTTPS_PROXY, or add registrar.test to NO_PROXY",
  );
  expect(error.message).not.toContain("CANARY");
  expect(await proxy.waitForLog()).toEqual([expect.stringContaining("registrar.test:443 ")]);

  const clock = leapingClock();
  const told: Trouble[] = [];
  const registrar = createRegistrar({
    settings: through(proxy.port),
    clock,
    random: () => 0.5,
    timeouts: short,
  });
  const until = clock.now() + 900_000;
  const onTrouble = (trouble: Trouble) => void told.push(trouble);
  await rejection(registrar.list(domain, deadline({ until, onTrouble })));
  expect(clock.now() - clock.start).toBe(seconds * 1_000);
  const cause = `proxy ${/\((HTTP \d+|E\w+)\)/.exec(words)?.[1] ?? ""}`;
  expect(told[0]).toEqual(seconds === 0 ? undefined : { cause, leftMs: seconds * 1_000 });
});

test("a proxy that refuses connections is named, and nothing was sent", async () => {
  const { port } = new URL(await deadUrl());
  const error = await rejection(connectDomainApi(through(Number(port))).send(adding));
  expect(error).toMatchObject({ code: "REGISTRAR_UNAVAILABLE", disposition: "retry", effect: "none" });
  expect(error.message).toContain(
    `through the proxy 127.0.0.1:${port}: it refused the connection (ECONNREFUSED).`,
  );
});

test("a proxy with an unknown name", async () => {
  const error = await rejection(
    connectDomainApi(settingsBy(`http://${secret}@proxy.invalid:3128`)).send(adding),
  );
  // Without a network, the system's resolver may say EAI_AGAIN instead.
  expect(error.message).toMatch(
    /through the proxy proxy\.invalid:3128: its name .* \((ENOTFOUND|EAI_AGAIN)\)\./,
  );
  expect(error.message).not.toContain("CANARY");
});

test("an https proxy with an untrusted certificate is final", async () => {
  const endpoint = await startTlsEndpoint(1, "localhost");
  afterwards(endpoint.close);
  const settings = settingsBy(`https://${secret}@localhost:${endpoint.port}`);
  const error = await rejection(connectDomainApi(settings).send(adding));
  expect(error).toMatchObject({ code: "REGISTRAR_UNAVAILABLE", disposition: "fatal", effect: "none" });
  expect(error.message).toMatch(
    /through the proxy localhost:\d+: no trustworthy TLS connection could be made \(DEPTH_ZERO_SELF_SIGNED_CERT\)\..*NODE_EXTRA_CA_CERTS/,
  );
});

/** Servers behind a proxy that opens a connection, with the error's code and disposition. */
const behind: [string, () => Promise<[ProxyOptions, () => Promise<unknown>]>, string, "fatal" | "retry"][] = [
  [
    "an untrusted certificate",
    async () => {
      const server = await rawServer(() => undefined);
      const endpoint = await startTlsEndpoint(Number(new URL(server.url).port), "registrar.test");
      return [{ routes: { "registrar.test:443": `127.0.0.1:${endpoint.port}` } }, endpoint.close];
    },
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "fatal",
  ],
  [
    "a server without TLS",
    async () => {
      const server = await rawServer(() => undefined);
      return [{ routes: { "registrar.test:443": new URL(server.url).host } }, () => Promise.resolve()];
    },
    "(EPROTO|ERR_SSL_\\w+)",
    "fatal",
  ],
  [
    "no server",
    () => Promise.resolve([{ conduct: "closeTunnel" }, () => Promise.resolve()]),
    "ECONNRESET",
    "retry",
  ],
];

test.each(behind)("%s behind the proxy: nothing was sent", async (_, start, code, disposition) => {
  const [options, close] = await start();
  afterwards(close);
  const proxy = await proxyProcess({ credentials: secret, ...options });
  const error = await rejection(connectDomainApi(through(proxy.port)).send(adding));
  expect(error).toMatchObject({ code: "REGISTRAR_UNAVAILABLE", disposition, effect: "none" });
  expect(error.message).toMatch(
    new RegExp(
      `got no answer from registrar\\.test through the proxy 127\\.0\\.0\\.1:${proxy.port}: .*\\(${code}\\)\\. Nothing was sent\\.`,
    ),
  );
});

test("the time for a connection includes the TLS handshake behind the proxy", async () => {
  // It accepts connections, and never answers a handshake.
  const proxy = await proxyProcess({
    conduct: "open",
    routes: { "registrar.test:443": await silentServer() },
  });
  const startedAt = Date.now();
  const error = await rejection(connectDomainApi(through(proxy.port), short).send(adding));
  expect(error).toMatchObject({ disposition: "retry", effect: "none" });
  expect(error.message).toContain("it did not respond in time (ETIMEDOUT). Nothing was sent.");
  expect(Date.now() - startedAt).toBeLessThan(5_000);
});

async function silentServer(): Promise<string> {
  const server = createServer((socket) => socket.on("error", () => undefined).resume());
  afterwards(() => server.close());
  return `127.0.0.1:${await listen(server)}`;
}
