import { accessSync, constants } from "node:fs";
import path from "node:path";

/** Debian's package of each command that the tests run. */
const packageOf = {
  named: "bind9",
  delv: "bind9-dnsutils",
  dig: "bind9-dnsutils",
  nsupdate: "bind9-dnsutils",
  "dnssec-dsfromkey": "bind9-utils",
  "dnssec-keygen": "bind9-utils",
  "dnssec-revoke": "bind9-utils",
  "dnssec-signzone": "bind9-utils",
  "unbound-host": "unbound-host",
  openssl: "openssl",
} as const;

export type Tool = keyof typeof packageOf;

/**
 * Skips the tests of the calling file, by name and with a line that says why, where one of these
 * commands is not installed. Call it before the first test. With `REQUIRE_TOOLS` or `CI` set, as
 * `npm test` and `.ci/run` do, the file fails.
 */
export function requireTools(...tools: readonly Tool[]): void {
  const missing = tools.filter((tool) => !isInstalled(tool));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((tool) => packageOf[tool]))];
  const reason = `not installed: ${missing.join(", ")} (Debian: ${packages.join(", ")})`;
  if (process.env["REQUIRE_TOOLS"] || process.env["CI"]) throw new Error(reason);
  const file = expect.getState().testPath ?? "";
  // Jest hides the console of a file without a test to run.
  process.stderr.write(`Skipped the tests of ${path.relative(process.cwd(), file)}: ${reason}.\n`);
  skipEveryTest();
}

function isInstalled(tool: Tool): boolean {
  return (process.env["PATH"] ?? "").split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Replaces Jest's globals in this file. Hooks do nothing, because they need the tools too. */
function skipEveryTest(): void {
  const noHook = () => undefined;
  Object.assign(globalThis, {
    test: test.skip,
    it: test.skip,
    describe: describe.skip,
    beforeAll: noHook,
    afterAll: noHook,
    beforeEach: noHook,
    afterEach: noHook,
  });
}
