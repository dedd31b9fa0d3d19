import { formatDs, type Ds } from "../../../provider/dnssec/ds";
import type { Context } from "../../../provider/lifecycle/context";
import { createRecord, deleteRecord, diffRecords, readRecord, updateRecord } from "../operations";
import type { PropertyBag } from "../../../provider/lifecycle/record/state";
import type { DsAnswer, Observation } from "../../../provider/dns/answers";
import type { VerdictStatus } from "../../../provider/preflight/verdict";
import {
  domain,
  ds,
  expectEmptyPreview,
  id,
  inputs,
  outputs,
  registrarWith,
  rejection,
  type Bed,
} from "../bed";

let bed: Bed;
afterEach(() => bed.close());

const waits = { waitForPublication: true };
const wanted = inputs(ds(1), waits);

const answered = (server: string, set: readonly Ds[], ttl = 300): DsAnswer => ({
  server,
  outcome: "answered",
  ds: set,
  ...(set.length > 0 && { ttl }),
});

/** Returns a context with these answers of two parent servers, and this verdict on any set. */
function contextWith(
  answers: (ms: number) => Observation<DsAnswer>["answers"] | "not delegated",
  status: VerdictStatus = "secure",
): Context {
  return {
    ...bed.context,
    dnsOverrides: { mode: "warn" },
    delegations: {
      keysOf: () =>
        Promise.resolve((set) => ({
          status: set.length === 0 ? "insecure" : status,
          reasons: [{ code: "ANY", message: "of the test" }],
          warnings: [],
        })),
      published: () => {
        const now = answers(bed.elapsed());
        const problem = { code: "NOT_DELEGATED", message: "example.com is not delegated" };
        return Promise.resolve(now === "not delegated" ? { answers: [], problem } : { answers: now });
      },
    },
  };
}

/** The first server has the set at once, the second after `ms` milliseconds. */
const lagging = (ms: number, set: readonly Ds[], before: readonly Ds[] = []) =>
  contextWith((now) => [answered("ns1", set, 60), answered("ns2", now >= ms ? set : before, 300)]);

test("ends a creation when every parent server has the record, and returns the longest TTL", async () => {
  bed = await registrarWith([]);
  const { outs } = await createRecord(wanted, lagging(60_000, [ds(1)]));
  expect(outs).toMatchObject({ parentTtl: 300 });
  expect(outs).not.toHaveProperty("pending");
  expect(bed.elapsed()).toBeGreaterThanOrEqual(60_000);
  const missing = `1 of 2 servers still without "${formatDs(ds(1))}": ns2`;
  expect(bed.said()).toEqual([`example.com/1 waits for the parent zone: ${missing}.`]);
  expect(bed.reports).toContainEqual(
    expect.objectContaining({ kind: "status", text: "1 of 2 parent servers behind, 47 s" }),
  );
  expectEmptyPreview(outs, wanted);
});

test("also waits for an adopted record", async () => {
  bed = await registrarWith([ds(1)]);
  const { outs } = await createRecord(wanted, lagging(30_000, [ds(1)]));
  expect([bed.submissions(), outs["parentTtl"]]).toEqual([[], 300]);
  expect(bed.elapsed()).toBeGreaterThanOrEqual(30_000);
});

test.each<[string, (ms: number) => readonly DsAnswer[] | "not delegated", string]>([
  ["a server has another record", () => [answered("ns1", [ds(1, "f")])], "1 of 1 servers still without"],
  [
    "a server is silent",
    () => [answered("ns1", [ds(1)]), { server: "ns2", outcome: "silent", detail: "no answer" }],
    "1 of 2 servers still without .*: ns2 \\(no answer\\)",
  ],
  ["the domain is nonexistent", () => [{ server: "ns1", outcome: "nonexistent" }], "1 of 1 servers"],
  ["it is not delegated", () => "not delegated", "example.com is not delegated"],
])("while %s, it is not published", async (_, answers, seen) => {
  bed = await registrarWith([]);
  const error = await rejection(
    createRecord(inputs(ds(1), { ...waits, __timeouts: { create: "1m" } }), contextWith(answers)),
  );
  expect(error).toMatchObject({ code: "NOT_PUBLISHED", id, reasons: [error.message] });
  expect(error.message).toMatch(new RegExp(seen));
  expect(bed.elapsed()).toBe(60_000);
});

describe("a record that was not published in time", () => {
  async function unpublished(records: readonly Ds[] = []): Promise<PropertyBag> {
    bed = await registrarWith(records);
    const error = await rejection(createRecord(wanted, lagging(Infinity, [ds(1)])));
    return error["properties"] as PropertyBag;
  }

  test.each([
    ["made", []],
    ["adopted", [ds(1)]],
  ])("is in the state, unfinished, when it was %s", async (_, records) => {
    const state = await unpublished(records);
    expect(state).toMatchObject({ ...outputs(ds(1), waits), pending: { action: "publish" } });
    expect(diffRecords(id, state, wanted)).toMatchObject({ changes: true, replaces: [] });
  });

  test("makes the next up wait, without a task", async () => {
    const state = await unpublished();
    const { outs } = await updateRecord(id, state, wanted, lagging(0, [ds(1)]));
    expect(bed.submissions()).toEqual(["Adding"]);
    expect(outs).toMatchObject({ parentTtl: 300, taskNo: state["taskNo"] });
    expectEmptyPreview(outs, wanted);
  });

  test("stays unfinished after a refresh", async () => {
    const state = await unpublished();
    const { props } = await readRecord(id, state, lagging(Infinity, [ds(1)]));
    expect(props).toEqual(state);
  });

  test("is finished by the next up that does not wait", async () => {
    const state = await unpublished();
    const news = inputs(ds(1));
    const { outs } = await updateRecord(id, state, news, lagging(Infinity, [ds(1)]));
    expectEmptyPreview(outs, news);
  });

  test("keeps the record that it replaces from being deleted", async () => {
    bed = await registrarWith([ds(2)]);
    const context = lagging(Infinity, [ds(1)]);
    await rejection(createRecord(wanted, context));
    const error = await rejection(deleteRecord(`${domain}/2`, outputs(ds(2)), context));
    expect(error).toMatchObject({ code: "REPLACEMENT_UNFINISHED" });
  });
});

test("a refresh keeps the TTL at the parent", async () => {
  bed = await registrarWith([ds(1)]);
  const state = outputs(ds(1), { ...waits, parentTtl: 300 });
  expect(await readRecord(id, state, bed.context)).toMatchObject({ props: state });
});

test("ends a modification when the servers have the new data", async () => {
  bed = await registrarWith([ds(1, "f")]);
  const context = lagging(40_000, [ds(1)], [ds(1, "f")]);
  await updateRecord(id, outputs(ds(1, "f"), waits), wanted, context);
  expect(bed.elapsed()).toBeGreaterThanOrEqual(40_000);
});

describe("a deletion", () => {
  const state = outputs(ds(1), { ...waits, __timeouts: { delete: "2m" } });

  test.each<[string, (ms: number) => readonly DsAnswer[]]>([
    ["an empty set", (ms) => [answered("ns1", ms < 40_000 ? [ds(1)] : [])]],
    ["other records", (ms) => [answered("ns1", ms < 40_000 ? [ds(1), ds(2)] : [ds(2)])]],
    [
      "no domain",
      (ms) => [ms < 40_000 ? answered("ns1", [ds(1)]) : { server: "ns1", outcome: "nonexistent" }],
    ],
  ])("ends when every server of the parent answers with %s", async (_, answers) => {
    bed = await registrarWith([ds(1)]);
    await deleteRecord(id, state, contextWith(answers));
    expect(bed.elapsed()).toBeGreaterThanOrEqual(40_000);
    expect(bed.elapsed()).toBeLessThan(120_000);
  });

  test("of a record that was gone warns about what the parent publishes", async () => {
    bed = await registrarWith([ds(2)]);
    await deleteRecord(
      id,
      state,
      contextWith(() => [answered("ns1", [ds(2)])], "bogus"),
    );
    expect(bed.submissions()).toEqual([]);
    expect(bed.said().join("\n")).toMatch(/The parent zone is now up to date.*example\.com is bogus/);
  });

  test("is done without the parent, and says so", async () => {
    bed = await registrarWith([ds(1)]);
    await deleteRecord(
      id,
      state,
      contextWith(() => [answered("ns1", [ds(1)])]),
    );
    expect(bed.listed()).toEqual([]);
    expect(bed.said().join("\n")).toMatch(
      /is deleted at the registrar, but the parent zone still has it.*1 of 1 servers still with/,
    );
  });

  test("asks no server where the preflight is off", async () => {
    bed = await registrarWith([ds(1)]);
    // The bed's own context, which fails when the DNS is asked.
    await deleteRecord(id, state, bed.context);
    expect(bed.listed()).toEqual([]);
  });
});

test.each<[VerdictStatus, boolean]>([
  ["secure", false],
  ["bogus", true],
  ["insecure", true],
  ["unknown", true],
])("a domain that is %s from the parent down is told: %s", async (status, isTold) => {
  bed = await registrarWith([]);
  await createRecord(
    wanted,
    contextWith(() => [answered("ns1", [ds(1)])], status),
  );
  expect(
    /The parent zone is now up to date for example\.com\/1\. example\.com is /.test(bed.said().join("\n")),
  ).toBe(isTold);
});

test.each<[string, number, boolean]>([
  ["had before this run: the program process tells it", 0, false],
  ["gets while this run waits", 5_000, true],
])("a bogus domain of an adopted record that the parent %s", async (_, ms, isTold) => {
  bed = await registrarWith([ds(1)]);
  const context = contextWith((now) => [answered("ns1", now >= ms ? [ds(1)] : [])], "bogus");
  await createRecord(wanted, context);
  expect(
    /The parent zone is now up to date for example\.com\/1\. example\.com is /.test(bed.said().join("\n")),
  ).toBe(isTold);
});
