import type { EmulatorOptions, FaultRule } from "../../emulator/index";
import { closeAll, deadline, registrarOf } from "../alicloud/bed";
import { counts, domains, many, submitted, tasked } from "./tasksBed";

afterEach(closeAll);

const running = (status: string) => ({ state: "running", status });

describe("the running task of a domain", () => {
  test("is found among many, and only while it runs", async () => {
    const { emulator, registrar, advance } = await many();
    const [domain = ""] = domains;
    const [task] = emulator.tasks(domain);
    expect(await registrar.runningTask(domain, deadline())).toBe(task?.taskNo);
    advance(2_000);
    expect(await registrar.runningTask(domain, deadline())).toBeUndefined();
  });

  test("is not one of another domain", async () => {
    const { emulator, registrar } = await many();
    emulator.addDomain("idle.example");
    expect(await registrar.runningTask("idle.example", deadline())).toBeUndefined();
  });

  test("is missing where the list has something other than tasks", async () => {
    const faults: FaultRule[] = [
      { action: "QueryTaskList", fault: { kind: "wrongTypes", fields: ["TaskNo"] } },
    ];
    const { registrar } = await many({ faults });
    expect(await registrar.runningTask(domains[0] ?? "", deadline())).toBeUndefined();
  });

  test("is missing where the list cannot be fetched", async () => {
    const faults: FaultRule[] = [
      { action: "QueryTaskList", fault: { kind: "error", code: "Forbidden.RAM" } },
    ];
    const { registrar } = await many({ faults });
    expect(await registrar.runningTask(domains[0] ?? "", deadline())).toBeUndefined();
  });
});

describe("the unclaimed tasks of a domain", () => {
  /** The tasks as seen by another process, which has submitted nothing. */
  async function stranger(options: EmulatorOptions = {}) {
    const bed = await many(options);
    const registrar = registrarOf(bed.emulator, bed.clock);
    bed.emulator.clearJournal();
    return { ...bed, unclaimed: (name = "a.com") => registrar.unclaimedTasks(name, deadline()) };
  }

  test("are none for a client that got all answers to its submissions", async () => {
    const { registrar } = await many();
    expect(await registrar.unclaimedTasks("a.com", deadline())).toEqual([]);
  });

  test("include running, successful and failed ones", async () => {
    const faults: FaultRule[] = [{ domain: "b.com", fault: { kind: "taskFails", reason: "No." } }];
    const { unclaimed, advance, taskNos } = await stranger({ faults });
    const found = (index: number, status: object) => [{ taskNo: taskNos[index], status }];
    expect(await unclaimed("a.com")).toEqual(found(0, running("WAITING_EXECUTE")));
    advance(1_000);
    expect(await unclaimed("a.com")).toEqual(found(0, { state: "succeeded", durationMs: 1000 }));
    expect(await unclaimed("b.com")).toMatchObject(found(1, { state: "failed", reason: "No." }));
    expect(await unclaimed("idle.example")).toEqual([]);
  });

  test("are queried once if they cannot change any more", async () => {
    const { unclaimed, advance, emulator } = await stranger();
    advance(1_000);
    await unclaimed();
    await unclaimed();
    expect(counts(emulator)).toEqual({ details: 5, lists: 1 });
    advance(1_000);
    await unclaimed();
    expect(counts(emulator)).toEqual({ details: 5, lists: 2 });
  });

  test.each<[string, FaultRule]>([
    ["the list", { action: "QueryTaskList", fault: { kind: "html502" } }],
    ["the details", { action: "QueryTaskDetailList", fault: { kind: "error", code: "Throttling" } }],
    [
      "a task in the details",
      { action: "QueryTaskDetailList", fault: { kind: "wrongTypes", fields: ["TaskNo"] } },
    ],
    [
      "the numbers in the list",
      { action: "QueryTaskList", fault: { kind: "wrongTypes", fields: ["TaskNo"] } },
    ],
    [
      "whether there is more",
      { action: "QueryTaskList", fault: { kind: "wrongTypes", fields: ["NextPage", "CreateTime"] } },
    ],
  ])("cannot be told without %s", async (_, fault) => {
    const { unclaimed, emulator } = await stranger();
    emulator.faults.add(fault);
    expect(await unclaimed()).toBeUndefined();
  });

  test("are queried twenty at a time", async () => {
    const names = Array.from({ length: 50 }, (_, index) => `domain-${index}.example`);
    const { emulator, registrar, clock } = await tasked({ domains: names });
    for (const name of names) await submitted(registrar, name);
    emulator.clearJournal();
    const other = registrarOf(emulator, clock);
    const oldest = () => other.unclaimedTasks("domain-0.example", deadline());
    expect([await oldest(), counts(emulator).details]).toEqual([undefined, 20]);
    expect([await oldest(), counts(emulator).details]).toEqual([undefined, 40]);
    expect(await oldest()).toHaveLength(1);
    expect(counts(emulator)).toEqual({ details: 50, lists: 1 });
  });
});
