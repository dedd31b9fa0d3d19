import { startEmulator, testAccount, type Emulator } from "../../emulator/index";
import { PulumiProject } from "../harness/pulumiCli";
import { ds, program, record } from "./world";

jest.setTimeout(180_000);

const token = "emulator-test-security-token";
const accounts = [
  testAccount,
  { accessKeyId: "EMULATOR-STS-KEY-ID", accessKeySecret: "emulator-sts-secret", securityToken: token },
];
const [plain, temporary] = accounts as [(typeof accounts)[0], (typeof accounts)[1]];

let emulator: Emulator;
let project: PulumiProject;
beforeAll(async () => {
  emulator = await startEmulator({ accounts, domains: { "example.com": [ds(1)] } });
  project = await PulumiProject.create({ program: program({ ksk: record(ds(1)) }) });
});
afterAll(async () => {
  await project?.remove();
  await emulator?.close();
});

type Values = Record<string, string>;

const wrong = { accessKeyId: "WRONG-ACCESS-KEY-ID", accessKeySecret: "a-wrong-secret" };
const here = () => ({ "alicloud-dnssec:endpoint": emulator.url });

// All sources below the row's own have values that would fail.
const rows: [string, { config?: Values; secrets?: Values; env?: Values }, string][] = [
  [
    "config alicloud-dnssec",
    {
      secrets: {
        "alicloud-dnssec:accessKeyId": plain.accessKeyId,
        "alicloud-dnssec:accessKeySecret": plain.accessKeySecret,
      },
      config: { "alicloud:accessKey": wrong.accessKeyId, "alicloud:secretKey": wrong.accessKeySecret },
      env: { ALICLOUD_ACCESS_KEY: wrong.accessKeyId, ALICLOUD_SECRET_KEY: wrong.accessKeySecret },
    },
    plain.accessKeyId,
  ],
  [
    "config alicloud-dnssec with a security token",
    {
      secrets: {
        "alicloud-dnssec:accessKeyId": temporary.accessKeyId,
        "alicloud-dnssec:accessKeySecret": temporary.accessKeySecret,
        "alicloud-dnssec:securityToken": token,
      },
    },
    temporary.accessKeyId,
  ],
  [
    "config alicloud",
    {
      secrets: { "alicloud:accessKey": plain.accessKeyId, "alicloud:secretKey": plain.accessKeySecret },
      env: { ALICLOUD_ACCESS_KEY: wrong.accessKeyId, ALICLOUD_SECRET_KEY: wrong.accessKeySecret },
    },
    plain.accessKeyId,
  ],
  [
    "environment ALICLOUD_*",
    {
      env: {
        ALICLOUD_ACCESS_KEY: temporary.accessKeyId,
        ALICLOUD_SECRET_KEY: temporary.accessKeySecret,
        ALICLOUD_SECURITY_TOKEN: token,
        ALIBABA_CLOUD_ACCESS_KEY_ID: wrong.accessKeyId,
        ALIBABA_CLOUD_ACCESS_KEY_SECRET: wrong.accessKeySecret,
      },
    },
    temporary.accessKeyId,
  ],
  [
    "environment ALIBABA_CLOUD_*",
    {
      env: {
        ALIBABA_CLOUD_ACCESS_KEY_ID: plain.accessKeyId,
        ALIBABA_CLOUD_ACCESS_KEY_SECRET: plain.accessKeySecret,
      },
    },
    plain.accessKeyId,
  ],
];

test.each(rows)("credentials from %s", async (_, { config = {}, secrets = {}, env = {} }, accessKeyId) => {
  const stack = await newStack({ ...here(), ...config }, secrets);
  emulator.clearJournal();
  await project.up(["--stack", stack], { env });
  const calls = emulator.calls();
  expect(calls.map((call) => [call.accessKeyId, call.code])).toEqual(
    calls.map(() => [accessKeyId.slice(-4), undefined]),
  );
  // An adoption also looks for a deletion that is under way.
  expect(calls.map(({ action }) => action)).toEqual(["QueryDSRecord", "QueryTaskList"]);
});

test("the endpoint comes from the environment, and the API version from the site", async () => {
  const stack = await newStack({ "alicloud-dnssec:site": "international" }, {});
  emulator.clearJournal();
  await project.up(["--stack", stack], { env: { ...emulator.env } });
  expect(new Set(emulator.calls().map(({ params }) => params["Version"]))).toEqual(new Set(["2017-12-18"]));
});

test.each<[string, Values, Values, string[]]>([
  [
    "no credentials",
    {},
    {},
    [
      "CREDENTIALS_MISSING",
      ...["alicloud-dnssec:accessKeyId", "alicloud:accessKey", "ALICLOUD_ACCESS_KEY"],
      ...["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ROLE_ARN", "~/.aliyun/config.json"],
      ...["~/.alibabacloud/credentials", "ECS instance", "ALIBABA_CLOUD_CREDENTIALS_URI"],
    ],
  ],
  [
    "half of the credentials",
    {},
    { ALICLOUD_ACCESS_KEY: plain.accessKeyId, ALIBABA_CLOUD_ACCESS_KEY_ID: plain.accessKeyId },
    ["CREDENTIALS_INCOMPLETE", "ALICLOUD_SECRET_KEY"],
  ],
  [
    "plain http to another machine",
    { "alicloud-dnssec:endpoint": "http://192.0.2.1" },
    { ALICLOUD_ACCESS_KEY: plain.accessKeyId, ALICLOUD_SECRET_KEY: plain.accessKeySecret },
    ["CONFIG_INVALID", "alicloud-dnssec:endpoint", "loopback"],
  ],
  [
    "a wrong key",
    {},
    { ALICLOUD_ACCESS_KEY: wrong.accessKeyId, ALICLOUD_SECRET_KEY: wrong.accessKeySecret },
    [
      "REGISTRAR_REFUSED",
      "InvalidAccessKeyId.NotFound",
      "RequestId",
      "access key …Y-ID from environment ALICLOUD_*",
    ],
  ],
  [
    "a wrong secret, whose answer quotes the request",
    {},
    { ALICLOUD_ACCESS_KEY: plain.accessKeyId, ALICLOUD_SECRET_KEY: wrong.accessKeySecret },
    ["REGISTRAR_REFUSED", "SignatureDoesNotMatch"],
  ],
])("%s is refused, with what to do", async (_, config, env, parts) => {
  const stack = await newStack({ ...here(), ...config }, {});
  const { code, stdout, stderr } = await project.up(["--stack", stack], { env, mayFail: true });
  expect(code).not.toBe(0);
  const output = stdout + stderr;
  for (const part of parts) expect(output).toContain(part);
  for (const secret of [plain.accessKeyId, plain.accessKeySecret, wrong.accessKeySecret])
    expect(output).not.toContain(secret);
});

let stacks = 0;

/** A stack with this configuration and nothing in it. */
async function newStack(config: Values, secrets: Values): Promise<string> {
  stacks += 1;
  const stack = `configuration-${stacks}`;
  await project.run(["stack", "init", stack]);
  await project.setConfig(config, secrets);
  return stack;
}
