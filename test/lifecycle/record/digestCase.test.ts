import type { Ds } from "../../../provider/dnssec/ds";
import { readRecord } from "../operations";
import { createRecord, deleteRecord, updateRecord } from "../operations";
import { id, inputs, other, outputs, registrarWith, wanted, type Bed } from "../bed";

let bed: Bed;
afterEach(() => bed.close());

const letters = { ...wanted, digest: "abcdef01".repeat(8) };
/** A state that was edited by hand may have this. */
const upper = { ...letters, digest: letters.digest.toUpperCase() };

test.each<[string, readonly Ds[], () => Promise<unknown>, string[], readonly Ds[]]>([
  ["is adopted", [letters], () => createRecord(inputs(upper), bed.context), [], [letters]],
  ["is made", [], () => createRecord(inputs(upper), bed.context), ["Adding"], [letters]],
  [
    "is updated from another",
    [other],
    () => updateRecord(id, outputs(other), inputs(upper), bed.context),
    ["Modifying"],
    [letters],
  ],
  [
    "is updated to the same",
    [letters],
    () => updateRecord(id, outputs(upper), inputs(letters), bed.context),
    [],
    [letters],
  ],
  ["is deleted", [letters], () => deleteRecord(id, outputs(upper), bed.context), ["Deleting"], []],
])("a record whose digest has capitals %s", async (_, before, operation, submissions, after) => {
  bed = await registrarWith(before);
  await operation();
  expect(bed.submissions()).toEqual(submissions);
  expect(bed.listed()).toEqual(after);
});

test("a refresh puts the digest into lower case", async () => {
  bed = await registrarWith([letters]);
  const { props } = await readRecord(id, outputs(upper), bed.context);
  expect(props).toMatchObject(outputs(letters));
});

test("a digest with capitals is judged, and submitted, in lower case", async () => {
  bed = await registrarWith([]);
  const judged: string[] = [];
  const judge = (set: readonly Ds[]) => {
    judged.push(...set.map(({ digest }) => digest));
    return { status: "secure", reasons: [], warnings: [] } as const;
  };
  const delegations = {
    keysOf: () => Promise.resolve(judge),
    published: () => Promise.reject(new Error("nothing waits for publication")),
  };
  await createRecord(inputs(upper), { ...bed.context, dnsOverrides: {}, delegations });
  expect(new Set(judged)).toEqual(new Set([letters.digest]));
  const [call] = bed.emulator.calls(({ action }) => action === "SaveSingleTaskForAddingDSRecord");
  expect(call?.params).toMatchObject({ Digest: letters.digest });
});
