import { createRequire } from "node:module";
import { startEmulator, type Emulator, type FaultRule } from "../../emulator/index";
import { requireTools } from "../harness/requireTools";
import { FakeEngine } from "../harness/fakeEngine";
import { freePort } from "../harness/freePort";
import { ProviderProcess, serializeProvider, type StartProviderOptions } from "../harness/providerProcess";
import { ProxyProcess, type ProxyOptions } from "../harness/proxyProcess";
import { startTlsEndpoint, type TlsEndpoint } from "../harness/tlsEndpoint";

requireTools("openssl");

jest.setTimeout(300_000);

/** The text as npm publishes it, which states hold. */
const { dsRecordProvider } = createRequire(__filename)(
  "../../dist/provider/dynamic/program/closure",
) as Record<"dsRecordProvider", object>;

const urn = "urn:pulumi:dev::test-project::pulumi-nodejs:dynamic/alicloud-dnssec:DsRecord::ksk";
const secret = "canaryUser:canaryPassword";
const target = "registrar.test:443";
const ds = { keyTag: 1, algorithm: 13, digestType: 2, digest: "ab".repeat(32) };

let emulator: Emulator;
let endpoint: TlsEndpoint;
let engine: FakeEngine;
let inputs: Record<string, unknown>;
beforeAll(async () => {
  const { text: __provider } = await serializeProvider(dsRecordProvider);
  inputs = { domainName: "example.com", ...ds, __provider, __urn: urn };
});
beforeEach(async () => {
  emulator = await startEmulator({ domains: ["example.com"], taskDurationMs: 20 });
  endpoint = await startTlsEndpoint(Number(new URL(emulator.url).port), "registrar.test", "localhost");
  engine = await FakeEngine.start();
});
afterEach(async () => {
  engine.stop();
  await endpoint.close();
  await emulator.close();
});

/** Runs the provider's real process before a real proxy, with DEBUG asking for everything. */
async function behindProxy(
  { port }: Pick<ProxyProcess, "port">,
  use: (provider: ProviderProcess) => Promise<void>,
  { env, ...options }: StartProviderOptions = {},
): Promise<void> {
  const provider = await ProviderProcess.start({
    env: {
      ...emulator.env,
      ALICLOUD_DNSSEC_ENDPOINT: "https://registrar.test",
      HTTPS_PROXY: `http://${secret}@127.0.0.1:${port}`,
      NODE_EXTRA_CA_CERTS: endpoint.certificate,
      DEBUG: "*",
      ...env,
    },
    engineAddress: engine.address,
    ...options,
  });
  try {
    await provider.configure();
    await use(provider);
    expect(provider.stdout + provider.stderr + JSON.stringify(engine.logs)).not.toMatch(
      new RegExp(`canary|${Buffer.from(secret).toString("base64").slice(0, 20)}`),
    );
  } finally {
    await provider.stop();
  }
}

async function withProxy(options: ProxyOptions, use: (proxy: ProxyProcess) => Promise<void>): Promise<void> {
  const routes = { [target]: `127.0.0.1:${endpoint.port}` };
  const proxy = await ProxyProcess.start({ routes, credentials: secret, ...options });
  try {
    await use(proxy);
  } finally {
    await proxy.stop();
  }
}

const said = (call: Promise<unknown>) => call.then(() => "done", String);

test("a record is created and deleted through the proxy", async () => {
  await withProxy({}, (proxy) =>
    behindProxy(proxy, async (provider) => {
      const { id, outputs } = await provider.create(inputs);
      expect(emulator.records("example.com")).toEqual([ds]);
      await provider.delete(id, outputs);
      expect(emulator.records("example.com")).toEqual([]);
      // Reads share a tunnel, and each of the two submissions has its own.
      expect(proxy.log).toEqual(proxy.log.map(() => `${target} open`));
      expect(proxy.log.length).toBeGreaterThanOrEqual(3);
      expect(proxy.log.length).toBeLessThan(emulator.calls().length);
    }),
  );
});

/** Faults behind the tunnel, and their results. The limits apply there too. */
const faults: [string, FaultRule, RegExp][] = [
  [
    "an answer that is too large",
    { action: "QueryDSRecord", fault: { kind: "hugeBody", bytes: 6_000_000 } },
    /it is larger than 4 MiB \(HTTP 200\)/,
  ],
  [
    "a submission that is not answered may have made a task",
    { action: "SaveSingleTaskForAddingDSRecord", fault: { kind: "resetBefore" } },
    /through the proxy 127\.0\.0\.1:\d+: the connection was reset \(ECONNRESET\)\. There may be a task anyway\./,
  ],
];

test.each(faults)("%s", async (_, rule, message) => {
  emulator.faults.add(rule);
  const __timeouts = { create: "2s" };
  await withProxy({}, (proxy) =>
    behindProxy(proxy, async (provider) => {
      expect(await said(provider.create({ ...inputs, __timeouts }))).toMatch(message);
    }),
  );
});

test.each([{}, { NODE_USE_ENV_PROXY: "1" }])("loopback never goes through the proxy: %j", async (env) => {
  await withProxy({}, (proxy) =>
    behindProxy(
      proxy,
      async (provider) => {
        await provider.create(inputs);
        expect(proxy.log).toEqual([]);
      },
      { env: { ALICLOUD_DNSSEC_ENDPOINT: `https://localhost:${endpoint.port}`, ...env } },
    ),
  );
});

/**
 * Situations in which no call gets through, the text on the record's row, and the maximum time
 * until the error appears, in seconds.
 */
const situations: [
  string,
  () => Promise<{ proxy?: ProxyOptions; env?: Record<string, string> }>,
  RegExp,
  number,
][] = [
  ["the proxy requires other credentials", async () => ({ proxy: { credentials: "a:b" } }), /HTTP 407/, 10],
  ["the proxy forbids it", async () => ({ proxy: { conduct: "403" } }), /HTTP 403/, 10],
  ["the proxy answers garbage", async () => ({ proxy: { conduct: "garbage" } }), /is not HTTP/, 10],
  [
    "the proxy refuses connections",
    async () => ({ env: { HTTPS_PROXY: `http://${secret}@127.0.0.1:${await freePort()}` } }),
    /through the proxy 127\.0\.0\.1:\d+: it refused the connection \(ECONNREFUSED\)/,
    45,
  ],
  [
    "the endpoint refuses connections",
    async () => ({ env: { ALICLOUD_DNSSEC_ENDPOINT: `https://localhost:${await freePort()}` } }),
    /from localhost:\d+: it refused the connection \(ECONNREFUSED\)/,
    45,
  ],
  [
    "the certificate is not trusted",
    async () => ({ env: { NODE_EXTRA_CA_CERTS: "" } }),
    /through the proxy .*: no trustworthy TLS connection could be made \(DEPTH_ZERO_SELF_SIGNED_CERT\)/,
    10,
  ],
  [
    "the certificate is for another name",
    async () => ({
      env: { ALICLOUD_DNSSEC_ENDPOINT: `https://127.0.0.1:${endpoint.port}` },
    }),
    /no trustworthy TLS connection could be made \(ERR_TLS_CERT_ALTNAME_INVALID\)/,
    10,
  ],
  [
    "NO_PROXY names the registrar, whose name does not exist",
    async () => ({ env: { NO_PROXY: ".test" } }),
    // Without a network, the system's resolver may say EAI_AGAIN instead.
    /from registrar\.test: its name .*\((ENOTFOUND|EAI_AGAIN)\)/,
    100,
  ],
  [
    "HTTPS_PROXY is no address",
    async () => ({ env: { HTTPS_PROXY: `socks5://${secret}@127.0.0.1:1` } }),
    /HTTPS_PROXY is not the address of an http or https proxy.*\[CONFIG_INVALID\]/,
    10,
  ],
];

test("time to failure where no call gets through", async () => {
  const measured = await Promise.all(
    situations.map(async ([situation, make, message, seconds]) => {
      const { proxy: options = {}, env } = await make();
      let result = { situation, seconds: 0, limit: seconds, said: "" };
      await withProxy(options, (proxy) =>
        behindProxy(
          proxy,
          async (provider) => {
            const startedAt = Date.now();
            const text = await said(provider.create(inputs));
            result = { ...result, seconds: (Date.now() - startedAt) / 1000, said: text };
            expect(text).toMatch(message);
            expect(text).not.toMatch(/canary/i);
          },
          { ...(env && { env }) },
        ),
      );
      return result;
    }),
  );
  console.log(
    measured.map(({ situation, seconds }) => `${seconds.toFixed(1).padStart(6)} s  ${situation}`).join("\n"),
  );
  expect(measured.filter(({ seconds, limit }) => seconds > limit)).toEqual([]);
  const rows = engine.logs.filter(({ message }) => message.endsWith("s left")).map(({ message }) => message);
  expect(rows).toEqual(expect.arrayContaining(["proxy ECONNREFUSED, 30 s left", "ECONNREFUSED, 30 s left"]));
  expect(emulator.calls()).toEqual([]);
});
