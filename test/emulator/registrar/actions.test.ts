import { addition, call, closeAll, ds, listedTags, refusal, seen, started } from "../calls";

afterEach(closeAll);

const page = { PageNum: 1, PageSize: 10 };

describe.each(["2018-01-29", "2017-12-18"])("version %s", (version) => {
  test("adds, modifies, deletes and lists", async () => {
    const emulator = await started({ domains: ["example.com"], taskDurationMs: 0 });
    const submit = async (action: string, params: object) => {
      const answer = await call(emulator, action, params, { version });
      expect(answer).toEqual({ RequestId: expect.any(String), TaskNo: expect.any(String) });
    };
    const digest = "ab".repeat(32);
    await submit("SaveSingleTaskForAddingDSRecord", addition(1));
    await submit("SaveSingleTaskForAddingDSRecord", { ...addition(2), Digest: digest.toUpperCase() });
    await submit("SaveSingleTaskForModifyingDSRecord", { ...addition(1), Algorithm: 15, DigestType: 4 });
    expect(await call(emulator, "QueryDSRecord", { DomainName: "EXAMPLE.com" }, { version })).toEqual({
      RequestId: expect.stringMatching(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/),
      DSRecordList: [
        { KeyTag: 1, Algorithm: 15, DigestType: 4, Digest: ds(1).digest },
        { KeyTag: 2, Algorithm: 13, DigestType: 2, Digest: digest },
      ],
    });
    await submit("SaveSingleTaskForDeletingDSRecord", { DomainName: "example.com", KeyTag: 1 });
    expect(emulator.records("example.com")).toEqual([{ ...ds(2), digest }]);
  });
});

test("a synchronization copies the registry's records to the listing", async () => {
  const emulator = await started({ domains: { "example.com": [ds(1)] }, taskDurationMs: 0 });
  emulator.setRecords("example.com", [ds(2)], { at: "registry" });
  expect(await listedTags(emulator)).toEqual([1]);
  await call(emulator, "SaveSingleTaskForSynchronizingDSRecord", { DomainName: "example.com" });
  expect(await listedTags(emulator)).toEqual([2]);
  emulator.setRecords("example.com", [ds(3)]);
  expect(await listedTags(emulator)).toEqual([3]);
  expect(emulator.registryRecords("example.com")).toEqual([ds(3)]);
});

const add = "SaveSingleTaskForAddingDSRecord";
const modify = "SaveSingleTaskForModifyingDSRecord";
const remove = "SaveSingleTaskForDeletingDSRecord";
const details = { TaskNo: "t", ...page };

test.each<[string, string, object]>([
  ["MissingDomainName", add, { ...addition(1), DomainName: "" }],
  ["MissingKeyTag", add, { ...addition(1), KeyTag: "" }],
  ["MissingAlgorithm", add, { ...addition(1), Algorithm: "" }],
  ["MissingDigestType", modify, { ...addition(1), DigestType: "" }],
  ["MissingDigest", modify, { ...addition(1), Digest: "" }],
  ["InvalidKeyTag", add, { ...addition(1), KeyTag: "1.5" }],
  ["InvalidKeyTag", remove, { DomainName: "example.com", KeyTag: -1 }],
  ["InvalidAlgorithm", add, { ...addition(1), Algorithm: "ECDSAP256SHA256" }],
  ["ParameterIllegal", add, { ...addition(1), KeyTag: 65536 }],
  ["ParameterIllegal", add, { ...addition(1), Algorithm: 4 }],
  ["ParameterIllegal", add, { ...addition(1), Algorithm: 17 }],
  ["ParameterIllegal", add, { ...addition(1), DigestType: 0 }],
  ["ParameterIllegal", add, { ...addition(1), DigestType: 5 }],
  ["ParameterIllegal", add, { ...addition(1), Digest: "abc" }],
  ["ParameterIllegal", add, { ...addition(1), Digest: "ab cd" }],
  ["ParameterIllegal", add, addition(1, "xn--bcher-kva.example")],
  ["ParameterIllegal", "QueryDSRecord", { DomainName: "www.XN--bcher-kva.example" }],
  ["DomainNotExist", add, addition(1, "example.net")],
  ["DomainNotExist", "QueryDSRecord", { DomainName: "www.example.com" }],
  ["MissingTaskNo", "QueryTaskDetailList", page],
  ["MissingPageNum", "QueryTaskDetailList", { TaskNo: "t", PageSize: 10 }],
  ["MissingPageSize", "QueryTaskList", { PageNum: 1 }],
  ["InvalidPageNum", "QueryTaskDetailList", { ...details, PageNum: 0 }],
  ["InvalidPageSize", "QueryTaskDetailList", { ...details, PageSize: 1001 }],
  ["InvalidPageSize", "PollTaskResult", { ...page, PageSize: 0 }],
  ["InvalidTaskStatus", "QueryTaskDetailList", { ...details, TaskStatus: "EXECUTING" }],
  ["MissingTaskDetailNo", "AcknowledgeTaskResult", {}],
])("refuses with %s: %s %j", async (code, action, params) => {
  const emulator = await started({ domains: ["example.com"] });
  expect(await refusal(call(emulator, action, params))).toMatchObject({ code, status: 400 });
  expect(emulator.tasks()).toEqual([]);
});

test.each([1, 2, 3, 5, 6, 7, 8, 10, 12, 13, 14, 15, 16, 252, 253, 254])(
  "accepts algorithm %i",
  async (algorithm) => {
    const emulator = await started({ domains: ["example.com"], taskDurationMs: 0 });
    await call(emulator, add, { ...addition(0), Algorithm: algorithm });
    expect(emulator.records("example.com")).toEqual([{ ...ds(0), algorithm }]);
  },
);

test("IDNs are in Unicode, in any case and composition", async () => {
  const emulator = await started({ domains: ["bücher.example"], taskDurationMs: 0 });
  const { TaskNo } = await call(emulator, add, addition(7, "BU\u0308CHER.example"));
  expect(await listedTags(emulator, "bücher.example")).toEqual([7]);
  expect((await seen(emulator, TaskNo)).details).toMatchObject([{ DomainName: "bücher.example" }]);
  for (const name of ["xn--bcher-kva.example", "example", "a b.example", "a..example", ""]) {
    expect(() => {
      emulator.addDomain(name);
    }).toThrow(TypeError);
  }
});

test("domains can be added and removed", async () => {
  const emulator = await started();
  expect(() => emulator.records("example.com")).toThrow("no domain");
  emulator.addDomain("Example.com", [ds(1)]);
  expect(await listedTags(emulator)).toEqual([1]);
  expect(emulator.removeDomain("example.com")).toBe(true);
  expect(await refusal(call(emulator, "QueryDSRecord", { DomainName: "example.com" }))).toMatchObject({
    code: "DomainNotExist",
  });
});

test.each([
  [{ accounts: [] }, "needs an account"],
  [{ taskDurationMs: -1 }, "taskDurationMs is -1"],
  [{ maxRecords: NaN }, "maxRecords is NaN"],
  [{ requestsPerSecond: 0 }, "requestsPerSecond is 0"],
  [{ requestsPerSecond: 2.5 }, "requestsPerSecond is 2.5"],
  [{ accounts: [{ accessKeyId: "A", accessKeySecret: "s", domains: ["xn--p1ai.example"] }] }, "in Unicode"],
  [{ domains: ["nonsense"] }, "cannot be a registered domain"],
])("refuses to start with %j", async (options, message) => {
  await expect(started(options)).rejects.toThrow(message);
});
