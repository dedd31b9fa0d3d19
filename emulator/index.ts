import { type Emulator, type EmulatorOptions } from "./emulator";
import { RunningEmulator } from "./runningEmulator";

export type { Account } from "./authentication";
export { manualClock, type Clock, type ManualClock } from "./clock";
export type { Ds } from "./domains";
export type { EmulatedTask, Emulator, EmulatorOptions } from "./emulator";
export type { Fault, FaultKind } from "./faultKinds";
export type { FaultRule, FaultSet } from "./faults";
export type { ArrivalFilter, HeldAnswer, HoldOptions } from "./holds";
export type { ArrivedCall, CallFilter, JournalEntry } from "./journal";
export { testAccount } from "./runningEmulator";
export type { TaskTraits } from "./tasks";

/**
 * Starts an emulator of Alibaba Cloud's "Domain" API, as far as DS records need it, on a port of this machine. README.md
 * beside this file says what it does like the vendor, and what nobody outside can know.
 *
 * @throws {Error} when the port is taken, or `stateFile` is something else.
 * @throws {RangeError} for a negative duration, or a limit that cannot be.
 * @throws {TypeError} for an impossible domain name or fault.
 * @example
 * const emulator = await startEmulator({ domains: ["example.com"], taskDurationMs: 100 });
 * Object.assign(process.env, emulator.env);
 * // … run a Pulumi program …
 * console.log(emulator.records("example.com"), emulator.calls("SaveSingleTaskForAddingDSRecord").length);
 * await emulator.close();
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = new RunningEmulator(options);
  await emulator.listen(options.port ?? 0);
  return emulator;
}
