import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "../harness/environment";
import type { StackExport, StackResource } from "../harness/pulumiCli";
import { dnskey, fields } from "../lifecycle/record/exampleRecord";
import { domain, ds, inWorld, program, record, type Declared, type World, type WorldOptions } from "./world";

/**
 * The release that wrote the states. A later release gets its own folder; these states never
 * change.
 */
const release = "0.1.0";
const folder = path.join(repositoryRoot, "test/fixtures/states", release);

export const otherDomain = "example.net";
export const idn = "例子.公司.cn";
const [adopted, got] = [ds(4), ds(6)];

/** Records that the registrar has before and must have afterwards. */
export const world: WorldOptions = {
  emulator: { domains: { [domain]: [adopted, got], [otherDomain]: [], [idn]: [] } },
};
export const kept = [got];

/** A record of each form, an adopted one, one with every option, and one under an IDN. */
export const finished: Readonly<Record<string, Declared>> = {
  tuple: record(ds(1)),
  text: { args: { domainName: domain, ds: `2 13 2 ${ds(2).digest}` } },
  key: { args: { domainName: domain, dnskey } },
  adopted: record(adopted),
  options: {
    args: {
      domainName: domain,
      ...ds(5),
      onConflict: "replace",
      preflight: "warn",
      nameServers: ["192.0.2.1", "[2001:db8::1]:5301"],
      parentNameServers: ["127.0.0.1:5301"],
      waitForPublication: true,
    },
    options: { customTimeouts: { create: "5m", update: "1h30m", delete: "90s" } },
  },
  idn: { args: { domainName: idn, ...ds(8) } },
};

export const keyTag = fields.keyTag;

/** Returns the text of a program with these records, and one that it only reads. */
export function programWithGet(records: Readonly<Record<string, Declared>>): string {
  return `${program(records)}\nDsRecord.get("got", "${domain}/${got.keyTag}");`;
}

/** Two changes whose tasks have not ended. One adds a record, and one modifies another. */
export const unfinished = {
  before: { changed: { args: { domainName: otherDomain, ...ds(1) } } },
  declared: {
    added: record(ds(1), { customTimeouts: { create: "1s" } }),
    changed: {
      args: { domainName: otherDomain, ...ds(1, "f") },
      options: { customTimeouts: { update: "1s" } },
    },
  },
} as const satisfies Record<string, Readonly<Record<string, Declared>>>;

/** The program that declares the same records, with enough time. */
export const patient: Readonly<Record<string, Declared>> = {
  added: { args: unfinished.declared.added.args },
  changed: { args: unfinished.declared.changed.args },
};

/** The runs that lead to the states, each in its own stack. */
const ways: Readonly<Record<string, (world: World) => Promise<void>>> = {
  async finished({ project }) {
    project.setProgram(programWithGet(finished));
    await project.up();
  },
  async unfinished({ project, emulator, declare }) {
    declare(unfinished.before);
    await project.up();
    emulator.holdTasks();
    declare(unfinished.declared);
    await project.up(["--continue-on-error"], { mayFail: true });
    emulator.releaseTasks();
  },
};

export const names = Object.keys(ways);

/**
 * Makes a state with today's code and writes it to its file. Done once for a release, and never
 * again.
 */
export async function writeState(name: string): Promise<void> {
  await inWorld(async (world) => {
    await ways[name]?.(world);
    mkdirSync(folder, { recursive: true });
    const state = portable(await world.project.stackExport());
    writeFileSync(fileOf(name), `${JSON.stringify(state, undefined, 2)}\n`);
  }, world)();
}

export function readState(name: string): StackExport {
  return JSON.parse(readFileSync(fileOf(name), "utf8")) as StackExport;
}

function fileOf(name: string): string {
  return path.join(folder, `${name}.json`);
}

const time = "2026-01-02T03:04:05Z";

/** Removes everything that depends on the machine, the moment or the passphrase. */
function portable({ version, deployment }: StackExport): StackExport {
  const { version: cli, magic } = deployment["manifest"] as Record<string, unknown>;
  const resources = deployment.resources?.map(timeless) ?? [];
  const numbers = new Map<string, string>();
  const text = JSON.stringify(resources, (name, value: unknown) => {
    if (name === "submittedAt") return Date.parse(time);
    if (name !== "taskNo" || typeof value !== "string") return value;
    return numbers.get(value) ?? numbers.set(value, taskNo(numbers.size + 1)).get(value);
  });
  return {
    version,
    deployment: {
      manifest: { time, magic, version: cli },
      resources: JSON.parse(text) as StackResource[],
      metadata: {},
    },
  };
}

/** Pulumi also notes where in the program's files a resource comes from. */
const ofMachine: ReadonlySet<string> = new Set(["sourcePosition", "stackTrace"]);

function timeless(resource: StackResource): StackResource {
  const kept = Object.entries(resource).filter(([name]) => !ofMachine.has(name));
  return { ...(Object.fromEntries(kept) as StackResource), created: time, modified: time };
}

function taskNo(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
}
