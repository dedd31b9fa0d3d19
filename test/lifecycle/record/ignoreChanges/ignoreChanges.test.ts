import { formatDs, type Ds } from "../../../../provider/dnssec/ds";
import { checkInputs, readRecord } from "../../operations";
import { outputsOf, type PropertyBag } from "../../../../provider/lifecycle/record/state";
import { startBed, type Bed } from "../../bed";
import { dnskey, domainName, ds, ds384, fields, sha256 } from "../exampleRecord";
import { registered, reset, step, type State } from "./engine";
import { drifts, driftTable, forms, ignoredNames, type FormName } from "./table";

const id = "example.com/2371";

let bed: Bed;
beforeAll(async () => {
  bed = await startBed();
});
afterAll(() => bed.close());

const recordOf = ({ keyTag, algorithm, digestType, digest }: PropertyBag) =>
  ({ keyTag, algorithm, digestType, digest }) as Ds;

/** The state after the creation, or after an update to these inputs. */
function stateOf(inputs: PropertyBag): State {
  return { inputs, outputs: outputsOf(inputs, recordOf(inputs)) };
}

function created(args: PropertyBag, ignored: readonly string[]): State {
  const { inputs, failures } = checkInputs(registered(args, ignored), {});
  expect(failures).toEqual([]);
  expect(Object.keys(inputs)).not.toContain("__ignoreChanges");
  return stateOf(inputs);
}

async function refreshed(state: State, live: readonly Ds[]): Promise<State | undefined> {
  bed.emulator.setRecords(domainName, live);
  const result = await readRecord(id, state.outputs, bed.anotherProcess());
  if (result.id === "") return undefined;
  return { inputs: result.inputs ?? state.inputs, outputs: result.props ?? {} };
}

const cells = Object.entries(driftTable).flatMap(([form, rows]) =>
  Object.entries(rows).flatMap(([ignored, line]) =>
    Object.entries(drifts).map(
      ([drift, live], column) =>
        [form as FormName, ignored, drift, line.trim().split(/ +/)[column] ?? "", live] as const,
    ),
  ),
);

test("the table is complete", () => {
  expect(Object.keys(driftTable)).toEqual(Object.keys(forms));
  for (const rows of Object.values(driftTable)) expect(Object.keys(rows)).toEqual(Object.keys(ignoredNames));
  expect(cells.filter(([, , , expected]) => !/^([ktad]+|-)$/.test(expected))).toEqual([]);
});

describe.each(Object.keys(forms) as FormName[])("after a refresh with drift, %s", (form) => {
  test.each(cells.filter(([name]) => name === form))("%s, ignoring %s, drift of %s: %s", async (...cell) => {
    const [, ignored, , expected, live] = cell;
    const names = ignoredNames[ignored] ?? [];
    const state = await refreshed(created(forms[form], names), [live]);
    if (!state) throw new Error("the record left the state");
    const { inputs, failures, cell: seen } = step(id, state, forms[form], names);
    expect({ failures, cell: seen }).toEqual({ failures: [], cell: expected });

    // The next run never has anything to do.
    const updated = expected === "-" ? { inputs, outputs: state.outputs } : stateOf(inputs);
    const settled = await refreshed(updated, [recordOf(updated.outputs)]);
    expect(step(id, settled ?? updated, forms[form], names)).toMatchObject({ failures: [], cell: "-" });
  });

  test.each(Object.keys(ignoredNames))(
    "%s, ignoring %s, the record gone: it is created again",
    async (ignored) => {
      const names = ignoredNames[ignored] ?? [];
      const state = created(forms[form], names);
      expect(await refreshed(state, [])).toBeUndefined();
      expect(checkInputs(registered(forms[form], names), {})).toMatchObject({
        failures: [],
        inputs: state.inputs,
      });
    },
  );

  test.each(Object.keys(ignoredNames))("%s, ignoring %s, without drift: nothing changes", (ignored) => {
    const names = ignoredNames[ignored] ?? [];
    const state = created(forms[form], names);
    expect(step(id, state, forms[form], names)).toMatchObject({ failures: [], cell: "-" });
  });
});

const otherKey = "257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=";
const otherFields = {
  keyTag: 3613,
  algorithm: 15,
  digestType: 2,
  digest: "3aa5ab37efce57f737fc1627013fee07bdf241bd10f3b1964ab55c78e79a304b",
};
const otherDigest = { ...fields, digest: "ab".repeat(32) };

describe("when the program changes, without drift", () => {
  test.each<[before: PropertyBag, after: PropertyBag, ignored: string, cell: string]>([
    [fields, otherDigest, "nothing", "d"],
    [fields, otherDigest, "digest", "-"],
    [fields, otherDigest, "ds", "d"],
    [fields, otherDigest, "*", "-"],
    [fields, otherFields, "nothing", "r"],
    [fields, otherFields, "digest", "r"],
    [fields, otherFields, "keyTag", "ad"],
    [fields, otherFields, "the four", "-"],
    [fields, otherFields, "*", "-"],
    [fields, { ds: formatDs(otherDigest) }, "nothing", "d"],
    [fields, { ds: formatDs(otherDigest) }, "digest", "-"],
    [{ ds }, { ds: formatDs(otherDigest) }, "nothing", "d"],
    [{ ds }, { ds: formatDs(otherDigest) }, "digest", "-"],
    [{ ds }, { ds: formatDs(otherDigest) }, "a quoted path", "-"],
    [{ ds }, { ds: formatDs(otherDigest) }, "ds", "-"],
    [{ ds }, { ds: formatDs(otherDigest) }, "keyTag", "d"],
    [{ ds }, { ds: formatDs(otherDigest) }, "dnskey", "d"],
    [{ ds }, { ds: formatDs(otherDigest) }, "*", "-"],
    [{ ds }, { ds: ds384 }, "nothing", "td"],
    [{ ds }, { ds: ds384 }, "digestType", "-"],
    [{ ds }, { ds: ds384 }, "digest", "-"],
    [{ ds }, { ds: formatDs(otherFields) }, "nothing", "r"],
    [{ ds }, { ds: formatDs(otherFields) }, "digest", "r"],
    [{ ds }, { ds: formatDs(otherFields) }, "algorithm, digest", "r"],
    [{ ds }, { ds: formatDs(otherFields) }, "keyTag", "x"],
    [{ ds }, { ds: formatDs(otherFields) }, "ds", "-"],
    [{ ds }, { ds: formatDs(otherFields) }, "the four", "-"],
    [{ ds }, { dnskey: otherKey }, "ds", "r"],
    [{ ds }, {}, "ds", "-"],
    [{ ds }, {}, "digest", "x"],
    [{ ds }, { keyTag: 2371 }, "nothing", "x"],
    [{ dnskey }, { dnskey: otherKey }, "nothing", "r"],
    [{ dnskey }, { dnskey: otherKey }, "digest", "r"],
    [{ dnskey }, { dnskey: otherKey }, "keyTag", "x"],
    [{ dnskey }, { dnskey: otherKey }, "ds", "r"],
    [{ dnskey }, { dnskey: otherKey }, "dnskey", "-"],
    // The state takes the key, without a task.
    [{ dnskey }, { dnskey: otherKey }, "the four", "another change"],
    [{ dnskey }, { dnskey: otherKey }, "*", "-"],
    [{ dnskey }, { dnskey, digestType: 4 }, "nothing", "td"],
    [{ dnskey }, { dnskey, digestType: 4 }, "dnskey", "td"],
    [{ dnskey }, { dnskey, digestType: 4 }, "digestType", "-"],
    [{ dnskey }, { dnskey, digestType: 4 }, "digest", "-"],
    [{ ds, dnskey }, { ds: formatDs(otherFields), dnskey: otherKey }, "nothing", "r"],
    [{ ds, dnskey }, { ds: formatDs(otherFields), dnskey: otherKey }, "ds", "r"],
    [{ ds, dnskey }, { ds: formatDs(otherFields), dnskey: otherKey }, "dnskey", "r"],
    [{ ds, dnskey }, { ds: formatDs(otherFields), dnskey: otherKey }, "ds, dnskey", "-"],
    // An input that the program leaves out is not ignored.
    [{ ds, digest: sha256 }, { ds: formatDs(otherDigest), digest: sha256 }, "nothing", "x"],
    [{ ds, digest: sha256 }, { ds: formatDs(otherDigest), digest: sha256 }, "algorithm", "x"],
    [{ ds, digest: sha256 }, { ds: formatDs(otherDigest), digest: sha256 }, "digest", "-"],
  ])("%j, then %j, ignoring %s: %s", (before, after, ignored, expected) => {
    const names = ignoredNames[ignored] ?? [];
    const state = created(before, names);
    const { inputs, cell } = step(id, state, after, names);
    expect(cell).toBe(expected);
    if (cell === "x" || cell === "r" || cell === "-") return;
    expect(step(id, stateOf(inputs), after, names)).toMatchObject({ failures: [], cell: "-" });
  });

  test("a replacement has the whole new record", () => {
    const names = ["digest"];
    const { inputs } = step(id, created({ ds }, names), { ds: formatDs(otherFields) }, names);
    expect(inputs).toMatchObject(otherFields);
  });

  test("a key tag that is kept beside another key is refused, with the ways out", () => {
    const { failures } = step(id, created({ dnskey }, ["keyTag"]), { dnskey: otherKey }, ["keyTag"]);
    expect(failures).toEqual([
      {
        property: "keyTag",
        reason:
          "keyTag 2371, which ignoreChanges keeps, disagrees with dnskey, which says 3613: ignore dnskey too, or do not ignore keyTag",
      },
    ]);
  });
});

test("warnings cover kept fields too", () => {
  const sha1 = { ...fields, digestType: 1, digest: "ab".repeat(20) };
  const state = stateOf({ ...registered(fields, []), ...sha1 });
  for (const names of [["*"], ["digest"], ["digestType", "digest"]]) {
    expect(step(id, state, fields, names).warnings).toEqual([expect.stringContaining("SHA-1")]);
  }
});

test("a record of the registrar's that breaks the rules is kept when it is ignored", async () => {
  const odd = { ...fields, digest: "abcd" };
  for (const names of [["*"], ["digest"], ["ds"]]) {
    const state = await refreshed(created({ ds }, names), [odd]);
    expect(step(id, state ?? stateOf({}), { ds }, names)).toMatchObject({ failures: [], cell: "-" });
  }
});

test("a value that is not the state's has not been kept", () => {
  const state = created({ dnskey }, []);
  const news = { ...registered({ dnskey }, ["digest"]), digest: "ab".repeat(32) };
  expect(checkInputs(news, state.inputs).failures).toEqual([
    expect.objectContaining({ property: "digest", reason: expect.stringContaining("disagrees with dnskey") }),
  ]);
});

test("the engine's reset takes away what the state does not have", () => {
  expect(reset({ a: 1, b: 2, c: 3 }, { a: 0 }, ["a", '["b"]'])).toEqual({ a: 0, c: 3 });
  expect(reset({ a: 1, b: 2 }, { c: 0 }, ["*"])).toEqual({ c: 0 });
});
