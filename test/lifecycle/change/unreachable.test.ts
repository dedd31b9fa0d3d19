import type { Submission } from "../../../provider/registrar/registrar";
import { createRecord, deleteRecord, readRecord, updateRecord } from "../operations";
import { ApiFailure } from "../../../provider/alicloud/errors";
import { deadUrl } from "../../alicloud/bed";
import {
  type Bed,
  id,
  inputs,
  other,
  outputs,
  registrarOf,
  rejection,
  startBed,
  wanted,
  withRegistrar,
} from "../bed";

let bed: Bed;
beforeEach(async () => {
  bed = await startBed();
});
afterEach(() => bed.close());

const statuses = () => bed.reports.filter(({ kind }) => kind === "status").map(({ text }) => text);

/** Returns a context whose registrar refuses every connection. */
async function unreachable() {
  const registrar = registrarOf({ ...bed.emulator, url: await deadUrl() }, bed.context.clock);
  return { ...bed.context, registrar };
}

const operations: [string, (context: Bed["context"]) => Promise<unknown>][] = [
  ["create", (context) => createRecord(inputs(wanted), context)],
  ["update", (context) => updateRecord(id, outputs(other), inputs(wanted), context)],
  ["read", (context) => readRecord(id, outputs(wanted), context)],
  ["delete", (context) => deleteRecord(id, outputs(wanted), context)],
];

test.each(operations)("%s says on its row that connections are refused, and ends in 30 s", async (_, run) => {
  const error = await rejection(run(await unreachable()));
  expect(error).toMatchObject({ code: "REGISTRAR_UNAVAILABLE" });
  expect(bed.elapsed()).toBe(30_000);
  expect(error.message).toContain("in 30 s, the limit for this failure.");
  const [first, second] = statuses().filter((text) => text.includes("ECONNREFUSED"));
  expect(first).toBe("ECONNREFUSED, 30 s left");
  expect(second).toBe("ECONNREFUSED, 30 s left");
  expect(statuses().at(-1)).toBe("ECONNREFUSED, 15 s left");
});

test("two records of one domain each report the failures of the call that they share", async () => {
  const context = await unreachable();
  await Promise.all([
    rejection(readRecord(id, outputs(wanted), context)),
    rejection(readRecord("example.com/2", outputs({ ...wanted, keyTag: 2 }), context)),
  ]);
  const urns = bed.reports.filter(({ text }) => text.includes("ECONNREFUSED")).map(({ urn }) => urn);
  expect(new Set(urns)).toEqual(new Set(["urn:1", "urn:2"]));
});

/** Returns a registrar that answers reads, and defers the first `left` submissions. */
function deferring(deferred: Partial<Extract<Submission, { outcome: "deferred" }>>, times = Infinity) {
  let left = times;
  const failure = new ApiFailure("REGISTRAR_UNAVAILABLE", "No connection.", {
    disposition: "retry",
    effect: "none",
  });
  return withRegistrar(bed.context, {
    submit: (...args) => {
      left -= 1;
      if (left < 0) return bed.context.registrar.submit(...args);
      const submission = {
        outcome: "deferred",
        failure,
        cause: "ECODE",
        maxRetryMs: 30_000,
      };
      return Promise.resolve({ ...submission, ...deferred } as Submission);
    },
  });
}

test("a submission that never connects ends in 30 s, and the row says so", async () => {
  const error = await rejection(createRecord(inputs(wanted), deferring({})));
  expect(bed.elapsed()).toBe(30_000);
  expect(error).toMatchObject({
    code: "REGISTRAR_UNAVAILABLE",
    message:
      "example.com/1: the registrar accepted no task. No connection. This was tried for 30 s, the limit for this failure. " +
      "Nothing was changed. Run `pulumi up` again.",
  });
  const told = statuses().filter((text) => text.includes("ECODE"));
  expect(told[0]).toBe("ECODE, 30 s left");
  expect(told[1]).toBe("ECODE, 29 s left");
});

test("a throttled submission is tried until the time-out", async () => {
  const error = await rejection(createRecord(inputs(wanted), deferring({ maxRetryMs: Infinity })));
  expect(bed.elapsed()).toBe(15 * 60_000);
  expect(error.message).toContain("the registrar accepted no task within the time-out of 15 min");
  expect(statuses()).toContain("ECODE, 15 min left");
});

test("a submission that connects in the end makes its task", async () => {
  await createRecord(inputs(wanted), deferring({}, 3));
  expect(bed.submissions()).toEqual(["Adding"]);
  expect(bed.listed()).toEqual([wanted]);
});
