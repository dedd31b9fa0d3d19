import { readSettings } from "../provider/config";
import { quoted } from "../provider/dnssec/quoted";
import { AlicloudDnssecProvider, checkDelegation } from "../provider/index";
import { checkInputs, deleteRecord, readRecord, updateRecord } from "./lifecycle/operations";
import { readDnsSettings } from "../provider/preflight/settings";
import { id, inputs, outputs, startBed, wanted } from "./lifecycle/bed";
import { answering, closeAll, domain, deadline, settingsOf } from "./alicloud/bed";
import { createRegistrar } from "../provider/registrar/client";
import { leapingClock } from "./harness/clocks";

afterEach(closeAll);

/** Moves the cursor, colours the rest, turns the reading direction, begins lines, and is long. */
const hostile = `evil\u001b[2J\u009b31m\u007f\u202e\u2028\u2029\r\n\t\ud800${"x".repeat(100_000)}`;
const perilous = /[\p{C}\p{Zl}\p{Zp}]/u;
/** Some messages hold several texts of at most 300 characters. */
const maxMessage = 1_500;

const config = (key: string, value: unknown) => () =>
  readSettings(
    { get: (name) => ({ "alicloud:accessKey": "id", "alicloud:secretKey": "secret", [key]: value })[name] },
    {},
    () => {
      throw new Error("no more places");
    },
  );
const input =
  (name: string, value: unknown = hostile) =>
  () => {
    const { failures, warnings } = checkInputs({ domainName: domain, ...wanted, [name]: value });
    return [...failures.map(({ reason }) => reason), ...warnings];
  };
/** An id that passes as another text, and so may have any length. */
const oddId = `example.com${"\u200b".repeat(10_000)}/1`;
const inBed =
  (use: (context: Awaited<ReturnType<typeof startBed>>["context"]) => Promise<unknown>) => async () => {
    const bed = await startBed({ domains: { [domain]: [wanted] } });
    try {
      await use(bed.context);
      return bed.reports.map(({ text }) => text);
    } finally {
      await bed.close();
    }
  };

const registrarAt = (url: string) =>
  createRegistrar({
    settings: settingsOf({ url, credentials: { accessKeyId: "LTAI-id", accessKeySecret: "secret" } }),
    clock: leapingClock(),
    random: () => 0.5,
  });
const soon = () => deadline({ until: 0 });
const listing =
  (body: object, status = 200) =>
  async () =>
    registrarAt((await answering(JSON.stringify(body), status)).url).list(domain, soon());
const looking = (detail: object) => async () => {
  const body = { RequestId: "R-1", Data: { TaskDetail: [{ TaskNo: "T-1", DomainName: domain, ...detail }] } };
  const status = await registrarAt((await answering(JSON.stringify(body))).url).taskStatus(
    domain,
    "T-1",
    soon(),
  );
  return JSON.stringify(status);
};
const submitting = (body: object) => async () => {
  const { url } = await answering(JSON.stringify(body));
  const submission = await registrarAt(url).submit(domain, { action: "add", ds: wanted }, soon());
  return "failure" in submission ? submission.failure.message : JSON.stringify(submission);
};

/**
 * By place, code that shows foreign text in a message, a report or a warning, returned or thrown.
 */
const places: readonly (readonly [string, () => unknown])[] = [
  ["config site", config("alicloud-dnssec:site", hostile)],
  ["config apiVersion", config("alicloud-dnssec:apiVersion", hostile)],
  ["config endpoint", config("alicloud-dnssec:endpoint", hostile)],
  ["config endpoint with a long name", config("alicloud-dnssec:endpoint", `http://${"x".repeat(100_000)}`)],
  ["config preflight", () => readDnsSettings(() => hostile, {})],
  [
    "environment ALICLOUD_DNSSEC_NAME_SERVERS",
    () => readDnsSettings(() => undefined, { ALICLOUD_DNSSEC_NAME_SERVERS: hostile }),
  ],
  ["a provider's argument", () => new AlicloudDnssecProvider("p", { [hostile]: 1 } as never)],
  ...[
    "domainName",
    "keyTag",
    "algorithm",
    "digestType",
    "digest",
    "ds",
    "dnskey",
    "onConflict",
    "preflight",
    "nameServers",
    "waitForPublication",
    "__timeouts",
    hostile,
  ].map((name) => [`input ${name.slice(0, 20)}`, input(name)] as const),
  ["input nameServers as a list", input("nameServers", [hostile])],
  ["input customTimeouts", input("__timeouts", { create: hostile })],
  ["input ds in the form of one", input("ds", `1 13 2 ${hostile}`)],
  ["input dnskey in the form of one", input("dnskey", `257 3 13 ${hostile}`)],
  ["checkDelegation's domain", () => checkDelegation({ domainName: hostile, ds: [wanted] } as never)],
  ["checkDelegation's ds", () => checkDelegation({ domainName: domain, ds: [hostile] } as never)],
  [
    "checkDelegation's server",
    () => checkDelegation({ domainName: domain, ds: [wanted], nameServers: [hostile] } as never),
  ],
  [
    "the id in an update",
    inBed((context) => updateRecord(hostile, outputs(wanted), inputs(wanted), context)),
  ],
  [
    "the id of another record",
    inBed((context) => updateRecord(oddId.replace("/1", "/2"), outputs(wanted), inputs(wanted), context)),
  ],
  ["the id in a deletion", inBed((context) => deleteRecord(hostile, outputs(wanted), context))],
  [
    "the id of a state without a digest",
    inBed((context) => deleteRecord(oddId, outputs(wanted, { digest: null }), context)),
  ],
  [
    "the digest of a state",
    inBed((context) => deleteRecord(id, outputs(wanted, { digest: hostile }), context)),
  ],
  ["the id in a refresh", inBed((context) => readRecord(hostile, outputs(wanted), context))],
  [
    "the task of a state",
    inBed((context) => {
      const pending = { taskNo: hostile, action: "modify", submittedAt: context.clock.now() };
      return updateRecord(
        id,
        outputs(wanted, { pending, taskNo: hostile }),
        inputs({ ...wanted, algorithm: 8 }),
        context,
      );
    }),
  ],
  ["the registrar's message", listing({ Code: "Odd", Message: hostile, RequestId: "R-1" }, 400)],
  ["the registrar's code", listing({ Code: hostile, RequestId: "R-1" }, 400)],
  ["the registrar's request number", listing({ Code: "Odd", RequestId: hostile }, 400)],
  ["the registrar's list", listing({ RequestId: "R-1", DSRecordList: hostile })],
  [
    "the registrar's record",
    listing({
      RequestId: "R-1",
      DSRecordList: [{ KeyTag: 1, Algorithm: hostile, DigestType: 2, Digest: "00" }],
    }),
  ],
  [
    "the registrar's digest",
    listing({
      RequestId: "R-1",
      DSRecordList: [{ KeyTag: 1, Algorithm: 8, DigestType: 2, Digest: hostile }],
    }),
  ],
  ["the registrar's task number", submitting({ RequestId: "R-1", TaskNo: hostile })],
  ["the registrar's task status", looking({ TaskStatus: hostile })],
  ["the registrar's reason", looking({ TaskStatus: "EXECUTE_FAILURE", FailReason: hostile })],
];

test.each(places)("%s", async (_, show) => {
  const shown = await Promise.resolve()
    .then(show)
    .catch((error: unknown) => error as Error);
  const texts = shown instanceof Error ? [shown.message] : [shown].flat();
  // Otherwise nothing was tried.
  expect(texts.length).toBeGreaterThan(0);
  for (const text of texts) {
    expect(text).toEqual(expect.any(String));
    expect(perilous.exec(String(text))).toBeNull();
    expect(String(text).length).toBeLessThanOrEqual(maxMessage);
  }
});

test("nothing is left that moves a cursor or turns the reading direction", () => {
  expect(quoted("a\u001bb\u007fc\u009bd\u00ade\u202ef\u2028g\u{e0001}h")).toBe(
    String.raw`"a\u001bb\u007fc\u009bd\u00ade\u202ef\u2028g\u{e0001}h"`,
  );
  expect(quoted("grün 密 😀")).toBe('"grün 密 😀"');
  expect(quoted(`${"x".repeat(79)}😀`)).toBe(`"${"x".repeat(79)}😀"`);
  expect(quoted(`${"x".repeat(79)}😀x`)).toBe(`"${"x".repeat(79)}😀"… (81 characters)`);
});
