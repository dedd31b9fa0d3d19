import type { DsRecordError } from "../../../provider/errors";
import type { Delegations } from "../../../provider/lifecycle/ports";
import { createRecord } from "../operations";
import type { DnsSettings } from "../../../provider/preflight/settings";
import { ds, inputs, registrarWith, type Bed } from "../bed";

let bed: Bed;
afterEach(() => bed.close());

const own = ["192.0.2.1"];
const configured = ["192.0.2.2"];
type Options = Readonly<Record<string, unknown>>;

/** Creates a record that leaves its domain bogus. Returns the outcome and the queried servers. */
async function creation(settings: DnsSettings, options: Options) {
  bed = await registrarWith([]);
  const asked: unknown[] = [];
  const keysOf: Delegations["keysOf"] = (_, servers) => {
    asked.push(servers);
    const reasons = [{ code: "DIGEST_MISMATCH", message: "another key" }];
    return Promise.resolve(() => ({ status: "bogus", reasons, warnings: [] }));
  };
  const published = () => Promise.reject(new Error("nothing waits for publication"));
  const context = { ...bed.context, dnsOverrides: settings, delegations: { keysOf, published } };
  const code = await createRecord(inputs(ds(1), options), context).then(
    () => "created",
    (error: unknown) => (error as DsRecordError).code,
  );
  return { code, asked };
}

test.each<[string, DnsSettings, Options, string]>([
  ["without any, refuses what is bogus", {}, {}, "PREFLIGHT_BOGUS"],
  ["of the record", {}, { preflight: "warn" }, "created"],
  ["of the configuration before that of the record", { mode: "warn" }, { preflight: "enforce" }, "created"],
  [
    "of the configuration, where it is stricter",
    { mode: "enforce" },
    { preflight: "off" },
    "PREFLIGHT_BOGUS",
  ],
  ["that is invalid, in a state, counts as not given", {}, { preflight: "lax" }, "PREFLIGHT_BOGUS"],
])("the mode %s", async (_, settings, options, code) => {
  expect((await creation(settings, options)).code).toBe(code);
});

test.each<[string, DnsSettings, Options, object]>([
  ["none", {}, {}, {}],
  [
    "those of the record",
    {},
    { nameServers: own, parentNameServers: own },
    { nameServers: own, parentNameServers: own },
  ],
  [
    "those of the configuration before those of the record",
    { nameServers: configured, parentNameServers: configured },
    { nameServers: own, parentNameServers: own },
    { nameServers: configured, parentNameServers: configured },
  ],
  [
    "each list by itself",
    { parentNameServers: configured },
    { nameServers: own, parentNameServers: own },
    { nameServers: own, parentNameServers: configured },
  ],
  ["none, where a list has what is no address", {}, { nameServers: ["192.0.2.1", "ns1"] }, {}],
])("the servers to ask are %s", async (_, settings, options, servers) => {
  expect((await creation(settings, options)).asked[0]).toEqual(servers);
});
