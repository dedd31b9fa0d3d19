import type { Clock } from "../concurrency/clock";
import type { DnsSettings } from "../preflight/settings";
import type { Ledger } from "./ledger/ledger";
import type { Registrar } from "../registrar/registrar";
import type { Delegations, Reporter } from "./ports";

/** What every operation of one process works with. */
export interface Context {
  readonly registrar: Registrar;
  readonly delegations: Delegations;
  /** In place of what records say of themselves. */
  readonly dnsOverrides: DnsSettings;
  readonly clock: Clock;
  /** From 0 up to, but not including, 1. */
  readonly random: () => number;
  /** Aborted with a `DsRecordError` when nobody is left to hear of an operation's end. */
  readonly signal: AbortSignal;
  readonly reporterOf: (urn: string | undefined) => Reporter;
  readonly ledger: Ledger;
}
