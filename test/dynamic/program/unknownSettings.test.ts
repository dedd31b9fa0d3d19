import { readFileSync } from "node:fs";
import path from "node:path";
import { settingNames, unknownSettings } from "../../../provider/dynamic/program/unknownSettings";
import { repositoryRoot } from "../../harness/environment";

const effect = "is not a setting of pulumi-alicloud-dnssec and has no effect.";

test.each<[string, string[], string[], string[]]>([
  ["nothing of this package", ["project:preflght", "alicloud:region"], ["ALICLOUD_REGION", "HOME"], []],
  [
    "all that there are",
    settingNames.map((name) => `alicloud-dnssec:${name}`),
    ["ALICLOUD_DNSSEC_PREFLIGHT", "ALICLOUD_DNSSEC_ENDPOINT"],
    [],
  ],
  [
    "a misspelt key",
    ["alicloud-dnssec:preflght"],
    [],
    [`The configuration's alicloud-dnssec:preflght ${effect} Did you mean alicloud-dnssec:preflight?`],
  ],
  [
    "a key in the wrong case",
    ["alicloud-dnssec:nameservers"],
    [],
    [`The configuration's alicloud-dnssec:nameservers ${effect} Did you mean alicloud-dnssec:nameServers?`],
  ],
  [
    "a key that is near to none",
    ["alicloud-dnssec:onConflict"],
    [],
    [
      expect.stringContaining(
        `alicloud-dnssec:onConflict ${effect} The settings are accessKeyId, `,
      ) as string,
    ],
  ],
  [
    "a misspelt namespace",
    ["alicloud-dnsec:preflight"],
    [],
    [`The configuration's alicloud-dnsec:preflight ${effect} Did you mean alicloud-dnssec:preflight?`],
  ],
  ["another namespace with a key of its own", ["alicloud-dnsse:retries"], [], []],
  [
    "a misspelt variable",
    [],
    ["ALICLOUD_DNSSEC_PREFLGHT"],
    [`The environment's ALICLOUD_DNSSEC_PREFLGHT ${effect} Did you mean ALICLOUD_DNSSEC_PREFLIGHT?`],
  ],
  [
    "a variable that is near to none",
    [],
    ["ALICLOUD_DNSSEC_SITE"],
    [
      expect.stringContaining(
        `ALICLOUD_DNSSEC_SITE ${effect} The settings are ALICLOUD_DNSSEC_ENDPOINT, `,
      ) as string,
    ],
  ],
])("%s", (_, keys, names, expected) => {
  expect(unknownSettings(keys, names, "project")).toEqual(expected);
});

test.each<[string, string, number]>([
  ["alicloud-dnssec", "alicloud-dnssec:zones", 0],
  ["alicloud-dnssec", "alicloud-dnssec:preflght", 1],
  ["alicloud-dnsec", "alicloud-dnsec:preflight", 0],
])("in the project %s, %s gives %i warnings", (project, key, count) => {
  expect(unknownSettings([key], [], project)).toHaveLength(count);
});

test("docs/configuration.md has every setting, and the pages for users have no other", () => {
  const read = (file: string) => readFileSync(path.join(repositoryRoot, file), "utf8");
  const keysOf = (text: string) => text.match(/(?<=`)alicloud-dnssec:\w+(?=`)/g) ?? [];
  const namesOf = (text: string) => text.match(/ALICLOUD_DNSSEC_\w+/g) ?? [];
  const keys = keysOf(read("docs/configuration.md"));
  const others = ["README.md", "docs/resources.md", "docs/errors.md", "docs/limits.md"].map(read).join("\n");
  expect(new Set(keys)).toEqual(new Set(settingNames.map((name) => `alicloud-dnssec:${name}`)));
  const names = namesOf(read("docs/configuration.md"));
  expect(unknownSettings([...keys, ...keysOf(others)], [...names, ...namesOf(others)], "project")).toEqual(
    [],
  );
});
