import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";

const packageName = "pulumi-alicloud-dnssec";

/** Problems of runs, by connection to the engine. */
const refusals = new WeakMap<object, string | undefined>();

/**
 * Checks once a run that this program can have dynamic resources, and that Pulumi's provider
 * process will find this package: it looks from the program's folder and not from the file that
 * declares a record.
 *
 * @throws {pulumi.RunError} for Bun, and for a package that the provider process would not find.
 */
export function checkServingPackage(): void {
  const refusal = bunRefusal(process.versions) ?? refusalOfRun();
  if (refusal !== undefined) throw new pulumi.RunError(refusal);
}

function refusalOfRun(): string | undefined {
  const engine = pulumi.runtime.getEngine();
  // The provider process of an inline program has another folder than the program.
  if (engine === undefined || !isRunByLanguageHost()) return undefined;
  if (!refusals.has(engine)) {
    refusals.set(engine, missingRefusal(process.cwd()));
    const warning = versionWarning(process.cwd(), ownVersion());
    // A warning that cannot be shown is no reason to fail the run.
    if (warning !== undefined) pulumi.log.warn(warning).catch(() => undefined);
  }
  return refusals.get(engine);
}

function isRunByLanguageHost(): boolean {
  return /[\\/]cmd[\\/]run(?:[\\/]|$)/.test(process.argv[1] ?? "");
}

/** Returns why a program cannot run in Bun, or undefined for Node.js. */
export function bunRefusal(versions: Readonly<Record<string, string | undefined>>): string | undefined {
  if (versions["bun"] === undefined) return undefined;
  return (
    "DsRecord does not work with `runtime: bun`, because Pulumi cannot serialise dynamic providers there: " +
    "set `runtime: nodejs` in Pulumi.yaml (its option packagemanager may be bun)."
  );
}

/**
 * Returns what to do if the provider process would not find this package.
 *
 * @param folder The program's, where Pulumi starts the provider process.
 */
export function missingRefusal(folder: string): string | undefined {
  const sdk = sdkFolder(folder);
  if (sdk === undefined || servingFile(folder, sdk) !== undefined) return undefined;
  const manifest = manifestFor(folder);
  return (
    `Pulumi's provider process would not find ${packageName} from ${folder}. Add "${packageName}" to the dependencies ` +
    `in ${manifest} and install it, even if a component package depends on it already or the program is bundled.`
  );
}

/**
 * Returns a warning if the package that manages the records has another version than the one that
 * declares them.
 */
export function versionWarning(folder: string, own: string | undefined): string | undefined {
  const sdk = sdkFolder(folder);
  const file = sdk && servingFile(folder, sdk);
  const serving = file && versionFrom(file);
  if (!own || !serving || own === serving) return undefined;
  return (
    `${packageName} ${own} declares records, but ${packageName} ${serving}, which ` +
    `${manifestFor(folder)} leads to, manages them. Install one version for both.`
  );
}

/** Returns the folder of the SDK's script that becomes the provider process. */
function sdkFolder(folder: string): string | undefined {
  try {
    return path.dirname(createRequire(path.join(folder, "/")).resolve("@pulumi/pulumi/cmd/dynamic-provider"));
  } catch {
    return undefined;
  }
}

/** Returns the file that the closure in the state will load, by the same search. */
function servingFile(folder: string, sdk: string): string | undefined {
  try {
    return createRequire(sdk).resolve(`${packageName}/provider`, { paths: [folder, sdk] });
  } catch {
    return undefined;
  }
}

function manifestFor(folder: string): string {
  const file = path.join(folder, "package.json");
  const above = path.dirname(folder);
  return existsSync(file) || above === folder ? file : manifestFor(above);
}

function ownVersion(): string | undefined {
  // A bundle of ES modules has no such name, and no version of its own.
  return typeof __filename === "string" ? versionFrom(__filename) : undefined;
}

/** Returns the version of this package that a file belongs to, or that is installed for it. */
function versionFrom(file: string): string | undefined {
  try {
    const { version } = createRequire(file)(`${packageName}/package.json`) as { version?: unknown };
    return typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}
