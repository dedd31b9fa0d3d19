import { chmodSync } from "node:fs";
import os from "node:os";
import { startEmulator } from "../../../emulator/index";
import { chainedCredentials } from "../../../provider/alicloud/credentials/credentials";
import { createRegistrar } from "../../../provider/registrar/client";
import { afterwards, rejection } from "../bed";
import { answering, canaries, cleanUp, newBed, server, session, temporary, type Bed } from "./bed";
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

test("without credentials, one error lists every place, and no request is made", async () => {
  const { chain, requests } = newBed();
  const error = await rejection(chain().get());
  expect(error.code).toBe("CREDENTIALS_MISSING");
  expect(error.message.split("\n")).toEqual([
    "No Alibaba Cloud credentials were found. These places were tried, in this order:",
    "- an earlier place: it is not set",
    "- the OIDC role of ALIBABA_CLOUD_ROLE_ARN: ALIBABA_CLOUD_ROLE_ARN, ALIBABA_CLOUD_OIDC_PROVIDER_ARN, ALIBABA_CLOUD_OIDC_TOKEN_FILE are not set",
    `- ${cliName}: there is no such file`,
    `- ${iniName}: there is no such file`,
    `- ${ecsName}: ALIBABA_CLOUD_ECS_METADATA is not set, and this machine is not an ECS instance`,
    `- ${uriName}: ALIBABA_CLOUD_CREDENTIALS_URI is not set`,
    expect.stringMatching(
      /^Set credentials with `pulumi config set --secret alicloud-dnssec:accessKeyId …`.* No request was sent to Alibaba Cloud\.$/,
    ),
  ]);
  expect(requests).toEqual([]);
});

/** Contents of a bed, and the resulting credentials. */
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
    "the credentials file",
    async ({ write }) => write(".alibabacloud/credentials", ini),
    permanent,
    iniName,
    [],
  ],
  [
    "the named credentials file",
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
    "the named role of an ECS instance",
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

test("an ECS instance is recognised by its firmware", async () => {
  const { chain, lead, requests } = newBed();
  lead(await answering(session()));
  expect(await chain({ isEcs: true }).get()).toEqual(temporary);
  expect(requests).toContain("http://100.100.100.200/latest/meta-data/ram/security-credentials/");
});

/** Links that lack one thing or are switched off, with the reason in the list. */
const absences: [string, Record<string, string>, string][] = [
  [
    "OIDC that is set by half",
    { ALIBABA_CLOUD_ROLE_ARN: "a", ALIBABA_CLOUD_OIDC_TOKEN_FILE: "b" },
    "ROLE_ARN: ALIBABA_CLOUD_OIDC_PROVIDER_ARN is not set",
  ],
  [
    "the CLI's profile, switched off",
    { ALIBABA_CLOUD_CLI_PROFILE_DISABLED: "True" },
    `${cliName}: switched off by ALIBABA_CLOUD_CLI_PROFILE_DISABLED`,
  ],
  [
    "a missing credentials file",
    { ALIBABA_CLOUD_CREDENTIALS_FILE: "/nowhere", ALIBABA_CLOUD_CLI_PROFILE_DISABLED: "true" },
    `${iniName}: the named file does not exist`,
  ],
  [
    "the metadata service, switched off on an ECS instance with a named role",
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
  const error = await rejection(chain({ isEcs: "ALIBABA_CLOUD_ECS_METADATA" in env }).get());
  expect(error).toMatchObject({ code: "CREDENTIALS_MISSING", message: expect.stringContaining(text) });
  expect(requests).toEqual([]);
});

test("without a home folder", async () => {
  const { chain } = newBed();
  const { message } = await rejection(chain({ home: undefined }).get());
  expect(message).toContain(`${cliName}: there is no home folder`);
  expect(message).toContain(`${iniName}: there is no home folder`);
});

test("the default machine is this one", async () => {
  const { write, clock } = newBed();
  write(cliFile, profile({ mode: "AK", ...key }));
  expect(await chainedCredentials({ env: process.env, missing: [], clock }).get()).toEqual(permanent);
  jest.spyOn(os, "homedir").mockImplementation(() => {
    throw new Error("there is none");
  });
  const env = { ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true" };
  const { message } = await rejection(chainedCredentials({ env, missing: [], clock }).get());
  expect(message).toContain("there is no home folder");
});

test("later links are tried after an unreadable file", async () => {
  const { chain, write, home } = newBed({
    ALIBABA_CLOUD_CREDENTIALS_URI: (await answering(session())).url,
  });
  write(cliFile, "{}");
  chmodSync(`${home}/${cliFile}`, 0);
  const source = chain();
  expect(await source.get()).toEqual(temporary);
  // For root, who can read it, the file has no profiles.
  expect(source.name).toMatch(/^the server of .* \(the CLI profile in .*: failed, it gave no credentials/);
});

test("a run continues although its tokens expire repeatedly", async () => {
  let calls = 0;
  // Each token is good for three calls, at the registrar and at its source.
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
