import { type Emulator, type EmulatorOptions } from "./emulator";
import { RunningEmulator } from "./runningEmulator";

export type { Account } from "./registrar/account";
export type { Ds } from "./ds";
export { manualClock, type Clock, type ManualClock } from "./clock";
export { zoneConditions, type ZoneCondition, type ZoneConditionName } from "./dns/zones/conditions";
export type { DnsOptions, EmulatorDns, ParentServerOptions } from "./dns/emulatorDns";
export type { DnsQuery, QueryFilter } from "./dns/queries";
export type { TestZone, TestZoneOptions, ZoneServerOptions } from "./dns/zones/testZone";
export type { ZoneKeyOptions } from "./dns/zones/zoneKey";
export type { EmulatedTask, Emulator, EmulatorOptions } from "./emulator";
export type { Fault, FaultKind } from "./control/faultKinds";
export type { FaultRule, FaultSet } from "./control/faults";
export type { ArrivalFilter, HeldAnswer, HoldOptions } from "./control/holds";
export type { ArrivedCall, CallFilter, JournalEntry } from "./control/journal";
export { testAccount } from "./runningEmulator";
export type { TaskTraits } from "./registrar/tasks";

/**
 * Starts an emulator of Alibaba Cloud's "Domain" API, as far as DS records need it, on a port of this machine. README.md
 * beside this file says what it does like the vendor, and what nobody outside can know.
 *
 * @throws {Error} when a port is taken, or `stateFile` is something else.
 * @throws {RangeError} for a negative duration, or a limit or a key of a test zone that cannot be.
 * @throws {TypeError} for an impossible domain name, fault or address.
 * @example
 * const emulator = await startEmulator({ domains: ["example.com"], taskDurationMs: 100 });
 * Object.assign(process.env, emulator.env);
 * // … run a Pulumi program …
 * console.log(emulator.records("example.com"), emulator.calls("SaveSingleTaskForAddingDSRecord").length);
 * await emulator.close();
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = new RunningEmulator(options);
  try {
    await emulator.listen(options.port ?? 0);
    return emulator;
  } catch (error) {
    await emulator.close();
    throw error;
  }
}
