import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { startEmulator, type Ds, type Emulator } from "../../emulator/index";
import { repositoryRoot } from "../harness/environment";
import type { PropertyBag } from "../harness/properties";
import { ProviderProcess, serializeProvider } from "../harness/providerProcess";
import type { StackExport } from "../harness/pulumiCli";
import { installSdk, newestSdkVersion } from "../harness/sdkInstall";

jest.setTimeout(300_000);

const domain = "example.com";
const urn = (name: string) =>
  `urn:pulumi:dev::test-project::pulumi-nodejs:dynamic/alicloud-dnssec:DsRecord::${name}`;

function ds(keyTag: number): Ds {
  return { keyTag, algorithm: 13, digestType: 2, digest: keyTag.toString(16).padStart(64, "0") };
}

/** The text that the states of a release have. */
function textOfRelease(release: string): string {
  const file = path.join(repositoryRoot, "test/fixtures/states", release, "finished.json");
  const { deployment } = JSON.parse(readFileSync(file, "utf8")) as StackExport;
  return deployment.resources?.map(({ inputs }) => inputs?.["__provider"]).find(Boolean) as string;
}

/** The text as npm publishes it, which states will have. */
async function newText(sdkDirectory: string | undefined): Promise<string> {
  const file = "../../dist/provider/dynamic/program/closure";
  const { dsRecordProvider } = createRequire(__filename)(file) as Record<"dsRecordProvider", object>;
  return (await serializeProvider(dsRecordProvider, sdkDirectory)).text;
}

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator({ domains: { [domain]: [ds(9)] }, taskDurationMs: 20 });
});
afterEach(() => emulator.close());

/** Calls one process with bags of either text. */
interface Bed {
  readonly provider: ProviderProcess;
  readonly old: (keyTag: number, more?: PropertyBag) => PropertyBag;
  readonly current: (keyTag: number, more?: PropertyBag) => PropertyBag;
}

const scenes: Readonly<Record<string, (bed: Bed) => Promise<void>>> = {
  "have one client: reads of one domain under way at once are one call": async ({
    provider,
    old,
    current,
  }) => {
    const held = emulator.holdAnswer("QueryDSRecord");
    const first = provider.read(`${domain}/9`, old(9));
    await held.arrived;
    const second = provider.read(`${domain}/9`, current(9));
    // This is answered only after the second read has begun.
    await provider.check({}, current(8));
    held.release();
    for (const { id } of await Promise.all([first, second])) expect(id).toBe(`${domain}/9`);
    expect(emulator.calls(({ action }) => action === "QueryDSRecord")).toHaveLength(1);
  },
  "have one queue for a domain: no task is refused for another": async ({ provider, old, current }) => {
    await Promise.all([1, 2, 3, 4].map((tag) => provider.create(tag % 2 === 0 ? old(tag) : current(tag))));
    expect(emulator.records(domain)).toHaveLength(5);
    expect(emulator.calls(({ code }) => code === "TaskIsBeingProcessed")).toEqual([]);
  },
  "know what the others declare: a moved record is not deleted": async ({ provider, old, current }) => {
    await provider.check({}, current(9, { __urn: urn("moved") }));
    await provider.create(current(9, { __urn: urn("moved") }));
    await provider.delete(`${domain}/9`, old(9));
    expect(emulator.records(domain)).toEqual([ds(9)]);
    expect(emulator.tasks()).toEqual([]);
  },
};

describe.each<[string, () => Promise<string> | undefined]>([
  ["the lowest SDK", () => installSdk("3.216.0")],
  ["the newest SDK for Node 20", () => undefined],
  ["the newest SDK", async () => installSdk(await newestSdkVersion())],
])("the closures of all releases in one process, with %s,", (_, sdk) => {
  test.each(Object.keys(scenes))("%s", async (name) => {
    const sdkDirectory = await sdk();
    const [oldText, currentText] = [textOfRelease("0.1.0"), await newText(sdkDirectory)];
    expect(oldText).not.toBe(currentText);
    const bagWith =
      (text: string) =>
      (keyTag: number, more: PropertyBag = {}) => ({
        domainName: domain,
        ...ds(keyTag),
        __provider: text,
        __urn: urn(`ksk-${keyTag}`),
        ...more,
      });
    const provider = await ProviderProcess.start({
      env: { ...emulator.env },
      ...(sdkDirectory !== undefined && { sdkDirectory }),
    });
    try {
      await provider.configure();
      await scenes[name]?.({ provider, old: bagWith(oldText), current: bagWith(currentText) });
      expect(provider.stderr).toBe("");
    } finally {
      await provider.stop();
    }
  });
});
