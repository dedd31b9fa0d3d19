import { formatDs, type Ds } from "../../provider/dnssec/ds";
import type { DsAnswer, KeyAnswer, Observation } from "../../provider/dns/answers";
import { judgeDelegation } from "../../provider/preflight/judge";
import { PublishedDelegation } from "../../provider/preflight/publishedDelegation";

const domainName = "example.com";
const ds = (keyTag: number): Ds => ({ keyTag, algorithm: 13, digestType: 2, digest: "ab".repeat(32) });
const answered = (server: string, ...set: Ds[]): DsAnswer => ({ server, outcome: "answered", ds: set });
const nonexistent = (server: string): DsAnswer => ({ server, outcome: "nonexistent" });
const silent = (server: string): DsAnswer => ({ server, outcome: "silent", detail: "no answer in time" });
const refused = (server: string): DsAnswer => ({ server, outcome: "failed", detail: "it answers REFUSED" });

/** Bogus with a DS, insecure without one. */
const unsignedZone: Observation<KeyAnswer> = {
  answers: [
    { server: "ns", outcome: "answered", keys: [], signatures: [], data: { soa: [], signatures: [] } },
  ],
};
/** The verdict on a domain whose zone is unsigned, unless another answer is given. */
function verdictOn(published: Observation<DsAnswer>, observed = unsignedZone) {
  const judge = (set: readonly Ds[]) => judgeDelegation({ domainName, observed, now: 0, ds: set });
  return new PublishedDelegation({ domainName, judge, problem: observed.problem, published }).verdict();
}

const undelegated = { code: "NOT_DELEGATED", message: "example.com is not delegated by its parent zone" };

type Reasons = [code: string, message: unknown][];
const bogus: Reasons = [["ZONE_UNSIGNED", expect.stringContaining("ns: the zone is not signed")]];
const insecure: Reasons = [["NO_DS", "without a DS the domain is treated as unsigned"]];
const notDelegated: Reasons = [[undelegated.code, undelegated.message]];
const silence: Reasons = [["SERVER_SILENT", "of the parent zone: b: no answer in time"]];

test.each<[string, Observation<DsAnswer>, string, Reasons, Reasons, Observation<KeyAnswer>?]>([
  ["a DS", { answers: [answered("a", ds(1))] }, "bogus", bogus, []],
  ["none", { answers: [answered("a")] }, "insecure", insecure, []],
  [
    "the same in another order",
    { answers: [answered("a", ds(1), ds(2)), answered("b", ds(2), ds(1))] },
    "bogus",
    bogus,
    [],
  ],
  [
    "a DS at one server, none at the other: the worst counts",
    { answers: [answered("a"), answered("b", ds(1))] },
    "bogus",
    bogus,
    [
      [
        "SERVERS_DISAGREE",
        `the servers of the parent zone do not publish the same DS records; a: none; b: ${formatDs(ds(1))}`,
      ],
    ],
  ],
  [
    "a DS, and one server is silent",
    { answers: [answered("a", ds(1)), silent("b")] },
    "bogus",
    bogus,
    silence,
  ],
  [
    "that there is no such domain",
    { answers: [nonexistent("a"), silent("b")] },
    "unknown",
    notDelegated,
    silence,
  ],
  [
    "none, and the domain is not delegated",
    { answers: [answered("a")] },
    "unknown",
    notDelegated,
    [],
    { answers: [], problem: undelegated },
  ],
  [
    "no answer, and the domain is not delegated",
    { answers: [silent("b")] },
    "unknown",
    notDelegated,
    silence,
    { answers: [], problem: undelegated },
  ],
  [
    "nothing",
    { answers: [refused("a"), silent("b")] },
    "unknown",
    [
      [
        "NO_ANSWER",
        "no server of the parent zone says which DS records example.com has: a (it answers REFUSED) and b (no answer in time)",
      ],
    ],
    [["SERVER_FAILED", "of the parent zone: a: it answers REFUSED"], ...silence],
  ],
  [
    "nothing, since its servers cannot be found",
    { answers: [], problem: { code: "SERVERS_NOT_FOUND", message: "there are none" } },
    "unknown",
    [["SERVERS_NOT_FOUND", "of the parent zone: there are none"]],
    [],
  ],
])("the parent has %s", (_, published, status, reasons, warnings, observed = unsignedZone) => {
  const verdict = verdictOn(published, observed);
  const tuples = (found: typeof verdict.reasons) => found.map(({ code, message }) => [code, message]);
  expect(verdict.status).toBe(status);
  expect(tuples(verdict.reasons)).toEqual(reasons);
  expect(tuples(verdict.warnings)).toEqual(warnings);
});

describe("parents that publish many sets:", () => {
  const sets = (count: number) => ({
    answers: Array.from({ length: count }, (_, index) => answered(`ns${index + 1}`, ds(index))),
  });
  test("eight are judged, and the worst counts", () => {
    const { status, reasons } = verdictOn(sets(8));
    expect([status, reasons.length]).toEqual(["bogus", 1]);
  });

  test("a ninth makes it unknown, unless it is bogus", () => {
    const published = {
      answers: Array.from({ length: 9 }, (_, index) =>
        answered(`ns${index + 1}`, { ...ds(index), digestType: 200 }),
      ),
    };
    const { status, reasons, warnings } = verdictOn(published);
    expect([status, reasons]).toEqual([
      "unknown",
      [
        {
          code: "TOO_MUCH_TO_JUDGE",
          message: "the servers of the parent zone publish 9 different DS sets, and at most 8 are judged",
        },
      ],
    ]);
    expect(warnings.map(({ code }) => code)).toEqual(["SERVERS_DISAGREE"]);
    const all = verdictOn(sets(9));
    expect(all.status).toBe("bogus");
  });

  test.each([
    ["1,000 DS records each", 1_000, 30],
    ["a DS record of 65,000 octets each", 1, 65_000],
  ])("the verdict on 32 servers with %s is short", (_, count, octets) => {
    const published = {
      answers: Array.from({ length: 32 }, (_one, server) =>
        answered(
          `ns${server}`,
          ...Array.from({ length: count }, (_other, index) => ({
            ...ds(index),
            algorithm: 100 + server,
            digest: "ab".repeat(octets),
          })),
        ),
      ),
    };
    const verdict = verdictOn(published);
    expect(verdict.status).toBe("unknown");
    const told = [...verdict.reasons, ...verdict.warnings].map(({ message }) => message).join("; ");
    expect(told.length).toBeLessThan(12_000);
    expect(told).toMatch(/; 24 more$/);
  });
});
