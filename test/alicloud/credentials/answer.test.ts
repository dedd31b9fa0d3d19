import { credentialsIn } from "../../../provider/alicloud/credentials/answer";
import { everythingOf } from "../../secrets/everything";
import { rejection } from "../bed";
import { answering, canaries, cleanUp, newBed, server, session, type Bed } from "./bed";

afterEach(cleanUp);

type Prepare = (bed: Bed) => unknown;

const key = { access_key_id: canaries.id, access_key_secret: canaries.secret };

/** Writes the CLI's file. */
const cli =
  (content: string | object): Prepare =>
  ({ write }) =>
    write(".aliyun/config.json", content);
const profile = (more: object, current = "default") =>
  cli({ current, profiles: [{ name: "default", ...key, sts_token: canaries.token, ...more }] });
const ini =
  (text: string): Prepare =>
  ({ write }) =>
    write(".alibabacloud/credentials", `[default]\n${text}`);
const role = { mode: "RamRoleArn", ram_role_arn: "acs:ram::1:role/dns" };

/** Writes a profile whose server gives this answer. */
const served =
  (more: object, body: unknown, status = 200): Prepare =>
  async (bed) => {
    bed.lead(await answering(body, status));
    profile(more)(bed);
  };
const uri =
  (body: unknown, status = 200): Prepare =>
  async () => {
    process.env["ALIBABA_CLOUD_CREDENTIALS_URI"] = (await answering(body, status)).url;
  };
const env =
  (variables: Record<string, string>): Prepare =>
  () =>
    Object.assign(process.env, variables);
const oidc =
  (body: unknown, status = 200): Prepare =>
  async (bed) => {
    bed.write("token", canaries.token);
    Object.assign(process.env, {
      ALIBABA_CLOUD_ROLE_ARN: "acs:ram::1:role/dns",
      ALIBABA_CLOUD_OIDC_PROVIDER_ARN: "acs:ram::1:oidc-provider/k8s",
      ALIBABA_CLOUD_OIDC_TOKEN_FILE: `${bed.home}/token`,
    });
    bed.lead(await answering(body, status));
  };

const noKey = { ...session(), AccessKeyId: "" };
const sso = {
  mode: "CloudSSO",
  cloud_sso_sign_in_url: "https://sso.example",
  cloud_sso_account_id: "1",
  cloud_sso_access_config: "a",
  access_token: canaries.token,
  cloud_sso_access_token_expire: 4_000_000_000,
};
const oauth = { mode: "OAuth", oauth_site_type: "CN", oauth_refresh_token: canaries.token };
const leakyError = { Code: "NoPermission", Message: canaries.secret, RequestId: "R-1" };

const hidden = "it gave no credentials, and its message is hidden because it can hold secrets";
const useless = "the answer was HTTP 200, without usable credentials";

const failures: [string, Prepare, string][] = [
  ["a malformed CLI file", cli(`{"access_key_secret": "${canaries.secret}`), hidden],
  ["a CLI file of nothing", cli("null"), hidden],
  ["a CLI file without profiles", cli({ profiles: [] }), hidden],
  ["a CLI file of odd profiles", cli({ profiles: 5, current: canaries.secret }), hidden],
  ["a CLI file without the current profile", profile({ mode: "AK" }, canaries.id), hidden],
  ["a folder in the CLI file's place", ({ write }) => write(".aliyun/config.json/x", ""), hidden],
  ["a profile of an odd kind", profile({ mode: canaries.secret }), hidden],
  ["a profile without an id", profile({ mode: "AK", access_key_id: "" }), hidden],
  ["a profile without a secret", profile({ mode: "AK", access_key_secret: "" }), hidden],
  ["a profile without a token", profile({ mode: "StsToken", sts_token: "" }), hidden],
  ["a profile without a role", profile({ ...role, ram_role_arn: "" }), hidden],
  ["a profile of an OIDC without a role", profile({ mode: "OIDC" }), hidden],
  ["a session that is too short", profile({ ...role, expired_seconds: 1 }), hidden],
  ["an odd OAuth site", profile({ ...oauth, oauth_site_type: canaries.id }), hidden],
  ["CloudSSO by half", profile({ ...sso, cloud_sso_account_id: "" }), hidden],
  ["an expired CloudSSO login", profile({ ...sso, access_token: "" }), hidden],
  ["a refused CloudSSO login", served(sso, leakyError, 401), "the answer was HTTP 401 (NoPermission)"],
  [
    "an OAuth login that is refused",
    served(oauth, leakyError, 401),
    "the answer was HTTP 401 (NoPermission)",
  ],
  ["OAuth without a token", served(oauth, { secret: canaries.secret }), useless],
  [
    "an ECS role of a profile, switched off",
    (bed) => {
      env({ ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true" })(bed);
      profile({ mode: "EcsRamRole", ram_role_name: "dns" })(bed);
    },
    hidden,
  ],
  ["no command", profile({ mode: "External", process_command: "" }), hidden],
  ["half a command", profile({ mode: "External", process_command: `'${canaries.secret}` }), hidden],
  ["a role that is refused", served(role, leakyError, 403), "the answer was HTTP 403 (NoPermission)"],
  ["a role without a session", served(role, { secret: canaries.secret }), useless],
  ["a role's answer that is no JSON", served(role, `<${canaries.secret}>`), useless],
  ["a credentials file without profiles", ini(""), hidden],
  ["a credentials file of an odd kind", ini(`type = ${canaries.secret}`), hidden],
  ["a credentials file without a secret", ini(`type = access_key\naccess_key_id = ${canaries.id}`), hidden],
  [
    "OIDC that is refused",
    oidc({ ...leakyError, Code: "AuthenticationFail.OIDCToken.Expired" }, 400),
    "the answer was HTTP 400 (AuthenticationFail.OIDCToken.Expired)",
  ],
  [
    "OIDC with an odd code",
    oidc({ ...leakyError, Code: `${canaries.secret} 1` }, 400),
    "the answer was HTTP 400",
  ],
  ["OIDC without a session", oidc({ Credentials: noKey }), useless],
  ["OIDC that answers with a page", oidc(`<html>${canaries.secret}</html>`), useless],
  [
    "OIDC without a token file",
    async (bed) => {
      await oidc({})(bed);
      process.env["ALIBABA_CLOUD_OIDC_TOKEN_FILE"] = `${bed.home}/${canaries.secret}`;
    },
    "its file cannot be read (ENOENT)",
  ],
  [
    "the metadata service without a role",
    async (bed) => {
      process.env["ALIBABA_CLOUD_ECS_METADATA"] = canaries.id;
      bed.lead(await answering(canaries.secret, 404));
    },
    "the answer was HTTP 404",
  ],
  ["a URI that says no", uri(canaries.secret, 503), "the answer was HTTP 503"],
  ["a URI without JSON", uri(`{"AccessKeySecret": "${canaries.secret}`), useless],
  ["a URI without an id", uri(noKey), useless],
  ["a URI of permanent credentials", uri({ ...session(), SecurityToken: "" }), useless],
  ["a URI without an end", uri({ ...session(), Expiration: "" }), useless],
  ["a URI with an odd end", uri({ ...session(), Expiration: canaries.secret }), useless],
  ["a URI of numbers", uri({ ...session(), AccessKeyId: 1, AccessKeySecret: 2 }), "it gave no access key"],
  [
    "a text that is not a URI",
    env({ ALIBABA_CLOUD_CREDENTIALS_URI: canaries.secret }),
    "it is not an http or https URL",
  ],
  [
    "a URI of a file",
    env({ ALIBABA_CLOUD_CREDENTIALS_URI: "file:///etc/passwd" }),
    "it is not an http or https URL",
  ],
  [
    "a URI without a server",
    env({ ALIBABA_CLOUD_CREDENTIALS_URI: "http://127.0.0.1:1/" }),
    "the connection failed (ECONNREFUSED)",
  ],
  [
    "a URI that hangs up",
    async () => {
      const { url } = await server((_, __, request) => request.socket.destroy());
      process.env["ALIBABA_CLOUD_CREDENTIALS_URI"] = `${url}/${canaries.secret}`;
    },
    "the connection failed (ECONNRESET)",
  ],
];

test.each(failures)("%s: the message is our own", async (_, prepare, words) => {
  const bed = newBed();
  await prepare(bed);
  const error = await rejection(bed.chain().get());
  expect(error.code).toBe("CREDENTIALS_UNAVAILABLE");
  const failed = error.message.split("\n").filter((line) => line.includes(": failed, "));
  expect(failed).toEqual([expect.stringContaining(words)]);
  expect(error.cause).toBeUndefined();
  expect(everythingOf(error)).not.toMatch(/CANARY/);
});

test("gaps in a profile are not filled from variables for another key", async () => {
  const { chain, write } = newBed({
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: canaries.secret,
    ALIBABA_CLOUD_SECURITY_TOKEN: canaries.token,
  });
  write(".aliyun/config.json", {
    current: "a",
    profiles: [{ name: "a", mode: "AK", access_key_id: canaries.id }],
  });
  const error = await rejection(chain().get());
  expect(error.message).toContain("unset them, or set ALIBABA_CLOUD_ACCESS_KEY_ID as well");
  expect(everythingOf(error)).not.toMatch(/CANARY/);
});

test.each([
  undefined,
  null,
  1,
  "text",
  {},
  { accessKeyId: "id" },
  { accessKeyId: "id", accessKeySecret: "" },
])("no credentials: %j", (given) => {
  expect(credentialsIn(given, {})).toEqual({ reason: "it gave no access key" });
});
