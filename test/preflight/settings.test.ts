import {
  readDnsSettings,
  resolveDnsOptions,
  type DnsOptions,
  type DnsSettings,
} from "../../provider/preflight/settings";

type Values = Readonly<Record<string, unknown>>;

const read = (config: Values, env: Record<string, string> = {}) => readDnsSettings((key) => config[key], env);

test.each<[string, Values, Record<string, string>, DnsSettings]>([
  ["nothing", {}, {}, {}],
  ["the configuration", { preflight: "warn" }, {}, { mode: "warn" }],
  ["the environment", {}, { ALICLOUD_DNSSEC_PREFLIGHT: "strict" }, { mode: "strict" }],
  [
    "the environment before the configuration",
    { preflight: "strict", nameServers: "192.0.2.1" },
    { ALICLOUD_DNSSEC_PREFLIGHT: "warn", ALICLOUD_DNSSEC_NAME_SERVERS: "192.0.2.2" },
    { mode: "warn", nameServers: ["192.0.2.2"] },
  ],
  [
    "the configuration beside an empty variable",
    { preflight: "off" },
    { ALICLOUD_DNSSEC_PREFLIGHT: "" },
    { mode: "off" },
  ],
  [
    "lists with blanks and empty entries",
    { nameServers: "192.0.2.1, [2001:db8::1]:5301 ,", parentNameServers: " 192.0.2.3:53" },
    {},
    { nameServers: ["192.0.2.1", "[2001:db8::1]:5301"], parentNameServers: ["192.0.2.3:53"] },
  ],
  ["a wait", { keyWait: "1m30s" }, {}, { keyWaitMs: 90_000 }],
  ["a wait for one command", { keyWait: "10m" }, { ALICLOUD_DNSSEC_KEY_WAIT: "0" }, { keyWaitMs: 0 }],
  ["an empty list, which counts as unset", { nameServers: " , " }, {}, {}],
  [
    "structured lists, which arrive as JSON",
    { nameServers: '["192.0.2.1"," [2001:db8::1]:5301",""]', parentNameServers: '[ "192.0.2.3" ]' },
    {},
    { nameServers: ["192.0.2.1", "[2001:db8::1]:5301"], parentNameServers: ["192.0.2.3"] },
  ],
  ["a structured list without entries, which counts as unset", { nameServers: "[]" }, {}, {}],
  [
    "JSON in the environment",
    { nameServers: "192.0.2.1" },
    { ALICLOUD_DNSSEC_NAME_SERVERS: '["192.0.2.2"]' },
    { nameServers: ["192.0.2.2"] },
  ],
  [
    "an address that begins like JSON",
    { nameServers: "[2001:db8::1]:53,[::1]" },
    {},
    { nameServers: ["[2001:db8::1]:53", "[::1]"] },
  ],
  [
    "a list with its type, from a provider of another class",
    { nameServers: ["192.0.2.1", "192.0.2.2"], parentNameServers: [] },
    {},
    { nameServers: ["192.0.2.1", "192.0.2.2"] },
  ],
  [
    "the environment, in place of a wrong value",
    { preflight: "enforced", nameServers: "ns1.example.com" },
    { ALICLOUD_DNSSEC_PREFLIGHT: "warn", ALICLOUD_DNSSEC_NAME_SERVERS: "192.0.2.2" },
    { mode: "warn", nameServers: ["192.0.2.2"] },
  ],
])("from %s", (_, config, env, settings) => {
  expect(read(config, env)).toEqual(settings);
});

test.each<[Values, string]>([
  [
    { preflight: "Warn" },
    'alicloud-dnssec:preflight (ALICLOUD_DNSSEC_PREFLIGHT) is "Warn"; it must be one of',
  ],
  [{ nameServers: "ns1.example.com" }, "alicloud-dnssec:nameServers (ALICLOUD_DNSSEC_NAME_SERVERS) is"],
  [{ parentNameServers: "192.0.2.1;192.0.2.2" }, "alicloud-dnssec:parentNameServers"],
  [{ preflight: '["enforce"]' }, '(ALICLOUD_DNSSEC_PREFLIGHT) is "[\\"enforce\\"]"; it must be'],
  [{ preflight: '{"mode":"enforce"}' }, "alicloud-dnssec:preflight"],
  [{ preflight: true }, 'is "true"; it must be one of enforce, strict, warn, off.'],
  [{ nameServers: '["192.0.2.1",5]' }, "(ALICLOUD_DNSSEC_NAME_SERVERS) is 5; it must be"],
  [{ nameServers: '["192.0.2.1",null]' }, "is null; it must be"],
  [{ nameServers: '[["192.0.2.1"]]' }, "is a list; it must be"],
  [{ nameServers: '["192.0.2.1"' }, "alicloud-dnssec:nameServers"],
  [{ nameServers: '{"0":"192.0.2.1"}' }, "alicloud-dnssec:nameServers"],
  [{ nameServers: 5 }, 'is "5"; it must be'],
  [
    { keyWait: "120" },
    'alicloud-dnssec:keyWait (ALICLOUD_DNSSEC_KEY_WAIT) is "120"; it must be a duration with units, such as "2m", ' +
      '"90s" or "0s", and not negative.',
  ],
  [{ keyWait: "-1s" }, "alicloud-dnssec:keyWait"],
])("%j is refused by name", (config, message) => {
  expect(() => read(config)).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining(message) }),
  );
});

const defaults: DnsOptions = { mode: "enforce", servers: {}, waitForPublication: false };
const one = { nameServers: ["192.0.2.1"] };
const two = { nameServers: ["192.0.2.2"] };

test.each<[string, Values, DnsSettings, Partial<DnsOptions>]>([
  ["nothing", {}, {}, {}],
  [
    "the record",
    {
      preflight: "strict",
      ...one,
      parentNameServers: ["192.0.2.3:5301"],
      keyWait: "5m",
      waitForPublication: true,
    },
    {},
    {
      mode: "strict",
      servers: { ...one, parentNameServers: ["192.0.2.3:5301"] },
      keyWaitMs: 300_000,
      waitForPublication: true,
    },
  ],
  [
    "the settings, in place of the record's own values",
    { preflight: "strict", ...one, keyWait: "5m" },
    { mode: "off", ...two, keyWaitMs: 0 },
    { mode: "off", servers: two, keyWaitMs: 0 },
  ],
  [
    "a setting beside the record's own value of another name",
    { preflight: "warn" },
    two,
    { mode: "warn", servers: two },
  ],
  [
    "a record with values that are not allowed, as a state edited by hand may have them",
    {
      preflight: "enforced",
      nameServers: [],
      parentNameServers: ["192.0.2.1", "ns1.example.com"],
      keyWait: "-1s",
      waitForPublication: "true",
    },
    {},
    {},
  ],
  ["a record with values of another type", { preflight: 1, nameServers: "192.0.2.1", keyWait: 5 }, {}, {}],
])("the options that apply, from %s", (_, record, settings, options) => {
  expect(resolveDnsOptions(record, settings)).toEqual({ ...defaults, ...options });
});
