import { systemClock } from "../../concurrency/clock";
import type { ConfigReader } from "../../config";
import { createRecords, type PropertyBag } from "../../records";
import { createEdge } from "./edge";
import { connectEngineLog } from "./engineLog";
import { withHiddenInputs } from "./hiddenInputs";
import { watchLife } from "./processLifetime";

/** The object that Pulumi's dynamic provider process calls. */
export type DynamicProvider = ReturnType<typeof createDynamicProvider>;

let shared: DynamicProvider | undefined;

/** Returns the provider of this process. Closures of all releases share it. */
export function dynamicProvider(): DynamicProvider {
  shared ??= createDynamicProvider();
  return shared;
}

function createDynamicProvider() {
  let config: ConfigReader = { get: () => undefined };
  const log = connectEngineLog(process.argv.at(-1), systemClock);
  const records = createRecords({
    config: { get: (key) => config.get(key) },
    env: process.env,
    reporterOf: (urn) => log.reporterOf(urn),
    clock: systemClock,
    random: Math.random,
  });
  const life = watchLife((reason) => records.cancel(reason));
  const operations = withHiddenInputs(records);
  const edge = createEdge(life, log);
  return {
    /**
     * Keeps the stack's configuration for the operations. It is synchronous and never fails,
     * because Pulumi makes other calls before this one is answered, and ignores its failure.
     */
    configure(request: { config: ConfigReader }): Promise<void> {
      config = request.config;
      return Promise.resolve();
    },
    check: (olds: PropertyBag, news: PropertyBag) => edge(() => operations.check(olds, news)),
    diff: (id: string, olds: PropertyBag, news: PropertyBag) => edge(() => operations.diff(id, olds, news)),
    create: (inputs: PropertyBag) => edge(() => operations.create(inputs)),
    read: (id: string, props: PropertyBag = {}) => edge(() => operations.read(id, props)),
    update: (id: string, olds: PropertyBag, news: PropertyBag) =>
      edge(() => operations.update(id, olds, news)),
    delete: (id: string, props: PropertyBag) => edge(() => operations.delete(id, props)),
  };
}
