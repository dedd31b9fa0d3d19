import type { Clock } from "../concurrency/clock";
import type { DnsSettings } from "../preflight/settings";
import type { Ledger } from "./ledger/ledger";
import type { Registrar } from "../registrar/registrar";
import type { Delegations, Reporter } from "./ports";

/** Everything that the operations of one process share. */
export interface Context {
  readonly registrar: Registrar;
  readonly delegations: Delegations;
  /** Settings that override the options of records. */
  readonly dnsOverrides: DnsSettings;
  readonly clock: Clock;
  /** Returns numbers from 0 up to, but not including, 1. */
  readonly random: () => number;
  /** Aborted with a `DsRecordError` once no caller is left to learn how an operation ends. */
  readonly signal: AbortSignal;
  readonly reporterOf: (urn: string | undefined) => Reporter;
  readonly ledger: Ledger;
}
