import { faultKindNames, type Fault } from "../../emulator/control/faultKinds";
import type { Change, Registrar } from "../../provider/registrar/registrar";
import { createRegistrar } from "../../provider/registrar/client";
import {
  closeAll,
  deadUrl,
  domain,
  emulated,
  deadline,
  passingFaults,
  rawServer,
  rejection,
  settingsOf,
  type RawServer,
} from "./bed";
import { everythingOf } from "../secrets/everything";
import { leapingClock } from "../harness/clocks";

afterEach(closeAll);

const account = {
  accessKeyId: "LTAI5tCANARY+key/id",
  accessKeySecret: "CANARY/secret+with=(signs)&more",
  securityToken: "CANARY+token/with==%and'quotes'",
};
const add: Change = {
  action: "add",
  ds: { keyTag: 1, algorithm: 13, digestType: 2, digest: "00".repeat(32) },
};

/** Returns every spelling of a secret. */
const forms = (secret: string) => {
  const once = encodeURIComponent(secret);
  const base64 = Buffer.from(secret).toString("base64").replace(/=+$/, "");
  return [
    secret,
    once,
    encodeURIComponent(once),
    base64,
    encodeURIComponent(base64),
    JSON.stringify(secret).slice(1, -1),
  ];
};

function expectNoCanary(value: unknown, signatures: readonly string[] = []): void {
  const text = everythingOf(value).toLowerCase();
  for (const secret of [...Object.values(account), ...signatures].flatMap(forms)) {
    expect(text).not.toContain(secret.toLowerCase());
  }
  expect(text).not.toMatch(/canary|https?:\/\//);
}

const registrarAt = (url: string, readMs = 60_000): Registrar =>
  createRegistrar({
    settings: settingsOf({ url, credentials: account }),
    clock: leapingClock(),
    random: () => 0.5,
    timeouts: { connectMs: 60_000, readMs },
  });

/** Returns the errors of a listing, a task query and a submission. */
async function errorsOf(registrar: Registrar): Promise<Error[]> {
  const soon = deadline({ until: 0 });
  const submission = await registrar
    .submit(domain, add, soon)
    .catch((error: unknown) => ({ failure: error as Error }));
  return [
    ...("failure" in submission ? [submission.failure] : []),
    await rejection(registrar.list(domain, soon)),
    await rejection(registrar.taskStatus(domain, "T-1", soon)),
  ];
}

/**
 * One fault of each kind that makes a call fail. Other kinds change an answer, or the course of a
 * task.
 */
const failing: readonly Fault[] = [
  { kind: "error", code: "DomainNotExist" },
  {
    kind: "error",
    code: "SignatureDoesNotMatch",
    message: `server string to sign is:${encodeURIComponent(account.accessKeyId)}`,
  },
  { kind: "error", code: "Odd", message: forms(account.securityToken).join(" ") },
  { kind: "error", code: "Odd", message: `${"x".repeat(290)}${account.accessKeySecret}` },
  ...passingFaults,
  { kind: "neverAnswers" },
  { kind: "wrongTypes", fields: ["TaskNo", "DSRecordList", "Data"] },
];
const harmless = [
  "delay",
  "missingTaskNo",
  "taskFails",
  "taskRetried",
  "taskStuck",
  "taskInvisible",
  "lagListing",
  "upperCaseDigests",
];
const reshaping = ["numbersAsStrings", "taskDetailAsObject", "nullList", "missingList"];

test("every kind of fault is covered", () => {
  const known = new Set([...failing.map(({ kind }) => kind), ...harmless, ...reshaping]);
  expect([...known].sort()).toEqual([...faultKindNames].sort());
});

test.each(failing)("nothing leaks for %j", async (fault) => {
  const emulator = await emulated({ accounts: [account], faults: [{ fault }] });
  const errors = await errorsOf(registrarAt(emulator.url, fault.kind === "neverAnswers" ? 50 : undefined));
  expect(errors).toHaveLength(3);
  for (const error of errors) {
    expect(error.cause).toBeUndefined();
    expectNoCanary(error);
  }
});

test("nothing leaks from the gateway's quotation for a wrong secret", async () => {
  const emulator = await emulated({ accounts: [{ ...account, accessKeySecret: "another" }] });
  for (const error of await errorsOf(registrarAt(emulator.url))) {
    expect(error).toMatchObject({ details: { apiCode: "SignatureDoesNotMatch" } });
    expectNoCanary(error);
  }
});

test("nothing leaks for a missing task number", async () => {
  const emulator = await emulated({ accounts: [account], faults: [{ fault: { kind: "missingTaskNo" } }] });
  const submission = await registrarAt(emulator.url).submit(domain, add, deadline());
  expect(submission).toMatchObject({ outcome: "uncertain" });
  expectNoCanary(submission);
});

test("nothing leaks without a connection", async () => {
  for (const error of await errorsOf(registrarAt(await deadUrl()))) expectNoCanary(error);
});

test("nothing leaks when the process is orphaned", async () => {
  const registrar = registrarAt(await deadUrl());
  expectNoCanary(await rejection(registrar.list(domain, deadline({ signal: AbortSignal.abort() }))));
});

test("a task's reason does not leak", async () => {
  const reason = `The key ${account.accessKeyId} says no.`;
  const emulator = await emulated({
    accounts: [account],
    taskDurationMs: 0,
    faults: [{ fault: { kind: "taskFails", reason } }],
  });
  const registrar = registrarAt(emulator.url);
  const submission = await registrar.submit(domain, add, deadline());
  const taskNo = "taskNo" in submission ? submission.taskNo : "";
  const status = await registrar.taskStatus(domain, taskNo, deadline());
  expect(status).toMatchObject({ state: "failed", reason: "The key *** says no." });
});

/** Servers that echo the form, or fields from it. */
const echoes: [string, (form: string, fields: Record<string, string>) => [number, string]][] = [
  ["as a page", (form) => [502, `<html>${form}</html>`]],
  ["as text", (form) => [200, form]],
  ["as cut JSON", (form) => [200, `{"RequestId":"${form}`]],
  ["as the message of a code", (form) => [400, JSON.stringify({ Code: "Echo", Message: form })]],
  [
    "as a message of fields",
    (_, fields) => [400, JSON.stringify({ Code: "Echo", Message: JSON.stringify(fields) })],
  ],
  ["as a message without a code", (form) => [500, JSON.stringify({ Message: form })]],
  ["as the code", (form) => [400, JSON.stringify({ Code: form })]],
  ["as the RequestId", (form) => [400, JSON.stringify({ Code: "Echo", RequestId: form })]],
  ["as the RequestId of a success", (form) => [200, JSON.stringify({ RequestId: form })]],
  ["as a list", (form) => [200, JSON.stringify({ RequestId: "R-1", DSRecordList: form, Data: form })]],
  [
    "as a record and a task",
    (form) => [
      200,
      JSON.stringify({ RequestId: "R-1", DSRecordList: [{ KeyTag: form }], Data: { TaskDetail: [form] } }),
    ],
  ],
  [
    "as numbers",
    (_, { AccessKeyId }) => [
      200,
      JSON.stringify({
        RequestId: "R-1",
        TaskNo: AccessKeyId,
        DSRecordList: [{ KeyTag: 1, Algorithm: AccessKeyId, Digest: "00" }],
        Data: { TaskDetail: { TaskNo: "T-1", TaskStatus: ["EXECUTING"] } },
      }),
    ],
  ],
];

test.each(echoes)("nothing leaks from an echo %s", async (_, echo) => {
  const server: RawServer = await rawServer((response, fields) => {
    const [status, text] = echo(new URLSearchParams(fields).toString(), fields);
    response.writeHead(status).end(text);
  });
  const errors = await errorsOf(registrarAt(server.url));
  const sent = JSON.stringify(server.received).toLowerCase();
  for (const secret of forms(account.accessKeySecret)) expect(sent).not.toContain(secret.toLowerCase());
  const signatures = server.received.map(({ Signature = "" }) => Signature);
  expect(signatures.every((signature) => signature.length === 28)).toBe(true);
  for (const error of errors) expectNoCanary(error, signatures);
});

test("the registrar itself shows nothing", () => {
  expectNoCanary(registrarAt("http://127.0.0.1:1"));
});
