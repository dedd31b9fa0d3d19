import { mkdirSync } from "node:fs";
import path from "node:path";

export type Environment = Record<string, string>;

export const repositoryRoot = path.resolve(__dirname, "../..");

/** Variables that change the behaviour of the CLI, Node.js or the provider. */
const foreign = /^(ALICLOUD_|ALIBABA_?CLOUD_|ALIYUN_|PULUMI_|JEST_|NODE_OPTIONS$|NODE_ENV$|XDG_)|_proxy$/i;

/** Returns the outer environment without variables that affect tests, plus `additions`. */
export function hermeticEnvironment(additions: Environment = {}): Environment {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !foreign.test(entry[0]),
  );
  // No test depends on the machine's DNS. An empty variable counts as unset.
  return { ...Object.fromEntries(inherited), ALICLOUD_DNSSEC_PREFLIGHT: "off", ...additions };
}

/** Returns the environment of a CLI that keeps all its files below `directory`. */
export function cliEnvironment(directory: string, cliDirectory: string): Environment {
  const [home, pulumiHome, backend, temporary] = ["home", "pulumi-home", "backend", "tmp"].map((name) =>
    path.join(directory, name),
  ) as [string, string, string, string];
  for (const folder of [home, pulumiHome, backend, temporary]) mkdirSync(folder, { recursive: true });
  return hermeticEnvironment({
    HOME: home,
    TMPDIR: temporary,
    // On an instance of Alibaba Cloud, no test may use the instance's role.
    ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true",
    PATH: [cliDirectory, path.dirname(process.execPath), process.env["PATH"] ?? ""].join(path.delimiter),
    PULUMI_HOME: pulumiHome,
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_CONFIG_PASSPHRASE: "a passphrase for tests",
    PULUMI_CREDENTIAL_STORE: "plaintext",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_SKIP_CONFIRMATIONS: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
    PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true",
    PULUMI_DEBUG_COMMANDS: "true",
  });
}
