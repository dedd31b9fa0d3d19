import type { FaultRule } from "../../emulator/index";
import type { Trouble } from "../../provider/concurrency/deadline";
import {
  addition,
  ds,
  adding,
  closeAll,
  credentials,
  deadUrl,
  domain,
  emulated,
  eventually,
  deadline,
  passingFaults,
  rawServer,
  registrarOf,
  rejection,
  settled,
  type Respond,
} from "../alicloud/bed";
import { leapingClock } from "../harness/clocks";

afterEach(closeAll);

const never = AbortSignal.abort(new Error("The end."));

describe("list", () => {
  test("returns the records of a domain", async () => {
    const records = [ds, { ...ds, keyTag: 1 }];
    const registrar = registrarOf(await emulated({ domains: { [domain]: records } }));
    await expect(registrar.list(domain, deadline())).resolves.toEqual(records);
  });

  test.each(["upperCaseDigests", "numbersAsStrings"] as const)("returns the same for %s", async (kind) => {
    const registrar = registrarOf(
      await emulated({ domains: { [domain]: [ds] }, faults: [{ fault: { kind } }] }),
    );
    await expect(registrar.list(domain, deadline())).resolves.toEqual([ds]);
  });

  test("sends an IDN in Unicode", async () => {
    const emulator = await emulated({ domains: { "例子.cn": [ds] } });
    await expect(registrarOf(emulator).list("xn--fsqu00a.cn", deadline())).resolves.toEqual([ds]);
    expect(emulator.calls()[0]?.params["DomainName"]).toBe("例子.cn");
  });

  /** Faults of the first calls, and the number of calls until an empty list is proven. */
  const empties: [string, FaultRule[], number][] = [
    ["an empty list", [], 1],
    ["null twice", [{ fault: { kind: "nullList" } }], 2],
    ["missing twice", [{ fault: { kind: "missingList" } }], 2],
    ["null, then an empty list", [{ call: 1, fault: { kind: "nullList" } }], 2],
    [
      "null, a failure, then an empty list",
      [
        { call: 1, fault: { kind: "nullList" } },
        { call: 2, fault: { kind: "html502" } },
      ],
      3,
    ],
  ];

  test.each(empties)("an empty list is proven by %s", async (_, faults, calls) => {
    const rules = faults.map((rule) => ({ action: "QueryDSRecord", ...rule }));
    const emulator = await emulated({ faults: rules });
    await expect(registrarOf(emulator).list(domain, deadline())).resolves.toEqual([]);
    expect(emulator.calls()).toHaveLength(calls);
  });

  test("a null that the second read does not confirm proves nothing", async () => {
    const list = JSON.stringify([{ KeyTag: 2371, Algorithm: 13, DigestType: 2, Digest: ds.digest }]);
    const server = await rawServer((response, _, n) =>
      response.end(`{"RequestId":"R-${n}","DSRecordList":${n === 1 ? "null" : list}}`),
    );
    await expect(registrarOf(server).list(domain, deadline())).resolves.toEqual([ds]);
  });

  test("a null before a failure proves nothing", async () => {
    const faults: FaultRule[] = [
      { action: "QueryDSRecord", call: 1, fault: { kind: "nullList" } },
      { action: "QueryDSRecord", call: 2, fault: { kind: "error", code: "DomainNotExist" } },
    ];
    const registrar = registrarOf(await emulated({ faults }));
    expect(await rejection(registrar.list(domain, deadline()))).toMatchObject({ code: "REGISTRAR_REFUSED" });
  });

  test("one malformed entry fails the whole listing, at once", async () => {
    const entry = { KeyTag: 2371, Algorithm: 13, DigestType: 2, Digest: ds.digest };
    const list = JSON.stringify([entry, { ...entry, KeyTag: 70000 }]);
    const server = await rawServer((response) => response.end(`{"RequestId":"R-1","DSRecordList":${list}}`));
    const error = await rejection(registrarOf(server).list(domain, deadline()));
    expect(error).toMatchObject({ code: "REGISTRAR_ANSWER_INVALID", details: { requestId: "R-1" } });
    expect(error.message).toContain("entry 2 of its DSRecordList has the KeyTag 70000");
    expect(server.received).toHaveLength(1);
  });

  test("a missing domain is a failure, not an empty list", async () => {
    const emulator = await emulated();
    const error = await rejection(registrarOf(emulator).list("example.net", deadline()));
    expect(error).toMatchObject({ code: "REGISTRAR_REFUSED", details: { apiCode: "DomainNotExist" } });
    expect(error.message).toContain("Reading the DS records of example.net (QueryDSRecord) was refused");
    expect(emulator.calls()).toHaveLength(1);
  });

  const passing: FaultRule["fault"][] = [
    ...passingFaults,
    { kind: "error", code: "ServiceUnavailable" },
    { kind: "error", code: "TaskIsBeingProcessed" },
  ];

  test.each(passing)("a passing fault is tried again: %j", async (fault) => {
    const emulator = await emulated({ domains: { [domain]: [ds] }, faults: [{ call: { to: 2 }, fault }] });
    const clock = leapingClock();
    await expect(registrarOf(emulator, clock).list(domain, deadline())).resolves.toEqual([ds]);
    expect(emulator.calls()).toHaveLength(3);
    expect(clock.sleeps.filter((ms) => ms === 500 || ms === 1000)).toEqual([500, 1000]);
  });

  test("a refused connection after an answer is tried until the deadline", async () => {
    const emulator = await emulated({ domains: { [domain]: [ds] } });
    const clock = leapingClock();
    const registrar = registrarOf(emulator, clock);
    await registrar.list(domain, deadline());
    await emulator.close();
    const startedAt = clock.now();
    const error = await rejection(registrar.list(domain, deadline({ until: startedAt + 900_000 })));
    expect(error.message).toMatch(/ECONNREFUSED.* Tried \d+ times in 8\d\d s\.$/);
  });

  test("a refused connection is tried for 30 s, and all callers get the error", async () => {
    const clock = leapingClock();
    const registrar = registrarOf({ url: await deadUrl(), credentials }, clock);
    const heard: Trouble[][] = [[], []];
    const errors = await Promise.all(
      heard.map((troubles) => {
        const onTrouble = (trouble: Trouble) => void troubles.push(trouble);
        return rejection(registrar.list(domain, deadline({ until: clock.now() + 900_000, onTrouble })));
      }),
    );
    for (const error of errors) {
      expect(error).toMatchObject({ code: "REGISTRAR_UNAVAILABLE" });
      expect(error.message).toMatch(/ECONNREFUSED.* Tried \d times in 3\d s, the limit for this failure\.$/);
    }
    for (const troubles of heard) {
      expect(troubles[0]?.leftMs).toBe(30_000);
      expect(troubles[0]?.cause).toBe("ECONNREFUSED");
      expect(troubles.length).toBeGreaterThan(3);
    }
  });

  test("sends nothing when the signal is aborted", async () => {
    const emulator = await emulated();
    const error = await rejection(registrarOf(emulator).list(domain, deadline({ signal: never })));
    expect(error).toMatchObject({ code: "PROCESS_ORPHANED" });
    expect(emulator.calls()).toEqual([]);
  });
});

describe("reads of one domain", () => {
  /** A registrar whose answers are held until the test releases all of them. */
  async function holding() {
    let held: (() => void)[] = [];
    const respond: Respond = (response, { Action = "" }, n) => {
      const body = Action === "QueryDSRecord" ? '"DSRecordList":[]' : '"TaskNo":"T-1"';
      held.push(() => response.end(`{"RequestId":"R-${n}",${body}}`));
    };
    const server = await rawServer(respond);
    const release = () => {
      for (const answer of held) answer();
      held = [];
    };
    return { registrar: registrarOf(server), received: server.received, release };
  }

  test("are one call when simultaneous, and another call for another domain", async () => {
    const { registrar, received, release } = await holding();
    const results = [registrar.list(domain, deadline()), registrar.list(domain, deadline())];
    results.push(registrar.list("example.net", deadline()));
    await eventually(() => received.length === 2);
    results.push(registrar.list(domain, deadline()));
    await settled();
    release();
    await Promise.all(results);
    expect(received).toHaveLength(2);
  });

  test("after a task has ended are a new call", async () => {
    const { registrar, received, release } = await holding();
    const before = registrar.list(domain, deadline());
    await eventually(() => received.length === 1);
    registrar.taskEnded("example.net");
    const joined = registrar.list(domain, deadline());
    await settled();
    expect(received).toHaveLength(1);
    registrar.taskEnded(domain);
    const after = registrar.list(domain, deadline());
    await eventually(() => received.length === 2);
    release();
    await Promise.all([before, joined, after]);
    expect(received).toHaveLength(2);
  });

  test("after a submission are a new call", async () => {
    const { registrar, received, release } = await holding();
    const results: Promise<unknown>[] = [registrar.list(domain, deadline())];
    await eventually(() => received.length === 1);
    results.push(registrar.submit(domain, addition, deadline()));
    await eventually(() => received.length === 2);
    results.push(registrar.list(domain, deadline()));
    await eventually(() => received.length === 3);
    release();
    await Promise.all(results);
    expect(received.map(({ Action }) => Action)).toEqual(["QueryDSRecord", adding.action, "QueryDSRecord"]);
  });

  test("fail with a separate error for each caller", async () => {
    const server = await rawServer((response) =>
      response.writeHead(400).end('{"RequestId":"R","Code":"DomainNotExist"}'),
    );
    const registrar = registrarOf(server);
    const [one, other] = await Promise.all([1, 2].map(() => rejection(registrar.list(domain, deadline()))));
    expect(server.received).toHaveLength(1);
    expect(one).not.toBe(other);
    expect(one).toEqual(other);
  });
});
