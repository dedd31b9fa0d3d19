import type { Ds } from "../../../../provider/dnssec/ds";
import { rulingOn, type Ruling } from "../../../../provider/lifecycle/change/safety/safetyRuling";
import type { JudgingMode } from "../../../../provider/preflight/policy";
import type { Verdict, VerdictStatus } from "../../../../provider/preflight/verdict";
import type { Change } from "../../../../provider/registrar/registrar";
import { domain, ds } from "../../bed";

const verdict = (status: VerdictStatus, ...warnings: string[]): Verdict => ({
  status,
  reasons: [{ code: "KEY_NOT_PUBLISHED", message: "the reason." }],
  warnings: warnings.map((code) => ({ code, message: "ns2 is silent" })),
});

/** Rules on a change of record 1, with record 2 present. */
function rule(action: Change["action"], was: Verdict, after: Verdict, mode: JudgingMode = "enforce"): Ruling {
  const before = action === "add" ? [ds(2)] : [ds(1, "f"), ds(2)];
  const judge = (set: readonly Ds[]) => (set === before ? was : after);
  const change: Change = action === "delete" ? { action, keyTag: 1 } : { action, ds: ds(1) };
  return rulingOn({ identity: { domain, keyTag: 1 }, change, before }, mode, judge);
}

function messageOf(ruling: Ruling): string {
  return ruling.kind === "refuse" ? ruling.error.message : "";
}

const secure = verdict("secure");
const bogus = verdict("bogus");

test.each<[string, Ruling, RegExp]>([
  [
    "takes a domain off the internet",
    rule("add", secure, bogus),
    /^example\.com\/1 was not added: with it, validating resolvers would give no answer for example\.com\. The reason\. .* makes the change anyway, and takes example\.com off the internet for validating resolvers\.$/,
  ],
  [
    "keeps a domain off the internet",
    rule("modify", bogus, bogus),
    /was not changed: with it, validating resolvers would still give no answer .* makes the change anyway, and keeps example\.com off the internet/,
  ],
  [
    "takes a domain off the internet that validates at one server",
    rule("delete", verdict("bogus", "SOME_SERVERS_VALIDATE"), bogus),
    /^example\.com\/1 was not deleted: example\.com depends on this record; .* and takes example\.com off the internet/,
  ],
  [
    "adds without proof",
    rule("add", secure, verdict("unknown", "SERVER_SILENT"), "strict"),
    /^example\.com\/1 was not added: preflight "strict" requires proof that example\.com validates with it, and there is none\. The reason; ns2 is silent\. Nothing was submitted\. Check that all servers of the zone can be reached from here\. `ALICLOUD_DNSSEC_PREFLIGHT=warn pulumi up` makes the change anyway, without that proof\.$/,
  ],
  [
    "deletes without proof",
    rule("delete", secure, verdict("unknown"), "strict"),
    /requires proof that example\.com validates without it, and there is none\. .*`ALICLOUD_DNSSEC_PREFLIGHT=warn pulumi up` or `ALICLOUD_DNSSEC_PREFLIGHT=warn pulumi destroy` makes the change anyway, without that proof\.$/,
  ],
])("the message of a refused change that %s", (_, ruling, message) => {
  expect(messageOf(ruling)).toMatch(message);
});

test("a change that is made has warnings about an insecure or an unproven result", () => {
  expect(rule("add", secure, verdict("insecure", "DS_SHA1"))).toEqual({
    kind: "go",
    news: [],
    worries: [
      "example.com is insecure (validating resolvers treat it as unsigned): the reason.",
      "ns2 is silent",
    ],
  });
  expect(rule("add", verdict("unknown"), verdict("unknown"))).toEqual({
    kind: "go",
    news: [],
    worries: ["With this change, example.com is still not known to be safe: the reason."],
  });
});
