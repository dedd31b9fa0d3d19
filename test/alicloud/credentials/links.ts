import { canaries, type Bed } from "./bed";

const key = { access_key_id: canaries.id, access_key_secret: canaries.secret };
const role = { ram_role_arn: "acs:ram::1:role/dns" };
const soon = () => Math.floor(Date.now() / 1000) + 3600;

export const profile =
  (more: object) =>
  ({ write }: Bed) =>
    write(".aliyun/config.json", { current: "default", profiles: [{ name: "default", ...key, ...more }] });
const environment = (variables: Record<string, string>) => () => Object.assign(process.env, variables);

/** Puts a session into the form of a server's answer. */
export type Wrap = (session: object) => object;
const plain: Wrap = (given) => given;
const inCredentials: Wrap = (Credentials) => ({ Credentials });

/** Every way in which the chain asks a server. */
export const links: readonly (readonly [string, (bed: Bed) => unknown, Wrap])[] = [
  [
    "OIDC",
    ({ write, home }) => {
      write("token", canaries.token);
      Object.assign(process.env, {
        ALIBABA_CLOUD_ROLE_ARN: "acs:ram::1:role/dns",
        ALIBABA_CLOUD_OIDC_PROVIDER_ARN: "acs:ram::1:oidc-provider/k8s",
        ALIBABA_CLOUD_OIDC_TOKEN_FILE: `${home}/token`,
      });
    },
    inCredentials,
  ],
  ["a role of the CLI's profile", profile({ mode: "RamRoleArn", ...role }), inCredentials],
  [
    "a role behind another profile",
    ({ write }) =>
      write(".aliyun/config.json", {
        current: "second",
        profiles: [
          { name: "first", mode: "AK", ...key },
          { name: "second", mode: "ChainableRamRoleArn", source_profile: "first", ...role },
        ],
      }),
    inCredentials,
  ],
  [
    "OIDC of the CLI's profile",
    ({ write, home }) => {
      write("token", canaries.token);
      profile({
        mode: "OIDC",
        oidc_token_file: `${home}/token`,
        oidc_provider_arn: "acs:ram::1:oidc-provider/k8s",
        ...role,
      })({ write } as Bed);
    },
    inCredentials,
  ],
  ["an ECS instance of the CLI's profile", profile({ mode: "EcsRamRole", ram_role_name: "dns" }), plain],
  [
    "CloudSSO",
    profile({
      mode: "CloudSSO",
      cloud_sso_sign_in_url: "https://signin.example/start",
      cloud_sso_account_id: "1",
      cloud_sso_access_config: "ac-1",
      access_token: canaries.token,
      cloud_sso_access_token_expire: soon(),
    }),
    (CloudCredential) => ({ CloudCredential }),
  ],
  [
    "OAuth",
    profile({
      mode: "OAuth",
      oauth_site_type: "CN",
      oauth_access_token: canaries.token,
      oauth_access_token_expire: soon(),
    }),
    (given) =>
      Object.fromEntries(
        Object.entries(given).map(([name, value]) => [
          name[0]?.toLowerCase() + name.slice(1),
          value as unknown,
        ]),
      ),
  ],
  [
    "a role of the credentials file",
    ({ write }) =>
      write(
        ".alibabacloud/credentials",
        `[default]\ntype = ram_role_arn\naccess_key_id = ${canaries.id}\naccess_key_secret = ${canaries.secret}\nrole_arn = acs:ram::1:role/dns\n`,
      ),
    inCredentials,
  ],
  [
    "an ECS instance of the credentials file",
    ({ write }) => write(".alibabacloud/credentials", "[default]\ntype = ecs_ram_role\nrole_name = dns\n"),
    plain,
  ],
  ["an ECS instance", environment({ ALIBABA_CLOUD_ECS_METADATA: "dns" }), plain],
  ["an ECS instance with a role by request", environment({ ALIBABA_CLOUD_ECS_METADATA: "" }), plain],
  ["a URI", environment({ ALIBABA_CLOUD_CREDENTIALS_URI: "https://credentials.example/" }), plain],
];
