import { spawn } from "node:child_process";
import type { Emulator, HoldOptions } from "../../../emulator/index";
import { addition, call, closeAll, started } from "../calls";
import { isSettled } from "./settling";

afterEach(closeAll);

const add = "SaveSingleTaskForAddingDSRecord";

/** Starts a process that makes one call and waits for the answer. */
function spawnedClient(emulator: Emulator) {
  const script = `
    const RPCClient = require(${JSON.stringify(require.resolve("@alicloud/pop-core"))});
    const [settings, action, params] = JSON.parse(process.argv[1]);
    new RPCClient(settings).request(action, params, { method: "POST", timeout: 60000 });
  `;
  const settings = { endpoint: emulator.url, apiVersion: "2018-01-29", ...emulator.credentials };
  const options = { stdio: "inherit" } as const;
  return spawn(process.execPath, ["-e", script, JSON.stringify([settings, add, addition(1)])], options);
}

test.each<[string, HoldOptions | undefined, number]>([
  ["before its effect", { when: "before" }, 0],
  ["after its effect", { when: "after" }, 1],
  ["by default, after its effect", undefined, 1],
])(
  "a call held %s is dropped when its client is killed; a later release does nothing",
  async (_, options, tasks) => {
    const emulator = await started({ domains: ["example.com"], taskDurationMs: 0 });
    const held = emulator.holdAnswer(add, options);
    const client = spawnedClient(emulator);
    await held.arrived;
    client.kill("SIGKILL");
    const ended = await held.ended;
    const taskNo = emulator.tasks()[0]?.taskNo;
    expect({ status: ended.status, taskNo: ended.taskNo }).toEqual({ status: 0, taskNo });
    expect(emulator.tasks()).toHaveLength(tasks);
    held.release();
    expect(await isSettled(emulator, emulator.waitForCall(add, { count: 2 }))).toBe(false);
    expect(emulator.tasks()).toHaveLength(tasks);
    await call(emulator, "QueryDSRecord", { DomainName: "example.com" });
  },
);
