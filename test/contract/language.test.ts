import { createRequire } from "node:module";
import { startEmulator } from "../../emulator/index";
import { FakeEngine } from "../harness/fakeEngine";
import { ProviderProcess, serializeProvider } from "../harness/providerProcess";

jest.setTimeout(60_000);

/** The text as npm publishes it, which states hold. */
const { dsRecordProvider } = createRequire(__filename)(
  "../../dist/provider/dynamic/program/closure",
) as Record<"dsRecordProvider", object>;

const reason = "该域名已被注册局锁定，无法更新𠮷";
const urn = "urn:pulumi:dev::test-project::pulumi-nodejs:dynamic/alicloud-dnssec:DsRecord::ksk";

test("reasons in Chinese reach the error and the row whole", async () => {
  const faults = [
    { action: "SaveSingleTaskForAddingDSRecord", fault: { kind: "taskFails", reason, overtaken: true } },
    { action: "SaveSingleTaskForDeletingDSRecord", fault: { kind: "error", code: "DomainNotExist" } },
  ] as const;
  const emulator = await startEmulator({ domains: ["example.com"], taskDurationMs: 20, faults });
  const engine = await FakeEngine.start();
  const provider = await ProviderProcess.start({ env: { ...emulator.env }, engineAddress: engine.address });
  try {
    await provider.configure({
      "alicloud-dnssec:lang": "zh",
      "alicloud-dnssec:userClientIp": "192.0.2.1",
    });
    const { text: __provider } = await serializeProvider(dsRecordProvider);
    const ds = { keyTag: 1, algorithm: 13, digestType: 2, digest: "ab".repeat(32) };
    const { id, outputs } = await provider.create({
      domainName: "example.com",
      ...ds,
      __provider,
      __urn: urn,
    });
    expect(engine.logs.filter(({ ephemeral }) => !ephemeral)).toMatchObject([
      { urn, severity: "info", message: expect.stringContaining(`is reported as failed (${reason})`) },
    ]);
    await expect(provider.delete(id, outputs)).rejects.toThrow("DomainNotExist: 域名不存在 (HTTP 400");
    expect(
      new Set(emulator.calls().map(({ params }) => `${params["Lang"]} ${params["UserClientIp"]}`)),
    ).toEqual(new Set(["zh 192.0.2.1"]));
  } finally {
    await provider.stop();
    engine.stop();
    await emulator.close();
  }
});
