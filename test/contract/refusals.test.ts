import { createRequire } from "node:module";
import type { Refusal } from "../lifecycle/record/refusals/refusal";
import { refusals } from "../lifecycle/record/refusals/table";
import { UNKNOWN } from "../harness/properties";
import { ProviderProcess, serializeProvider } from "../harness/providerProcess";

jest.setTimeout(60_000);

const { dsRecordProvider } = createRequire(__filename)(
  "../../dist/provider/dynamic/program/closure",
) as Record<"dsRecordProvider", object>;

let provider: ProviderProcess;
let closure: string;
beforeAll(async () => {
  closure = (await serializeProvider(dsRecordProvider)).text;
  provider = await ProviderProcess.start();
  await provider.configure();
});
afterAll(() => provider.stop());

/** `npm run test:engine` has the same table with the real engine, which takes minutes. */
describe.each(Object.entries(refusals))("refused by the provider's process: %s", (_, rows) => {
  test.each<Refusal>([...rows])("%s", async (_name, given, property, reason) => {
    const news = JSON.parse(JSON.stringify({ ...given, __provider: closure })) as Record<string, unknown>;
    const { inputs, failures } = await provider.check({}, news);
    expect(failures).toEqual([{ property, reason }]);
    // Outside of a preview the engine rejects such inputs before it looks at failures.
    expect(JSON.stringify(inputs)).not.toContain(UNKNOWN);
  });
});
