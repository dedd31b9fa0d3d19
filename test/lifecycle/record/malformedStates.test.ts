import { checkInputs, createRecord, readRecord, updateRecord } from "../operations";
import type { PropertyBag } from "../../../provider/lifecycle/record/state";
import { formatDs } from "../../../provider/dnssec/ds";
import { domain, id, inputs, onlyTask, other, outputs, startBed, wanted, type Bed } from "../bed";

// Faults that test/fuzz has found, one by one.

let bed: Bed;
beforeEach(async () => {
  bed = await startBed({ domains: { [domain]: [] } });
});
afterEach(() => bed.close());

test("an unfinished task whose submission is dated years ahead does not keep a record from being read", async () => {
  const { outs } = await createRecord(inputs(wanted), bed.context);
  const submittedAt = bed.context.clock.now() + 365 * 86_400_000;
  const pending = { taskNo: onlyTask(bed), action: "add", submittedAt, ds: formatDs(other) };
  const olds: PropertyBag = { ...outs, pending };
  expect(await readRecord(id, olds, bed.anotherProcess())).toEqual({ id, props: outs });
  await updateRecord(id, olds, inputs(other), bed.anotherProcess());
  expect(bed.emulator.records(domain)).toEqual([other]);
});

test.each<[string, unknown]>([
  ["an object without text", { toString: 1, valueOf: 1 }],
  ["a list of its name", [domain]],
  ["nothing", null],
])("a domain that is %s is an error with a code", async (_, domainName) => {
  const news = { ...inputs(wanted), domainName };
  const error = { code: "RESOURCE_ID_INVALID" };
  await expect(createRecord(news, bed.context)).rejects.toMatchObject(error);
  await expect(updateRecord(id, outputs(wanted), news, bed.context)).rejects.toMatchObject(error);
  expect(bed.emulator.calls()).toEqual([]);
});

test("a name of 200,000 characters is refused at once", () => {
  const startedAt = performance.now();
  const { failures } = checkInputs({ ...inputs(wanted), ["a".repeat(200_000)]: 1 });
  expect(failures).toHaveLength(1);
  expect(performance.now() - startedAt).toBeLessThan(500);
});
