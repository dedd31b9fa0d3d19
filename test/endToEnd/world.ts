import { startEmulator, type Ds, type Emulator, type EmulatorOptions } from "../../emulator/index";
import { PulumiProject, type ProjectOptions } from "../harness/pulumiCli";

export const domain = "example.com";

/** Returns a DS record whose digest contains its key tag. `last` makes another digest. */
export function ds(keyTag: number, last = "0"): Ds {
  return { keyTag, algorithm: 13, digestType: 2, digest: keyTag.toString(16).padStart(63, "0") + last };
}

/** Arguments and options of a resource of the program, as plain JSON. */
export interface Declared {
  readonly args: Readonly<Record<string, unknown>>;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** Declares a record of {@link domain} by its tuple. */
export function record(data: Ds, options?: Declared["options"]): Declared {
  return { args: { domainName: domain, ...data }, ...(options && { options }) };
}

/** Returns a program that declares these records by resource name and exports their data. */
export function program(records: Readonly<Record<string, Declared>>): string {
  const lines = Object.entries(records).map(
    ([name, { args, options = {} }]) =>
      `exports[${JSON.stringify(name)}] = new DsRecord(${JSON.stringify(name)}, ${JSON.stringify(args)}, ${JSON.stringify(options)}).ds;`,
  );
  return ['const { DsRecord } = require("pulumi-alicloud-dnssec");', ...lines].join("\n");
}

export interface World {
  readonly emulator: Emulator;
  readonly project: PulumiProject;
  /** Makes the program declare exactly these records. */
  declare(records: Readonly<Record<string, Declared>>): void;
  /**
   * Returns the submissions so far, such as "Adding 1", or "Adding 1 TaskIsBeingProcessed" if
   * refused.
   */
  submissions(): string[];
  /** Returns the registrar's key tags. */
  tags(): number[];
  /** Closes everything. @throws {Error} if a process is left. */
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly emulator?: EmulatorOptions;
  readonly project?: ProjectOptions;
}

/** Creates a stack and a registrar. Tasks take 50 ms by default. */
export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const emulator = await startEmulator({ domains: [domain], taskDurationMs: 50, ...options.emulator });
  const project = await PulumiProject.create({
    ...options.project,
    env: { ...emulator.env, ...options.project?.env },
  }).catch(async (error: unknown) => {
    await emulator.close();
    throw error;
  });
  return {
    emulator,
    project,
    declare: (records) => project.setProgram(program(records)),
    submissions: () =>
      emulator
        .calls(({ action }) => action.startsWith("SaveSingleTask"))
        .map(({ action, params, code }) =>
          [action.replace(/^SaveSingleTaskFor|DSRecord$/g, ""), params["KeyTag"], code]
            .filter(Boolean)
            .join(" "),
        ),
    tags: () => emulator.records(domain).map(({ keyTag }) => keyTag),
    close: async () => {
      const left = await project.remove();
      await emulator.close();
      if (left.length > 0) throw new Error(`processes were left: ${JSON.stringify(left)}`);
    },
  };
}

/** Runs a test in a new world. */
export function inWorld(test: (world: World) => Promise<void>, options?: WorldOptions): () => Promise<void> {
  return async () => {
    const world = await createWorld(options);
    try {
      await test(world);
    } finally {
      await world.close();
    }
  };
}

/** Returns the changed properties in a command's output, such as "~ digest" and "+ ds". */
export function changedProperties(output: string): string[] {
  return [...output.matchAll(/^\s+([~+-]) (\w+)\s*:/gm)].map(([, sign, name]) => `${sign} ${name}`);
}
