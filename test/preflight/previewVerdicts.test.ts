import type { Ds } from "../../provider/dnssec/ds";
import type { DsAnswer } from "../../provider/dns/answers";
import { PreviewedDelegations } from "../../provider/preflight/previewVerdicts";
import { PublishedDelegation } from "../../provider/preflight/publishedDelegation";
import type { Verdict, VerdictStatus } from "../../provider/preflight/verdict";

const domainName = "example.com";
const ds = (keyTag: number, digest = "00".repeat(32)): Ds => ({
  keyTag,
  algorithm: 13,
  digestType: 2,
  digest,
});
const answered = (server: string, set: readonly Ds[]): DsAnswer => ({ server, outcome: "answered", ds: set });
const silent = (server: string): DsAnswer => ({ server, outcome: "silent", detail: "no answer" });

/**
 * A zone signed by keys of these tags, below a parent with these answers. Records what is judged
 * and asked.
 */
function zone(signing: readonly number[], parent: readonly DsAnswer[], unreachable = false) {
  const judged: string[] = [];
  const budgets: (number | undefined)[] = [];
  const status = (set: readonly Ds[]): VerdictStatus => {
    if (set.every(({ keyTag }) => keyTag >= 200)) return "insecure";
    if (unreachable) return "unknown";
    return set.some(({ keyTag }) => signing.includes(keyTag)) ? "secure" : "bogus";
  };
  const judge = (set: readonly Ds[]): Verdict => {
    judged.push(set.map(({ keyTag }) => keyTag).join(" "));
    return { status: status(set), reasons: [{ code: "ANY", message: "why" }], warnings: [] };
  };
  const delegation = new PublishedDelegation({ domainName, judge, published: { answers: parent } });
  const preview = new PreviewedDelegations({
    ask: (_domain, _servers, _signal, timeoutMs) => {
      budgets.push(timeoutMs);
      return Promise.resolve(delegation);
    },
  });
  const verdicts = (...records: readonly Ds[]) =>
    Promise.all(records.map((record) => preview.verdictOn({ domainName, ds: record, servers: {} })));
  return { preview, judged, budgets, verdicts };
}

test.each<[string, number[], DsAnswer[], Ds[], VerdictStatus[]]>([
  ["a record of the key that signs", [1], [answered("ns1", [])], [ds(1)], ["secure"]],
  ["a record of another key", [2], [answered("ns1", [])], [ds(1)], ["bogus"]],
  ["a standby beside a published record", [2], [answered("ns1", [ds(2)])], [ds(1)], ["secure"]],
  [
    "a record that replaces the published one of its key tag",
    [2],
    [answered("ns1", [ds(1, "ff"), ds(2)])],
    [ds(1)],
    ["secure"],
  ],
  ["a standby and its active record", [2], [answered("ns1", [])], [ds(1), ds(2)], ["secure", "secure"]],
  [
    "servers of the parent that differ: the worst counts",
    [2],
    [answered("ns1", [ds(2)]), answered("ns2", [])],
    [ds(1)],
    ["bogus"],
  ],
  ["a silent server of the parent", [2], [answered("ns1", [ds(2)]), silent("ns2")], [ds(1)], ["secure"]],
  ["a silent parent, which may have the record that counts", [2], [silent("ns1")], [ds(1)], ["unknown"]],
  ["a silent parent beside a record of the key that signs", [1], [silent("ns1")], [ds(1)], ["secure"]],
])("%s", async (_, signing, parent, records, expected) => {
  const { verdicts } = zone(signing, parent);
  expect((await verdicts(...records)).map(({ status }) => status)).toEqual(expected);
});

test.each<[string, number[], Ds[], Ds[], number[]]>([
  ["its own record", [1], [ds(2)], [ds(1)], []],
  ["one of its own records", [1], [ds(3)], [ds(1), ds(2)], []],
  ["a published record beside its own", [2], [ds(2), ds(3)], [ds(1)], [2]],
  ["each of two published records beside its own", [2, 3], [ds(2), ds(3)], [ds(1)], [2, 3]],
  ["a published record beside one that no validator supports", [2], [ds(2)], [ds(200)], [2]],
  ["nothing", [4], [ds(2)], [ds(1)], []],
])("a domain that validates because of %s", async (_, signing, published, records, heldUpBy) => {
  const { verdicts } = zone(signing, [answered("ns1", published)]);
  for (const verdict of await verdicts(...records)) expect(verdict.heldUp?.by ?? []).toEqual(heldUpBy);
});

test("a domain is asked for once, and each record is judged with all that are declared by then", async () => {
  const { verdicts, judged, budgets } = zone([1], [answered("ns1", [ds(3)])]);
  await verdicts(ds(1), ds(2));
  expect([judged, budgets]).toEqual([["3 1 2", "1 2", "3 1 2", "1 2"], [3_500]]);
});

test("a record is judged with those that are declared while it waits", async () => {
  const { preview, judged } = zone([1], [answered("ns1", [ds(3)])]);
  let settle = () => {};
  const until = new Promise<void>((resolve) => (settle = resolve));
  const early = preview.verdictOn({ domainName, ds: ds(2), servers: {}, until });
  const late = await preview.verdictOn({ domainName, ds: ds(1), servers: {} });
  expect(judged).toEqual(["3 2 1", "2 1"]);
  settle();
  expect([(await early).heldUp, late.heldUp]).toEqual([undefined, undefined]);
});

test("a domain is asked for again at other servers", async () => {
  const { preview, budgets } = zone([1], [answered("ns1", [])]);
  const asked = [{}, { nameServers: ["192.0.2.1"] }, { parentNameServers: ["192.0.2.1"] }, {}];
  for (const servers of asked) await preview.verdictOn({ domainName, ds: ds(1), servers });
  expect(budgets).toHaveLength(3);
});

test("every domain has the same time, however late it is declared", async () => {
  const { preview, budgets } = zone([1], []);
  const ask = (name: string) => preview.verdictOn({ domainName: name, ds: ds(1), servers: {} });
  await ask("a.example");
  await ask("b.example");
  expect(budgets).toEqual([3_500, 3_500]);
});

test("a domain that the parent does not have is reported as not delegated, also with given servers", async () => {
  const { verdicts } = zone([1], [{ server: "ns1", outcome: "nonexistent" }, silent("ns2")], true);
  const [verdict] = await verdicts(ds(1));
  expect(verdict).toMatchObject({
    status: "unknown",
    reasons: [
      { code: "NOT_DELEGATED", message: "example.com is not delegated by its parent zone" },
      { code: "ANY" },
    ],
  });
});

test("a parent that is silent is named before the findings on the zone", async () => {
  const { verdicts } = zone([2], [silent("ns1")]);
  const [verdict] = await verdicts(ds(1));
  expect(verdict?.reasons).toEqual([
    {
      code: "NO_ANSWER",
      message: "no server of the parent zone says which DS records example.com has: ns1 (no answer)",
    },
    { code: "ANY", message: "why" },
  ]);
});
