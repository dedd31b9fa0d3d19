import {
  manualClock,
  startEmulator,
  type Emulator,
  type EmulatorOptions,
  type FaultRule,
} from "../../emulator/index";
import type { Clock } from "../../provider/concurrency/clock";
import { constantCredentials } from "../../provider/alicloud/settings";
import { formatDs, type Ds } from "../../provider/dnssec/ds";
import type { Context } from "../../provider/lifecycle/context";
import { diffRecords } from "./operations";
import type { Registrar } from "../../provider/registrar/registrar";
import type { Delegations } from "../../provider/lifecycle/ports";
import type { PropertyBag } from "../../provider/lifecycle/record/state";
import { Ledger } from "../../provider/lifecycle/ledger/ledger";
import { createRegistrar } from "../../provider/registrar/client";
import type { Timeouts } from "../../provider/alicloud/transport";
import { leapingOn } from "../harness/clocks";

export { rejection } from "../rejection";

export const domain = "example.com";
export const id = `${domain}/1`;

/** Returns a DS record whose digest contains its key tag. `last` makes it differ. */
export function ds(keyTag: number, last = "0"): Ds {
  return { keyTag, algorithm: 13, digestType: 2, digest: keyTag.toString(16).padStart(63, "0") + last };
}

export const wanted = ds(1);
/** The same key tag with another digest. */
export const other = ds(1, "f");
export const eight = Array.from({ length: 8 }, (_, index) => ds(100 + index));

/** Returns the checked inputs of a record, as Pulumi passes them on. */
export function inputs(record: Ds, more: PropertyBag = {}): PropertyBag {
  return { domainName: domain, ...record, __provider: "the closure", __urn: `urn:${record.keyTag}`, ...more };
}

/** Returns the outputs of such inputs. */
export function outputs(record: Ds, more: PropertyBag = {}): PropertyBag {
  return { ...inputs(record), ds: formatDs(record), ...more };
}

export interface Report {
  readonly kind: "status" | "info" | "warning";
  readonly urn: string | undefined;
  readonly text: string;
}

/**
 * The lifecycle with the real registrar client and a real emulator. They share one clock, which
 * only moves when one of them sleeps, so a wait of a minute takes no time and is always the same.
 */
export interface Bed {
  readonly emulator: Emulator;
  readonly context: Context;
  readonly reports: Report[];
  /** Milliseconds on the clock since the bed was made. */
  elapsed(): number;
  advance(ms: number): void;
  /** Returns the context of another process: the same emulator, an empty ledger. */
  anotherProcess(): Context;
  abort(reason: Error): void;
  /** Returns the actions of the submissions so far, such as "Adding". */
  submissions(): string[];
  /** Returns the records that the registrar has. */
  listed(): Ds[];
  /** Returns what the rows keep: infos and warnings. */
  said(): string[];
  close(): Promise<void>;
}

/** Fails every question to the DNS, for tests that are not about it. */
export const noDns: Delegations = {
  keysOf: () => Promise.reject(new Error("the DNS was asked although the preflight is off")),
  published: () => Promise.reject(new Error("the DNS was asked although nothing waits for publication")),
};

/** @param timeouts Time-outs of one HTTP call, by the machine's clock; by default the package's. */
export async function startBed(options: EmulatorOptions = {}, timeouts?: Timeouts): Promise<Bed> {
  const manual = manualClock();
  const start = manual.now();
  const emulator = await startEmulator({ clock: manual, domains: [domain], ...options });
  const clock = leapingOn(manual);
  const reports: Report[] = [];
  const controller = new AbortController();
  const newContext = (): Context => ({
    registrar: registrarOf(emulator, clock, timeouts),
    clock,
    random: () => 0.5,
    signal: controller.signal,
    ledger: new Ledger(),
    delegations: noDns,
    dnsOverrides: { mode: "off" },
    reporterOf: (urn) => ({
      status: (text) => reports.push({ kind: "status", urn, text }),
      info: (text) => reports.push({ kind: "info", urn, text }),
      warning: (text) => reports.push({ kind: "warning", urn, text }),
    }),
  });
  return {
    emulator,
    context: newContext(),
    reports,
    elapsed: () => manual.now() - start,
    advance: manual.advance,
    anotherProcess: newContext,
    abort: (reason) => controller.abort(reason),
    submissions: () =>
      emulator
        .calls(({ action }) => action.startsWith("SaveSingleTask"))
        .map(({ action }) => action.replace(/^SaveSingleTaskFor|DSRecord$/g, "")),
    listed: () => emulator.records(domain),
    said: () => reports.filter(({ kind }) => kind !== "status").map(({ text }) => text),
    close: () => emulator.close(),
  };
}

/** Returns the real client of an emulated registrar. */
export function registrarOf(
  { url, credentials }: Pick<Emulator, "url" | "credentials">,
  clock: Clock,
  timeouts?: Timeouts,
): Registrar {
  return createRegistrar({
    settings: {
      endpoint: url,
      apiVersion: "2018-01-29",
      credentials: constantCredentials("the test", credentials),
    },
    clock,
    random: () => 0.5,
    ...(timeouts && { timeouts }),
  });
}

/** Starts a bed whose registrar has these records of {@link domain}. */
export async function registrarWith(records: readonly Ds[], faults: readonly FaultRule[] = []): Promise<Bed> {
  return startBed({ domains: { [domain]: records }, faults });
}

export const taskNumber = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;

/** Returns the number of the only task so far. */
export function onlyTask({ emulator }: Bed): string {
  const [task, ...more] = emulator.tasks();
  if (!task || more.length > 0) throw new Error(`there were ${more.length + (task ? 1 : 0)} tasks`);
  return task.taskNo;
}

export function expectEmptyPreview(outs: PropertyBag, news: PropertyBag): void {
  expect(diffRecords(id, outs, news)).toEqual({ changes: false, replaces: [], deleteBeforeReplace: false });
}

/** Returns a context whose registrar has some methods replaced. */
export function withRegistrar({ registrar, ...context }: Context, overrides: Partial<Registrar>): Context {
  const own: Registrar = {
    list: (...args) => registrar.list(...args),
    submit: (...args) => registrar.submit(...args),
    taskStatus: (...args) => registrar.taskStatus(...args),
    runningTask: (...args) => registrar.runningTask(...args),
    unclaimedTasks: (...args) => registrar.unclaimedTasks(...args),
    taskEnded: (...args) => registrar.taskEnded(...args),
  };
  return { ...context, registrar: { ...own, ...overrides } };
}
