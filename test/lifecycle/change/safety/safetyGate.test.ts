import type { Ds } from "../../../../provider/dnssec/ds";
import type { DsRecordError } from "../../../../provider/errors";
import type { Context } from "../../../../provider/lifecycle/context";
import type { PreflightMode } from "../../../../provider/preflight/settings";
import type { Delegations, Judge } from "../../../../provider/lifecycle/ports";
import { createRecord, deleteRecord, updateRecord } from "../../operations";
import type { Verdict, VerdictStatus } from "../../../../provider/preflight/verdict";
import { domain, ds, inputs, outputs, registrarWith, rejection, withRegistrar, type Bed } from "../../bed";

let bed: Bed;
afterEach(() => bed.close());

/** A zone that the keys of these tags sign. One or all of its servers may be silent. */
interface Zone {
  signs: readonly number[];
  readonly silent?: "one" | "all" | undefined;
}

const word = (code: string, message: string) => ({ code, message });

/** Secure if a record leads to a key that signs. Tags from 200 on have unsupported algorithms. */
function judgeOf({ signs, silent }: Zone): Judge {
  return (set): Verdict => {
    const counting = set.filter(({ keyTag }) => keyTag < 200);
    const warnings = silent ? [word("SERVER_SILENT", "ns2 does not answer")] : [];
    const verdict = (status: VerdictStatus, code: string, message: string): Verdict => ({
      status,
      reasons: [word(code, message)],
      warnings,
    });
    if (counting.length === 0) return verdict("insecure", "NO_DS", "nothing that counts");
    if (silent === "all") return verdict("unknown", "NO_ANSWER", "no server answers");
    const leads = counting.some(({ keyTag }) => signs.includes(keyTag));
    const tags = counting.map(({ keyTag }) => keyTag).join(", ");
    return leads
      ? verdict("secure", "CHAIN_COMPLETE", "a key signs")
      : verdict("bogus", "KEY_NOT_PUBLISHED", `the zone publishes key ${signs.join(", ")}, not ${tags}`);
  };
}

/** Number of questions to the zone. */
let asked = 0;

function contextWith(zone: Zone, mode?: PreflightMode): Context {
  asked = 0;
  const delegations: Delegations = {
    keysOf: () => {
      asked += 1;
      return Promise.resolve(judgeOf({ ...zone }));
    },
    published: () => Promise.reject(new Error("nothing waits for publication")),
  };
  return { ...bed.context, delegations, dnsOverrides: mode ? { mode } : {} };
}

const operations = {
  "add 1": (context: Context) => createRecord(inputs(ds(1)), context),
  "modify 1": (context: Context) => updateRecord(`${domain}/1`, outputs(ds(1, "f")), inputs(ds(1)), context),
  "delete 1": (context: Context) => deleteRecord(`${domain}/1`, outputs(ds(1)), context),
} as const;

test("a refusal after a vanished task names the task, and the state keeps it", async () => {
  bed = await registrarWith([]);
  const start = bed.elapsed();
  const delegations: Delegations = {
    keysOf: () => Promise.resolve(judgeOf(keyOf(bed.elapsed() - start < 60_000 ? 1 : 2))),
    published: () => Promise.reject(new Error("nothing waits for publication")),
  };
  const context = withRegistrar(
    { ...bed.context, delegations, dnsOverrides: {} },
    {
      submit: () => Promise.resolve({ outcome: "accepted", taskNo: "T-1" }),
      taskStatus: () => Promise.resolve({ state: "invisible" }),
    },
  );
  const error = await rejection(createRecord(inputs(ds(1)), context));
  expect(error).toMatchObject({
    code: "PREFLIGHT_BOGUS",
    details: { taskNo: "T-1" },
    properties: { pending: { taskNo: "T-1", action: "add" } },
  });
  expect(error.message).toContain(
    "This run submitted nothing else. Earlier, it submitted task T-1, which the registrar does not show.",
  );
});

type Outcome = "done" | "PREFLIGHT_BOGUS" | "PREFLIGHT_UNPROVEN";

const one = [ds(1)];
const otherOne = [ds(1, "f")];
const two = [ds(1), ds(2)];
const keyOf = (...signs: number[]): Zone => ({ signs });

type Row = [keyof typeof operations, readonly Ds[], Zone, PreflightMode, Outcome, RegExp | undefined];

/** Operations by the registrar's records and the zone's keys: the outcome, and the row's text. */
const rows: Row[] = [
  ["add 1", [], keyOf(1), "enforce", "done", undefined],
  ["add 1", [], keyOf(2), "enforce", "PREFLIGHT_BOGUS", undefined],
  ["add 1", [], keyOf(2), "strict", "PREFLIGHT_BOGUS", undefined],
  ["add 1", [], keyOf(2), "warn", "done", /With this change, example\.com is bogus .*publishes key 2, not 1/],
  ["add 1", [], keyOf(2), "off", "done", undefined],
  ["add 1", [ds(2)], keyOf(2), "enforce", "done", undefined],
  ["add 1", [ds(2)], keyOf(3), "enforce", "PREFLIGHT_BOGUS", undefined],
  ["add 1", [ds(2)], keyOf(3), "warn", "done", /still bogus/],
  ["add 1", [ds(2)], keyOf(1), "enforce", "done", undefined],
  ["add 1", [], { signs: [1], silent: "one" }, "enforce", "done", /ns2 does not answer/],
  ["add 1", [], { signs: [1], silent: "one" }, "strict", "PREFLIGHT_UNPROVEN", undefined],
  ["add 1", [], { signs: [1], silent: "all" }, "enforce", "done", /not known to be safe: no server answers/],
  ["add 1", [], { signs: [1], silent: "all" }, "warn", "done", /not known to be safe/],
  ["add 1", [], { signs: [1], silent: "all" }, "strict", "PREFLIGHT_UNPROVEN", undefined],
  ["modify 1", otherOne, keyOf(1), "enforce", "done", undefined],
  ["modify 1", otherOne, keyOf(2), "enforce", "PREFLIGHT_BOGUS", undefined],
  ["modify 1", otherOne, keyOf(2), "warn", "done", /still bogus/],
  ["delete 1", one, keyOf(1), "enforce", "done", /turns insecure.*RFC 8078/],
  ["delete 1", one, keyOf(1), "strict", "done", /turns insecure/],
  ["delete 1", one, { signs: [1], silent: "all" }, "strict", "done", /turns insecure/],
  ["delete 1", one, keyOf(2), "enforce", "done", /turns insecure/],
  ["delete 1", two, keyOf(1), "enforce", "PREFLIGHT_BOGUS", undefined],
  ["delete 1", two, keyOf(1), "warn", "done", /is bogus/],
  ["delete 1", two, keyOf(2), "enforce", "done", undefined],
  ["delete 1", two, keyOf(3), "enforce", "done", /still bogus/],
  ["delete 1", two, keyOf(3), "strict", "done", /still bogus/],
  ["delete 1", [ds(1), ds(200)], keyOf(1), "enforce", "done", /insecure/],
];

const tagsOf = (records: readonly Ds[]) => `[${records.map(({ keyTag }) => keyTag).join(", ")}]`;
const titled = rows.map(([name, records, { signs, silent = "none" }, ...more]) => ({
  title: `${name} to ${tagsOf(records)}, signed by ${signs.join(", ")}, ${silent} silent, under ${more[0]}: ${more[1]}`,
  row: [name, records, { signs, silent: silent === "none" ? undefined : silent }, ...more] as Row,
}));

test.each(titled)("$title", async ({ row: [name, records, zone, mode, outcome, says] }) => {
  bed = await registrarWith(records);
  const ended = await operations[name](contextWith(zone, mode)).then(
    () => "done",
    (error: DsRecordError) => error.code,
  );
  expect([ended, bed.submissions().length]).toEqual([outcome, outcome === "done" ? 1 : 0]);
  const said = bed.said().join("\n");
  if (says) expect(said).toMatch(says);
  else if (outcome === "PREFLIGHT_BOGUS")
    expect(said).toMatch(/^example\.com\/1 waits at most 2 min for its zone: .*\.$/);
  else expect(said).toBe("");
  if (mode === "off") expect(asked).toBe(0);
});

test("a refusal says what was asked, what the zone publishes, what is true, and what to do", async () => {
  bed = await registrarWith([]);
  const error = await rejection(operations["add 1"](contextWith({ signs: [2371, 20326] })));
  expect(error.message).toBe(
    "example.com/1 was not added: with it, validating resolvers would give no answer for example.com. The zone publishes " +
      `key 2371, 20326, not 1. Nothing was submitted. Publish the key of "1 13 2 ${ds(1).digest}" ` +
      "in the zone and sign with it, or correct the record. `ALICLOUD_DNSSEC_PREFLIGHT=warn pulumi up` makes the change anyway, " +
      "and takes example.com off the internet for validating resolvers.",
  );
});

test("a refused deletion names the record that holds the domain up, and the command for destroy", async () => {
  bed = await registrarWith(two);
  const error = await rejection(operations["delete 1"](contextWith({ signs: [1] })));
  for (const part of [
    "example.com/1 was not deleted: example.com depends on this record; without it, validating resolvers would give no answer for the domain.",
    "remaining records (2)",
    "`ALICLOUD_DNSSEC_PREFLIGHT=warn pulumi up` or `ALICLOUD_DNSSEC_PREFLIGHT=warn pulumi destroy` makes the change anyway, and takes example.com off",
  ]) {
    expect(error.message).toContain(part);
  }
});

test("adopts an existing record whatever the zone publishes, and warns", async () => {
  bed = await registrarWith(one);
  await operations["add 1"](contextWith({ signs: [2] }));
  expect(bed.submissions()).toEqual([]);
  expect(bed.said().join("\n")).toMatch(/example\.com is bogus.*publishes key 2, not 1/);
});

test("leaves it to the program process to warn about an adopted record that the parent publishes", async () => {
  bed = await registrarWith(one);
  const { delegations, ...context } = contextWith({ signs: [2] });
  const answer = (set: readonly Ds[]) => ({ server: "p", outcome: "answered", ds: set, ttl: 60 }) as const;
  const adopt = async (...sets: (readonly Ds[])[]) => {
    const published = () => Promise.resolve({ answers: sets.map(answer) });
    await operations["add 1"]({ ...context, delegations: { ...delegations, published } });
    return bed.said().filter((text) => text.includes("is bogus")).length;
  };
  expect(await adopt(one, one)).toBe(0);
  expect(await adopt(one, [])).toBe(1);
  expect(await adopt()).toBe(2);
});

test("warns about an adopted record beside a declared one that is not published yet", async () => {
  bed = await registrarWith(one);
  const { delegations, ...context } = contextWith({ signs: [3] });
  context.ledger.declarations.declare("urn:2", `${domain}/2`, ds(2));
  const published = () =>
    Promise.resolve({ answers: [{ server: "p", outcome: "answered", ds: one, ttl: 60 } as const] });
  await operations["add 1"]({ ...context, delegations: { ...delegations, published } });
  expect(bed.said().filter((text) => text.includes("is bogus"))).toHaveLength(1);
});

describe("a key that is being published", () => {
  /** Returns a zone whose key appears `ms` milliseconds after the start. */
  function lateZone(ms: number): Context {
    return {
      ...bed.context,
      dnsOverrides: {},
      delegations: {
        keysOf: () => Promise.resolve(judgeOf({ signs: bed.elapsed() >= ms ? [1] : [2] })),
        published: () => Promise.reject(new Error("nothing waits for publication")),
      },
    };
  }

  test("is awaited", async () => {
    bed = await registrarWith([]);
    await operations["add 1"](lateZone(100_000));
    expect(bed.submissions()).toEqual(["Adding"]);
    expect(bed.reports.map(({ text }) => text).slice(0, 5)).toEqual([
      "reading DS records",
      "asking for the zone's keys",
      "example.com/1 waits at most 2 min for its zone: the zone publishes key 2, not 1.",
      "key 1? 2 min left",
      "key 1? 119 s left",
    ]);
    expect(bed.said()).toHaveLength(1);
  });

  test.each([
    ["two minutes", "15m", 120_000],
    ["half of the remaining time", "1m", 30_000],
  ])("is awaited for at most %s", async (_, create, most) => {
    bed = await registrarWith([]);
    const late = inputs(ds(1), { __timeouts: { create } });
    const error = await rejection(createRecord(late, lateZone(most + 10_000)));
    expect(error).toMatchObject({ code: "PREFLIGHT_BOGUS" });
    expect([bed.elapsed(), bed.submissions()]).toEqual([most, []]);
  });

  test("is not awaited where nothing is refused", async () => {
    bed = await registrarWith([]);
    await operations["add 1"]({ ...lateZone(10_000), dnsOverrides: { mode: "warn" } });
    expect(bed.elapsed()).toBeLessThan(10_000);
  });

  test("does not hold the domain's turn", async () => {
    bed = await registrarWith([]);
    const context = lateZone(100_000);
    const off = { ...context, dnsOverrides: { mode: "off" } as const };
    const late = operations["add 1"](context);
    await createRecord(inputs(ds(3)), off);
    expect(bed.listed().map(({ keyTag }) => keyTag)).toEqual([3]);
    await late;
    expect(bed.listed().map(({ keyTag }) => keyTag)).toEqual([3, 1]);
  });
});

describe("a standby without a key in the zone and its active record are", () => {
  const create = (keyTag: number, context: Context) => createRecord(inputs(ds(keyTag)), context);
  const remove = (keyTag: number, context: Context) =>
    deleteRecord(`${domain}/${keyTag}`, outputs(ds(keyTag)), context);

  test.each([
    ["made", "the active one first", [], [1, 2], create],
    ["made", "the standby first", [], [2, 1], create],
    ["deleted", "the active one first", two, [1, 2], remove],
    ["deleted", "the standby first", two, [2, 1], remove],
  ] as const)("%s together, %s", async (what, _, before, order, operation) => {
    bed = await registrarWith(before);
    const context = contextWith({ signs: [1] });
    await Promise.all(order.map((keyTag) => operation(keyTag, context)));
    expect(bed.listed().map(({ keyTag }) => keyTag)).toEqual(what === "made" ? [1, 2] : []);
    expect(bed.submissions()).toHaveLength(2);
    // Neither waited for its key.
    expect(bed.reports.map(({ text }) => text).join("\n")).not.toMatch(/key \d+\?/);
  });

  test("both refused, if neither has", async () => {
    bed = await registrarWith([]);
    const context = contextWith({ signs: [3] });
    const ended = await Promise.allSettled([create(1, context), create(2, context)]);
    expect(ended.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(bed.submissions()).toEqual([]);
  });
});
