import { randomUUID } from "node:crypto";
import { Api } from "./gateway/api";
import { Authentication } from "./gateway/authentication";
import { type Account } from "./registrar/account";
import { type Ds } from "./ds";
import { systemClock, type Clock } from "./clock";
import { type EmulatorDns } from "./dns/emulatorDns";
import { RunningDns, type RunningDnsParts, type SavedDns } from "./dns/runningDns";
import { Domains, parseDomainName } from "./registrar/domains";
import { FaultSet } from "./control/faults";
import { type EmulatedTask, type Emulator, type EmulatorOptions } from "./emulator";
import { Holds, type ArrivalFilter, type HeldAnswer, type HoldOptions } from "./control/holds";
import { Journal, type CallFilter, type JournalEntry } from "./control/journal";
import { RateLimit } from "./gateway/rateLimit";
import { createIdSource } from "./control/seeded";
import { ApiServer } from "./gateway/server";
import { readState, writeState } from "./stateFile";
import { detailStatuses } from "./registrar/taskQueries";
import { Tasks, type Task } from "./registrar/tasks";

/** Access key that an emulator accepts by default. It is not a real key. */
export const testAccount: Account = {
  accessKeyId: "EMULATOR-TEST-KEY-ID",
  accessKeySecret: "emulator-test-key-secret",
};

/** Joins the parts of an emulator. {@link Emulator} documents the methods. */
export class RunningEmulator implements Emulator {
  readonly credentials: Account;
  readonly seed: string;
  readonly faults: FaultSet;
  readonly #clock: Clock;
  readonly #dns: RunningDns | undefined;
  readonly #savedDns: SavedDns | undefined;
  readonly #domains: Domains;
  readonly #tasks: Tasks;
  readonly #holds = new Holds();
  readonly #journal: Journal;
  readonly #server: ApiServer;
  readonly #stateFile: string | undefined;
  #saved = "";
  #url = "";

  constructor(options: EmulatorOptions) {
    const { accounts = [testAccount], clock = systemClock, stateFile, taskDurationMs = 2000 } = options;
    const [credentials] = accounts;
    if (!credentials) throw new RangeError("`accounts` is empty: the emulator needs an account.");
    const saved = stateFile === undefined ? undefined : readState(stateFile);
    this.credentials = credentials;
    this.seed = options.seed ?? randomUUID();
    const newId = createIdSource(this.seed, saved?.tasks.length ?? 0);
    this.#stateFile = stateFile;
    this.faults = new FaultSet(this.seed, options.faults);
    this.#journal = new Journal(accounts);
    this.#clock = clock;
    this.#savedDns = saved?.dns;
    this.#dns = options.dns && new RunningDns(options.dns, this.#dnsParts(saved?.dns));
    const maxRecords = requireNotNegative("maxRecords", options.maxRecords ?? 8);
    this.#domains = new Domains(maxRecords, saved?.domains, this.#dns?.publication);
    this.#tasks = new Tasks({
      domains: this.#domains,
      clock,
      durationMs: requireNotNegative("taskDurationMs", taskDurationMs),
      newId: () => newId("task"),
      ...(saved && { saved }),
    });
    const api = new Api({
      authentication: new Authentication(accounts, options.checkTimestamp ?? true),
      limit: new RateLimit(options.requestsPerSecond),
      domains: this.#domains,
      tasks: this.#tasks,
      clock,
      faults: this.faults,
      holds: this.#holds,
      journal: this.#journal,
      newId: () => newId("request"),
      save: () => {
        this.#save();
      },
    });
    this.#server = new ApiServer(api, () => {
      this.#journal.notify();
    });
    this.#addMissing(options.domains ?? []);
    accounts.flatMap((account) => account.domains ?? []).forEach(parseDomainName);
  }

  async listen(port: number): Promise<void> {
    this.#url = `http://127.0.0.1:${await this.#server.listen(port)}`;
    await this.#dns?.listen();
    this.#save();
  }

  get url(): string {
    return this.#url;
  }

  get env(): Readonly<Record<string, string>> {
    const { accessKeyId, accessKeySecret, securityToken } = this.credentials;
    return {
      ALICLOUD_DNSSEC_ENDPOINT: this.#url,
      ALICLOUD_ACCESS_KEY: accessKeyId,
      ALICLOUD_SECRET_KEY: accessKeySecret,
      ...(securityToken !== undefined && { ALICLOUD_SECURITY_TOKEN: securityToken }),
      ...this.#dns?.env,
    };
  }

  get dns(): EmulatorDns {
    if (!this.#dns) throw new Error("The emulator runs no DNS server: start it with `dns`.");
    return this.#dns;
  }

  get journal(): readonly JournalEntry[] {
    return this.#journal.entries;
  }

  calls(filter?: CallFilter): JournalEntry[] {
    return this.#journal.select(filter);
  }

  clearJournal(): void {
    this.#journal.clear();
  }

  waitForCall(filter: CallFilter, { count = 1 }: { readonly count?: number } = {}): Promise<JournalEntry> {
    return this.#journal.waitFor(filter, count);
  }

  holdAnswer(filter: ArrivalFilter, options: HoldOptions = {}): HeldAnswer {
    const hold = this.#holds.add(filter, options);
    const ended = hold.arrived.then(({ n }) => this.#journal.waitFor((entry) => entry.n === n, 1));
    // A test that fails before it awaits this should fail for its own reason.
    ended.catch(() => undefined);
    return { ...hold, ended };
  }

  records(domain: string): Ds[] {
    return this.#whenSettled(() => [...this.#domains.get(domain).records]);
  }

  registryRecords(domain: string): Ds[] {
    return this.#whenSettled(() => [...this.#domains.get(domain).registry]);
  }

  setRecords(
    domain: string,
    records: readonly Ds[],
    { at = "everywhere" }: { readonly at?: "everywhere" | "registry" } = {},
  ): void {
    this.#whenSettled(() => {
      this.#domains.set(domain, records, at, this.#clock.now());
    });
  }

  addDomain(domain: string, records: readonly Ds[] = []): void {
    this.#whenSettled(() => {
      this.#domains.add(domain, records);
    });
  }

  removeDomain(domain: string): boolean {
    return this.#whenSettled(() => this.#domains.remove(domain));
  }

  tasks(domain?: string): EmulatedTask[] {
    return this.#whenSettled(() => {
      const name = domain === undefined ? undefined : this.#domains.get(domain).name;
      return this.#tasks
        .all()
        .filter((task) => name === undefined || task.domain === name)
        .map((task) => this.#describe(task));
    });
  }

  addForeignTask(domain: string, { durationMs }: { readonly durationMs?: number } = {}): EmulatedTask {
    if (durationMs !== undefined) requireNotNegative("durationMs", durationMs);
    return this.#whenSettled(() => {
      const { name } = this.#domains.get(domain);
      return this.#describe(this.#tasks.submit(name, "CHG_DNS", { kind: "other" }, {}, durationMs));
    });
  }

  holdTasks(): void {
    this.#whenSettled(() => {
      this.#tasks.hold();
    });
  }

  releaseTasks(): void {
    this.#whenSettled(() => {
      this.#tasks.release();
    });
  }

  async close(): Promise<void> {
    this.#holds.close();
    this.#journal.close();
    await Promise.all([this.#server.close(), this.#dns?.close()]);
  }

  #dnsParts(saved: SavedDns | undefined): RunningDnsParts {
    return {
      clock: this.#clock,
      saved,
      listDomains: () => {
        if (this.#tasks.settle()) this.#save();
        return this.#domains.all();
      },
      save: () => {
        this.#save();
      },
    };
  }

  #addMissing(domains: NonNullable<EmulatorOptions["domains"]>): void {
    const entries: [string, readonly Ds[]][] = Array.isArray(domains)
      ? (domains as readonly string[]).map((name) => [name, []])
      : Object.entries(domains as Readonly<Record<string, readonly Ds[]>>);
    for (const [name, records] of entries) if (!this.#domains.find(name)) this.#domains.add(name, records);
  }

  #describe(task: Task): EmulatedTask {
    const { taskNo, domain, change, createdAt, traits } = task;
    const status = detailStatuses[this.#tasks.status(task)];
    const failReason = this.#tasks.failReason(task);
    return {
      taskNo,
      domain,
      kind: change.kind,
      status,
      createdAt,
      traits,
      ...(failReason !== undefined && { failReason }),
    };
  }

  #whenSettled<T>(use: () => T): T {
    this.#tasks.settle();
    const result = use();
    this.#save();
    return result;
  }

  #save(): void {
    if (this.#stateFile === undefined) return;
    const { heldAt } = this.#tasks;
    const dns = this.#dns?.exportState() ?? this.#savedDns;
    const state = {
      domains: this.#domains.all(),
      tasks: this.#tasks.all(),
      ...(heldAt !== undefined && { heldAt }),
      ...(dns && { dns }),
    };
    const text = JSON.stringify(state);
    if (text === this.#saved) return;
    writeState(this.#stateFile, state);
    this.#saved = text;
  }
}

function requireNotNegative(name: string, value: number): number {
  if (!(value >= 0)) throw new RangeError(`${name} is ${value}, but must be 0 or more.`);
  return value;
}
