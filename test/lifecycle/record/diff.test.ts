import fc from "fast-check";
import { diffRecords } from "../operations";
import type { PropertyBag } from "../../../provider/lifecycle/record/state";
import { unknownValue } from "../../../provider/lifecycle/record/inputs/unknown";
import { ds, inputs, outputs } from "../bed";

const id = "example.com/1";
const record = ds(1);
const same: string[] | false = false;

test.each<[string, PropertyBag, PropertyBag, string[] | false]>([
  // what, outputs, inputs, what it replaces, or false for no change
  ["nothing", outputs(record), inputs(record), same],
  ["nothing, with the number of a task", outputs(record, { taskNo: "t" }), inputs(record), same],
  ["nothing, with ds among the inputs", outputs(record), inputs(record, { ds: outputs(record)["ds"] }), same],
  ["the closure", outputs(record), inputs(record, { __provider: "newer" }), same],
  ["the URN", outputs(record), inputs(record, { __urn: "urn:renamed" }), same],
  ["the case of the domain", outputs(record, { domainName: "EXAMPLE.com." }), inputs(record), same],
  ["an option that is null", outputs(record, { onConflict: null }), inputs(record), same],
  ["the digest", outputs(record), inputs(ds(1, "f")), []],
  ["the algorithm", outputs(record), inputs({ ...record, algorithm: 8 }), []],
  ["the digest type", outputs(record), inputs({ ...record, digestType: 4 }), []],
  ["the key tag", outputs(record), inputs(ds(2)), ["keyTag"]],
  ["the domain", outputs(record), inputs(record, { domainName: "example.net" }), ["domainName"]],
  [
    "domain and key tag",
    outputs(record),
    inputs(ds(2), { domainName: "example.net" }),
    ["domainName", "keyTag"],
  ],
  ["an option that is new", outputs(record), inputs(record, { onConflict: "replace" }), []],
  ["an option that is gone", outputs(record, { preflight: "off" }), inputs(record), []],
  [
    "a list",
    outputs(record, { nameServers: ["192.0.2.1"] }),
    inputs(record, { nameServers: ["192.0.2.2"] }),
    [],
  ],
  [
    "a list that is equal",
    outputs(record, { nameServers: ["192.0.2.1"] }),
    inputs(record, { nameServers: ["192.0.2.1"] }),
    same,
  ],
  [
    "a time-out",
    outputs(record, { __timeouts: { create: "1m" } }),
    inputs(record, { __timeouts: { create: "2m" } }),
    [],
  ],
  ["the form", outputs(record, { dnskey: "257 3 13 x" }), inputs(record), []],
  [
    "an unfinished task",
    outputs(record, { pending: { taskNo: "t", action: "add", submittedAt: 1 } }),
    inputs(record),
    [],
  ],
  ["an unfinished task that was edited", outputs(record, { pending: 1 }), inputs(record), []],
  ["a digest that is not known yet", outputs(record), inputs(record, { digest: unknownValue }), []],
  ["a key tag that is not known yet", outputs(record), inputs(record, { keyTag: unknownValue }), []],
  ["a domain that is not known yet", outputs(record), inputs(record, { domainName: unknownValue }), []],
  ["everything not known yet", outputs(record), { domainName: unknownValue, ds: unknownValue }, []],
  ["a state without data", {}, inputs(record), []],
])("%s", (_, olds, news, expected) => {
  expect(diffRecords(id, olds, news)).toEqual({
    changes: expected !== false,
    replaces: expected || [],
    deleteBeforeReplace: false,
  });
});

test("with a malformed id, the state's own domain and key tag count", () => {
  expect(diffRecords("?", outputs(record), inputs(ds(2))).replaces).toEqual(["keyTag"]);
  expect(diffRecords("?", outputs(record), inputs(record)).changes).toBe(false);
});

test("any state and inputs get an answer", () => {
  const bag = fc.dictionary(
    fc.oneof(fc.constantFrom("domainName", "keyTag", "digest", "pending", "__proto__"), fc.string()),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(fc.oneof(fc.constant(id), fc.string()), bag, bag, (anyId, olds, news) => {
      const { changes, replaces } = diffRecords(anyId, olds, news);
      expect(typeof changes).toBe("boolean");
      expect(changes || replaces.length === 0).toBe(true);
    }),
  );
});
