import { DsRecordError } from "./errors";

/**
 * Versions of Node.js that load ES modules with `require`, which p-retry needs. package.json has
 * the same.
 */
export const supportedNode = "^20.19.0 || >=22.12.0";

/** The parts of Node's `process` that {@link refusalOf} reads. */
interface NodeProcess {
  readonly version: string;
  /**
   * Whether `require` loads ES modules. Older versions do not say, and in Jest it is never true.
   */
  readonly features: { readonly require_module?: boolean };
  readonly execArgv: readonly string[];
  readonly env: { readonly NODE_OPTIONS?: string };
}

/** Returns why this Node.js cannot load the package, in one sentence, or undefined if it can. */
export function refusalOf({ version, features, execArgv, env }: NodeProcess): string | undefined {
  const needed = "pulumi-alicloud-dnssec needs Node.js 20.19 or a later 20, or 22.12 or later";
  const options = [...execArgv, env.NODE_OPTIONS ?? ""].join(" ");
  const [off] = /--no-(experimental-)?require-module\b/.exec(options) ?? [];
  if (features.require_module === true) return undefined;
  if (!isSupported(version)) return `${needed}; this is ${version.replace(/^v/, "")}.`;
  return off && `${needed}, without ${off}.`;
}

/** Returns whether a version such as "v22.11.0" is one of {@link supportedNode}. */
export function isSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  if (major === 20) return minor >= 19;
  return major > 22 || (major === 22 && minor >= 12);
}

/**
 * Throws before a module is loaded that would fail with ERR_REQUIRE_ESM. @throws {DsRecordError}
 * NODE_UNSUPPORTED
 */
function requireSupportedNode(): void {
  const refusal = refusalOf(process);
  if (refusal === undefined) return;
  const error = new DsRecordError("NODE_UNSUPPORTED", `${refusal} [NODE_UNSUPPORTED]`);
  // Pulumi prints the stack, which would bury the sentence.
  error.stack = error.message;
  throw error;
}

requireSupportedNode();
