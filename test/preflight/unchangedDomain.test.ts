import type { Ds } from "../../provider/dnssec/ds";
import type { DsAnswer } from "../../provider/dns/answers";
import { PublishedDelegation } from "../../provider/preflight/publishedDelegation";
import { UnchangedDomain } from "../../provider/preflight/unchangedDomain";
import type { Verdict } from "../../provider/preflight/verdict";

const ds = (keyTag: number, digest = "aa"): Ds => ({ keyTag, algorithm: 13, digestType: 2, digest });
const server = (set: readonly Ds[]): DsAnswer => ({ server: "p", outcome: "answered", ds: set, ttl: 60 });
const silent: DsAnswer = { server: "p", outcome: "silent", detail: "no answer" };

/** Bogus with key tag 1, secure otherwise. The warning has the set that was judged. */
const judge = (set: readonly Ds[]): Verdict => ({
  status: set.some(({ keyTag }) => keyTag === 1) ? "bogus" : "secure",
  reasons: [],
  warnings: [{ code: "…", message: set.map(({ keyTag }) => keyTag).join() }],
});

const domainWith = (answers: readonly DsAnswer[]) => {
  const delegation = new PublishedDelegation({ domainName: "example.com", judge, published: { answers } });
  return new UnchangedDomain({ ask: () => Promise.resolve(delegation) }, "example.com", {});
};

test.each<[string, DsAnswer[], Ds[], string | undefined]>([
  ["a record that is published and declared", [server([ds(1)])], [ds(1)], "bogus 1"],
  ["a record that is published beside a declared one", [server([ds(1), ds(2)])], [ds(2)], "bogus 1,2"],
  ["the worse of two servers' sets", [server([ds(2)]), server([ds(2), ds(1)])], [ds(2)], "bogus 2,1"],
  ["a silent server of the parent's", [silent, server([ds(1)])], [ds(1)], "bogus 1"],
  ["a secure set", [server([ds(2)])], [ds(2)], "secure 2"],
  ["a record that this run adds", [server([ds(1)])], [ds(1), ds(2)], undefined],
  ["a record that this run modifies", [server([ds(1, "bb")])], [ds(1)], undefined],
  ["a record that one server does not have yet", [server([ds(1)]), server([])], [ds(1)], undefined],
  ["a parent that does not answer", [silent], [ds(1)], undefined],
])("the verdict on %s", async (_, answers, declared, expected) => {
  const unchanged = domainWith(answers);
  for (const one of declared) unchanged.declare(one);
  const verdict = await unchanged.verdict();
  expect(verdict && `${verdict.status} ${verdict.warnings[0]?.message}`).toBe(expected);
});

test("a domain is complete when its last expected record is declared", () => {
  const unchanged = domainWith([]);
  unchanged.expect();
  unchanged.expect();
  expect([unchanged.declare(ds(1)), unchanged.declare(ds(2))]).toEqual([false, true]);
});
