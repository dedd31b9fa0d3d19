import { decide, type Wish } from "../../../../provider/lifecycle/change/request/decision";
import type { Ds } from "../../../../provider/dnssec/ds";
import { domain, ds } from "../../bed";

const wanted = ds(1);
const identity = { domain, keyTag: 1 };
const others = (count: number) => Array.from({ length: count }, (_, index) => ds(100 + index));

const observations: Record<string, readonly Ds[]> = {
  nothing: [],
  "nothing, beside seven others": others(7),
  same: [ds(2), wanted],
  "same, in upper case": [{ ...wanted, digest: wanted.digest.toUpperCase() }],
  "same, and eight in all": [wanted, ...others(7)],
  "another digest": [ds(1, "f")],
  "another algorithm": [{ ...wanted, algorithm: 8 }],
  "another digest type": [{ ...wanted, digestType: 4 }],
  "other data, and eight in all": [ds(1, "f"), ...others(7)],
  "the tag twice": [wanted, ds(1, "f")],
  "eight, tag not among them": others(8),
  "nine, tag not among them": others(9),
};

const add = "add 1 13 2";
const modify = "modify 1 13 2";
const rows: [keyof typeof observations & string, string, string, string, string][] = [
  // observed, create, create with onConflict replace, update, delete
  ["nothing", add, add, add, "holds"],
  ["nothing, beside seven others", add, add, add, "holds"],
  ["same", "holds", "holds", "holds", "delete 1"],
  ["same, in upper case", "holds", "holds", "holds", "delete 1"],
  ["same, and eight in all", "holds", "holds", "holds", "delete 1"],
  ["another digest", "DS_CONFLICT", modify, modify, "DS_CONFLICT"],
  ["another algorithm", "DS_CONFLICT", modify, modify, "DS_CONFLICT"],
  ["another digest type", "DS_CONFLICT", modify, modify, "DS_CONFLICT"],
  ["other data, and eight in all", "DS_CONFLICT", modify, modify, "DS_CONFLICT"],
  ["the tag twice", "KEY_TAG_AMBIGUOUS", "KEY_TAG_AMBIGUOUS", "KEY_TAG_AMBIGUOUS", "KEY_TAG_AMBIGUOUS"],
  ["eight, tag not among them", "DS_LIMIT_REACHED", "DS_LIMIT_REACHED", "DS_LIMIT_REACHED", "holds"],
  ["nine, tag not among them", "DS_LIMIT_REACHED", "DS_LIMIT_REACHED", "DS_LIMIT_REACHED", "holds"],
];

function decided(wish: Wish, observed: string): string {
  const decision = decide(identity, wish, observations[observed] ?? []);
  if (decision.kind === "holds") return "holds";
  if (decision.kind === "refuse") return decision.error.code;
  const { change } = decision;
  if (change.action === "delete") return `delete ${change.keyTag}`;
  return `${change.action} ${change.ds.keyTag} ${change.ds.algorithm} ${change.ds.digestType}`;
}

test("the table covers every observation", () => {
  expect(rows.map(([observed]) => observed)).toEqual(Object.keys(observations));
});

test.each(rows)(
  "%s: create %s, replace %s, update %s, delete %s",
  (observed, create, replace, update, remove) => {
    expect(decided({ operation: "create", ds: wanted, onConflict: "fail", ours: [] }, observed)).toBe(create);
    expect(decided({ operation: "create", ds: wanted, onConflict: "replace", ours: [] }, observed)).toBe(
      replace,
    );
    expect(decided({ operation: "update", ds: wanted }, observed)).toBe(update);
    expect(decided({ operation: "delete", ds: wanted, ours: [] }, observed)).toBe(remove);
  },
);

test.each<[string, Wish, string]>([
  ["deleted", { operation: "delete", ds: wanted, ours: [ds(1, "e"), ds(1, "f")] }, "delete 1"],
  [
    "overwritten by a creation",
    { operation: "create", ds: wanted, onConflict: "fail", ours: [ds(1, "f")] },
    modify,
  ],
  [
    "not deleted where it is not ours",
    { operation: "delete", ds: wanted, ours: [ds(1, "e")] },
    "DS_CONFLICT",
  ],
  [
    "not overwritten where it is not ours",
    { operation: "create", ds: wanted, onConflict: "fail", ours: [ds(1, "e")] },
    "DS_CONFLICT",
  ],
])("other data is %s", (_, wish, expected) => {
  expect(decided(wish, "another digest")).toBe(expected);
});

test.each<[string, Wish, readonly Ds[], string[]]>([
  [
    "a conflict of a creation names both values and both ways out",
    { operation: "create", ds: wanted, onConflict: "fail", ours: [] },
    [ds(1, "f")],
    [`"1 13 2 ${ds(1, "f").digest}"`, `"1 13 2 ${wanted.digest}"`, "onConflict", "Nothing was changed"],
  ],
  [
    "a conflict of a deletion names both values and the refresh",
    { operation: "delete", ds: wanted, ours: [] },
    [ds(1, "f")],
    [`"1 13 2 ${ds(1, "f").digest}"`, `"1 13 2 ${wanted.digest}"`, "pulumi refresh"],
  ],
  [
    "a tag that is there twice is told with both records",
    { operation: "update", ds: wanted },
    [wanted, ds(1, "f")],
    [`"1 13 2 ${ds(1, "f").digest}"`, `"1 13 2 ${wanted.digest}"`, "by key tag alone"],
  ],
  [
    "the limit is told with what is there and how to make room",
    { operation: "update", ds: wanted },
    others(8),
    ["8 DS records", "100, 101", "deleteBeforeReplace", "key tag 1 was not added"],
  ],
])("%s", (_, wish, records, parts) => {
  const decision = decide(identity, wish, records);
  const message = decision.kind === "refuse" ? decision.error.message : "";
  for (const part of parts) expect(message).toContain(part);
});

test.each<[string, Wish, readonly Ds[]]>([
  ["full", { operation: "update", ds: wanted }, others(50_000)],
  [
    "the tag many times",
    { operation: "update", ds: wanted },
    Array.from({ length: 50_000 }, () => ds(1, "f")),
  ],
])("a listing of 50,000 records, %s, makes a short error", (_, wish, listing) => {
  const decision = decide(identity, wish, listing);
  if (decision.kind !== "refuse") throw new Error(decision.kind);
  expect(decision.error.message).toMatch(/50000 DS records.*, 49992 more\)/);
  expect(decision.error.message.length).toBeLessThan(1_500);
});
