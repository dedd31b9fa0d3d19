import { checkInputs } from "../operations";
import { unknownValue } from "../../../provider/lifecycle/record/inputs/unknown";
import { domainName, sha256, sha384 } from "./exampleRecord";
import type { Refusal } from "./refusals/refusal";
import { refusals } from "./refusals/table";

describe.each(Object.entries(refusals))("refused: %s", (_, rows) => {
  test.each<Refusal>([...rows])("%s", (_name, given, property, reason) => {
    const { inputs, failures } = checkInputs(given);
    expect(failures).toEqual([{ property, reason }]);
    // Outside of a preview the engine rejects unknown values before it looks at failures.
    expect(JSON.stringify(inputs)).not.toContain(unknownValue);
  });
});

test("every field that disagrees is named, but digests of different types are not compared", () => {
  const { failures } = checkInputs({
    domainName,
    ds: `1 8 4 ${sha384}`,
    keyTag: 2,
    digestType: 2,
    digest: sha256,
  });
  expect(failures.map(({ property }) => property)).toEqual(["keyTag", "digestType"]);
});

test("all faults are reported at once", () => {
  const { failures } = checkInputs({
    domainName: "com",
    keyTag: -1,
    algorithm: 0,
    digestType: 2,
    digest: "ab",
    ds: "nothing",
    dnskey: "385 1 13 AAAA",
    onConflict: 1,
    nameServers: ["a", "192.0.2.1", "b"],
    __timeouts: { create: "x", delete: "y" },
    typo: 1,
  });
  expect(failures.map(({ property }) => property)).toEqual([
    "typo",
    "domainName",
    "keyTag",
    "digest",
    "algorithm",
    "ds",
    "dnskey",
    "dnskey",
    "dnskey",
    "onConflict",
    "nameServers",
    "nameServers",
    "customTimeouts",
    "customTimeouts",
  ]);
});
