import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { dsRecordProvider } from "../../provider/dynamic/program/closure";
import { ProviderProcess, serializeProvider } from "../harness/providerProcess";
import { installSdk } from "../harness/sdkInstall";

jest.setTimeout(60_000);

const programDirectory = mkdtempSync(path.join(realpathSync(tmpdir()), "missing-package-"));
let provider: ProviderProcess;

beforeAll(async () => {
  // A folder outside the repository, where the package would be found.
  const sdkDirectory = await installSdk("3.216.0");
  mkdirSync(path.join(programDirectory, "node_modules/@pulumi"), { recursive: true });
  symlinkSync(sdkDirectory, path.join(programDirectory, "node_modules/@pulumi/pulumi"), "dir");
  provider = await ProviderProcess.start({ programDirectory, sdkDirectory });
  await provider.configure();
});

afterAll(async () => {
  await provider.stop();
  rmSync(programDirectory, { recursive: true });
});

// Without the closure's `then`, only the first call failed. The SDK took the other records for
// deleted and removed them from the state.
test("where the package is gone, no record is taken for deleted", async () => {
  const outputs = { __provider: (await serializeProvider(dsRecordProvider)).text };
  const calls = [1, 2, 3].map((keyTag) => provider.delete(`example.com/${keyTag}`, outputs));
  const outcomes = await Promise.allSettled(calls);
  const messages = outcomes.map((outcome) => String(outcome.status === "rejected" && outcome.reason));
  const said = new RegExp(
    `Cannot find module 'pulumi-alicloud-dnssec/provider'[^]*\\nCheck dependencies in ${programDirectory}/package.json$`,
  );
  for (const message of messages) expect(message).toMatch(said);
  await expect(provider.update("example.com/1", {}, outputs)).rejects.toThrow("Cannot find module");
});
