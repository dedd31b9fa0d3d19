import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startEmulator, type Emulator } from "../../emulator/index";
import { PulumiProject } from "../harness/pulumiCli";
import { foundIn, parted, placesAfter } from "../secrets/places";
import { searchFor } from "../secrets/search";
import { ds, program, record } from "./world";

jest.setTimeout(180_000);

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function emulated(...options: Parameters<typeof startEmulator>): Promise<Emulator> {
  const emulator = await startEmulator(...options);
  closing.push(() => emulator.close());
  return emulator;
}

async function projectOf(text: string, env: Record<string, string>): Promise<PulumiProject> {
  const project = await PulumiProject.create({ program: text, env });
  closing.push(() => project.remove());
  return project;
}

const accounts = [
  { accessKeyId: "FIRST-CANARY-KEY-1111", accessKeySecret: "first/canary+secret" },
  {
    accessKeyId: "SECOND-CANARY-KEY-2222",
    accessKeySecret: "second/canary+secret",
    securityToken: "second/canary+token",
  },
];

/**
 * Pulumi's Node.js SDK logs such a debug message for every resource, with its secrets. Event logs
 * have it even without --debug.
 */
const sdkLine = /RegisterResource RPC finished: resource:/;

/** The secrets are plain text here, because the class is responsible for keeping them secret. */
function programOf(emulators: readonly Emulator[]): string {
  const parts = accounts.map((account, index) => {
    const name = JSON.stringify(`account-${index + 1}`);
    const args = JSON.stringify({ ...account, endpoint: emulators[index]?.url });
    return (
      `const p${index} = new AlicloudDnssecProvider(${name}, ${args});\n` +
      `new DsRecord(${name}, ${JSON.stringify(record(ds(index + 1)).args)}, { provider: p${index} });`
    );
  });
  return ['const { AlicloudDnssecProvider, DsRecord } = require("pulumi-alicloud-dnssec");', ...parts].join(
    "\n",
  );
}

test("with two accounts, each registrar sees only its own calls, and the state has no secret", async () => {
  // Both accounts have the same domain, so only the access key refuses a call to the wrong
  // registrar.
  const emulators = await Promise.all(
    accounts.map((account) =>
      emulated({ accounts: [account], domains: ["example.com"], taskDurationMs: 50 }),
    ),
  );
  const elsewhere = { ALICLOUD_ACCESS_KEY: "WRONG-ACCESS-KEY-ID", ALICLOUD_SECRET_KEY: "a-wrong-secret" };
  const project = await projectOf(programOf(emulators), elsewhere);

  const up = await project.up(["--debug"], { events: true });
  expect(emulators.map((emulator) => emulator.records("example.com"))).toEqual([[ds(1)], [ds(2)]]);

  const state = await project.stackExport();
  const places = placesAfter(up, project).filter(([name]) => name !== "program/index.js");
  const search = searchFor(...accounts);
  const { rest, lines } = parted([...places, ["export", JSON.stringify(state)]], sdkLine);
  expect(foundIn(rest, search)).toEqual([]);
  expect(search(lines.join("\n"))).toContain("accessKeySecret plain");
  const providers = (state.deployment.resources ?? []).filter(({ urn }) => urn.includes("::account-"));
  // The state has them in the order of their creation.
  const kept = providers
    .filter(({ type }) => type === "pulumi:providers:pulumi-nodejs")
    .sort((a, b) => a.urn.localeCompare(b.urn));
  expect(kept.map(({ inputs }) => Object.keys(inputs).sort())).toEqual(
    accounts.map((account) =>
      [...Object.keys(account), "endpoint"].map((name) => `alicloud-dnssec:${name}`).sort(),
    ),
  );
  for (const { inputs, outputs } of kept) {
    for (const name of ["accessKeyId", "accessKeySecret"].map((key) => `alicloud-dnssec:${key}`)) {
      expect(inputs[name]).toHaveProperty("ciphertext");
      expect(outputs[name]).toHaveProperty("ciphertext");
    }
  }

  await project.destroy();
  expect(emulators.map((emulator) => emulator.records("example.com"))).toEqual([[], []]);
  for (const [index, emulator] of emulators.entries()) {
    const own = accounts[index]?.accessKeyId.slice(-4);
    expect(emulator.calls().map(({ accessKeyId, code }) => [accessKeyId, code])).toEqual(
      emulator.calls().map(() => [own, undefined]),
    );
    expect(emulator.tasks().map(({ kind }) => kind)).toEqual(["add", "delete"]);
  }
});

test("tokens from a URI expire during a run with all output switched on", async () => {
  const key = { accessKeyId: "STS.CANARY-KEY-ID", accessKeySecret: "canary/secret+of=the(key)" };
  // Each token is good for two calls.
  let calls = () => 0;
  const token = () => `canary+token/of=the(role)/${Math.floor(calls() / 2)}`;
  const account = Object.defineProperty({ ...key, securityToken: "" }, "securityToken", { get: token });
  const emulator = await emulated({ accounts: [account], domains: ["example.com"], taskDurationMs: 50 });
  calls = () => emulator.journal.length;

  let sessions = 0;
  const uri = createServer((_, response) => {
    sessions += 1;
    const { accessKeyId: AccessKeyId, accessKeySecret: AccessKeySecret } = key;
    const Expiration = new Date(Date.now() + 3_600_000).toISOString();
    response.end(JSON.stringify({ AccessKeyId, AccessKeySecret, SecurityToken: token(), Expiration }));
  });
  await new Promise<void>((resolve) => uri.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    uri.closeAllConnections();
    uri.close();
  });
  const project = await projectOf(program({ ksk: record(ds(1)) }), {
    ALICLOUD_DNSSEC_ENDPOINT: emulator.url,
    ALIBABA_CLOUD_CREDENTIALS_URI: `http://127.0.0.1:${(uri.address() as AddressInfo).port}/sts`,
  });

  const env = { DEBUG: "*", NODE_DEBUG: "http,https,net" };
  const up = await project.up([], { env, events: true });
  expect(emulator.records("example.com")).toEqual([ds(1)]);
  expect(emulator.tasks()).toHaveLength(1);
  expect(sessions).toBeGreaterThan(1);
  expect(emulator.calls(({ code }) => code !== undefined).length).toBe(sessions - 1);
  // The constant part of the tokens is told from other text by its beginning.
  expect(foundIn(placesAfter(up, project), searchFor({ ...key, securityToken: token() }))).toEqual([]);
});
