import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { startEmulator, type Emulator } from "../../emulator/index";
import { requireTools } from "../harness/requireTools";
import { ProviderProcess, serializeProvider } from "../harness/providerProcess";
import { ProxyProcess } from "../harness/proxyProcess";
import { startTlsEndpoint } from "../harness/tlsEndpoint";

requireTools("openssl");

jest.setTimeout(120_000);

/** The text as npm publishes it, which states hold. */
const { dsRecordProvider } = createRequire(__filename)(
  "../../dist/provider/dynamic/program/closure",
) as Record<"dsRecordProvider", object>;

const account = {
  accessKeyId: "STS.canaryAccessKey",
  accessKeySecret: "canaryAccessSecret",
  securityToken: "canaryToken",
};
const session = {
  AccessKeyId: account.accessKeyId,
  AccessKeySecret: account.accessKeySecret,
  SecurityToken: account.securityToken,
  Expiration: new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+/, ""),
};

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A home whose profile of the CLI asks the vendor's STS for a role. */
function homeWithRole(): string {
  const home = mkdtempSync(path.join(tmpdir(), "credentials-proxy-"));
  closing.push(() => rmSync(home, { recursive: true }));
  mkdirSync(path.join(home, ".aliyun"));
  const key = { access_key_id: "LTAIcanaryKey", access_key_secret: "canarySecret" };
  const profile = { name: "default", mode: "RamRoleArn", ...key, ram_role_arn: "acs:ram::1:role/dns" };
  const config = { current: "default", profiles: [profile] };
  writeFileSync(path.join(home, ".aliyun/config.json"), JSON.stringify(config));
  return home;
}

async function startSts(): Promise<number> {
  const server = createServer((_, response) => response.end(JSON.stringify({ Credentials: session })));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

async function created(emulator: Emulator, env: Record<string, string>): Promise<string> {
  const provider = await ProviderProcess.start({
    env: {
      ALICLOUD_DNSSEC_ENDPOINT: emulator.url,
      HOME: homeWithRole(),
      ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true",
      DEBUG: "*",
      ...env,
    },
  });
  closing.push(() => provider.stop());
  await provider.configure();
  const { text: __provider } = await serializeProvider(dsRecordProvider);
  const ds = { keyTag: 1, algorithm: 13, digestType: 2, digest: "ab".repeat(32) };
  const said = await provider
    .create({ domainName: "example.com", ...ds, __provider })
    .then(() => "done", String);
  expect(said + provider.stdout + provider.stderr).not.toMatch(/canary/i);
  return said;
}

test("temporary credentials are fetched through the proxy", async () => {
  const emulator = await startEmulator({ domains: ["example.com"], accounts: [account], taskDurationMs: 20 });
  closing.push(() => emulator.close());
  const endpoint = await startTlsEndpoint(await startSts(), "sts.aliyuncs.com");
  closing.push(endpoint.close);
  const routes = { "sts.aliyuncs.com:443": `127.0.0.1:${endpoint.port}` };
  const proxy = await ProxyProcess.start({ routes, credentials: "canaryUser:canaryPassword" });
  closing.push(() => proxy.stop());
  const HTTPS_PROXY = `http://canaryUser:canaryPassword@127.0.0.1:${proxy.port}`;
  expect(await created(emulator, { HTTPS_PROXY, NODE_EXTRA_CA_CERTS: endpoint.certificate })).toBe("done");
  expect(proxy.log).toEqual(["sts.aliyuncs.com:443 open"]);
});

test("a proxy that refuses them is named", async () => {
  const emulator = await startEmulator({ domains: ["example.com"], accounts: [account] });
  closing.push(() => emulator.close());
  const proxy = await ProxyProcess.start({ conduct: "407" });
  closing.push(() => proxy.stop());
  const said = await created(emulator, {
    HTTPS_PROXY: `http://canaryUser:canaryPassword@127.0.0.1:${proxy.port}`,
  });
  expect(said).toContain("CREDENTIALS_UNAVAILABLE");
  expect(said).toContain(`failed, the proxy 127.0.0.1:${proxy.port} opened no connection (HTTP 407)`);
});
