import { execFile } from "node:child_process";
import { chmodSync, copyFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import { modulesDirectory, pinnedVersion } from "./store.mjs";

const run = promisify(execFile);

const binaries = [
  {
    module: "engine",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    flags: ["-tags", "osusergo,grpcnotrace"],
    variables: () => ` -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${pinnedVersion()}`,
  },
  {
    module: "language-nodejs",
    package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    flags: [],
    variables: () => "",
  },
];

async function goBuild(binary, directory, env) {
  const output = path.join(directory, path.basename(binary.package));
  const flags = [...binary.flags, "-ldflags", `-s -w${binary.variables()}`, "-o", output];
  try {
    await run("go", ["build", ...flags, binary.package], {
      cwd: path.join(modulesDirectory, binary.module),
      env: { ...env, GOWORK: "off" },
      maxBuffer: 64 * 2 ** 20,
    });
  } catch (error) {
    const lastLines = String(error.stderr ?? error.message)
      .trim()
      .split("\n")
      .slice(-15)
      .join("\n");
    throw new Error(`go build ${binary.package} failed:\n${lastLines}`, { cause: error });
  }
}

/**
 * Copies the launcher of dynamic providers from npm's `@pulumi/pulumi`. The launcher finds the SDK
 * from the program's folder.
 */
function copyDynamicProviderLauncher(directory) {
  const launcher = "pulumi-resource-pulumi-nodejs";
  const sdk = path.dirname(createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json"));
  copyFileSync(path.join(sdk, launcher), path.join(directory, launcher));
  chmodSync(path.join(directory, launcher), 0o755);
}

/** Returns why a build cannot start, or undefined. */
export async function obstacleToBuild(env) {
  try {
    await run("go", ["version"], { env });
  } catch {
    return "`go`, which could build it from its modules, is not installed";
  }
  try {
    createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json");
  } catch {
    return "a build needs the npm packages (`npm ci`)";
  }
  return undefined;
}

export async function build(directory, env) {
  copyDynamicProviderLauncher(directory);
  for (const binary of binaries) await goBuild(binary, directory, env);
}
