import * as pulumi from "@pulumi/pulumi";
import { resolveOptions, type Resolved } from "../../../provider/dynamic/program/preview";

const variable = "ALICLOUD_DNSSEC_PREFLIGHT";
const before = process.env[variable];
afterEach(() => {
  pulumi.runtime.setAllConfig({});
  delete process.env[variable];
  if (before !== undefined) process.env[variable] = before;
});

interface Given {
  readonly own?: Resolved;
  /** The explicit provider's options. */
  readonly provider?: Resolved;
  readonly config?: Readonly<Record<string, string>>;
  /** `ALICLOUD_DNSSEC_PREFLIGHT` */
  readonly env?: string;
}

const first = ["192.0.2.1"];
const second = ["192.0.2.2"];

test.each<[string, Given, object]>([
  ["nothing: enforce", {}, { mode: "enforce" }],
  ["the record", { own: { preflight: "warn", nameServers: first } }, { mode: "warn", nameServers: first }],
  [
    "the configuration before the record",
    {
      own: { preflight: "off", parentNameServers: first },
      config: { preflight: "strict", parentNameServers: "192.0.2.2" },
    },
    { mode: "strict", parentNameServers: second },
  ],
  [
    "an explicit provider in place of the configuration",
    { config: { preflight: "strict", nameServers: "192.0.2.1" }, provider: { preflight: "warn" } },
    { mode: "warn" },
  ],
  [
    "the record before a configuration that its provider hides",
    { own: { preflight: "off" }, config: { preflight: "strict" }, provider: {} },
    { mode: "off" },
  ],
  [
    "the environment before all",
    {
      own: { preflight: "off" },
      config: { preflight: "strict" },
      provider: { preflight: "enforce" },
      env: "warn",
    },
    { mode: "warn" },
  ],
])("a preview follows %s", (_, { own = {}, provider, config = {}, env }, expected) => {
  const entries = Object.entries(config).map(([key, value]) => [`alicloud-dnssec:${key}`, value]);
  pulumi.runtime.setAllConfig(Object.fromEntries(entries) as Record<string, string>);
  delete process.env[variable];
  if (env !== undefined) process.env[variable] = env;
  const { mode, servers } = resolveOptions(own, provider);
  expect({ mode, ...servers }).toEqual(expected);
});
