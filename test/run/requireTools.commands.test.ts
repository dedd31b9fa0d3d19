import { spawnSync } from "node:child_process";
import path from "node:path";
import { hermeticEnvironment, repositoryRoot } from "../harness/environment";

jest.setTimeout(60_000);

/** Runs a file of the project `tools` where no command is installed. */
function runWithoutTools(more: Record<string, string>) {
  const jest = path.join(repositoryRoot, "node_modules/jest/bin/jest.js");
  const args = ["test/dnssec/dsfromkey", "--selectProjects", "tools", "--json"];
  const { stdout, stderr } = spawnSync(process.execPath, [jest, ...args], {
    cwd: repositoryRoot,
    env: hermeticEnvironment({ CI: "", REQUIRE_TOOLS: "", ...more, PATH: "" }),
    encoding: "utf8",
  });
  const report = JSON.parse(stdout) as Record<
    "numPassedTests" | "numPendingTests" | "numRuntimeErrorTestSuites",
    number
  >;
  const { numPassedTests: passed, numPendingTests: skipped, numRuntimeErrorTestSuites: failed } = report;
  return { counts: { passed, skipped, failed }, stderr };
}

const reason = "not installed: dnssec-keygen, dnssec-dsfromkey (Debian: bind9-utils)";

test("without its tools a test is skipped, and a line says why", () => {
  const { counts, stderr } = runWithoutTools({});
  expect(counts).toEqual({ passed: 0, skipped: 8, failed: 0 });
  expect(stderr).toContain(`Skipped the tests of test/dnssec/dsfromkey.tools.test.ts: ${reason}.\n`);
});

test.each([{ REQUIRE_TOOLS: "1" }, { CI: "true" }])("with %j it fails", (environment) => {
  const { counts, stderr } = runWithoutTools(environment);
  expect(counts).toEqual({ passed: 0, skipped: 0, failed: 1 });
  expect(stderr).toContain(reason);
});
