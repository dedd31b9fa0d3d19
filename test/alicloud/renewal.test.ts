import { inspect } from "node:util";
import type { Emulator } from "../../emulator/index";
import type { Credentials, CredentialsSource } from "../../provider/alicloud/settings";
import { DsRecordError } from "../../provider/errors";
import type { Change } from "../../provider/registrar/registrar";
import { createRegistrar } from "../../provider/registrar/client";
import { answering, closeAll, domain, emulated, deadline, rawServer, rejection } from "./bed";
import { leapingClock } from "../harness/clocks";

afterEach(closeAll);

const add: Change = {
  action: "add",
  ds: { keyTag: 1, algorithm: 13, digestType: 2, digest: "00".repeat(32) },
};

const key = { accessKeyId: "STS.the-test-key-WXYZ", accessKeySecret: "the-test-secret" };

/** Tokens that expire when the test says so, at the registrar and at their source. */
interface Tokens {
  readonly source: CredentialsSource & { asked: number; renewed: number };
  expire(): void;
  readonly account: typeof key & { readonly securityToken: string };
}

function tokens(token = (n: number) => `the-token-number-${n}`): Tokens {
  let valid = 1;
  let given = 1;
  const source = {
    name: "the token server",
    asked: 0,
    renewed: 0,
    get: () => {
      source.asked += 1;
      return Promise.resolve({ ...key, securityToken: token(given) });
    },
    renew: () => {
      source.renewed += 1;
      given = valid;
      return Promise.resolve({ ...key, securityToken: token(given) });
    },
  };
  const account = {
    ...key,
    get securityToken() {
      return token(valid);
    },
  };
  return { source, account, expire: () => (valid += 1) };
}

const registrarWith = ({ url }: Pick<Emulator, "url">, credentials: CredentialsSource) =>
  createRegistrar({
    settings: { endpoint: url, apiVersion: "2018-01-29", credentials },
    clock: leapingClock(),
    random: () => 0.5,
  });

const codes = (emulator: Emulator) => emulator.calls().map(({ action, code }) => `${action} ${code ?? "-"}`);
const refusal = "InvalidSecurityToken.MismatchWithAccessKey";

describe("a token that expires in the middle of a run is renewed", () => {
  test("for a listing, a task query and a submission, which makes one task", async () => {
    const { source, account, expire } = tokens();
    const emulator = await emulated({ accounts: [account], taskDurationMs: 0 });
    const registrar = registrarWith(emulator, source);
    expect(await registrar.list(domain, deadline())).toEqual([]);
    expire();
    const submission = await registrar.submit(domain, add, deadline());
    const [task, ...more] = emulator.tasks();
    expect(submission).toEqual({ outcome: "accepted", taskNo: task?.taskNo });
    expect(more).toEqual([]);
    expire();
    expect(await registrar.taskStatus(domain, task?.taskNo ?? "", deadline())).toMatchObject({
      state: "succeeded",
    });
    expire();
    expect(await registrar.list(domain, deadline())).toEqual([add.ds]);
    expect(codes(emulator)).toEqual([
      "QueryDSRecord -",
      `SaveSingleTaskForAddingDSRecord ${refusal}`,
      "SaveSingleTaskForAddingDSRecord -",
      `QueryTaskDetailList ${refusal}`,
      "QueryTaskDetailList -",
      `QueryDSRecord ${refusal}`,
      "QueryDSRecord -",
    ]);
    expect([source.asked, source.renewed]).toEqual([4, 3]);
  });

  test("by a token of 16 KiB, and its task continues", async () => {
    const lengths = [0, 900, 2_960, 16_384];
    const { source, account, expire } = tokens((n) => `token-${n}-+/=`.padEnd(lengths[n] ?? 0, "CAIS+/%\\"));
    const emulator = await emulated({ accounts: [account], taskDurationMs: 0 });
    const registrar = registrarWith(emulator, source);
    const submission = await registrar.submit(domain, add, deadline());
    const taskNo = "taskNo" in submission ? submission.taskNo : "";
    for (const length of lengths.slice(2)) {
      expire();
      expect(account.securityToken).toHaveLength(length);
      expect(await registrar.taskStatus(domain, taskNo, deadline())).toMatchObject({ state: "succeeded" });
    }
    expect(await registrar.list(domain, deadline())).toEqual([add.ds]);
    expect(emulator.tasks()).toHaveLength(1);
  });

  test("once for all rejected calls", async () => {
    const { source, account, expire } = tokens();
    const domains = ["a.example", "b.example", "c.example", "d.example"];
    const emulator = await emulated({ accounts: [account], domains });
    const registrar = registrarWith(emulator, source);
    await registrar.list("a.example", deadline());
    expire();
    await Promise.all(domains.map((name) => registrar.list(name, deadline())));
    // Calls that were rejected before the first renewal may have asked for it together.
    expect(source.renewed).toBeLessThanOrEqual(domains.length);
    expect(emulator.calls(({ code }) => code === undefined)).toHaveLength(1 + domains.length);
    await registrar.list("a.example", deadline());
    expect(emulator.calls().at(-1)?.code).toBeUndefined();
  });

  test.each(["InvalidSecurityToken.Expired", "InvalidAccessKeyId.NotFound"])("on %s", async (code) => {
    const { source, expire } = tokens();
    const server = await rawServer((response, _, n) =>
      response.end(
        JSON.stringify({ RequestId: "R-1", ...(n === 1 ? { Code: code } : { DSRecordList: [] }) }),
      ),
    );
    expire();
    expect(await registrarWith(server, source).list(domain, deadline())).toEqual([]);
    expect(server.received.map(({ SecurityToken }) => SecurityToken)).toEqual([
      "the-token-number-1",
      "the-token-number-2",
    ]);
  });
});

describe("at most one more try", () => {
  test("when the new token is rejected too", async () => {
    const { source, account, expire } = tokens();
    const faults = [{ fault: { kind: "error", code: "InvalidSecurityToken.Expired" } as const }];
    const emulator = await emulated({ accounts: [account], faults });
    expire();
    const error = await rejection(registrarWith(emulator, source).submit(domain, add, deadline()));
    expect(error).toMatchObject({ details: { apiCode: "InvalidSecurityToken.Expired" } });
    expect(emulator.calls()).toHaveLength(2);
  });

  test("none when the renewal gives the same token", async () => {
    const { source } = tokens();
    const server = await answering('{"Code":"InvalidSecurityToken.Expired","RequestId":"R-1"}', 403);
    await rejection(registrarWith(server, source).list(domain, deadline()));
    expect(server.received).toHaveLength(1);
    expect(source.renewed).toBe(1);
  });

  test.each(["Forbidden.RAM", "SignatureDoesNotMatch", "DomainNotExist"])("none for %s", async (code) => {
    const { source, expire } = tokens();
    const server = await answering(JSON.stringify({ Code: code, RequestId: "R-1" }), 403);
    expire();
    await rejection(registrarWith(server, source).submit(domain, add, deadline()));
    expect(server.received).toHaveLength(1);
    expect(source.renewed).toBe(0);
  });

  test("none for constant credentials", async () => {
    const { source } = tokens();
    const { name, get } = source;
    const server = await answering('{"Code":"InvalidSecurityToken.Expired","RequestId":"R-1"}', 403);
    const error = await rejection(registrarWith(server, { name, get }).list(domain, deadline()));
    expect(error.message).toContain("access key …WXYZ from the token server");
    expect(server.received).toHaveLength(1);
  });
});

test("a failed renewal reports the refusal too", async () => {
  const { source } = tokens();
  const failing = {
    ...source,
    renew: () => Promise.reject(new DsRecordError("CREDENTIALS_UNAVAILABLE", "The server is gone.")),
  };
  const server = await answering('{"Code":"InvalidSecurityToken.Expired","RequestId":"R-1"}', 403);
  expect(await rejection(registrarWith(server, failing).list(domain, deadline()))).toMatchObject({
    code: "CREDENTIALS_UNAVAILABLE",
    details: { apiCode: "InvalidSecurityToken.Expired", requestId: "R-1" },
    message: expect.stringMatching(/^The server is gone\. Before that: Reading .* was refused .* R-1\)\./),
  });
});

test("a source without credentials fails every call, and nothing is sent", async () => {
  const server = await answering('{"RequestId":"R-1","DSRecordList":[]}');
  const get = () => Promise.reject(new DsRecordError("CREDENTIALS_MISSING", "There are none."));
  const registrar = registrarWith(server, { name: "nowhere", get });
  for (const call of [
    registrar.list(domain, deadline()),
    registrar.submit(domain, add, deadline()),
    registrar.taskStatus(domain, "T-1", deadline()),
  ]) {
    expect(await rejection(call)).toMatchObject({ code: "CREDENTIALS_MISSING" });
  }
  expect(server.received).toEqual([]);
});

test.each<[string, Credentials]>([
  ["id", { accessKeyId: "", accessKeySecret: "s" }],
  ["secret", { accessKeyId: "LTAI-the-id", accessKeySecret: "" }],
  ["secret", { accessKeyId: "LTAI-the-id" } as Credentials],
])("an empty %s never causes a call without a signature", async (part, credentials) => {
  const server = await answering('{"RequestId":"R-1","DSRecordList":[]}');
  const registrar = registrarWith(server, { name: "odd", get: () => Promise.resolve(credentials) });
  expect(await rejection(registrar.submit(domain, add, deadline()))).toMatchObject({
    code: "CREDENTIALS_INCOMPLETE",
    message: expect.stringContaining(`the access key ${part} is empty`),
  });
  expect(server.received).toEqual([]);
});

test("nothing is submitted when the CLI ends before the credentials are known", async () => {
  const server = await answering('{"RequestId":"R-1","TaskNo":"T-1"}');
  const gone = new AbortController();
  const get = () => {
    gone.abort();
    return Promise.resolve(key);
  };
  const registrar = registrarWith(server, { name: "slow", get });
  const error = await rejection(registrar.submit(domain, add, deadline({ signal: gone.signal })));
  expect(error).toMatchObject({ code: "PROCESS_ORPHANED" });
  expect(server.received).toEqual([]);
});

test("no token is ever shown, old ones included", async () => {
  const { source, expire } = tokens();
  const server = await rawServer((response, _, n) => {
    const quoted = { Code: n < 4 ? "InvalidSecurityToken.Expired" : "Odd", RequestId: "R-1" };
    const message = "the-token-number-1 the-token-number-2 the-token-number-3 the-test-secret";
    response.writeHead(403).end(JSON.stringify({ ...quoted, Message: message }));
  });
  const registrar = registrarWith(server, source);
  for (let call = 0; call < 3; call += 1) {
    expire();
    const error = await rejection(registrar.list(domain, deadline()));
    if (call > 0) expect(error.message).toContain("*** *** ");
    if (call > 0)
      expect(inspect(error, { showHidden: true, depth: 9 })).not.toMatch(/number-1|number-2|test-secret/);
  }
});

describe("the key in the message of a refusal", () => {
  const refusedWith = async (code: string, accessKeyId: string) => {
    const server = await answering(JSON.stringify({ Code: code, RequestId: "R-1", Message: "No." }), 403);
    const credentials = { accessKeyId, accessKeySecret: "the-test-secret" };
    const source = { name: "Pulumi config alicloud-dnssec", get: () => Promise.resolve(credentials) };
    return (await rejection(registrarWith(server, source).list(domain, deadline()))).message;
  };

  test("has its last characters, its source, and the policy that it needs", async () => {
    const server = /was refused by 127\.0\.0\.1:\d+: Forbidden\.RAM: No \(HTTP 403, RequestId R-1\)\. /;
    const message = await refusedWith("Forbidden.RAM", "LTAI5tTestKeyWXYZ");
    expect(message).toMatch(server);
    expect(message.split(server)[1]).toBe(
      "The request used access key …WXYZ from Pulumi config alicloud-dnssec. " +
        "The key's RAM policy must allow domain:DnsSecSetting on acs:domain:*:*:domain/<name of the domain>, " +
        "and domain:QueryDSRecord and domain:QueryDomainTask on all resources (*).",
    );
  });

  test.each([
    "Forbidden",
    "Forbidden.RiskControl",
    "Forbidden.UserVerification",
    "InvalidAccessKeyId.NotFound",
    "InvalidAccessKeyId.Inactive",
    "InvalidSecurityToken.Expired",
    "SignatureDoesNotMatch",
    "IncompleteSignature",
    "DomainNotExist",
  ])("for %s", async (code) => {
    expect(await refusedWith(code, "LTAI5tTestKeyWXYZ")).toContain(
      "The request used access key …WXYZ from Pulumi",
    );
  });

  test.each(["ParameterIllegal", "NoSuchVersion", "InvalidTimeStamp.Expired"])(
    "is not shown for %s",
    async (code) => {
      expect(await refusedWith(code, "LTAI5tTestKeyWXYZ")).not.toContain("access key");
    },
  );

  test.each([
    ["12345678", "access key …5678 from"],
    ["1234567", "the access key from"],
    ["LTAI5tTestKeyX\u202eYZ", "the access key from"],
    ["LTAI5tTestKey X Y", "the access key from"],
  ])("of %j no more than the last four of eight", async (id, words) => {
    const message = await refusedWith("Forbidden.RAM", id);
    expect(message).toContain(`The request used ${words} Pulumi config`);
    expect(message).not.toContain(id);
  });
});
