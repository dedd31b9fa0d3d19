import * as pulumi from "@pulumi/pulumi";
import { AlicloudDnssecProvider, DsRecord, type AlicloudDnssecProviderArgs } from "../../../provider/index";
import { secret } from "../../harness/properties";

let registered: pulumi.runtime.MockResourceArgs[] = [];

beforeEach(async () => {
  registered = [];
  await pulumi.runtime.setMocks(
    {
      call: () => ({}),
      newResource: (args) => {
        registered.push(args);
        return { id: `${args.name}-id`, state: args.inputs as object };
      },
    },
    "project",
    "stack",
  );
});

const valueOf = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));

const account = { accessKeyId: "the-id", accessKeySecret: "the-secret" };
const credentials = {
  "alicloud-dnssec:accessKeyId": secret("the-id"),
  "alicloud-dnssec:accessKeySecret": secret("the-secret"),
};

async function inputsOf(args: AlicloudDnssecProviderArgs): Promise<unknown> {
  await valueOf(new AlicloudDnssecProvider("second", args).urn);
  return registered[0]?.inputs;
}

test("is a provider of dynamic resources", async () => {
  await valueOf(new AlicloudDnssecProvider("second", account).urn);
  expect(registered).toMatchObject([{ type: "pulumi:providers:pulumi-nodejs", name: "second" }]);
});

test.each<[string, Partial<AlicloudDnssecProviderArgs>, object]>([
  ["credentials alone", {}, {}],
  [
    "a token, secret like the rest",
    { securityToken: pulumi.output("the-token") },
    { "alicloud-dnssec:securityToken": secret("the-token") },
  ],
  [
    "everything",
    {
      site: "international",
      endpoint: pulumi.output("https://proxy.example"),
      apiVersion: Promise.resolve("2017-12-18"),
      lang: "zh",
      userClientIp: pulumi.output("2001:db8::1"),
      preflight: "warn",
      nameServers: ["192.0.2.1", pulumi.output("[2001:db8::1]:53")],
      parentNameServers: pulumi.output(["192.0.2.2"]),
      keyWait: "30s",
    },
    {
      "alicloud-dnssec:site": "international",
      "alicloud-dnssec:endpoint": "https://proxy.example",
      "alicloud-dnssec:apiVersion": "2017-12-18",
      "alicloud-dnssec:lang": "zh",
      "alicloud-dnssec:userClientIp": "2001:db8::1",
      "alicloud-dnssec:preflight": "warn",
      "alicloud-dnssec:nameServers": "192.0.2.1,[2001:db8::1]:53",
      "alicloud-dnssec:parentNameServers": "192.0.2.2",
      "alicloud-dnssec:keyWait": "30s",
    },
  ],
  ["what is undefined, or comes to nothing", { site: undefined, endpoint: pulumi.output(undefined) }, {}],
])("hands over %s", async (_, args, inputs) => {
  expect(await inputsOf({ ...account, ...args })).toEqual({ ...credentials, ...inputs });
});

test("secrets stay secrets that were secret before", async () => {
  const args = { accessKeyId: pulumi.secret("the-id"), accessKeySecret: pulumi.secret("the-secret") };
  expect(await inputsOf(args)).toEqual(credentials);
});

test.each([
  { ...account, accesskeyid: "x" },
  { ...account, region: "cn-hangzhou" },
])("refuses an unknown argument, without its value: %j", (args) => {
  const name = Object.keys(args).at(-1);
  expect(() => new AlicloudDnssecProvider("second", args)).toThrow(
    expect.objectContaining({
      code: "CONFIG_INVALID",
      message: expect.stringMatching(
        new RegExp(`no argument "${name}"; its arguments are accessKeyId, `),
      ) as string,
    }),
  );
  expect(registered).toEqual([]);
});

const modes = "it must be one of enforce, strict, warn, off.";

test.each<[object, string]>([
  [{ site: "chna" }, 'site is "chna"; it must be one of china, international.'],
  [{ endpoint: "http://192.0.2.1" }, 'endpoint is "http://192.0.2.1"; it must be https, or plain http on'],
  [{ apiVersion: "latest" }, 'apiVersion is "latest"; it must be a date such as 2018-01-29.'],
  [{ preflight: "enforced" }, `preflight is "enforced"; ${modes}`],
  [{ preflight: true }, `preflight is "true"; ${modes}`],
  [{ nameServers: ["192.0.2.1", "ns1.example.com"] }, 'nameServers is "ns1.example.com"; it must be IP'],
  [{ nameServers: [] }, "nameServers is an empty list; leave it out, or name at least one server."],
  [{ parentNameServers: "192.0.2.1;" }, 'parentNameServers is "192.0.2.1;"; it must be IP'],
])("refuses a value that is not allowed, by the argument's name: %j", (args, message) => {
  const refusal = expect.objectContaining({
    code: "CONFIG_INVALID",
    message: expect.stringContaining(`AlicloudDnssecProvider "second": ${message}`) as string,
  });
  expect(() => new AlicloudDnssecProvider("second", { ...account, ...args })).toThrow(refusal);
  expect(registered).toEqual([]);
});

test.each<object>([{ version: "1.0.0" }, { pluginDownloadURL: "https://plugins.example" }])(
  "refuses options that choose a plugin: %j",
  (opts) => {
    expect(() => new AlicloudDnssecProvider("second", account, opts)).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  },
);

test.each<[string, (provider: AlicloudDnssecProvider) => pulumi.CustomResourceOptions]>([
  ["as its provider", (provider) => ({ provider })],
  [
    "from its parent",
    (provider) => ({
      parent: new pulumi.ComponentResource("test:index:Component", "outer", {}, { providers: [provider] }),
    }),
  ],
])("a record takes it %s", async (_, opts) => {
  const provider = new AlicloudDnssecProvider("second", account, { protect: true });
  const record = new DsRecord("ksk", { domainName: "example.com", ds: "1 13 2 00" }, opts(provider));
  await valueOf(record.urn);
  const [urn, id] = [await valueOf(provider.urn), "second-id"];
  expect(registered.find(({ name }) => name === "ksk")?.provider).toBe(`${urn}::${id}`);
});

test("neither the arguments nor the options are changed", async () => {
  const args = Object.freeze({ ...account });
  const opts = Object.freeze({ protect: true });
  await valueOf(new AlicloudDnssecProvider("a", args, opts).urn);
  await valueOf(new AlicloudDnssecProvider("b", args, opts).urn);
  expect(registered).toHaveLength(2);
});
