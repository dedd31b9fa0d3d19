import { manualClock, type Emulator, type EmulatorOptions } from "../../emulator/index";
import type { Registrar } from "../../provider/registrar/registrar";
import { domain, emulated, deadline, registrarOf } from "../alicloud/bed";

export const domains = ["a.com", "b.com", "c.com", "d.com", "e.com"];
const ds = { keyTag: 1, algorithm: 13, digestType: 2, digest: "00".repeat(32) };

/** A registrar and an emulator with one clock. Sleeps end at once. Tasks take one second. */
export async function tasked(options: EmulatorOptions = {}) {
  const manual = manualClock();
  const emulator = await emulated({
    clock: manual,
    taskDurationMs: 1000,
    domains: [domain, ...domains],
    ...options,
  });
  const clock = {
    now: manual.now,
    sleep: (ms: number) => {
      manual.advance(ms);
      return Promise.resolve();
    },
  };
  return { emulator, clock, advance: manual.advance, registrar: registrarOf(emulator, clock) };
}

export async function submitted(registrar: Registrar, name = domain): Promise<string> {
  const submission = await registrar.submit(name, { action: "add", ds }, deadline());
  if (submission.outcome !== "accepted") throw submission.failure;
  return submission.taskNo;
}

export const counts = (emulator: Emulator) => ({
  details: emulator.calls("QueryTaskDetailList").length,
  lists: emulator.calls("QueryTaskList").length,
});

/** Submits one task for each of five domains. */
export async function many(options: EmulatorOptions = {}) {
  const bed = await tasked(options);
  const taskNos = await Promise.all(domains.map((name) => submitted(bed.registrar, name)));
  return { ...bed, taskNos };
}
