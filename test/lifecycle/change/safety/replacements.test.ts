import type { Ds } from "../../../../provider/dnssec/ds";
import type { Context } from "../../../../provider/lifecycle/context";
import { Ledger } from "../../../../provider/lifecycle/ledger/ledger";
import { createRecord, deleteRecord, noteCheck } from "../../operations";
import { noteOurs } from "../../../../provider/lifecycle/record/noting";
import { ds, inputs, outputs, registrarWith, rejection, type Bed } from "../../bed";
import { bogus, eleven, heldUp, one, plainRows, to, twelve, two, type Row } from "./replacementRows";
import { specialRows } from "./specialReplacementRows";
import { judgeOf, Stack, type Outcome } from "../../stack";

// Each replacement: the tasks of its run, the refusals, and the preview before it.

let bed: Bed;
afterEach(() => bed.close());

/** Starts a stack with these records, and a zone that these keys sign. */
async function stackOf({ has, undeclared = [], ...row }: Row): Promise<Stack> {
  const records = Object.entries(has).map(([name, record]) => ({
    name,
    ds: typeof record === "number" ? ds(record) : record,
  }));
  bed = await registrarWith([...records.map((record) => record.ds), ...undeclared]);
  bed.emulator.addDomain("example.net");
  const stack = new Stack(bed);
  await stack.up(Object.fromEntries(records.map((record) => [record.name, to(record.ds)])));
  const start = bed.elapsed();
  stack.use({
    dnsOverrides: row.mode ? { mode: row.mode } : {},
    delegations: {
      keysOf: () =>
        Promise.resolve(judgeOf(row.late && bed.elapsed() - start >= 100_000 ? row.late : row.signing)),
      published: () => Promise.reject(new Error("nothing waits for publication")),
    },
  });
  return stack;
}

function saidIn({ messages }: Outcome): string {
  return [...bed.said(), ...messages].join("\n");
}

test.each([...plainRows, ...specialRows].map((row) => [row.title, row] as const))("%s", async (_, row) => {
  const stack = await stackOf(row);
  const preview = await stack.preview(row.program);
  const outcome = await stack.up(row.program, { replace: row.replace ?? [] });
  expect({ preview, tasks: outcome.tasks, codes: outcome.codes }).toEqual({
    preview: row.preview,
    tasks: row.tasks,
    codes: row.codes ?? [],
  });
  if (row.says) expect(saidIn(outcome)).toMatch(row.says);
  // Where a preview counts all as secure, only a set in the middle of the run is refused.
  if (outcome.codes.length > 0 && preview.every((one) => one === "secure")) {
    expect(row.title).toMatch(/alone holds a set up|at eight records/);
  }
});

/** A wrong record in place of a good one whose own resource leaves the program. */
const overwriting: Row = {
  title: "a wrong digest for the key tag of a record that leaves the program",
  has: { x: 1, y: 2 },
  program: { x: to(ds(2, "f")) },
  signing: [ds(1), ds(2)],
  preview: [heldUp],
  tasks: [],
  codes: ["DS_CONFLICT"],
};

test.each([...plainRows, ...specialRows, overwriting].map((row) => [row.title, row] as const))(
  "with --refresh as without: %s",
  async (_, row) => {
    const stack = await stackOf(row);
    const outcome = await stack.up(row.program, { replace: row.replace ?? [], refresh: true });
    expect({ tasks: outcome.tasks, codes: outcome.codes }).toEqual({
      tasks: row.tasks,
      codes: row.codes ?? [],
    });
  },
);

describe("over more than one run", () => {
  const signedBy = (...signing: readonly Ds[]) => ({
    dnsOverrides: {},
    delegations: {
      keysOf: () => Promise.resolve(judgeOf(signing)),
      published: () => Promise.reject(new Error("nothing waits for publication")),
    },
  });

  /** A run has added 11 and failed to delete 1. */
  async function halfWay(): Promise<Stack> {
    bed = await registrarWith([one]);
    const stack = new Stack(bed);
    await stack.up({ a: to(one) });
    bed.emulator.faults.add({
      action: "SaveSingleTaskForDeletingDSRecord",
      fault: { kind: "error", code: "Forbidden.RAM", status: 403, message: "no" },
    });
    const { tasks, codes } = await stack.up({ a: to(eleven) });
    bed.emulator.faults.clear();
    expect([tasks, codes]).toEqual([["Adding 11", "Deleting 1"], ["REGISTRAR_REFUSED"]]);
    expect(stack.leftovers.map(({ id }) => id)).toEqual(["example.com/1"]);
    return stack;
  }

  test("a replacement that is reverted half-way adopts the old record and deletes the new one", async () => {
    const stack = await halfWay();
    stack.use(signedBy(one));
    expect(await stack.preview({ a: to(one) })).toEqual(["secure"]);
    expect(await stack.up({ a: to(one) })).toMatchObject({ tasks: ["Deleting 11"], codes: [] });
    expect([bed.listed(), stack.leftovers]).toEqual([[one], []]);
  });

  test("a replacement reverted to a key that no longer signs submits nothing", async () => {
    const stack = await halfWay();
    stack.use(signedBy(eleven));
    expect(await stack.preview({ a: to(one) })).toEqual([heldUp]);
    const { tasks, codes, messages } = await stack.up({ a: to(one) });
    expect([tasks, codes]).toEqual([[], bogus]);
    expect(messages.join()).toMatch(/example\.com\/11 was not deleted.*Nothing was submitted\. /s);
  });

  test("a replacement that continues from half-way with a third key is judged by its own end", async () => {
    const stack = await halfWay();
    stack.use(signedBy(one, twelve));
    expect(await stack.up({ a: to(twelve) })).toMatchObject({
      tasks: ["Adding 12", "Deleting 1", "Deleting 11"],
      codes: [],
    });
  });
});

describe("within one run", () => {
  const context = (signing: () => readonly Ds[]): Context => ({
    ...bed.context,
    dnsOverrides: {},
    ledger: new Ledger(),
    delegations: {
      keysOf: () => Promise.resolve(judgeOf(signing())),
      published: () => Promise.reject(new Error("nothing waits for publication")),
    },
  });
  const urn = (name: string) => `urn:pulumi:dev::shop::type::${name}`;
  const bag = (record: Ds, name: string) => inputs(record, { __urn: urn(name) });
  const replace = (name: string, [from, to]: readonly [Ds, Ds], { ledger }: Context): void => {
    expect(noteCheck(bag(from, name), bag(to, name), ledger)).toEqual([]);
  };

  test("a retry by Pulumi's hooks is judged like the first try", async () => {
    bed = await registrarWith([one]);
    const run = context(() => [one]);
    replace("a", [one, eleven], run);
    const attempt = () => rejection(createRecord(bag(eleven, "a"), run));
    expect([(await attempt())["code"], (await attempt())["code"]]).toEqual([...bogus, ...bogus]);
    expect(bed.submissions()).toEqual([]);
  });

  test("a retry after a failed task is judged by the end of the replacement, too", async () => {
    bed = await registrarWith([one], [{ call: 1, fault: { kind: "taskFails" } }]);
    let signing = [one, eleven];
    const run = context(() => signing);
    replace("a", [one, eleven], run);
    const attempt = () => rejection(createRecord(bag(eleven, "a"), run));
    expect(await attempt()).toMatchObject({ code: "TASK_FAILED" });
    signing = [one];
    expect(await attempt()).toMatchObject({ code: "PREFLIGHT_BOGUS" });
    expect(bed.submissions()).toEqual(["Adding"]);
  });

  test("the refusal of a later replacement says what the first one did, and how to undo it", async () => {
    bed = await registrarWith([one, two]);
    const run = context(() => [one, two]);
    replace("a", [one, eleven], run);
    await createRecord(bag(eleven, "a"), run);
    noteOurs("example.com/1", bag(one, "a"), run.ledger);
    replace("b", [two, twelve], run);
    const { message } = await rejection(createRecord(bag(twelve, "b"), run));
    expect(bed.submissions()).toEqual(["Adding"]);
    expect(message).toMatch(
      new RegExp(
        "example\\.com/12 was not added: .* This run submitted nothing for example\\.com/12\\. Earlier, it added " +
          `example\\.com/11 \\(task ${bed.emulator.tasks()[0]?.taskNo}\\)\\. .* To undo the change of example\\.com/11, declare "1 13 2 ${one.digest}" ` +
          "\\(example\\.com/1\\) in its place again and run `pulumi up`\\.$",
      ),
    );
  });

  test("the refusal of an addition says what the run deleted before, and how to undo it", async () => {
    bed = await registrarWith([one]);
    let signing = [one, eleven];
    const run = context(() => signing);
    replace("a", [one, eleven], run);
    await deleteRecord("example.com/1", outputs(one, { __urn: urn("a") }), run);
    noteOurs("example.com/1", bag(one, "a"), run.ledger);
    signing = [one];
    const { message } = await rejection(createRecord(bag(eleven, "a"), run));
    expect(bed.submissions()).toEqual(["Deleting"]);
    expect(message).toMatch(
      /^example\.com\/11 was not added: .* This run submitted nothing for example\.com\/11\. Earlier, it deleted example\.com\/1 \(task [-0-9a-f]{36}\)\. .* To undo the change of example\.com\/1, declare "1 13 2 [0-9a-f]+" \(example\.com\/1\) again and run `pulumi up`\.$/,
    );
  });

  test("the error about a mistyped domain says what the run deleted before", async () => {
    bed = await registrarWith([one]);
    const run = context(() => [one]);
    const mistyped = { ...bag(eleven, "a"), domainName: "exmaple.com" };
    noteCheck(bag(one, "a"), mistyped, run.ledger);
    const off = { ...run, dnsOverrides: { mode: "off" } as const };
    await deleteRecord("example.com/1", outputs(one, { __urn: urn("a") }), off);
    noteOurs("example.com/1", bag(one, "a"), run.ledger);
    const { message } = await rejection(createRecord(mistyped, off));
    expect(bed.submissions()).toEqual(["Deleting"]);
    expect(message).toMatch(
      /This run changed nothing for exmaple\.com\/11\. Earlier, it deleted example\.com\/1 \(task [-0-9a-f]{36}\)\. Check the spelling of exmaple\.com\. To undo/,
    );
  });

  test("a refusal by the registrar does not mention records of other resources", async () => {
    bed = await registrarWith([one, ds(2, "f")]);
    const run = context(() => [one, eleven]);
    replace("a", [one, eleven], run);
    await createRecord(bag(eleven, "a"), run);
    noteCheck({}, bag(two, "b"), run.ledger);
    const { code, message } = await rejection(createRecord(bag(two, "b"), run));
    expect([code, message.includes("Nothing was changed."), message.includes("Earlier")]).toEqual([
      "DS_CONFLICT",
      true,
      false,
    ]);
  });
});
