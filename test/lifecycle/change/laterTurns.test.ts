import type { Context } from "../../../provider/lifecycle/context";
import type { Judge } from "../../../provider/lifecycle/ports";
import { createRecord } from "../operations";
import type { VerdictCode } from "../../../provider/preflight/verdictCodes";
import { ds, inputs, registrarWith, rejection, type Bed } from "../bed";

let bed: Bed;
afterEach(() => bed.close());

/** Judges a set as secure if it has the record of this key tag, else as bogus for this reason. */
function judgeOf(signer: number, code: VerdictCode): Judge {
  return (set) =>
    set.some(({ keyTag }) => keyTag === signer)
      ? { status: "secure", reasons: [], warnings: [] }
      : { status: "bogus", reasons: [{ code, message: "no such key" }], warnings: [] };
}

function contextWith(judge: () => Judge): Context {
  const published = () => Promise.reject(new Error("nothing waits for publication"));
  const keysOf = () => Promise.resolve(judge());
  return { ...bed.context, dnsOverrides: {}, delegations: { keysOf, published } };
}

test("all turns of a change share one time-out, and the wait for a key between them is not counted", async () => {
  const fault = { kind: "error", code: "TaskIsBeingProcessed" } as const;
  bed = await registrarWith([], [{ action: "SaveSingleTaskForAddingDSRecord", fault }]);
  let looks = 0;
  const context = contextWith(() => {
    looks += 1;
    if (looks === 1) bed.advance(40_000);
    return judgeOf(looks === 1 ? 2 : 1, "KEY_NOT_PUBLISHED");
  });
  const record = inputs(ds(1), { __timeouts: { create: "60s" } });
  expect(await rejection(createRecord(record, context))).toMatchObject({ code: "DOMAIN_BUSY" });
  // 40 s of the first turn, 1 s for the key, 20 s of the second turn.
  expect(bed.elapsed()).toBe(61_000);
});

test("a record that waiting for its key cannot help waits for the record that makes it safe", async () => {
  bed = await registrarWith([]);
  const context = contextWith(() => judgeOf(1, "DIGEST_MISMATCH"));
  await Promise.all([2, 1].map((keyTag) => createRecord(inputs(ds(keyTag)), context)));
  expect(bed.listed().map(({ keyTag }) => keyTag)).toEqual([1, 2]);
});
