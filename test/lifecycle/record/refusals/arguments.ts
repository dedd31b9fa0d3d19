import { domainName, fields } from "../exampleRecord";
import type { Refusal } from "./refusal";

const valid = { domainName, ...fields };
const forms =
  'keyTag, algorithm, digestType and digest; or ds, such as "2371 13 2 c988ec42…"; or dnskey, such as "257 3 13 mdsswUyr3DPW…"';
const labels =
  "A domain name has two or more labels of letters (of any script), digits and hyphens, such as example.com";
const allInputs =
  "The inputs are domainName, keyTag, algorithm, digestType, digest, ds, dnskey, onConflict, preflight, nameServers, parentNameServers, keyWait, waitForPublication";
const servers =
  'must be a list of IP addresses, with a port where it is not 53, such as ["192.0.2.1", "[2001:db8::1]:5301"], got';
const wait = 'must be a duration with units, such as "2m", "90s" or "0s", and not negative, got';
const duration = 'must be a duration with units, such as "15m", "1h30m" or "90s", and not negative, got';

const domains: readonly Refusal[] = [
  [
    "no domain",
    fields,
    "domainName",
    "domainName is missing: give the registered domain, such as example.com",
  ],
  [
    "an empty domain",
    { ...valid, domainName: "" },
    "domainName",
    `"" is not a domain name: it has no labels. ${labels}`,
  ],
  [
    "a domain of another type",
    { ...valid, domainName: 7 },
    "domainName",
    `7 is not a domain name: it is not text. ${labels}`,
  ],
  [
    "a top-level domain",
    { ...valid, domainName: "com" },
    "domainName",
    `"com" is not a domain name: it has only one label. ${labels}`,
  ],
];

const missing: readonly Refusal[] = [
  ["no form", { domainName }, "ds", `there is no DS data: give ${forms}`],
  ["one field missing", { ...valid, digest: undefined }, "digest", `digest is missing: give ${forms}`],
  [
    "two fields missing",
    { ...valid, keyTag: null, digest: null },
    "keyTag",
    `keyTag and digest are missing: give ${forms}`,
  ],
  [
    "only a digest type",
    { domainName, digestType: 2 },
    "keyTag",
    `keyTag, algorithm and digest are missing: give ${forms}`,
  ],
];

const options: readonly Refusal[] = [
  [
    "onConflict",
    { ...valid, onConflict: "update" },
    "onConflict",
    'onConflict must be "fail" or "replace", got "update"',
  ],
  [
    "preflight",
    { ...valid, preflight: true },
    "preflight",
    'preflight must be "enforce", "strict", "warn" or "off", got true',
  ],
  [
    "waitForPublication",
    { ...valid, waitForPublication: "true" },
    "waitForPublication",
    'waitForPublication must be true or false, not text (for a config value, use getBoolean), got "true"',
  ],
  [
    "nameServers as text",
    { ...valid, nameServers: "192.0.2.1" },
    "nameServers",
    `nameServers ${servers} "192.0.2.1"`,
  ],
  ["no nameServers", { ...valid, nameServers: [] }, "nameServers", `nameServers ${servers} an empty list`],
  [
    "a host name",
    { ...valid, nameServers: ["192.0.2.1", "ns1.example.com"] },
    "nameServers",
    `nameServers ${servers} "ns1.example.com" (entry 2)`,
  ],
  [
    "parentNameServers",
    { ...valid, parentNameServers: [53] },
    "parentNameServers",
    `parentNameServers ${servers} 53 (entry 1)`,
  ],
  ["a wait without unit", { ...valid, keyWait: "5" }, "keyWait", `keyWait ${wait} "5"`],
  ["a wait of another type", { ...valid, keyWait: 120 }, "keyWait", `keyWait ${wait} 120`],
  ["a negative wait", { ...valid, keyWait: "-1s" }, "keyWait", `keyWait ${wait} "-1s"`],
  [
    "time-outs",
    { ...valid, __timeouts: "5m" },
    "customTimeouts",
    'customTimeouts must be { create, update, delete }, got "5m"',
  ],
  [
    "a list of time-outs",
    { ...valid, __timeouts: ["5m"] },
    "customTimeouts",
    "customTimeouts must be { create, update, delete }, got a list",
  ],
  [
    "a time-out without unit",
    { ...valid, __timeouts: { create: "5" } },
    "customTimeouts",
    `customTimeouts.create ${duration} "5"`,
  ],
  [
    "a time-out of another type",
    { ...valid, __timeouts: { update: 300 } },
    "customTimeouts",
    `customTimeouts.update ${duration} 300`,
  ],
  [
    "a negative time-out",
    { ...valid, __timeouts: { delete: "-1m" } },
    "customTimeouts",
    `customTimeouts.delete ${duration} "-1m"`,
  ],
];

const otherNames = [
  ["domain", "domainName"],
  ["Domain", "domainName"],
  ["name", "domainName"],
  ["zone", "domainName"],
  ["zone_name", "domainName"],
  ["fqdn", "domainName"],
  ["tag", "keyTag"],
  ["keytag", "keyTag"],
  ["key_tag", "keyTag"],
  ["keyId", "keyTag"],
  ["alg", "algorithm"],
  ["algo", "algorithm"],
  ["keyAlgorithm", "algorithm"],
  ["type", "digestType"],
  ["digest_type", "digestType"],
  ["digestAlgorithm", "digestType"],
  ["hash", "digest"],
  ["fingerprint", "digest"],
  ["dsRecord", "ds"],
  ["ds_record", "ds"],
  ["dsData", "ds"],
  ["record", "ds"],
  ["rdata", "ds"],
  ["key", "dnskey"],
  ["publicKey", "dnskey"],
  ["publickey", "dnskey"],
  ["public-key", "dnskey"],
  ["dnsKey", "dnskey"],
  ["keyData", "dnskey"],
  ["ksk", "dnskey"],
  ["overwrite", "onConflict"],
  ["ns", "nameServers"],
  ["name_servers", "nameServers"],
  ["servers", "nameServers"],
  ["parentServers", "parentNameServers"],
  ["wait", "waitForPublication"],
  ["timeouts", "the resource option customTimeouts"],
] as const;

const names: readonly Refusal[] = [
  [
    "a name in another case",
    { ...valid, onconflict: "fail" },
    "onconflict",
    `there is no input "onconflict" (did you mean onConflict?). ${allInputs}`,
  ],
  [
    "a slip",
    { ...valid, nameServer: ["192.0.2.1"] },
    "nameServer",
    `there is no input "nameServer" (did you mean nameServers?). ${allInputs}`,
  ],
  [
    "letters swapped",
    { ...valid, prefligth: "off" },
    "prefligth",
    `there is no input "prefligth" (did you mean preflight?). ${allInputs}`,
  ],
  ["a name that is like none", { ...valid, ttl: 3600 }, "ttl", `there is no input "ttl". ${allInputs}`],
  [
    "a name of every object",
    { ...valid, constructor: 1 },
    "constructor",
    `there is no input "constructor". ${allInputs}`,
  ],
  ...otherNames.map(([name, meant]): Refusal => [
    `another name, ${name}`,
    { ...valid, [name]: "x" },
    name,
    `there is no input "${name}" (did you mean ${meant}?). ${allInputs}`,
  ]),
  [
    "a resource option",
    { ...valid, ignoreChanges: ["digest"] },
    "ignoreChanges",
    `ignoreChanges is a resource option: give it in the third argument. ${allInputs}`,
  ],
  ["an output", { ...valid, taskNo: "1" }, "taskNo", `taskNo is an output and cannot be given. ${allInputs}`],
];

export const argumentRefusals: Readonly<Record<string, readonly Refusal[]>> = {
  domainName: domains,
  "missing data": missing,
  options,
  names,
};
