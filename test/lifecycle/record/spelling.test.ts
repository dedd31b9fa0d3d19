import type { FaultRule } from "../../../emulator/index";
import { createRecord, readRecord, updateRecord } from "../operations";
import { ds, inputs, outputs, rejection, startBed, type Bed } from "../bed";

const advice = "Is exmaple.com mistyped? The nearest name in this program is example.com.";
const mistyped = "exmaple.com";
let bed: Bed;
afterEach(() => bed.close());

/** A registrar that has example.com, for a program that declares these records. */
async function bedWith(declared: readonly string[], faults: FaultRule[] = []): Promise<Bed> {
  const started = await startBed({ faults });
  for (const [index, id] of declared.entries())
    started.context.ledger.declarations.declare(`urn:${index}`, id);
  return started;
}

const wish = inputs(ds(1), { domainName: mistyped });

test.each<[string, string[], string]>([
  ["with the nearest name", ["other.com/5", "example.com/2", "exmaple.com/1"], advice],
  ["without one", ["other.com/5", "exmaple.com/1"], "Check the spelling of exmaple.com."],
])(
  "a creation for a domain that the registrar does not have asks for the spelling, %s",
  async (_, ids, end) => {
    bed = await bedWith(ids);
    const error = await rejection(createRecord(wish, bed.context));
    expect(error).toMatchObject({ code: "REGISTRAR_REFUSED", details: { apiCode: "DomainNotExist" } });
    expect((error as Error).message.endsWith(` Nothing was changed. ${end}`)).toBe(true);
    // A user who mistypes a name must not delete the state of a good record.
    expect((error as Error).message).not.toContain("pulumi state delete");
    expect(bed.submissions()).toEqual([]);
  },
);

test("so does a get", async () => {
  bed = await bedWith(["example.com/2"]);
  const error = await rejection(readRecord("exmaple.com/1", { __get: true }, bed.context));
  expect((error as Error).message.endsWith(` ${advice}`)).toBe(true);
});

test.each<[string, FaultRule[], (bed: Bed) => Promise<unknown>]>([
  [
    "a refresh",
    [],
    ({ context }) => readRecord("exmaple.com/1", outputs(ds(1), { domainName: mistyped }), context),
  ],
  ["an update", [], ({ context }) => updateRecord("exmaple.com/1", outputs(ds(1)), wish, context)],
  [
    "another refusal",
    [{ action: "QueryDSRecord", fault: { kind: "error", code: "Forbidden.RAM" } }],
    ({ context }) => createRecord(wish, context),
  ],
])("%s does not: the name is no new one, or not the reason", async (_, faults, operation) => {
  bed = await bedWith(["example.com/2"], faults);
  const error = await rejection(operation(bed));
  expect(error).toMatchObject({ code: "REGISTRAR_REFUSED" });
  expect((error as Error).message).not.toMatch(/mistyped|spelling/);
});
