import { createRecord, deleteRecord } from "../operations";
import { noteOurs } from "../../../provider/lifecycle/record/noting";
import type { Context } from "../../../provider/lifecycle/context";
import type { Ds } from "../../../provider/dnssec/ds";
import { domain, ds, id, inputs, other, outputs, rejection, startBed, wanted, type Bed } from "../bed";

// Deletions by Pulumi at the end of an operation, and whether the registrar's record is deleted
// too.

const [old, renamed, fresh] = ["urn:old", "urn:renamed", "urn:fresh"];
const newId = `${domain}/2`;

let bed: Bed;
afterEach(() => bed.close());

type Verdict = "gone" | "kept" | "REPLACEMENT_UNFINISHED";

/**
 * What the process has seen when it deletes the resource `urn:old`, with the record of key tag 1.
 */
const rows: [string, readonly Ds[], (context: Context) => void, Verdict][] = [
  ["destroy: nothing was checked", [wanted], () => undefined, "gone"],
  [
    "another record is in the state and stays",
    [wanted, ds(2)],
    ({ ledger }) => {
      ledger.declarations.declare(fresh, newId);
      ledger.settle(newId);
    },
    "gone",
  ],
  [
    "a rename that adopted",
    [wanted],
    ({ ledger }) => {
      ledger.declarations.declare(renamed, id);
      ledger.settle(id);
    },
    "kept",
  ],
  [
    "a rename whose creation failed",
    [wanted],
    ({ ledger }) => {
      ledger.declarations.declare(renamed, id);
      ledger.fail(id, "REGISTRAR_REFUSED");
    },
    "REPLACEMENT_UNFINISHED",
  ],
  [
    "a rename that adopted and was not published in time",
    [wanted],
    ({ ledger }) => {
      ledger.declarations.declare(renamed, id);
      ledger.settle(id);
      ledger.fail(id, "NOT_PUBLISHED");
    },
    "REPLACEMENT_UNFINISHED",
  ],
  [
    "a rename whose creation was skipped",
    [wanted],
    ({ ledger }) => {
      ledger.declarations.declare(renamed, id);
    },
    "REPLACEMENT_UNFINISHED",
  ],
  [
    "--replace or a taint, with deleteBeforeReplace",
    [wanted],
    ({ ledger }) => {
      ledger.declarations.declare(old, id);
    },
    "kept",
  ],
  [
    "--replace or a taint that adopted",
    [wanted],
    ({ ledger }) => {
      ledger.declarations.declare(old, id);
      ledger.settle(id);
    },
    "kept",
  ],
  [
    "--replace or a taint whose creation failed",
    [wanted],
    ({ ledger }) => {
      ledger.declarations.declare(old, id);
      ledger.fail(id, "TASK_FAILED");
    },
    "REPLACEMENT_UNFINISHED",
  ],
  [
    "a replacement that is in",
    [wanted, ds(2)],
    ({ ledger }) => {
      ledger.declarations.declare(old, newId);
      ledger.settle(newId);
    },
    "gone",
  ],
  [
    "a replacement that failed",
    [wanted],
    ({ ledger }) => {
      ledger.declarations.declare(old, newId);
      ledger.fail(newId, "TASK_UNFINISHED");
    },
    "REPLACEMENT_UNFINISHED",
  ],
  [
    "a replacement that is still to come, with deleteBeforeReplace",
    [wanted],
    ({ ledger }) => {
      ledger.declarations.declare(old, newId);
    },
    "gone",
  ],
  [
    "a new record that was skipped",
    [wanted],
    ({ ledger }) => {
      ledger.declarations.declare(fresh, newId);
    },
    "REPLACEMENT_UNFINISHED",
  ],
  [
    "a new record that was skipped, and is there",
    [wanted, ds(2)],
    ({ ledger }) => {
      ledger.declarations.declare(fresh, newId);
    },
    "gone",
  ],
  [
    "a failure in another domain",
    [wanted],
    ({ ledger }) => {
      ledger.declarations.declare(fresh, "example.net/2");
      ledger.fail("example.net/2", "TASK_FAILED");
    },
    "gone",
  ],
  [
    "a failure that was fixed",
    [wanted, ds(2)],
    ({ ledger }) => {
      ledger.declarations.declare(fresh, newId);
      ledger.fail(newId, "TASK_FAILED");
      ledger.settle(newId);
    },
    "gone",
  ],
];

test.each(rows)("%s", async (_, records, happens, expected) => {
  bed = await startBed({ domains: { [domain]: records } });
  happens(bed.context);
  const outcome = await deleteRecord(id, outputs(wanted, { __urn: old }), bed.context).then(
    () => "done",
    (error: { code: string }) => error.code,
  );
  const isThere = bed.emulator.records(domain).some(({ keyTag }) => keyTag === 1);
  expect(outcome === "done" ? (isThere ? "kept" : "gone") : outcome).toBe(expected);
  expect(isThere).toBe(expected !== "gone");
});

test("the refusal names what failed and how, and what to do", async () => {
  bed = await startBed({ domains: { [domain]: [wanted, ds(2)] } });
  await rejection(createRecord(inputs(ds(2, "e")), bed.context));
  const { message } = await rejection(deleteRecord(id, outputs(wanted), bed.context));
  for (const part of [id, `${newId} failed with DS_CONFLICT`, "Nothing was submitted", "`pulumi up`"]) {
    expect(message).toContain(part);
  }
});

describe("data that this stack has in its state is no conflict", () => {
  test("for the creation after a deletion that kept it", async () => {
    bed = await startBed({ domains: { [domain]: [other] } });
    bed.context.ledger.declarations.declare("urn:1", id);
    await deleteRecord(id, outputs(other), bed.context);
    await createRecord(inputs(wanted), bed.context);
    expect(bed.emulator.records(domain)).toEqual([wanted]);
    expect(bed.submissions()).toEqual(["Modifying"]);
  });

  test("for the creation before it, in a replacement that was asked for", async () => {
    bed = await startBed({ domains: { [domain]: [other] } });
    noteOurs(id, outputs(other), bed.context.ledger);
    await createRecord(inputs(wanted), bed.context);
    expect(bed.submissions()).toEqual(["Modifying"]);
  });

  test("but other data are", async () => {
    bed = await startBed({ domains: { [domain]: [ds(1, "e")] } });
    noteOurs(id, outputs(other), bed.context.ledger);
    expect(await rejection(createRecord(inputs(wanted), bed.context))).toMatchObject({ code: "DS_CONFLICT" });
  });
});
