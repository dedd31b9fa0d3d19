import type { Context } from "../../../provider/lifecycle/context";
import type { Delegations } from "../../../provider/lifecycle/ports";
import { readRecord } from "../operations";
import type { DnsSettings } from "../../../provider/preflight/settings";
import type { Verdict, VerdictStatus } from "../../../provider/preflight/verdict";
import { domain, ds, outputs, registrarWith, rejection, startBed, type Bed } from "../bed";

let bed: Bed;
afterEach(() => bed.close());

const verdict = (status: VerdictStatus): Verdict => ({
  status,
  reasons: [{ code: "…", message: "ns1: the zone says so" }],
  warnings: [{ code: "…", message: "ns2 is silent" }],
});

const published: Delegations["published"] = () => Promise.reject(new Error("nothing asks the parent"));

/** A DNS that gives every set this verdict, after `afterMs` milliseconds. */
function contextWith(status: VerdictStatus, settings: DnsSettings = {}, afterMs = 0) {
  const asked: (string | number | undefined)[][] = [];
  const context: Context = {
    ...bed.context,
    dnsOverrides: settings,
    delegations: {
      published,
      keysOf: (name, _servers, _signal, timeoutMs) => {
        asked.push([name, timeoutMs]);
        bed.advance(afterMs);
        return Promise.resolve(() => verdict(status));
      },
    },
  };
  return { context, asked };
}

const refresh = (context: Context, tag = 1, more = {}) =>
  readRecord(`${domain}/${tag}`, outputs(ds(tag), more), context);

const bogus =
  "example.com is bogus (validating resolvers give no answer for it): ns1: the zone says so; ns2 is silent. Sign its zone " +
  "with a key that one of its DS records names, or correct the records.";
const insecure =
  "example.com is insecure (validating resolvers treat it as unsigned): ns1: the zone says so; ns2 is silent.";
const unknown = "example.com is not known to be safe: ns1: the zone says so; ns2 is silent.";

test.each<[VerdictStatus, string[]]>([
  ["secure", []],
  ["bogus", [`warning ${bogus}`]],
  ["insecure", [`warning ${insecure}`]],
  ["unknown", [`info ${unknown}`]],
])("a refresh of a domain that is %s", async (status, said) => {
  bed = await registrarWith([ds(1)]);
  const { context, asked } = contextWith(status);
  const result = await refresh(context);
  expect(result).toEqual({ id: `${domain}/1`, props: outputs(ds(1)) });
  const kept = bed.reports.filter(({ kind }) => kind !== "status");
  expect(kept.map(({ kind, text }) => `${kind} ${text}`)).toEqual(said);
  expect(kept.map(({ urn }) => urn)).toEqual(said.map(() => "urn:1"));
  expect(asked).toEqual([[domain, 3_500]]);
});

test("all records of the domain share one look, and each tells the verdict on the whole set", async () => {
  bed = await registrarWith([ds(1), ds(2), ds(3)]);
  const { context, asked } = contextWith("bogus");
  await Promise.all([1, 2, 3].map((tag) => refresh(context, tag)));
  expect(asked).toHaveLength(1);
  expect(bed.said()).toEqual([bogus, bogus, bogus]);
  bed.advance(30_000);
  await refresh(context);
  expect(asked).toHaveLength(2);
});

test("the set that is judged is the one that the registrar lists", async () => {
  bed = await registrarWith([ds(1), ds(2)]);
  const { context } = contextWith("secure");
  const sets: number[][] = [];
  const judge = (set: readonly { keyTag: number }[]) => {
    sets.push(set.map(({ keyTag }) => keyTag));
    return verdict("secure");
  };
  await refresh({ ...context, delegations: { published, keysOf: () => Promise.resolve(judge) } });
  expect(sets).toEqual([[1, 2]]);
});

test.each<[string, DnsSettings, object]>([
  ["switched off", { mode: "off" }, {}],
  ["switched off by the record", {}, { preflight: "off" }],
])("no server is queried where the check is %s", async (_, settings, more) => {
  bed = await registrarWith([ds(1)]);
  const { context, asked } = contextWith("bogus", settings);
  await refresh(context, 1, more);
  expect([asked, bed.said()]).toEqual([[], []]);
});

test("a get queries no server", async () => {
  bed = await registrarWith([ds(1)]);
  const { context, asked } = contextWith("bogus");
  await readRecord(`${domain}/1`, { __get: true }, context);
  expect([asked, bed.said()]).toEqual([[], []]);
});

test("a record that is gone, a registrar that fails and a DNS that fails change nothing about the result", async () => {
  bed = await registrarWith([ds(1)]);
  const { context } = contextWith("bogus");
  expect(await refresh(context, 2)).toEqual({ id: "" });
  expect(bed.said()).toEqual([
    "example.com/2 is no longer at the registrar. It leaves the state, and `pulumi up` adds it again.",
  ]);
  const failing = { published, keysOf: () => Promise.reject(new Error("aborted")) };
  expect(await refresh({ ...context, ledger: bed.anotherProcess().ledger, delegations: failing })).toEqual({
    id: `${domain}/1`,
    props: outputs(ds(1)),
  });
  bed.emulator.faults.add({ fault: { kind: "error", code: "DomainNotExist" } });
  expect(
    await rejection(refresh({ ...context, ledger: bed.anotherProcess().ledger, delegations: failing })),
  ).toMatchObject({ code: "REGISTRAR_REFUSED" });
});

test("domains that answer slowly delay a refresh by some seconds only, and that is said once", async () => {
  const names = Array.from({ length: 10 }, (_, index) => `slow-${index}.example`);
  bed = await startBed({ domains: Object.fromEntries(names.map((name) => [name, [ds(1)]])) });
  const { context, asked } = contextWith("unknown", {}, 3_500);
  for (const name of names) {
    await readRecord(`${name}/1`, outputs(ds(1), { domainName: name }), context);
  }
  expect(asked.map(([name]) => name)).toEqual(names.slice(0, 4));
  expect(bed.said().slice(4)).toEqual([
    "slow-4.example and further domains of this run are not judged: the DNS has answered too slowly so far.",
  ]);
  expect(bed.elapsed()).toBeLessThan(15_000);
});
