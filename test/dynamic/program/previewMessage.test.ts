import type { PreflightMode } from "../../../provider/preflight/settings";
import type { VerdictStatus } from "../../../provider/preflight/verdict";
import {
  classOf,
  diagnosticOf,
  standingDiagnosticOf,
  type Diagnostic,
} from "../../../provider/dynamic/program/previewMessage";

const ds = { keyTag: 1, algorithm: 13, digestType: 2, digest: "ab" };

function diagnostic(
  status: VerdictStatus,
  mode: PreflightMode,
  { heldUpBy = [], unheard = false, areSomeUnknown = false }: More = {},
): Diagnostic | undefined {
  const warnings = unheard ? [{ code: "SERVER_SILENT", message: "ns2: it does not answer" }] : [];
  const verdict = { status, reasons: [{ code: "ANY", message: "the reason" }], warnings, heldUpBy };
  return diagnosticOf({ domainName: "example.com", ds, verdict, mode, areSomeUnknown });
}

interface More {
  readonly heldUpBy?: readonly number[];
  readonly unheard?: boolean;
  readonly areSomeUnknown?: boolean;
}

const refused = /does not add or change this record/;

test.each<[VerdictStatus, PreflightMode, More, Diagnostic["severity"] | undefined, boolean]>([
  ["secure", "enforce", {}, undefined, false],
  ["secure", "strict", {}, undefined, false],
  ["secure", "enforce", { unheard: true }, undefined, false],
  ["secure", "strict", { unheard: true }, "warning", true],
  ["secure", "enforce", { heldUpBy: [2] }, "warning", false],
  ["insecure", "enforce", {}, "warning", false],
  ["insecure", "strict", {}, "warning", false],
  ["bogus", "enforce", {}, "warning", true],
  ["bogus", "strict", {}, "warning", true],
  ["bogus", "warn", {}, "warning", false],
  ["unknown", "enforce", {}, "info", false],
  ["unknown", "strict", {}, "warning", true],
  ["unknown", "warn", {}, "info", false],
])("%s, under %s, with %j: %s, refused by up: %s", (status, mode, more, severity, isRefused) => {
  const said = diagnostic(status, mode, more);
  expect(said?.severity).toBe(severity);
  expect(refused.test(said?.text ?? "")).toBe(isRefused);
});

test("names the record, the finding, and what was judged", () => {
  expect(diagnostic("bogus", "enforce")?.text).toBe(
    "example.com/1 (1 13 2 ab): bogus, validating resolvers would give no answer for the domain: the reason. With preflight " +
      '"enforce", `pulumi up` does not add or change this record while that is so. This verdict combines the DS records now ' +
      "in the parent zone with those in this program. It does not account for removals.",
  );
});

test("names what holds the domain up in the place of the program's records", () => {
  expect(diagnostic("secure", "enforce", { heldUpBy: [2, 3] })?.text).toContain(
    "the domain validates only because of example.com/2, example.com/3, which this program does not declare",
  );
});

test.each<[VerdictStatus, PreflightMode, boolean]>([
  ["bogus", "enforce", true],
  ["bogus", "strict", true],
  ["bogus", "warn", false],
  ["insecure", "enforce", false],
])(
  "says why the program's records alone are %s and, under %s, whether up refuses: %s",
  (status, mode, isRefused) => {
    const word = (message: string) => ({ code: "ANY", message });
    const declaredAlone = { status, reasons: [word("key 2 signs")], warnings: [word("ns2 is silent")] };
    const verdict = { status: "secure", reasons: [], warnings: [], heldUpBy: [2], declaredAlone } as const;
    const said = diagnosticOf({ domainName: "example.com", ds, verdict, mode, areSomeUnknown: false });
    expect(said?.severity).toBe("warning");
    expect(said?.text).toContain("by none of its own records: key 2 signs; ns2 is silent.");
    const refusal = `With preflight "${mode}", \`pulumi up\` does not replace or delete example.com/2 while that is so.`;
    expect(said?.text.includes(refusal)).toBe(isRefused);
    expect(classOf(verdict)).toBe("valid only through undeclared records");
  },
);

test.each(["secure", "insecure", "bogus", "unknown"] as const)("counts what is %s as that", (status) => {
  expect(classOf({ status, reasons: [], warnings: [], heldUpBy: [] })).toBe(status);
});

test("says that records are missing of which not all is known", () => {
  const text = diagnostic("bogus", "enforce", { areSomeUnknown: true })?.text;
  expect(text).toContain("or for records that are not known before `pulumi up`.");
});

test.each<[VerdictStatus, ReturnType<typeof standingDiagnosticOf>]>([
  ["secure", undefined],
  [
    "bogus",
    {
      severity: "warning",
      text:
        "example.com is bogus (validating resolvers give no answer for it): expired; ns2 is silent. Sign its zone with a key " +
        "that one of its DS records names, or correct the records. This verdict is on the DS records that the parent zone had when this run began.",
    },
  ],
  [
    "insecure",
    {
      severity: "warning",
      text:
        "example.com is insecure (validating resolvers take it for unsigned): expired; ns2 is silent. This verdict is on the DS records " +
        "that the parent zone had when this run began.",
    },
  ],
  [
    "unknown",
    {
      severity: "info",
      text:
        "example.com is not known to be safe: expired; ns2 is silent. This verdict is on the DS records that the parent zone had when this " +
        "run began.",
    },
  ],
])("up says of a domain that is %s and does not change", (status, diagnostic) => {
  const [reasons, warnings] = ["expired", "ns2 is silent"].map((message) => [{ code: "…", message }]);
  expect(
    standingDiagnosticOf("example.com", { status, reasons: reasons ?? [], warnings: warnings ?? [] }),
  ).toEqual(diagnostic);
});

test("what is said of a domain is short, however many findings and records a stranger makes", () => {
  const reasons = Array.from({ length: 2_048 }, (_, index) => ({
    code: "KEY_NOT_PUBLISHED",
    message: `ns${index}: the zone publishes no key ${index}`,
  }));
  const verdict = { status: "bogus", reasons, warnings: reasons } as const;
  const heldUpBy = Array.from({ length: 1_000 }, (_, index) => index);
  const common = { domainName: "example.com", ds, mode: "enforce", areSomeUnknown: false } as const;
  const said = [
    diagnosticOf({ ...common, verdict: { ...verdict, heldUpBy: [] } }),
    diagnosticOf({ ...common, verdict: { ...verdict, status: "secure", heldUpBy, declaredAlone: verdict } }),
    standingDiagnosticOf("example.com", verdict),
  ];
  for (const one of said) {
    expect(one?.text).toContain("; 4088 more");
    expect(one?.text.length).toBeLessThan(2_000);
  }
});

test("a long digest is shown by its beginning, so that the fact stays near the front", () => {
  const long = { ...ds, digest: "0123456789abcdef".repeat(4) };
  const verdict = { status: "bogus", reasons: [], warnings: [], heldUpBy: [] } as const;
  const record = {
    domainName: "example.com",
    ds: long,
    verdict,
    mode: "warn",
    areSomeUnknown: false,
  } as const;
  expect(diagnosticOf(record)?.text).toMatch(/^example\.com\/1 \(1 13 2 01234567…\): bogus/);
});
