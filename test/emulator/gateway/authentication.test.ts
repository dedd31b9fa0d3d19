import { signText, stringToSign } from "../../../emulator/wire/signature";
import { type Account } from "../../../emulator/index";
import { call, closeAll, refusal, started, type CallOptions } from "../calls";

afterEach(closeAll);

const listing = { DomainName: "example.com" };
const wireTime = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
const minutes = (count: number) => count * 60_000;
const session: Account = {
  accessKeyId: "EMULATOR-STS-KEY-ID",
  accessKeySecret: "emulator-sts-secret",
  securityToken: "emulator-sts+token/==",
};

// Made by @alicloud/pop-core 1.8.0 with its clock and nonce replaced.
test.each([
  ["POST", {}, "rgo41BoqhyVaiHGdWehNB7zymDI="],
  ["GET", {}, "b11oUuEFe0FBp99EH12LQXbjXA0="],
  ["POST", { SecurityToken: "STSTOKEN" }, "KNlbCEYc/EPaiHe1ewoxDLdaLqY="],
])("signature of a %s with %j", (method, extra, expected) => {
  const params = {
    AccessKeyId: "testid",
    Action: "SaveSingleTaskForAddingDSRecord",
    Algorithm: "13",
    Digest: "d4b7d520e7bb5f0f67674a0cceb1e3e0614b93c4f9e99b8383f6a1e4469da50a",
    DigestType: "2",
    DomainName: "example.com",
    Format: "JSON",
    KeyTag: "60485",
    Lang: "en",
    SignatureMethod: "HMAC-SHA1",
    SignatureNonce: "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
    SignatureVersion: "1.0",
    Timestamp: "2026-01-02T03:04:05Z",
    Version: "2018-01-29",
    Signature: "not part of what is signed",
    ...extra,
  };
  expect(signText(stringToSign(method, new Map(Object.entries(params))), "testsecret")).toBe(expected);
});

test.each<[string, CallOptions]>([
  ["POST", {}],
  ["GET", { method: "GET" }],
  ["the version of international accounts", { version: "2017-12-18" }],
  ["a session's token", { account: session }],
  ["a session's token, GET", { account: session, method: "GET" }],
])("accepts %s", async (_, options) => {
  const emulator = await started({
    domains: ["example.com"],
    accounts: [{ accessKeyId: "A", accessKeySecret: "s" }, session],
  });
  await expect(
    call(emulator, "QueryDSRecord", { ...listing, Odd: "!'()* +/=~ü" }, options),
  ).resolves.toMatchObject({ DSRecordList: [] });
});

const plain: Account = { accessKeyId: "EMULATOR-PLAIN-KEY", accessKeySecret: "emulator-plain-secret" };
const changed = (account: Account, changes: Partial<Account>): CallOptions => ({
  account: { ...account, ...changes },
});

test.each<[string, number, string, object, CallOptions]>([
  ["InvalidAccessKeyId.NotFound", 404, "unknown key", {}, changed(plain, { accessKeyId: "unknown" })],
  ["SignatureDoesNotMatch", 400, "wrong secret", {}, changed(plain, { accessKeySecret: "wrong" })],
  [
    "MissingSecurityToken",
    400,
    "session without its token",
    {},
    { account: { ...session, securityToken: "" } },
  ],
  [
    "InvalidSecurityToken.MismatchWithAccessKey",
    400,
    "wrong token",
    {},
    changed(session, { securityToken: "x" }),
  ],
  [
    "InvalidSecurityToken.MismatchWithAccessKey",
    400,
    "needless token",
    {},
    changed(plain, { securityToken: "x" }),
  ],
  ["MissingAccessKeyId", 400, "no key", { AccessKeyId: "" }, {}],
  ["MissingSignatureNonce", 400, "no nonce", { SignatureNonce: "" }, {}],
  ["MissingTimestamp", 400, "no timestamp", { Timestamp: "" }, {}],
  ["MissingSignatureMethod", 400, "no signature method", { SignatureMethod: "" }, {}],
  ["InvalidSignatureMethod", 400, "another signature method", { SignatureMethod: "HMAC-SHA256" }, {}],
  ["InvalidSignatureVersion", 400, "another signature version", { SignatureVersion: "2.0" }, {}],
  [
    "InvalidTimeStamp.Format",
    400,
    "timestamp with milliseconds",
    { Timestamp: "2026-01-02T03:04:05.000Z" },
    {},
  ],
  ["InvalidTimeStamp.Format", 400, "30 February", { Timestamp: "2026-02-30T03:04:05Z" }, {}],
  ["InvalidTimeStamp.Format", 400, "not a time", { Timestamp: "now" }, {}],
  ["InvalidTimeStamp.Expired", 400, "16 minutes old", { Timestamp: wireTime(Date.now() - minutes(16)) }, {}],
  [
    "InvalidTimeStamp.Expired",
    400,
    "16 minutes early",
    { Timestamp: wireTime(Date.now() + minutes(16)) },
    {},
  ],
  ["InvalidFormat", 400, "XML", { Format: "XML" }, {}],
  ["NoSuchVersion", 400, "unknown version", {}, { version: "2015-01-09" }],
  ["MissingVersion", 400, "no version", { Version: "" }, {}],
  ["MissingAction", 400, "no action", { Action: "" }, {}],
  ["InvalidApi.NotFound", 404, "unknown action", { Action: "QueryDsRecord" }, {}],
])("refuses with %s [%i]: %s", async (code, status, _, params, options) => {
  const emulator = await started({ domains: ["example.com"], accounts: [plain, session] });
  const refused = await refusal(call(emulator, "QueryDSRecord", { ...listing, ...params }, options));
  expect(refused).toMatchObject({ code, status });
  expect(Object.keys(refused.data ?? {}).sort()).toEqual([
    "Code",
    "HostId",
    "Message",
    "Recommend",
    "RequestId",
  ]);
  expect(emulator.journal).toMatchObject([{ code, status, requestId: refused.data?.["RequestId"] }]);
});

test("a timestamp is valid for 15 minutes, or always without checkTimestamp", async () => {
  const strict = await started({ domains: ["example.com"] });
  const lenient = await started({ domains: ["example.com"], checkTimestamp: false });
  const aged = (ms: number) => ({ ...listing, Timestamp: wireTime(Date.now() - ms) });
  await call(strict, "QueryDSRecord", aged(minutes(14)));
  await call(lenient, "QueryDSRecord", aged(minutes(1e6)));
});

test("a nonce is valid for one call of a key; a call that fails to authenticate does not use it", async () => {
  const other = { accessKeyId: "EMULATOR-OTHER", accessKeySecret: "emulator-other-secret" };
  const emulator = await started({ domains: ["example.com"], accounts: [plain, other] });
  const params = { ...listing, SignatureNonce: "nonce" };
  await refusal(call(emulator, "QueryDSRecord", params, changed(plain, { accessKeySecret: "wrong" })));
  await call(emulator, "QueryDSRecord", params);
  await call(emulator, "QueryDSRecord", params, { account: other });
  expect(await refusal(call(emulator, "QueryDSRecord", params))).toMatchObject({
    code: "SignatureNonceUsed",
    status: 400,
  });
});

test("the refusal of a wrong signature quotes the signed text, with credentials", async () => {
  const emulator = await started({ domains: ["example.com"], accounts: [session] });
  const account = { ...session, accessKeySecret: "wrong" };
  const { message } = await refusal(call(emulator, "QueryDSRecord", listing, { account }));
  expect(message).toContain("server string to sign is:POST&%2F&AccessKeyId%3DEMULATOR-STS-KEY-ID%26");
  expect(message).toContain("SecurityToken%3Demulator-sts%252Btoken");
  const unsigned = new URLSearchParams({
    Action: "QueryDSRecord",
    Version: "2018-01-29",
    Format: "JSON",
    AccessKeyId: session.accessKeyId,
    SecurityToken: session.securityToken ?? "",
    SignatureMethod: "HMAC-SHA1",
    SignatureVersion: "1.0",
    SignatureNonce: "1",
    Timestamp: wireTime(Date.now()),
  });
  const answer = await fetch(emulator.url, { method: "POST", body: unsigned });
  expect(await answer.json()).toMatchObject({
    Code: "IncompleteSignature",
    Message: expect.stringContaining("server string to sign is:POST&"),
  });
});

test.each<[string, string, RequestInit, number, string]>([
  ["another path", "/other?Action=QueryDSRecord", {}, 404, "InvalidApi.NotFound"],
  ["another method", "/", { method: "PUT", body: "" }, 405, "UnsupportedHTTPMethod"],
  ["a huge body", "/", { method: "POST", body: "A=".padEnd(70_000, "x") }, 413, "RequestTooLarge"],
  ["a name twice", "/?Action=A&Action=B", {}, 400, "ParameterIllegal"],
  ["a name in query and form", "/?Action=A", { method: "POST", body: "Action=B" }, 400, "ParameterIllegal"],
  ["nothing", "/", {}, 400, "MissingAction"],
  [
    "JSON in place of a form",
    "/",
    { method: "POST", body: '{"Action":"QueryDSRecord"}' },
    400,
    "MissingAction",
  ],
])("HTTP: refuses %s", async (_, path, init, status, code) => {
  const emulator = await started();
  const answer = await fetch(emulator.url + path, init);
  expect(answer.status).toBe(status);
  expect(answer.headers.get("content-type")).toContain("application/json");
  expect(await answer.json()).toMatchObject({ Code: code, HostId: "domain.aliyuncs.com" });
});
