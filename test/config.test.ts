import { constantCredentials, type Environment } from "../provider/alicloud/settings";
import { readSettings } from "../provider/config";

type Values = Record<string, unknown>;

const last = constantCredentials("the last place", {
  accessKeyId: "last-id",
  accessKeySecret: "last-secret",
});

type Otherwise = Parameters<typeof readSettings>[2];

const read = (config: Values, env: Environment = {}, otherwise: Otherwise = () => last) =>
  readSettings({ get: (key) => config[key] }, env, otherwise);

const own = { "alicloud-dnssec:accessKeyId": "own-id", "alicloud-dnssec:accessKeySecret": "own-secret" };
const shared = { "alicloud:accessKey": "shared-id", "alicloud:secretKey": "shared-secret" };
const short = { ALICLOUD_ACCESS_KEY: "short-id", ALICLOUD_SECRET_KEY: "short-secret" };
const long = { ALIBABA_CLOUD_ACCESS_KEY_ID: "long-id", ALIBABA_CLOUD_ACCESS_KEY_SECRET: "long-secret" };

test.each<[string, Values, Environment, object]>([
  [
    "its own config first",
    { ...own, ...shared },
    { ...short, ...long },
    { accessKeyId: "own-id", accessKeySecret: "own-secret" },
  ],
  [
    "then the other provider's config",
    shared,
    { ...short, ...long },
    { accessKeyId: "shared-id", accessKeySecret: "shared-secret" },
  ],
  [
    "then the other provider's environment",
    {},
    { ...short, ...long },
    { accessKeyId: "short-id", accessKeySecret: "short-secret" },
  ],
  ["then the SDKs' environment", {}, long, { accessKeyId: "long-id", accessKeySecret: "long-secret" }],
  [
    "an empty id counts as none",
    { ...own, "alicloud-dnssec:accessKeyId": " " },
    long,
    { accessKeyId: "long-id", accessKeySecret: "long-secret" },
  ],
  [
    "the token of the same source only",
    own,
    { ALICLOUD_SECURITY_TOKEN: "short-token" },
    { accessKeyId: "own-id", accessKeySecret: "own-secret" },
  ],
  ...[
    [{ ...own, "alicloud-dnssec:securityToken": "t" }, {}],
    [{ ...shared, "alicloud:securityToken": "t" }, {}],
    [{}, { ...short, ALICLOUD_SECURITY_TOKEN: "t" }],
    [{}, { ...long, ALIBABA_CLOUD_SECURITY_TOKEN: "t" }],
  ].map(
    ([config, env], index) =>
      [`the token of source ${index + 1}`, config, env, expect.objectContaining({ securityToken: "t" })] as [
        string,
        Values,
        Environment,
        object,
      ],
  ),
])("credentials: %s", async (_, config, env, expected) => {
  const { credentials } = read(config, env);
  expect(await credentials.get()).toEqual(expected);
  expect(credentials.renew).toBeUndefined();
});

test.each<[string, Values, Environment]>([
  ["Pulumi config alicloud-dnssec", own, long],
  ["Pulumi config alicloud", shared, short],
  ["environment ALICLOUD_*", {}, { ...short, ...long }],
  ["environment ALIBABA_CLOUD_*", {}, long],
])("the name of the source: %s", (name, config, env) => {
  const otherwise = jest.fn(() => last);
  expect(read(config, env, otherwise).credentials.name).toBe(name);
  expect(otherwise).not.toHaveBeenCalled();
});

test("without any, the last place gets the reason for each", () => {
  const otherwise = jest.fn<typeof last, Parameters<Otherwise>>(() => last);
  const env = { ALIBABA_CLOUD_ACCESS_KEY_ID: " ", ALIBABA_CLOUD_ACCESS_KEY_SECRET: "a-secret" };
  expect(read({}, env, otherwise).credentials).toBe(last);
  expect(otherwise.mock.calls).toEqual([
    [
      [
        "Pulumi config alicloud-dnssec: alicloud-dnssec:accessKeyId is not set",
        "Pulumi config alicloud: alicloud:accessKey is not set",
        "environment ALICLOUD_*: ALICLOUD_ACCESS_KEY is not set",
        "environment ALIBABA_CLOUD_*: ALIBABA_CLOUD_ACCESS_KEY_ID is not set",
      ],
    ],
  ]);
});

const china = { endpoint: "https://domain.aliyuncs.com", apiVersion: "2018-01-29" };
const international = { endpoint: "https://domain-intl.aliyuncs.com", apiVersion: "2017-12-18" };

test.each<[string, Values, Environment, object]>([
  ["by default", {}, {}, china],
  ["of the Chinese site", { "alicloud-dnssec:site": "china" }, {}, china],
  ["of the international site", { "alicloud-dnssec:site": "international" }, {}, international],
  ["named by its host", { "alicloud-dnssec:endpoint": "domain-intl.aliyuncs.com" }, {}, international],
  [
    "on loopback, in plain http",
    {},
    { ALICLOUD_DNSSEC_ENDPOINT: "http://127.0.0.1:8080/" },
    { ...china, endpoint: "http://127.0.0.1:8080" },
  ],
  [
    "on loopback by name",
    {},
    { ALICLOUD_DNSSEC_ENDPOINT: "http://localhost:1" },
    { ...china, endpoint: "http://localhost:1" },
  ],
  [
    "on loopback, IPv6",
    {},
    { ALICLOUD_DNSSEC_ENDPOINT: "http://[::1]:1" },
    { ...china, endpoint: "http://[::1]:1" },
  ],
  [
    "elsewhere, for the international site",
    { "alicloud-dnssec:site": "international", "alicloud-dnssec:endpoint": "https://proxy.example" },
    {},
    { endpoint: "https://proxy.example", apiVersion: "2017-12-18" },
  ],
  [
    "from config before the environment",
    { "alicloud-dnssec:endpoint": "https://config.example", "alicloud-dnssec:apiVersion": "2020-01-01" },
    { ALICLOUD_DNSSEC_ENDPOINT: "https://environment.example", ALICLOUD_DNSSEC_API_VERSION: "2021-01-01" },
    { endpoint: "https://config.example", apiVersion: "2020-01-01" },
  ],
  [
    "with a version without quotation marks in the stack's file",
    { "alicloud-dnssec:apiVersion": "2017-12-18 00:00:00 +0000 UTC" },
    {},
    { endpoint: china.endpoint, apiVersion: "2017-12-18" },
  ],
  [
    "with its own version",
    {},
    { ALICLOUD_DNSSEC_API_VERSION: "2021-01-01" },
    { endpoint: china.endpoint, apiVersion: "2021-01-01" },
  ],
])("the endpoint %s", (_, config, env, expected) => {
  expect(read({ ...own, ...config }, env)).toMatchObject(expected);
});

test.each<[string, Values, Environment, object]>([
  ["by default", {}, {}, { lang: "en", userClientIp: undefined }],
  ["empty", { "alicloud-dnssec:lang": " " }, { ALICLOUD_DNSSEC_USER_CLIENT_IP: "" }, { lang: "en" }],
  ["Chinese", { "alicloud-dnssec:lang": "zh" }, {}, { lang: "zh" }],
  ["Chinese, in the environment", {}, { ALICLOUD_DNSSEC_LANG: "zh" }, { lang: "zh" }],
  [
    "from config before the environment",
    { "alicloud-dnssec:lang": "en", "alicloud-dnssec:userClientIp": "192.0.2.1" },
    { ALICLOUD_DNSSEC_LANG: "zh", ALICLOUD_DNSSEC_USER_CLIENT_IP: "192.0.2.2" },
    { lang: "en", userClientIp: "192.0.2.1" },
  ],
  ["IPv6", { "alicloud-dnssec:userClientIp": "2001:db8::1" }, {}, { userClientIp: "2001:db8::1" }],
  ["in the environment", {}, { ALICLOUD_DNSSEC_USER_CLIENT_IP: "::1" }, { userClientIp: "::1" }],
])("common parameters: %s", (_, config, env, expected) => {
  const { lang, userClientIp } = read({ ...own, ...config }, env);
  expect({ lang, userClientIp }).toMatchObject(expected);
});

test.each<[string, Values, Environment, string, string]>([
  [
    "another language",
    { ...own, "alicloud-dnssec:lang": "ja" },
    {},
    "CONFIG_INVALID",
    'alicloud-dnssec:lang (ALICLOUD_DNSSEC_LANG) is "ja"; it must be one of en, zh.',
  ],
  ["a language in capitals", own, { ALICLOUD_DNSSEC_LANG: "ZH" }, "CONFIG_INVALID", 'is "ZH"; it must be'],
  [
    "a name for an address",
    { ...own, "alicloud-dnssec:userClientIp": "localhost" },
    {},
    "CONFIG_INVALID",
    "an IPv4 or IPv6 address",
  ],
  [
    "an address with a port",
    own,
    { ALICLOUD_DNSSEC_USER_CLIENT_IP: "192.0.2.1:80" },
    "CONFIG_INVALID",
    "IPv6",
  ],
  [
    "an address with a zone",
    own,
    { ALICLOUD_DNSSEC_USER_CLIENT_IP: "fe80::1%eth0" },
    "CONFIG_INVALID",
    "IPv6",
  ],
  [
    "an id without its secret",
    { "alicloud:accessKey": "the-id" },
    long,
    "CREDENTIALS_INCOMPLETE",
    "alicloud:secretKey is not",
  ],
  [
    "an unknown site",
    { ...own, "alicloud-dnssec:site": "mars" },
    {},
    "CONFIG_INVALID",
    "china, international",
  ],
  [
    "plain http elsewhere",
    { ...own, "alicloud-dnssec:endpoint": "http://192.0.2.1" },
    {},
    "CONFIG_INVALID",
    "loopback",
  ],
  [
    "plain http to a name that begins like loopback",
    { ...own, "alicloud-dnssec:endpoint": "http://127.0.0.1.example" },
    {},
    "CONFIG_INVALID",
    "loopback",
  ],
  [
    "another protocol",
    { ...own, "alicloud-dnssec:endpoint": "ftp://127.0.0.1" },
    {},
    "CONFIG_INVALID",
    "https",
  ],
  [
    "a path",
    { ...own, "alicloud-dnssec:endpoint": "https://domain.aliyuncs.com/x" },
    {},
    "CONFIG_INVALID",
    "an origin",
  ],
  [
    "a password in the endpoint",
    { ...own, "alicloud-dnssec:endpoint": "https://me:canary@domain.aliyuncs.com" },
    {},
    "CONFIG_INVALID",
    "an origin",
  ],
  [
    "no endpoint at all",
    { ...own, "alicloud-dnssec:endpoint": "https://" },
    {},
    "CONFIG_INVALID",
    "an origin",
  ],
  [
    "a version that is not a date",
    { ...own, "alicloud-dnssec:apiVersion": "latest" },
    {},
    "CONFIG_INVALID",
    "2018-01-29",
  ],
  [
    "a version with a time",
    { ...own, "alicloud-dnssec:apiVersion": "2018-01-29 08:00:00 +0000 UTC" },
    {},
    "CONFIG_INVALID",
    "2018-01-29",
  ],
])("%s: refused, and no secret is quoted", (_, config, env, code, text) => {
  let thrown: unknown;
  try {
    read(config, env);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code, message: expect.stringContaining(text) });
  expect((thrown as Error).message).not.toMatch(/the-id|own-secret|own-id|canary/);
});

test("an explicit provider passes typed values", async () => {
  const config = { "alicloud-dnssec:accessKeyId": 12, "alicloud-dnssec:accessKeySecret": 34 };
  expect(await read(config).credentials.get()).toEqual({ accessKeyId: "12", accessKeySecret: "34" });
});
