import { mkdirSync } from "node:fs";
import path from "node:path";

export type Environment = Record<string, string>;

export const repositoryRoot = path.resolve(__dirname, "../..");

/** What would change the behaviour of the CLI, of Node.js or of the provider under test. */
const foreign = /^(ALICLOUD_|ALIBABA_?CLOUD_|ALIYUN_|PULUMI_|JEST_|NODE_OPTIONS$|NODE_ENV$|XDG_)|_proxy$/i;

/** The outer environment without anything that could reach a test, plus `additions`. */
export function hermeticEnvironment(additions: Environment = {}): Environment {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !foreign.test(entry[0]),
  );
  // No test depends on the DNS of the machine that it runs on. An empty variable is none.
  return { ...Object.fromEntries(inherited), ALICLOUD_DNSSEC_PREFLIGHT: "off", ...additions };
}

/** The environment of a CLI whose every file is below `directory`. */
export function cliEnvironment(directory: string, cliDirectory: string): Environment {
  const [home, pulumiHome, backend, temporary] = ["home", "pulumi-home", "backend", "tmp"].map((name) =>
    path.join(directory, name),
  ) as [string, string, string, string];
  for (const folder of [home, pulumiHome, backend, temporary]) mkdirSync(folder, { recursive: true });
  return hermeticEnvironment({
    HOME: home,
    TMPDIR: temporary,
    // Should this machine be an instance of the vendor's, its role is no test's to use.
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
