import { signText as signature, stringToSign } from "../../emulator/wire/signature";
import { ApiFailure } from "../../provider/alicloud/errors";
import type { Call } from "../../provider/alicloud/transport";
import { connectDomainApi } from "../../provider/registrar/domainApi";
import {
  adding,
  answering,
  closeAll,
  credentials,
  deadUrl,
  domain,
  emulated,
  rawServer,
  reading,
  rejection,
  settingsOf,
} from "./bed";

afterEach(async () => {
  jest.restoreAllMocks();
  jest.useRealTimers();
  await closeAll();
});

const send = (server: Parameters<typeof settingsOf>[0], call: Call = reading) =>
  connectDomainApi(settingsOf(server)).send(call);

test("a success has the body and the RequestId", async () => {
  const emulator = await emulated();
  const { answered, body } = await send(emulator);
  expect(body["DSRecordList"]).toEqual([]);
  expect(answered).toEqual({ status: 200, requestId: emulator.calls()[0]?.requestId });
});

test("signature version 1 of known parameters", async () => {
  jest.useFakeTimers({ now: Date.UTC(2026, 0, 2, 3, 4, 5), doNotFake: [...everythingButDate] });
  jest
    .spyOn(jest.requireActual<{ makeNonce: () => string }>("kitx"), "makeNonce")
    .mockReturnValue("3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf");
  const server = await answering('{"RequestId":"R-1"}');
  const known = { accessKeyId: "testid", accessKeySecret: "testsecret" };
  const params = {
    DomainName: domain,
    KeyTag: 60485,
    Algorithm: 13,
    DigestType: 2,
    Digest: "d4b7d520e7bb5f0f67674a0cceb1e3e0614b93c4f9e99b8383f6a1e4469da50a",
  };
  await send({ ...server, credentials: known }, { ...adding, params });
  await send({ ...server, credentials: { ...known, securityToken: "STSTOKEN" } }, { ...adding, params });
  // Made by pop-core, with its clock and its nonce replaced.
  expect(server.received.map(({ Signature }) => Signature)).toEqual([
    "rgo41BoqhyVaiHGdWehNB7zymDI=",
    "KNlbCEYc/EPaiHe1ewoxDLdaLqY=",
  ]);
  expect(server.received[0]).toEqual({
    ...Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)])),
    AccessKeyId: "testid",
    Action: "SaveSingleTaskForAddingDSRecord",
    Format: "JSON",
    Lang: "en",
    Signature: signature(
      stringToSign("POST", new Map(Object.entries(server.received[0] ?? {}))),
      "testsecret",
    ),
    SignatureMethod: "HMAC-SHA1",
    SignatureNonce: "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
    SignatureVersion: "1.0",
    Timestamp: "2026-01-02T03:04:05Z",
    Version: "2018-01-29",
  });
});

const everythingButDate = [
  "hrtime",
  "nextTick",
  "performance",
  "queueMicrotask",
  "setImmediate",
  "clearImmediate",
  "setInterval",
  "clearInterval",
  "setTimeout",
  "clearTimeout",
] as const;

test.each(["Version", "Format", "AccessKeyId", "action", "signatureNonce"])(
  "%s cannot be set by a call",
  async (name) => {
    const server = await answering('{"RequestId":"R-1"}');
    const error = await rejection(
      send(server, { ...reading, params: { ...reading.params, [name]: "mine" } }),
    );
    expect(error).toBeInstanceOf(TypeError);
    expect(server.received).toEqual([]);
  },
);

const R = '"RequestId":"R-1"';
const retry = { disposition: "retry", effect: "possible" };
const fatal = { disposition: "fatal", effect: "possible" };

/** Status and body, with the reason in the message, and the meaning. */
const oddAnswers: [number, string, string, object][] = [
  [200, "", "it is empty (HTTP 200)", retry],
  [200, "null", "it is not a usable JSON object (HTTP 200)", retry],
  [200, "true", "it is not a usable JSON object (HTTP 200)", retry],
  [200, '"text"', "it is not a usable JSON object (HTTP 200)", retry],
  [200, "12345678901234567890", "it is not a usable JSON object (HTTP 200)", retry],
  [200, `[{${R}}]`, "it is not a usable JSON object (HTTP 200)", retry],
  [200, `{${R},"DSRecor`, "it is not JSON, or only a part of it (HTTP 200)", retry],
  [200, `{${R},"__proto__":{"x":1}}`, "it is not JSON, or only a part of it (HTTP 200)", retry],
  [200, "\n<html>portal</html>", "it is a page, not JSON (HTTP 200)", retry],
  [200, "{}", "it has no RequestId (HTTP 200)", retry],
  [200, '{"RequestId":""}', "it has no RequestId (HTTP 200)", retry],
  [200, '{"RequestId":12345678901234567890}', "it has no RequestId (HTTP 200)", retry],
  [200, '{"RequestId":"a b"}', "it has no RequestId (HTTP 200)", retry],
  [200, `{${R},"Code":"Success"}`, "its Code is not an error code (HTTP 200, RequestId R-1)", retry],
  [200, `{${R},"Code":""}`, "its Code is not an error code (HTTP 200, RequestId R-1)", retry],
  [200, `{${R},"Code":400}`, "its Code is not an error code (HTTP 200, RequestId R-1)", retry],
  [200, `{${R},"Code":{"a":1}}`, "it is not a usable JSON object (HTTP 200)", retry],
  [200, "[".repeat(20_000), "it is not a usable JSON object (HTTP 200)", retry],
  [301, "<html>", "it is a page, not JSON (HTTP 301)", fatal],
  [400, `{${R}}`, "it has no Code (HTTP 400, RequestId R-1)", fatal],
  [404, "<html>", "it is a page, not JSON (HTTP 404)", fatal],
  [429, "<html>", "it is a page, not JSON (HTTP 429)", retry],
  [500, `{${R},"Message":"boom"}`, "it has no Code (HTTP 500, RequestId R-1)", retry],
  [502, "<html>", "it is a page, not JSON (HTTP 502)", retry],
];

test.each(oddAnswers)("%i %j is odd: %s", async (status, text, why, meaning) => {
  const error = await rejection(send(await answering(text, status)));
  expect(error).toBeInstanceOf(ApiFailure);
  expect(error).toMatchObject({ code: "REGISTRAR_ANSWER_INVALID", ...meaning });
  expect(error.message).toMatch(
    /^Reading the DS records of example\.com \(QueryDSRecord\) got an unusable answer from 127\.0\.0\.1:\d+: /,
  );
  expect(error.message).toContain(`: ${why}. Something other than the registrar`);
});

/** Answers with the access key id in place of texts that are shown unchanged. */
const disguised: [string, string][] = [
  ['{"RequestId":"ID"}', "it has no RequestId (HTTP 200)"],
  ['{"RequestId":"ID","Code":"Odd"}', "refused by 127.0.0.1"],
  [`{${R},"Code":"ID"}`, "its Code is not an error code (HTTP 200, RequestId R-1)"],
];

test.each(disguised)("%s shows no access key id", async (text, shown) => {
  const { accessKeyId } = credentials;
  const error = await rejection(send(await answering(text.replace("ID", accessKeyId))));
  expect(error.message).toContain(shown);
  expect(JSON.stringify([error.message, error])).not.toContain(accessKeyId);
});

test("a Code that is null counts as none", async () => {
  expect((await send(await answering(`{${R},"Code":null}`))).answered.requestId).toBe("R-1");
});

/** Codes of refusals, with their meaning and advice. */
const refusals: [string, object, string][] = [
  ["DomainNotExist", { disposition: "fatal", effect: "none" }, "pulumi state delete"],
  ["Throttling.User", { disposition: "retry", effect: "none", throttles: true }, ""],
  ["TaskIsBeingProcessed", { disposition: "wait", effect: "none", throttles: false }, ""],
  ["InternalError", { disposition: "retry", effect: "possible" }, ""],
  ["SomethingNew.Else", { disposition: "fatal", effect: "possible" }, ""],
  ["Forbidden.RAM", { disposition: "fatal", effect: "none" }, "domain:DnsSecSetting"],
];

test.each(refusals)("%s is a refusal", async (code, meaning, advice) => {
  const emulator = await emulated({
    faults: [{ fault: { kind: "error", code, message: "So it is.", status: 400 } }],
  });
  const error = await rejection(send(emulator));
  const requestId = emulator.calls()[0]?.requestId;
  expect(error).toMatchObject({
    code: "REGISTRAR_REFUSED",
    details: { apiCode: code, requestId },
    ...meaning,
  });
  const { host } = new URL(emulator.url);
  expect(error.message).toContain(
    `Reading the DS records of example.com (QueryDSRecord) was refused by ${host}: ${code}: So it is (HTTP 400, RequestId ${requestId}).`,
  );
  expect(error.message).toContain(advice);
});

test("the Code makes a refusal, whatever the HTTP status", async () => {
  const error = await rejection(
    send(await answering(`{${R},"Code":"DomainNotExist","Message":["odd"]}`, 200)),
  );
  expect(error.message).toContain(": DomainNotExist (HTTP 200, RequestId R-1).");
  expect(error).toMatchObject({ code: "REGISTRAR_REFUSED", disposition: "fatal" });
});

test("a server's message is cut, and put on one line", async () => {
  const message = `first\r\n\u001b[31msecond\u202e ${"x".repeat(10_000)}`;
  const error = await rejection(
    send(await answering(JSON.stringify({ Code: "Odd", Message: message }), 400)),
  );
  expect(error.message).toContain(": Odd: first [31msecond xxx");
  expect(error.message).toMatch(/^[^\p{C}]+$/u);
  expect(error.message.length).toBeLessThan(600);
});

test.each(["SignatureDoesNotMatch", "IncompleteSignature", "NewCode"])(
  "the string to sign in the message of %s is not shown",
  async (code) => {
    const Message = "Not matched. server string to sign is:POST&%2F&AccessKeyId%3DLTAI";
    const error = await rejection(send(await answering(JSON.stringify({ Code: code, Message }), 400)));
    expect(error.message).toContain(`: ${code} (HTTP 400).`);
    expect(error.message).not.toMatch(/string to sign|%2F/);
  },
);

test("a submission that may have been received leaves a doubt", async () => {
  const lost = await emulated({ faults: [{ fault: { kind: "resetAfter" } }] });
  const error = await rejection(send(lost, adding));
  expect(error).toMatchObject({ code: "REGISTRAR_UNAVAILABLE", disposition: "retry", effect: "possible" });
  expect(error.message).toMatch(
    /^Adding the DS record 1 of example\.com \(SaveSingleTaskForAddingDSRecord\) got no answer from .*: the connection was reset \(ECONNRESET\)\. There may be a task anyway\. Check the network/,
  );
});

const unreachable: [string, () => string | Promise<string>, string][] = [
  ["ECONNREFUSED", deadUrl, "it refused the connection"],
  ["ENOTFOUND", () => "http://registrar.invalid", "its name "],
];

test.each(unreachable)("%s: nothing was sent", async (code, url, why) => {
  const error = await rejection(send({ url: await url(), credentials }, adding));
  expect(error).toMatchObject({
    code: "REGISTRAR_UNAVAILABLE",
    disposition: "retry",
    effect: "none",
    details: {},
  });
  // Without a network, the system's resolver may say EAI_AGAIN instead.
  expect(error.message).toMatch(
    new RegExp(`: ${why}.* \\((${code}|EAI_AGAIN)\\)\\. Nothing was sent\\. Check`),
  );
});

test("a broken answer counts as none", async () => {
  const server = await rawServer((response) => {
    response.writeHead(200, { "content-length": "1000" });
    response.write('{"RequestId":', () => response.destroy());
  });
  const error = await rejection(send(server));
  expect(error).toMatchObject({ code: "REGISTRAR_UNAVAILABLE", disposition: "retry", effect: "possible" });
});
