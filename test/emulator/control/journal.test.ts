import { manualClock } from "../../../emulator/index";
import { addition, call, closeAll, refusal, started } from "../calls";

afterEach(closeAll);

const add = "SaveSingleTaskForAddingDSRecord";
const listing = { DomainName: "example.com" };

test("records calls and their outcomes", async () => {
  const clock = manualClock(1000);
  const emulator = await started({ clock, domains: ["example.com"] });
  const { TaskNo, RequestId } = await call(emulator, add, addition(1));
  clock.advance(5);
  await refusal(call(emulator, add, addition(2)));
  expect(emulator.journal).toEqual([
    {
      n: 1,
      at: 1000,
      action: add,
      params: {
        DomainName: "example.com",
        KeyTag: "1",
        Algorithm: "13",
        DigestType: "2",
        Digest: addition(1).Digest,
        Format: "JSON",
        Version: "2018-01-29",
        Timestamp: expect.any(String),
        SignatureMethod: "HMAC-SHA1",
        SignatureVersion: "1.0",
      },
      accessKeyId: "Y-ID",
      status: 200,
      taskNo: TaskNo,
      requestId: RequestId,
    },
    expect.objectContaining({ n: 2, at: 1005, status: 400, code: "TaskIsBeingProcessed" }),
  ]);
  expect(emulator.calls("QueryDSRecord")).toEqual([]);
  expect(emulator.calls(({ status }) => status === 400)).toHaveLength(1);
  expect(emulator.calls()).toHaveLength(2);
  emulator.clearJournal();
  expect(emulator.journal).toEqual([]);
});

test("contains no secret, wherever a client puts one", async () => {
  const account = {
    accessKeyId: "EMULATOR-SECRET-ID",
    accessKeySecret: "emulator-secret-secret",
    securityToken: "emulator-secret-token",
  };
  const emulator = await started({ domains: ["example.com"], accounts: [account] });
  await call(emulator, "QueryDSRecord", {
    ...listing,
    AccessKeySecret: account.accessKeySecret,
    UserClientIp: `x${account.securityToken}y`,
    [account.accessKeyId]: "1",
  });
  await refusal(call(emulator, account.accessKeySecret, listing));
  await refusal(call(emulator, "QueryDSRecord", listing, { account: { ...account, accessKeyId: "short" } }));
  const text = JSON.stringify(emulator.journal);
  for (const secret of [...Object.values(account), "short"]) expect(text).not.toContain(secret);
  for (const { params } of emulator.journal) {
    expect(Object.keys(params)).not.toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^(AccessKeyId|SecurityToken|Signature|SignatureNonce)$/i),
      ]),
    );
  }
  expect(emulator.journal.map(({ accessKeyId }) => accessKeyId)).toEqual(["T-ID", "T-ID", ""]);
});

test("waitForCall counts past calls, and rejects on close", async () => {
  const emulator = await started({ domains: ["example.com"] });
  const second = emulator.waitForCall("QueryDSRecord", { count: 2 });
  const never = emulator.waitForCall(({ status }) => status === 503);
  await call(emulator, "QueryDSRecord", listing);
  await call(emulator, add, addition(1));
  await call(emulator, "QueryDSRecord", listing);
  expect(await second).toMatchObject({ n: 3, action: "QueryDSRecord" });
  expect(await emulator.waitForCall("QueryDSRecord")).toMatchObject({ n: 1 });
  await emulator.close();
  await expect(never).rejects.toThrow("closed before the call came");
});

test("the seed determines request and task numbers", async () => {
  const numbers = async (seed?: string) => {
    const emulator = await started({ domains: ["example.com"], ...(seed !== undefined && { seed }) });
    return call(emulator, add, addition(1));
  };
  expect(await numbers("a")).toEqual(await numbers("a"));
  expect((await numbers()).TaskNo).not.toBe((await numbers()).TaskNo);
});
