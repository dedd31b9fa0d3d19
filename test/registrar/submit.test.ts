import type { FaultRule } from "../../emulator/index";
import type { Change } from "../../provider/registrar/registrar";
import {
  addition,
  ds,
  adding,
  closeAll,
  credentials,
  deadUrl,
  domain,
  emulated,
  deadline,
  rawServer,
  registrarOf,
  rejection,
} from "../alicloud/bed";
import { leapingClock } from "../harness/clocks";

afterEach(closeAll);

const changes: [Change, string, Record<string, string>][] = [
  [
    { action: "add", ds },
    "SaveSingleTaskForAddingDSRecord",
    { KeyTag: "2371", Algorithm: "13", DigestType: "2", Digest: ds.digest },
  ],
  [
    { action: "modify", ds },
    "SaveSingleTaskForModifyingDSRecord",
    { KeyTag: "2371", Algorithm: "13", DigestType: "2", Digest: ds.digest },
  ],
  [{ action: "delete", keyTag: 2371 }, "SaveSingleTaskForDeletingDSRecord", { KeyTag: "2371" }],
];

test.each(changes)("%j", async (change, action, params) => {
  const emulator = await emulated({ domains: ["例子.cn"] });
  const submission = await registrarOf(emulator).submit("xn--fsqu00a.cn", change, deadline());
  expect(submission).toEqual({ outcome: "accepted", taskNo: emulator.tasks()[0]?.taskNo });
  const [call, ...others] = emulator.calls();
  expect(others).toEqual([]);
  const { Format, Lang, Version, Timestamp, SignatureMethod, SignatureVersion, ...own } = call?.params ?? {};
  expect({
    Format,
    Lang,
    Version,
    SignatureMethod,
    SignatureVersion,
    dated: Timestamp !== undefined,
  }).toEqual({
    Format: "JSON",
    Lang: "en",
    Version: "2018-01-29",
    SignatureMethod: "HMAC-SHA1",
    SignatureVersion: "1.0",
    dated: true,
  });
  expect(call?.action).toBe(action);
  expect(own).toEqual({ DomainName: "例子.cn", ...params });
});

/** Faults, with the outcome, the code, and whether there is a task. */
const outcomes: [FaultRule["fault"], string, string, boolean][] = [
  [{ kind: "error", code: "NobodyKnowsThisCode" }, "uncertain", "REGISTRAR_REFUSED", false],
  [{ kind: "error", code: "NobodyKnowsThisCode", effect: true }, "uncertain", "REGISTRAR_REFUSED", true],
  [{ kind: "error", code: "TaskIsBeingProcessed" }, "busy", "REGISTRAR_REFUSED", false],
  [{ kind: "error", code: "Throttling.User" }, "deferred", "REGISTRAR_REFUSED", false],
  [{ kind: "error", code: "InternalError", effect: true }, "uncertain", "REGISTRAR_REFUSED", true],
  [{ kind: "error", code: "Busy" }, "uncertain", "REGISTRAR_REFUSED", false],
  [{ kind: "html502" }, "uncertain", "REGISTRAR_ANSWER_INVALID", false],
  [{ kind: "html502", effect: true }, "uncertain", "REGISTRAR_ANSWER_INVALID", true],
  [{ kind: "status500NoCode", effect: true }, "uncertain", "REGISTRAR_ANSWER_INVALID", true],
  [{ kind: "resetBefore" }, "uncertain", "REGISTRAR_UNAVAILABLE", false],
  [{ kind: "resetAfter" }, "uncertain", "REGISTRAR_UNAVAILABLE", true],
  [{ kind: "emptyBody" }, "uncertain", "REGISTRAR_ANSWER_INVALID", true],
  [{ kind: "html503" }, "uncertain", "REGISTRAR_ANSWER_INVALID", false],
  [{ kind: "nullBody" }, "uncertain", "REGISTRAR_ANSWER_INVALID", true],
  [{ kind: "noRequestId" }, "uncertain", "REGISTRAR_ANSWER_INVALID", true],
  [{ kind: "hugeBody", bytes: 5_000_000 }, "uncertain", "REGISTRAR_ANSWER_INVALID", true],
  [{ kind: "wrongTypes" }, "uncertain", "REGISTRAR_ANSWER_INVALID", true],
  [{ kind: "cutJson" }, "uncertain", "REGISTRAR_ANSWER_INVALID", true],
  [{ kind: "missingTaskNo" }, "uncertain", "REGISTRAR_ANSWER_INVALID", true],
];

test.each(outcomes)("%j is %s, and sent once", async (fault, outcome, code, task) => {
  const emulator = await emulated({ faults: [{ fault }] });
  const clock = leapingClock();
  const submission = await registrarOf(emulator, clock).submit(domain, addition, deadline());
  expect(submission).toMatchObject({ outcome, failure: { code } });
  expect(emulator.calls()).toHaveLength(1);
  expect(emulator.tasks()).toHaveLength(task ? 1 : 0);
  expect(clock.sleeps).toEqual([]);
  if (outcome === "uncertain" && "failure" in submission) {
    expect(submission.failure.message).toContain("There may be a task anyway.");
  }
});

test("a submission without a connection is deferred", async () => {
  const registrar = registrarOf({ url: await deadUrl(), credentials });
  const submission = await registrar.submit(domain, addition, deadline());
  expect(submission).toMatchObject({
    outcome: "deferred",
    failure: { code: "REGISTRAR_UNAVAILABLE" },
    cause: "ECONNREFUSED",
    maxRetryMs: 30_000,
  });
});

test("a throttled submission is deferred without a limit of its own", async () => {
  const emulator = await emulated({ faults: [{ fault: { kind: "error", code: "Throttling.User" } }] });
  const submission = await registrarOf(emulator).submit(domain, addition, deadline());
  const cause = "Throttling.User";
  expect(submission).toMatchObject({ outcome: "deferred", cause, maxRetryMs: Infinity });
});

test.each(["DomainNotExist", "Forbidden.RAM", "ParameterIllegal"])("%s is thrown", async (code) => {
  const emulator = await emulated({ faults: [{ fault: { kind: "error", code } }] });
  const error = await rejection(registrarOf(emulator).submit(domain, addition, deadline()));
  expect(error).toMatchObject({ code: "REGISTRAR_REFUSED", details: { apiCode: code } });
  expect(error.message).toContain(`Adding the DS record 2371 of ${domain} (${adding.action}) was refused`);
  expect(emulator.calls()).toHaveLength(1);
});

test("nothing is submitted when the signal is aborted", async () => {
  const emulator = await emulated();
  const error = await rejection(
    registrarOf(emulator).submit(domain, addition, deadline({ signal: AbortSignal.abort() })),
  );
  expect(error).toMatchObject({ code: "PROCESS_ORPHANED" });
  expect(emulator.calls()).toEqual([]);
});

test("a submission under way is awaited when the signal is aborted, so that its task is not lost", async () => {
  const controller = new AbortController();
  const server = await rawServer((response) => {
    controller.abort();
    response.end('{"RequestId":"R-1","TaskNo":"T-1"}');
  });
  const submission = registrarOf(server).submit(domain, addition, deadline({ signal: controller.signal }));
  await expect(submission).resolves.toEqual({ outcome: "accepted", taskNo: "T-1" });
});

test("a submission whose turn would come too late is deferred, and nothing is sent", async () => {
  const emulator = await emulated({ faults: [{ call: 1, fault: { kind: "error", code: "Throttling" } }] });
  const clock = leapingClock();
  const registrar = registrarOf(emulator, clock);
  await registrar.submit(domain, addition, deadline());
  const second = await registrar.submit(domain, addition, deadline({ until: clock.now() + 100 }));
  expect(second).toMatchObject({ outcome: "deferred", failure: { code: "REGISTRAR_UNAVAILABLE" } });
  expect(emulator.calls()).toHaveLength(1);
  await expect(registrar.submit(domain, addition, deadline())).resolves.toMatchObject({
    outcome: "accepted",
  });
  expect(clock.sleeps).toEqual([200]);
});
