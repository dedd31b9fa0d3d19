/**
 * What the closure in Pulumi's state loads by name, in Pulumi's dynamic provider process: the one place that joins
 * configuration, registrar and lifecycle. A frozen contract, since states of every released version load it: these
 * exports, with the signatures of Pulumi's `dynamic.ResourceProvider`.
 *
 * All records of one `pulumi up` share one process and so this module's state.
 */
// First, so that it speaks before p-retry is loaded.
import "./nodeVersion";
import { systemClock } from "./concurrency/clock";
import { readService, readSettings, type ConfigReader } from "./config";
import type { CredentialsSource } from "./alicloud/settings";
import { chainedCredentials } from "./alicloud/credentials/credentials";
import { DnsDataError } from "./dnssec/dnsDataError";
import { DsRecordError } from "./errors";
import { checkInputs } from "./lifecycle/record/check";
import type { Context } from "./lifecycle/context";
import { diffRecords } from "./lifecycle/record/diff";
import type { Failure } from "./lifecycle/record/inputs/failure";
import { Memory } from "./lifecycle/ledger/ledger";
import { noteCheck, noteDiff } from "./lifecycle/record/noting";
import type { Registrar } from "./registrar/registrar";
import type { Reporter } from "./lifecycle/ports";
import { readRecord } from "./lifecycle/record/read";
import { createRecord, deleteRecord, updateRecord } from "./lifecycle/record/write";
import { plain, urnOf, type PropertyBag } from "./lifecycle/record/state";
import { watchLife } from "./dynamic/process/processLifetime";
import { systemDelegations } from "./preflight/delegations";
import { readDnsSettings, type DnsSettings } from "./preflight/settings";
import { engineProgress } from "./dynamic/process/engineLog";
import { createRegistrar } from "./registrar/client";

const memory = new Memory(process.env["PULUMI_PROJECT"]);
const life = watchLife();
const progress = engineProgress(process.argv.at(-1));
const delegations = systemDelegations();
const said = new Set<string>();

let config: ConfigReader = { get: () => undefined };
let registrar: Registrar | undefined;

/**
 * Keeps the stack's configuration for the first call that needs it. Synchronous and without failure: Pulumi lets other
 * calls in before this one is answered, and forgets a failure.
 */
export function configure(request: { config: ConfigReader }): Promise<void> {
  config = request.config;
  registrar = undefined;
  return Promise.resolve();
}

/** Validates and completes the inputs of a record, without asking anybody. */
export function check(olds: PropertyBag, news: PropertyBag) {
  return edge(() => {
    const { inputs, failures: faults, warnings } = checkInputs(news, olds);
    const failures = [...settingFailures(), ...faults];
    const conflict = failures.length === 0 ? noteCheck(olds, inputs, memory) : [];
    const urn = memory.resources.current(urnOf(news));
    for (const text of warnings) warnOnce(urn, text);
    return Promise.resolve(plain({ inputs, failures: [...failures, ...conflict] }));
  });
}

export function diff(id: string, olds: PropertyBag, news: PropertyBag) {
  return edge(() => {
    const result = diffRecords(id, olds, news);
    noteDiff(id, olds, news, result, memory);
    return Promise.resolve(result);
  });
}

export function create(inputs: PropertyBag) {
  return edge(() => createRecord(inputs, context()));
}

export function read(id: string, props: PropertyBag = {}) {
  return edge(() => readRecord(id, props, context()));
}

export function update(id: string, olds: PropertyBag, news: PropertyBag) {
  return edge(() => updateRecord(id, olds, news, context()));
}

function remove(id: string, props: PropertyBag) {
  return edge(() => deleteRecord(id, props, context()));
}
export { remove as delete };

function context(): Context {
  const shared = { clock: systemClock, random: Math.random };
  registrar ??= createRegistrar({ settings: readSettings(config, process.env, chain), ...shared });
  const dnsOverrides = dnsSettings();
  return { ...shared, registrar, delegations, dnsOverrides, signal: life.signal, reporterOf, memory };
}

function dnsSettings(): DnsSettings {
  return readDnsSettings((key) => config.get(`alicloud-dnssec:${key}`), process.env);
}

/**
 * Refuses wrong settings in a preview too, where nothing else reads them. Credentials are left out, since a preview
 * needs none. Pulumi stops at the first record that fails, so that this is said once.
 */
function settingFailures(): Failure[] {
  const readers = [() => readService(config, process.env), dnsSettings];
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

function chain(missing: readonly string[]): CredentialsSource {
  return chainedCredentials({ env: process.env, missing, clock: systemClock });
}

function reporterOf(urn: string | undefined): Reporter {
  return {
    status: (text) => progress.status(urn, text),
    info: (text) => progress.info(urn, text),
    warning: (text) => progress.warning(urn, text),
  };
}

/** A replacement is checked twice. */
function warnOnce(urn: string | undefined, text: string): void {
  const key = JSON.stringify([urn, text]);
  if (said.has(key)) return;
  said.add(key);
  progress.warning(urn, text);
}

/** Everything passes here on its way back to Pulumi: plain JSON, and errors of which the message alone is shown. */
async function edge<T>(call: () => Promise<T>): Promise<T> {
  try {
    const result = await life.during(call);
    return result === undefined ? result : plain(result);
  } catch (error) {
    throw presentable(error);
  }
}

function presentable(error: unknown): Error {
  const known = error instanceof DsRecordError || error instanceof DnsDataError;
  const presented = known ? error : unexpected(error);
  presented.message = `${presented.message} [${presented.code}]`;
  // Pulumi prints the stack of what check, diff, read and delete throw.
  presented.stack = "";
  return presented;
}

/** Nothing of it is shown but its kind: what it says is of unknown origin. */
function unexpected(error: unknown): DsRecordError {
  const kind = error instanceof Error ? error.name : typeof error;
  const place =
    error instanceof Error ? /at .*?([\w-]+\.[cm]?js:\d+:\d+)/.exec(error.stack ?? "")?.[1] : undefined;
  return new DsRecordError(
    "UNEXPECTED",
    `A mistake in pulumi-alicloud-dnssec: ${kind}${place ? ` at ${place}` : ""}. Please report it. \`pulumi up\` looks at what the registrar has and goes on from there.`,
  );
}
