import { type Emulator, type EmulatorOptions } from "./emulator";
import { RunningEmulator } from "./runningEmulator";

export { manualClock, type Clock, type ManualClock } from "./clock";
export type { Fault, FaultKind } from "./control/faultKinds";
export type { FaultRule, FaultSet } from "./control/faults";
export type { ArrivalFilter, HeldAnswer, HoldOptions } from "./control/holds";
export type { ArrivedCall, CallFilter, JournalEntry } from "./control/journal";
export type { DnsOptions, EmulatorDns, ParentServerOptions } from "./dns/emulatorDns";
export type { DnsQuery, QueryFilter } from "./dns/queries";
export { zoneConditions, type ZoneCondition, type ZoneConditionName } from "./dns/zones/conditions";
export type { TestZone, TestZoneOptions, ZoneServerOptions } from "./dns/zones/testZone";
export type { ZoneKeyOptions } from "./dns/zones/zoneKey";
export type { Ds } from "./ds";
export type { EmulatedTask, Emulator, EmulatorOptions } from "./emulator";
export type { Account } from "./registrar/account";
export type { TaskTraits } from "./registrar/tasks";
export { testAccount } from "./runningEmulator";

/**
 * Starts an emulator of the part of Alibaba Cloud's Domain API that DS records need, on 127.0.0.1.
 * emulator/vendor.md says which behaviour the vendor documents and which is ours.
 *
 * @throws {Error} if a port is in use, or `stateFile` is not a state file of the emulator.
 * @throws {RangeError} for a negative duration, an impossible limit, or a zone key with an
 *   algorithm that the emulator cannot sign with.
 * @throws {TypeError} for an impossible domain name, fault or address.
 * @example
 * const emulator = await startEmulator({ domains: ["example.com"], taskDurationMs: 100 });
 * Object.assign(process.env, emulator.env);
 * // … run a Pulumi program …
 * console.log(emulator.records("example.com"), emulator.calls("SaveSingleTaskForAddingDSRecord").length);
 * await emulator.close();
 *
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
