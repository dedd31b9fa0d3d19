import {
  manualClock,
  startEmulator,
  type Emulator,
  type EmulatorOptions,
  type FaultRule,
} from "../../emulator/index";
import type { Clock } from "../../provider/concurrency/clock";
import { constantCredentials } from "../../provider/config";
import { formatDs, type Ds } from "../../provider/dnssec/ds";
import type { Context } from "../../provider/lifecycle/context";
import { diffRecords } from "../../provider/lifecycle/record/diff";
import type { Registrar } from "../../provider/registrar/registrar";
import type { Delegations } from "../../provider/lifecycle/ports";
import type { PropertyBag } from "../../provider/lifecycle/record/state";
import { Memory } from "../../provider/lifecycle/ledger/ledger";
import { createRegistrar } from "../../provider/registrar/client";
import type { Timeouts } from "../../provider/alicloud/transport";
import { leapingOn } from "../alicloud/clocks";

export { rejection } from "../rejection";

export const domain = "example.com";
export const id = `${domain}/1`;

/** A DS record whose digest tells its key tag, and can be made to differ. */
export function ds(keyTag: number, last = "0"): Ds {
  return { keyTag, algorithm: 13, digestType: 2, digest: keyTag.toString(16).padStart(63, "0") + last };
}

export const wanted = ds(1);
/** The same key tag with another digest. */
export const other = ds(1, "f");
export const eight = Array.from({ length: 8 }, (_, index) => ds(100 + index));

/** The checked inputs of a record, as Pulumi passes them on. */
export function inputs(record: Ds, more: PropertyBag = {}): PropertyBag {
  return { domainName: domain, ...record, __provider: "the closure", __urn: `urn:${record.keyTag}`, ...more };
}

/** The outputs that such inputs come to. */
export function outputs(record: Ds, more: PropertyBag = {}): PropertyBag {
  return { ...inputs(record), ds: formatDs(record), ...more };
}

export interface Report {
  readonly kind: "status" | "info" | "warning";
  readonly urn: string | undefined;
  readonly text: string;
}

/**
 * The lifecycle with the real registrar client before a real emulator. All of them go by one clock, which stands still
 * but when somebody sleeps: a wait of a minute takes no time, and always the same.
 */
export interface Bed {
  readonly emulator: Emulator;
  readonly context: Context;
  readonly reports: Report[];
  /** Milliseconds that the clock has gone on since the bed was made. */
  elapsed(): number;
  advance(ms: number): void;
  /** As another process sees things: the same emulator, nothing remembered. */
  anotherProcess(): Context;
  abort(reason: Error): void;
  /** The actions of the submissions so far, such as "Adding". */
  submissions(): string[];
  /** The records that the registrar has. */
  listed(): Ds[];
  /** What the rows keep: infos and warnings. */
  said(): string[];
  close(): Promise<void>;
}

/** For what is not about the DNS. */
export const nobodyToAsk: Delegations = {
  keysOf: () => Promise.reject(new Error("the DNS was asked although the preflight is off")),
  published: () => Promise.reject(new Error("the DNS was asked although nothing waits for publication")),
};

/** @param timeouts Of one HTTP call, by the machine's time; those of the package by default. */
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
    memory: new Memory(),
    delegations: nobodyToAsk,
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

/** The real client of an emulated registrar. */
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

/** A bed whose registrar has these records of {@link domain}. */
export async function registrarWith(records: readonly Ds[], faults: readonly FaultRule[] = []): Promise<Bed> {
  return startBed({ domains: { [domain]: records }, faults });
}

export const taskNumber = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;

/** The number of the only task that there was. */
export function onlyTask({ emulator }: Bed): string {
  const [task, ...more] = emulator.tasks();
  if (!task || more.length > 0) throw new Error(`there were ${more.length + (task ? 1 : 0)} tasks`);
  return task.taskNo;
}

export function expectEmptyPreview(outs: PropertyBag, news: PropertyBag): void {
  expect(diffRecords(id, outs, news)).toEqual({ changes: false, replaces: [], deleteBeforeReplace: false });
}

/** A context whose registrar does some things otherwise. */
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
