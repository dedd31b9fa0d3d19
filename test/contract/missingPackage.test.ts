import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { dsRecordProvider } from "../../provider/dynamic/program/closure";
import { ownSdkDirectory } from "../harness/programDirectory";
import { ProviderProcess, serializeProvider } from "../harness/providerProcess";

jest.setTimeout(60_000);

const programDirectory = mkdtempSync(path.join(tmpdir(), "missing-package-"));
let provider: ProviderProcess;

beforeAll(async () => {
  mkdirSync(path.join(programDirectory, "node_modules/@pulumi"), { recursive: true });
  symlinkSync(ownSdkDirectory, path.join(programDirectory, "node_modules/@pulumi/pulumi"), "dir");
  provider = await ProviderProcess.start({ programDirectory });
  await provider.configure();
});

afterAll(async () => {
  await provider.stop();
  rmSync(programDirectory, { recursive: true });
});

// Without the closure's `then` only the first call failed: the SDK took the others for deleted, and so did the state.
test("where the package is gone, no record is taken for deleted", async () => {
  const outputs = { __provider: (await serializeProvider(dsRecordProvider)).text };
  const calls = [1, 2, 3].map((keyTag) => provider.delete(`example.com/${keyTag}`, outputs));
  const outcomes = await Promise.allSettled(calls);
  const messages = outcomes.map((outcome) => String(outcome.status === "rejected" && outcome.reason));
  expect(messages.sort()).toEqual([
    expect.stringContaining("Cannot find module 'pulumi-alicloud-dnssec/provider'"),
    expect.stringContaining("pulumi-alicloud-dnssec cannot be loaded"),
    expect.stringContaining("pulumi-alicloud-dnssec cannot be loaded"),
  ]);
  await expect(provider.update("example.com/1", {}, outputs)).rejects.toThrow("cannot be loaded");
});
