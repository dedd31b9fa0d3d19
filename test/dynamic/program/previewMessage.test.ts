import type { JudgingMode, Message } from "../../../provider/preflight/policy";
import type { HeldUp } from "../../../provider/preflight/previewVerdicts";
import type { Verdict, VerdictStatus } from "../../../provider/preflight/verdict";
import { classOf, previewMessage, unchangedMessage } from "../../../provider/dynamic/program/previewMessage";

const ds = { keyTag: 1, algorithm: 13, digestType: 2, digest: "ab" };
const word = (message: string) => ({ code: "ANY", message });
const alone = (status: VerdictStatus): Verdict => ({
  status,
  reasons: [word("key 2 signs")],
  warnings: [word("ns2 is silent")],
});

interface More {
  readonly heldUp?: HeldUp;
  readonly unheard?: boolean;
  readonly areSomeUnknown?: boolean;
}

function messageOn(
  status: VerdictStatus,
  mode: JudgingMode,
  { heldUp, unheard = false, areSomeUnknown = false }: More = {},
): Message | undefined {
  const warnings = unheard ? [{ code: "SERVER_SILENT", message: "ns2: it does not answer" }] : [];
  const verdict = { status, reasons: [word("the reason")], warnings, ...(heldUp && { heldUp }) };
  return previewMessage({ domainName: "example.com", ds, verdict, mode, areSomeUnknown });
}

const refused = /does not add or change this record/;

test.each<[VerdictStatus, JudgingMode, More, Message["severity"] | undefined, boolean]>([
  ["secure", "enforce", {}, undefined, false],
  ["secure", "strict", {}, undefined, false],
  ["secure", "enforce", { unheard: true }, undefined, false],
  ["secure", "strict", { unheard: true }, "warning", true],
  ["secure", "enforce", { heldUp: { by: [2], declaredAlone: alone("insecure") } }, "warning", false],
  [
    "secure",
    "strict",
    { heldUp: { by: [2], declaredAlone: alone("insecure") }, unheard: true },
    "warning",
    true,
  ],
  ["insecure", "enforce", {}, "warning", false],
  ["insecure", "strict", {}, "warning", false],
  ["bogus", "enforce", {}, "warning", true],
  ["bogus", "strict", {}, "warning", true],
  ["bogus", "warn", {}, "warning", false],
  ["unknown", "enforce", {}, "info", false],
  ["unknown", "strict", {}, "warning", true],
  ["unknown", "warn", {}, "info", false],
])("%s, under %s, with %j: %s, refused by up: %s", (status, mode, more, severity, isRefused) => {
  const message = messageOn(status, mode, more);
  expect(message?.severity).toBe(severity);
  expect(refused.test(message?.text ?? "")).toBe(isRefused);
});

test("the message names the record, the finding, the repair, and what was judged", () => {
  expect(messageOn("bogus", "enforce")?.text).toBe(
    "With DS 1 13 2 ab, example.com is bogus (validating resolvers give no answer for it): the reason. Sign its zone with a " +
      "key that one of its DS records names, or correct the records. With preflight " +
      '"enforce", `pulumi up` does not add or change this record until this is fixed. This verdict combines the DS records ' +
      "now in the parent zone with those in this program. It does not account for removals.",
  );
});

test.each<[VerdictStatus, JudgingMode, boolean]>([
  ["bogus", "enforce", true],
  ["bogus", "strict", true],
  ["bogus", "warn", false],
  ["insecure", "enforce", false],
])(
  "undeclared records hold the domain up, the declared ones are %s; up refuses under %s: %s",
  (status, mode, isRefused) => {
    const heldUp = { by: [2], declaredAlone: alone(status) };
    const message = messageOn("secure", mode, { heldUp });
    expect(message?.severity).toBe("warning");
    expect(message?.text).toContain(
      "With DS 1 13 2 ab, example.com validates only because of example.com/2, which this program does not declare. ",
    );
    expect(message?.text).toMatch(
      new RegExp(
        `With this program's records alone, example\\.com is ${status} .*: key 2 signs; ns2 is silent\\.`,
      ),
    );
    const refusal = `With preflight "${mode}", \`pulumi up\` does not replace or delete example.com/2 until this is fixed.`;
    expect(message?.text.includes(refusal)).toBe(isRefused);
    expect(classOf({ ...alone("secure"), heldUp })).toBe("valid only through undeclared records");
  },
);

test("several undeclared records are named, and the last of them is kept", () => {
  const heldUp = { by: [2, 3], declaredAlone: alone("bogus") };
  const text = messageOn("secure", "enforce", { heldUp })?.text;
  expect(text).toContain("only because of example.com/2, example.com/3, which this program does not declare");
  expect(text).toContain("does not replace or delete the last of example.com/2, example.com/3 until");
});

test.each(["secure", "insecure", "bogus", "unknown"] as const)("the summary counts %s as that", (status) => {
  expect(classOf({ status, reasons: [], warnings: [] })).toBe(status);
});

test("the message mentions records that are not known yet", () => {
  const text = messageOn("bogus", "enforce", { areSomeUnknown: true })?.text;
  expect(text).toContain("or for records that are not known before `pulumi up`.");
});

test("the message on an unchanged domain says which records were judged", () => {
  const verdict = {
    status: "insecure",
    reasons: [word("expired")],
    warnings: [word("ns2 is silent")],
  } as const;
  expect(unchangedMessage("example.com", verdict)).toEqual({
    severity: "warning",
    text:
      "example.com is insecure (validating resolvers treat it as unsigned): expired; ns2 is silent. This verdict is on the DS " +
      "records that the parent zone had when this run began.",
  });
  expect(unchangedMessage("example.com", { ...verdict, status: "secure" })).toBeUndefined();
});

test("a message is short, however many findings and records a stranger makes", () => {
  const reasons = Array.from({ length: 2_048 }, (_, index) => ({
    code: "KEY_NOT_PUBLISHED",
    message: `ns${index}: the zone publishes no key ${index}`,
  }));
  const verdict = { status: "bogus", reasons, warnings: reasons } as const;
  const by = Array.from({ length: 1_000 }, (_, index) => index);
  const common = { domainName: "example.com", ds, mode: "enforce", areSomeUnknown: false } as const;
  const heldUp = { by, declaredAlone: verdict };
  const messages = [
    previewMessage({ ...common, verdict }),
    previewMessage({ ...common, verdict: { ...verdict, status: "secure", heldUp } }),
    unchangedMessage("example.com", verdict),
  ];
  for (const message of messages) {
    expect(message?.text).toContain("; 4088 more");
    expect(message?.text.length).toBeLessThan(2_000);
  }
});

test("a long digest is cut, so that the finding stays near the front", () => {
  const long = { ...ds, digest: "0123456789abcdef".repeat(4) };
  const verdict = { status: "bogus", reasons: [], warnings: [] } as const;
  const record = {
    domainName: "example.com",
    ds: long,
    verdict,
    mode: "warn",
    areSomeUnknown: false,
  } as const;
  expect(previewMessage(record)?.text).toMatch(/^With DS 1 13 2 01234567…, example\.com is bogus/);
});
