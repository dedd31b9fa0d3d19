import { chmodSync } from "node:fs";
import os from "node:os";
import { startEmulator } from "../../../emulator/index";
import { chainedCredentials } from "../../../provider/alicloud/credentials/credentials";
import { createRegistrar } from "../../../provider/registrar/client";
import {
  afterwards,
  answering,
  canaries,
  cleanUp,
  failureOf,
  newBed,
  server,
  session,
  temporary,
  type Bed,
} from "./bed";
import { deadline } from "../bed";

afterEach(cleanUp);

const profile = (more: object) => ({ current: "default", profiles: [{ name: "default", ...more }] });
const key = { access_key_id: canaries.id, access_key_secret: canaries.secret };
const permanent = { accessKeyId: canaries.id, accessKeySecret: canaries.secret };
const ini = `[default]\ntype = access_key\naccess_key_id = ${canaries.id}\naccess_key_secret = ${canaries.secret}\n`;
const oidc = (home: string) => ({
  ALIBABA_CLOUD_ROLE_ARN: "acs:ram::1:role/dns",
  ALIBABA_CLOUD_OIDC_PROVIDER_ARN: "acs:ram::1:oidc-provider/k8s",
  ALIBABA_CLOUD_OIDC_TOKEN_FILE: `${home}/token`,
});

const cliFile = ".aliyun/config.json";
const cliName = "the CLI profile in ~/.aliyun/config.json";
const iniName = "the credentials file (ALIBABA_CLOUD_CREDENTIALS_FILE, ~/.alibabacloud/credentials)";
const ecsName = "the role of the ECS instance";
const uriName = "the server of ALIBABA_CLOUD_CREDENTIALS_URI";

test("none at all: one error with every place, and nobody was asked", async () => {
  const { chain, requests } = newBed();
  const error = await failureOf(chain().get());
  expect(error.code).toBe("CREDENTIALS_MISSING");
  expect(error.message.split("\n")).toEqual([
    "No Alibaba Cloud credentials were found. These places were tried, in this order:",
    "- an earlier place: it is not set",
    "- the OIDC role of ALIBABA_CLOUD_ROLE_ARN: ALIBABA_CLOUD_ROLE_ARN, ALIBABA_CLOUD_OIDC_PROVIDER_ARN, ALIBABA_CLOUD_OIDC_TOKEN_FILE are not set",
    `- ${cliName}: there is no such file`,
    `- ${iniName}: there is no such file`,
    `- ${ecsName}: ALIBABA_CLOUD_ECS_METADATA is not set, and this machine is no ECS instance`,
    `- ${uriName}: ALIBABA_CLOUD_CREDENTIALS_URI is not set`,
    expect.stringMatching(/^Set credentials with `pulumi config set --secret alicloud-dnssec:accessKeyId …`/),
  ]);
  expect(requests).toEqual([]);
});

/** What a bed has, and the credentials that come of it. */
const links: [string, (bed: Bed) => Promise<unknown>, object, string, string[]][] = [
  [
    "an access key in the CLI's profile",
    async ({ write }) => write(cliFile, profile({ mode: "AK", ...key })),
    permanent,
    cliName,
    [],
  ],
  [
    "another profile of the CLI",
    async ({ write }) => {
      process.env["ALIBABA_CLOUD_PROFILE"] = "dns";
      write(cliFile, { current: "default", profiles: [{ name: "dns", mode: "AK", ...key }] });
    },
    permanent,
    cliName,
    [],
  ],
  [
    "a temporary access key in the CLI's profile",
    async ({ write }) => write(cliFile, profile({ mode: "StsToken", ...key, sts_token: canaries.token })),
    temporary,
    cliName,
    [],
  ],
  [
    "a role in the CLI's profile",
    async ({ write, lead }) => {
      write(cliFile, profile({ mode: "RamRoleArn", ...key, ram_role_arn: "acs:ram::1:role/dns" }));
      lead(await answering({ Credentials: session() }));
    },
    temporary,
    cliName,
    ["https://sts.aliyuncs.com/"],
  ],
  [
    "an external command of the CLI's profile",
    async ({ write }) => {
      const answer = { mode: "StsToken", ...key, sts_token: canaries.token };
      write("answer.js", `console.log(${JSON.stringify(JSON.stringify(answer))})`);
      const command = `"${process.execPath}" "${os.homedir()}/answer.js"`;
      write(cliFile, profile({ mode: "External", process_command: command }));
    },
    temporary,
    cliName,
    [],
  ],
  [
    "the credentials file",
    async ({ write }) => write(".alibabacloud/credentials", ini),
    permanent,
    iniName,
    [],
  ],
  [
    "the credentials file that is named",
    async ({ write, home }) => {
      write("elsewhere", ini);
      process.env["ALIBABA_CLOUD_CREDENTIALS_FILE"] = `${home}/elsewhere`;
    },
    permanent,
    iniName,
    [],
  ],
  [
    "OIDC",
    async ({ write, home, lead }) => {
      Object.assign(process.env, oidc(home));
      write("token", "a-token");
      lead(await answering({ Credentials: session() }));
    },
    temporary,
    "the OIDC role of ALIBABA_CLOUD_ROLE_ARN",
    ["https://sts.aliyuncs.com/"],
  ],
  [
    "the role of an ECS instance that is named",
    async ({ lead }) => {
      process.env["ALIBABA_CLOUD_ECS_METADATA"] = "dns";
      lead(await answering(session()));
    },
    temporary,
    ecsName,
    [
      "http://100.100.100.200/latest/api/token",
      "http://100.100.100.200/latest/meta-data/ram/security-credentials/dns",
    ],
  ],
  [
    "a credentials URI",
    async () => {
      process.env["ALIBABA_CLOUD_CREDENTIALS_URI"] = `${(await answering(session())).url}/sts`;
    },
    temporary,
    uriName,
    [expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/sts$/) as string],
  ],
];

test.each(links)("%s", async (_, prepare, credentials, name, requests) => {
  const bed = newBed();
  await prepare(bed);
  const source = bed.chain();
  expect(await source.get()).toEqual(credentials);
  expect(source.name).toBe(name);
  expect(bed.requests.map((url) => url.replace(/\?.*/s, ""))).toEqual(requests);
});

test("the machine itself tells that it is an ECS instance", async () => {
  const { chain, lead, requests } = newBed();
  lead(await answering(session()));
  expect(await chain({ isEcs: true }).get()).toEqual(temporary);
  expect(requests).toContain("http://100.100.100.200/latest/meta-data/ram/security-credentials/");
});

/** Everything applies but for the one thing that is switched off or missing: what the list then says of it. */
const absences: [string, Record<string, string>, string][] = [
  [
    "OIDC that is set by half",
    { ALIBABA_CLOUD_ROLE_ARN: "a", ALIBABA_CLOUD_OIDC_TOKEN_FILE: "b" },
    "ROLE_ARN: ALIBABA_CLOUD_OIDC_PROVIDER_ARN is not set",
  ],
  [
    "the CLI's profile that is switched off",
    { ALIBABA_CLOUD_CLI_PROFILE_DISABLED: "True" },
    `${cliName}: switched off by ALIBABA_CLOUD_CLI_PROFILE_DISABLED`,
  ],
  [
    "a credentials file that is not there",
    { ALIBABA_CLOUD_CREDENTIALS_FILE: "/nowhere", ALIBABA_CLOUD_CLI_PROFILE_DISABLED: "true" },
    `${iniName}: the file that is named does not exist`,
  ],
  [
    "the metadata service that is switched off, on an ECS instance whose role is named",
    {
      ALIBABA_CLOUD_ECS_METADATA: "dns",
      ALIBABA_CLOUD_ECS_METADATA_DISABLED: "TRUE",
      ALIBABA_CLOUD_CLI_PROFILE_DISABLED: "true",
    },
    `${ecsName}: switched off by ALIBABA_CLOUD_ECS_METADATA_DISABLED`,
  ],
];

test.each(absences)("not asked: %s", async (_, env, text) => {
  const { chain, write, requests } = newBed(env);
  if (env["ALIBABA_CLOUD_CLI_PROFILE_DISABLED"]) write(cliFile, profile({ mode: "AK", ...key }));
  const error = await failureOf(chain({ isEcs: "ALIBABA_CLOUD_ECS_METADATA" in env }).get());
  expect(error).toMatchObject({ code: "CREDENTIALS_MISSING", message: expect.stringContaining(text) });
  expect(requests).toEqual([]);
});

test("without a home folder", async () => {
  const { chain } = newBed();
  const { message } = await failureOf(chain({ home: undefined }).get());
  expect(message).toContain(`${cliName}: there is no home folder`);
  expect(message).toContain(`${iniName}: there is no home folder`);
});

test("this machine is looked at by default", async () => {
  const { write, clock } = newBed();
  write(cliFile, profile({ mode: "AK", ...key }));
  expect(await chainedCredentials({ env: process.env, missing: [], clock }).get()).toEqual(permanent);
  jest.spyOn(os, "homedir").mockImplementation(() => {
    throw new Error("there is none");
  });
  const env = { ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true" };
  const { message } = await failureOf(chainedCredentials({ env, missing: [], clock }).get());
  expect(message).toContain("there is no home folder");
});

test("a file that may not be read is no reason to look nowhere else", async () => {
  const { chain, write, home } = newBed({
    ALIBABA_CLOUD_CREDENTIALS_URI: (await answering(session())).url,
  });
  write(cliFile, "{}");
  chmodSync(`${home}/${cliFile}`, 0);
  const source = chain();
  expect(await source.get()).toEqual(temporary);
  // As root, which may read it, it is one without profiles.
  expect(source.name).toMatch(/^the server of .* \(the CLI profile in .*: failed, it gave no credentials/);
});

test("a run goes on whose tokens end time and again", async () => {
  let calls = 0;
  // Three calls are let in with each token, by the registrar and by the server that gives them out.
  const token = () => `token-${Math.floor(calls / 3)}`;
  const key = { accessKeyId: canaries.id, accessKeySecret: canaries.secret };
  const account = Object.defineProperty({ ...key, securityToken: "" }, "securityToken", { get: token });
  const emulator = await startEmulator({ accounts: [account], domains: ["example.com"], taskDurationMs: 0 });
  afterwards(() => emulator.close());
  const { url, received } = await server((response) =>
    response.end(JSON.stringify(session({ SecurityToken: token() }))),
  );
  const { chain, clock } = newBed({ ALIBABA_CLOUD_CREDENTIALS_URI: url });
  const settings = { endpoint: emulator.url, apiVersion: "2018-01-29", credentials: chain() };
  const registrar = createRegistrar({ settings, clock, random: () => 0.5 });
  for (const keyTag of [1, 2, 3, 4, 5, 6]) {
    const ds = { keyTag, algorithm: 13, digestType: 2, digest: "00".repeat(32) };
    const submission = await registrar.submit("example.com", { action: "add", ds }, deadline());
    expect(submission.outcome).toBe("accepted");
    calls += 1;
    expect(await registrar.list("example.com", deadline())).toHaveLength(keyTag);
    calls += 1;
  }
  expect(emulator.tasks()).toHaveLength(6);
  expect(received).toHaveLength(4);
});
