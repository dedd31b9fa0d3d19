import { setMaxListeners } from "node:events";
import { isDeepStrictEqual } from "node:util";
import { chainedCredentials } from "./alicloud/credentials/credentials";
import type { Environment } from "./alicloud/settings";
import type { Clock } from "./concurrency/clock";
import { readService, readSettings, type ConfigReader } from "./config";
import { DsRecordError } from "./errors";
import type { Call, CheckCall } from "./lifecycle/call";
import type { Context } from "./lifecycle/context";
import { Ledger } from "./lifecycle/ledger/ledger";
import type { Reporter } from "./lifecycle/ports";
import { checkInputs } from "./lifecycle/record/check";
import { diffRecords, type DiffResult } from "./lifecycle/record/diff";
import type { Failure } from "./lifecycle/record/inputs/failure";
import { noteCheck, noteDiff } from "./lifecycle/record/noting";
import { readRecord, type ReadResult } from "./lifecycle/record/read";
import type { PropertyBag } from "./lifecycle/record/state";
import { createRecord, deleteRecord, updateRecord } from "./lifecycle/record/write";
import { systemDelegations } from "./preflight/delegations";
import { readDnsSettings, type DnsSettings } from "./preflight/settings";
import { createRegistrar } from "./registrar/client";
import type { Registrar } from "./registrar/registrar";

export type { Call, CheckCall } from "./lifecycle/call";
export type { Reporter } from "./lifecycle/ports";
export type { DiffResult } from "./lifecycle/record/diff";
export type { Failure } from "./lifecycle/record/inputs/failure";
export { isUnknown } from "./lifecycle/record/inputs/unknown";
export type { ReadResult } from "./lifecycle/record/read";
export { plain } from "./lifecycle/record/state";
export type { PropertyBag } from "./lifecycle/record/state";
export { UnfinishedRecordError } from "./lifecycle/record/unfinished";

/** What {@link createRecords} needs from its caller. */
export interface RecordsOptions {
  /** The stack's configuration; it is read when an operation needs it. */
  readonly config: ConfigReader;
  readonly env: Environment;
  /** Returns the reporter for the row of a resource. */
  readonly reporterOf: (urn: string | undefined) => Reporter;
  readonly clock: Clock;
  /** Returns numbers from 0 up to, but not including, 1. */
  readonly random: () => number;
}

/** Operations on the DS records of one account, by what the process has seen of its program. */
export interface Records {
  check(
    olds: PropertyBag,
    news: PropertyBag,
    call: CheckCall,
  ): Promise<{ inputs: PropertyBag; failures: Failure[] }>;
  diff(id: string, olds: PropertyBag, news: PropertyBag, call: Call): Promise<DiffResult>;
  create(inputs: PropertyBag, call: Call): Promise<{ id: string; outs: PropertyBag }>;
  read(id: string, props: PropertyBag, call: Call): Promise<ReadResult>;
  update(id: string, olds: PropertyBag, news: PropertyBag, call: Call): Promise<{ outs: PropertyBag }>;
  delete(id: string, props: PropertyBag, call: Call): Promise<void>;
  /**
   * Ends all waits with this error, so that unfinished tasks are saved, and allows no further
   * submission.
   */
  cancel(reason: DsRecordError): void;
}

/**
 * Returns operations on DS records that share one client, one rate limit and one queue for each
 * domain. Nothing is read or opened before an operation needs it.
 *
 * Operations throw a `DsRecordError` or `DnsDataError` for foreseeable failures.
 */
export function createRecords(options: RecordsOptions): Records {
  const { config, env, reporterOf } = options;
  const ledger = new Ledger(env["PULUMI_PROJECT"]);
  const delegations = systemDelegations();
  const registrar = sharedRegistrar(options);
  const cancellation = new AbortController();
  // Every wait of every record listens to this signal.
  setMaxListeners(0, cancellation.signal);
  const dnsSettings = () => readDnsSettings((key) => config.get(`alicloud-dnssec:${key}`), env);
  const context = (): Context => ({
    ...options,
    registrar: registrar(),
    delegations,
    dnsOverrides: dnsSettings(),
    signal: cancellation.signal,
    ledger,
  });
  const warnOnce = onceEach((urn, text) => reporterOf(urn).warning(text));
  return {
    async check(olds, news, call) {
      const { inputs, failures: faults, warnings } = checkInputs(news, olds, call);
      const failures = [...settingFailures(options, dnsSettings), ...faults];
      const conflict = failures.length === 0 ? noteCheck(olds, inputs, call, ledger) : [];
      const urn = ledger.resources.current(call.urn);
      for (const text of warnings) warnOnce(urn, text);
      return { inputs, failures: [...failures, ...conflict] };
    },
    async diff(id, olds, news, call) {
      const result = diffRecords(id, olds, news);
      noteDiff(id, olds, result, call, ledger);
      return result;
    },
    create: async (inputs, call) => createRecord(inputs, call, context()),
    read: async (id, props, call) => readRecord(id, props, call, context()),
    update: async (id, olds, news, call) => updateRecord(id, olds, news, call, context()),
    delete: async (id, props, call) => deleteRecord(id, props, call, context()),
    cancel: (reason) => cancellation.abort(reason),
  };
}

/**
 * Returns the client, which has the rate limit of the account. It is created when an operation
 * needs it, and replaced only when the settings change.
 */
function sharedRegistrar({ config, env, clock, random }: RecordsOptions): () => Registrar {
  const chain = (missing: readonly string[]) => chainedCredentials({ env, missing, clock });
  let shared:
    { readonly values: readonly (readonly [string, unknown])[]; readonly registrar: Registrar } | undefined;
  return () => {
    if (shared?.values.every(([key, value]) => isDeepStrictEqual(config.get(key), value))) {
      return shared.registrar;
    }
    const values: [string, unknown][] = [];
    const get = (key: string) => {
      const value = config.get(key);
      values.push([key, value]);
      return value;
    };
    const registrar = createRegistrar({ settings: readSettings({ get }, env, chain), clock, random });
    shared = { values, registrar };
    return registrar;
  };
}

/**
 * Returns failures for wrong settings, so that a preview refuses them too. It leaves out the
 * credentials, because a preview needs none. Pulumi stops at the first record that fails, so the
 * user reads this once.
 */
function settingFailures({ config, env }: RecordsOptions, dnsSettings: () => DnsSettings): Failure[] {
  const readers = [() => readService(config, env), dnsSettings];
  return readers.flatMap((read) => {
    try {
      read();
      return [];
    } catch (error) {
      if (!(error instanceof DsRecordError)) throw error;
      return [{ property: "", reason: `${error.message} [${error.code}]` }];
    }
  });
}

/** Passes each text on once for each resource: `check` is called twice for a replacement. */
function onceEach(tell: (urn: string | undefined, text: string) => void): typeof tell {
  const told = new Set<string>();
  return (urn, text) => {
    const key = JSON.stringify([urn, text]);
    if (told.has(key)) return;
    told.add(key);
    tell(urn, text);
  };
}
