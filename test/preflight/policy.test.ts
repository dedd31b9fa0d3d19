import {
  describeDomain,
  severityOf,
  treatmentOf,
  treatmentOfDeletion,
  type JudgingMode,
  type Severity,
  type Treatment,
} from "../../provider/preflight/policy";
import type { Verdict, VerdictStatus } from "../../provider/preflight/verdict";

const word = (code: string, message = "…") => ({ code, message });

const verdict = (status: VerdictStatus, ...warnings: string[]): Verdict => ({
  status,
  reasons: [word("ANY", "expired")],
  warnings: warnings.map((code) => word(code, "ns2 is silent")),
});

const modes = ["enforce", "strict", "warn"] as const;

test.each<[VerdictStatus, string[], Treatment[], (Severity | undefined)[]]>([
  ["secure", [], ["accept", "accept", "accept"], [undefined, undefined, undefined]],
  ["secure", ["SERVER_SILENT"], ["accept", "refuse", "accept"], [undefined, "warning", undefined]],
  ["secure", ["DATA_UNHEARD"], ["accept", "refuse", "accept"], [undefined, "warning", undefined]],
  ["secure", ["DS_SHA1"], ["accept", "accept", "accept"], [undefined, undefined, undefined]],
  ["insecure", [], ["tell", "tell", "tell"], ["warning", "warning", "warning"]],
  ["insecure", ["SERVER_SILENT"], ["tell", "tell", "tell"], ["warning", "warning", "warning"]],
  ["bogus", [], ["refuse", "refuse", "warn"], ["warning", "warning", "warning"]],
  ["unknown", [], ["warn", "refuse", "warn"], ["info", "warning", "info"]],
])("a change to a set that is %s, with the warnings %j", (status, warnings, treatments, severities) => {
  const after = verdict(status, ...warnings);
  expect(modes.map((mode) => treatmentOf(after, mode))).toEqual(treatments);
  expect(modes.map((mode) => severityOf(after, mode))).toEqual(severities);
});

test.each<[string, Verdict, Verdict, JudgingMode, Treatment]>([
  ["the record that makes the domain validate", verdict("secure"), verdict("bogus"), "enforce", "refuse"],
  ["a record of a domain that is bogus everywhere", verdict("bogus"), verdict("bogus"), "enforce", "warn"],
  [
    "a record of a domain that validates at one server",
    verdict("bogus", "SOME_SERVERS_VALIDATE"),
    verdict("bogus"),
    "enforce",
    "refuse",
  ],
  ["a record of a domain without an answer", verdict("unknown"), verdict("unknown"), "strict", "refuse"],
  [
    "a record of a domain that was bogus, without an answer now",
    verdict("bogus"),
    verdict("unknown"),
    "strict",
    "warn",
  ],
  ["the last record", verdict("secure"), verdict("insecure"), "strict", "tell"],
])("the deletion of %s", (_, before, after, mode, treatment) => {
  expect(treatmentOfDeletion(after, () => before, mode)).toBe(treatment);
});

test.each<[VerdictStatus, ReturnType<typeof describeDomain>]>([
  ["secure", undefined],
  [
    "bogus",
    {
      severity: "warning",
      text:
        "example.com is bogus (validating resolvers give no answer for it): expired; ns2 is silent. Sign its zone with a key " +
        "that one of its DS records names, or correct the records. The source.",
    },
  ],
  [
    "insecure",
    {
      severity: "warning",
      text: "example.com is insecure (validating resolvers treat it as unsigned): expired; ns2 is silent. The source.",
    },
  ],
  [
    "unknown",
    { severity: "info", text: "example.com is not known to be safe: expired; ns2 is silent. The source." },
  ],
])("the message on an unchanged domain that is %s", (status, message) => {
  expect(describeDomain("example.com", verdict(status, "SERVER_SILENT"), "The source.")).toEqual(message);
});
