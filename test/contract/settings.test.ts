import { createRequire } from "node:module";
import type { PropertyBag } from "../harness/properties";
import { ProviderProcess, serializeProvider } from "../harness/providerProcess";

jest.setTimeout(120_000);

const { dsRecordProvider } = createRequire(__filename)(
  "../../dist/provider/dynamic/program/closure",
) as Record<"dsRecordProvider", object>;
const record = { domainName: "example.com", keyTag: 1, algorithm: 13, digestType: 2, digest: "0".repeat(64) };
let goal: PropertyBag;
beforeAll(async () => {
  goal = { ...record, __provider: (await serializeProvider(dsRecordProvider)).text };
});

type Values = Record<string, string>;

/** Returns the failures of `check` for a good record, in a process without credentials. */
async function reasons(config: Values, env: Values): Promise<string[]> {
  const unset = { ALICLOUD_DNSSEC_PREFLIGHT: "" };
  const provider = await ProviderProcess.start({ env: { ...unset, ...env } });
  try {
    const values = Object.entries(config).map(([key, value]) => [`alicloud-dnssec:${key}`, value]);
    await provider.configure(Object.fromEntries(values) as Values);
    const { failures } = await provider.check({}, goal);
    expect(failures.map(({ property }) => property)).toEqual(failures.map(() => ""));
    return failures.map(({ reason }) => reason);
  } finally {
    await provider.stop();
  }
}

// The tests of the readers have each setting from each place.
test.each<[string, Values, Values]>([
  ["site", { site: "chna" }, {}],
  ["endpoint", {}, { ALICLOUD_DNSSEC_ENDPOINT: "http://192.0.2.1" }],
  ["apiVersion", { apiVersion: "latest" }, {}],
  ["preflight", {}, { ALICLOUD_DNSSEC_PREFLIGHT: "enforced" }],
  ["nameServers", { nameServers: "ns1.example.com" }, {}],
  ["parentNameServers", {}, { ALICLOUD_DNSSEC_PARENT_NAME_SERVERS: '["192.0.2.1",5]' }],
])("a wrong %s is a failure of check", async (key, config, env) => {
  expect(await reasons(config, env)).toEqual([
    expect.stringMatching(
      new RegExp(`^alicloud-dnssec:${key}\\b.* is .*; it must be .*\\. \\[CONFIG_INVALID\\]$`),
    ),
  ]);
});

test("all that is wrong is said at once", async () => {
  expect(await reasons({ site: "chna" }, { ALICLOUD_DNSSEC_PREFLIGHT: "enforced" })).toHaveLength(2);
});

test("a preview demands no setting that it does not need, and refuses none that the environment replaces", async () => {
  const lists = { nameServers: '["192.0.2.1"]', parentNameServers: "192.0.2.2, [::1]:53" };
  const config = { ...lists, preflight: "enforced", accessKeyId: "an id without its secret" };
  expect(await reasons(config, { ALICLOUD_DNSSEC_PREFLIGHT: "off" })).toEqual([]);
});
