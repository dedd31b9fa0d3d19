import {
  checkInputs,
  createRecord,
  deleteRecord,
  diffRecords,
  noteCheck,
  noteDiff,
  readRecord,
  updateRecord,
} from "./operations";
import type { Context } from "../../provider/lifecycle/context";
import { Ledger } from "../../provider/lifecycle/ledger/ledger";
import type { Judge } from "../../provider/lifecycle/ports";
import { plain, type PropertyBag } from "../../provider/lifecycle/record/state";
import { formatDs, sameDs, type Ds } from "../../provider/dnssec/ds";
import { PreviewedDelegations } from "../../provider/preflight/previewVerdicts";
import { PublishedDelegation } from "../../provider/preflight/publishedDelegation";
import type { Verdict, VerdictStatus } from "../../provider/preflight/verdict";
import { classOf } from "../../provider/dynamic/program/previewMessage";
import { domain, type Bed } from "./bed";

export const recordType = "pulumi-nodejs:dynamic/alicloud-dnssec:DsRecord";

/** A resource of a program. */
export interface Declared {
  readonly ds: Ds;
  readonly domainName?: string;
  readonly deleteBeforeReplace?: boolean;
  /** The type of its parent. */
  readonly parentType?: string;
  /** Its earlier name. */
  readonly alias?: string;
  readonly ignoresAll?: boolean;
}

export type Program = Readonly<Record<string, Declared>>;

interface Resource {
  urn: string;
  readonly id: string;
  readonly inputs: PropertyBag;
  readonly outputs: PropertyBag;
}

export interface Outcome {
  /** The submissions, such as "Adding 1". */
  readonly tasks: readonly string[];
  readonly codes: readonly string[];
  readonly messages: readonly string[];
}

interface UpOptions {
  readonly replace?: readonly string[];
  /** Continues with the deletions after a failure. */
  readonly continueOnError?: boolean;
  /** Refreshes in the same run and process, as `up --refresh` does. */
  readonly refresh?: boolean;
}

/**
 * A stack whose resources get the calls of Pulumi's engine, in its order: `check`, `diff` and a
 * second `check` for each, then creations and updates, deletions last. Each run has its own ledger.
 */
export class Stack {
  readonly resources = new Map<string, Resource>();
  /** Resources that a run has replaced but not deleted. */
  leftovers: Resource[] = [];
  place = "dev::shop";
  readonly #bed: Bed;
  #context: Context;

  constructor(bed: Bed, context: Partial<Context> = {}) {
    this.#bed = bed;
    this.#context = { ...bed.context, ...context };
  }

  use(context: Partial<Context>): void {
    this.#context = { ...this.#context, ...context };
  }

  urnOf(name: string, { parentType }: Pick<Declared, "parentType"> = {}): string {
    return `urn:pulumi:${this.place}::${parentType ? `${parentType}$` : ""}${recordType}::${name}`;
  }

  /** Changes a URN but not its copies in the state, as `pulumi stack rename` and an alias do. */
  rewrite(name: string, as: { place?: string; name?: string; parentType?: string }): void {
    const resource = this.resources.get(name);
    if (!resource) throw new Error(`no resource ${name}`);
    if (as.place) this.place = as.place;
    this.resources.delete(name);
    const newName = as.name ?? name;
    this.resources.set(newName, { ...resource, urn: this.urnOf(newName, as) });
  }

  async up(program: Program, options: UpOptions = {}): Promise<Outcome> {
    return this.#run(async (context, failed) => {
      if (options.refresh) await this.#refresh(context);
      const gone: Resource[] = [];
      const steps = Object.entries(program).map(([name, declared]) =>
        this.#register(name, declared, context, options, gone),
      );
      const ended = await Promise.allSettled(steps.map((step) => step()));
      for (const end of ended) if (end.status === "rejected") failed.push(end.reason as Error);
      for (const [name, resource] of this.resources) {
        if (program[name]) continue;
        this.resources.delete(name);
        gone.push(resource);
      }
      this.leftovers.push(...gone);
      if (failed.length === 0 || options.continueOnError) await this.#deleteLeftovers(context, failed);
    });
  }

  async destroy(): Promise<Outcome> {
    return this.#run(async (context, failed) => {
      this.leftovers.push(...this.resources.values());
      this.resources.clear();
      await this.#deleteLeftovers(context, failed);
    });
  }

  async refresh(): Promise<Outcome> {
    return this.#run((context) => this.#refresh(context));
  }

  async #refresh(context: Context): Promise<void> {
    for (const [name, { urn, id, inputs, outputs }] of this.resources) {
      const read = await readRecord(id, outputs, context);
      if (read.id === "") this.resources.delete(name);
      else this.resources.set(name, { urn, id, inputs: read.inputs ?? inputs, outputs: read.props ?? {} });
      const result = diffRecords(id, read.props ?? {}, inputs);
      noteDiff(id, read.props ?? {}, inputs, result, context.ledger);
    }
  }

  /** Returns the class of each record in the summary of a preview. */
  async preview(program: Program): Promise<string[]> {
    const { delegations } = this.#context;
    const preview = new PreviewedDelegations({
      ask: async (domainName, servers) => {
        const judge = await delegations.keysOf(domainName, servers, new AbortController().signal);
        const answer = { server: "ns", outcome: "answered", ds: this.#bed.listed() } as const;
        return new PublishedDelegation({ domainName, judge, published: { answers: [answer] } });
      },
    });
    const verdicts = Object.values(program).map(({ ds, domainName = domain }) =>
      preview.verdictOn({ domainName, ds, servers: {} }),
    );
    return (await Promise.all(verdicts)).map(classOf);
  }

  async #run(action: (context: Context, failed: Error[]) => Promise<void>): Promise<Outcome> {
    const before = tasksOf(this.#bed).length;
    const failed: Error[] = [];
    const ledger = new Ledger(this.place.split("::")[1]);
    await action({ ...this.#context, ledger }, failed);
    return {
      tasks: tasksOf(this.#bed).slice(before),
      codes: failed.map((error) => (error as { code?: string }).code ?? error.message),
      messages: failed.map(({ message }) => message),
    };
  }

  /** Returns the steps of the resource, for when all are registered. */
  #register(
    name: string,
    declared: Declared,
    context: Context,
    { replace = [] }: UpOptions,
    gone: Resource[],
  ): () => Promise<void> {
    const urn = this.urnOf(name, declared);
    const { alias = name, ds, domainName = domain } = declared;
    const goal: PropertyBag = { domainName, ...ds, __provider: "the closure", __urn: urn };
    const old = this.resources.get(alias);
    this.resources.delete(alias);
    const isTargeted = replace.includes(name);
    const given = declared.ignoresAll && old && !isTargeted ? old.inputs : goal;
    const inputs = check(old && !isTargeted ? old.inputs : {}, given, context);
    const create = async () => {
      const { id, outs } = await createRecord(inputs, context);
      this.resources.set(name, { urn, id, inputs, outputs: outs });
    };
    if (!old) return create;
    if (!isTargeted) {
      const result = diffRecords(old.id, old.outputs, inputs);
      noteDiff(old.id, old.outputs, inputs, result, context.ledger);
      if (result.replaces.length === 0) {
        this.resources.set(name, { ...old, urn, inputs });
        if (!result.changes) return () => Promise.resolve();
        return async () => {
          const { outs } = await updateRecord(old.id, old.outputs, inputs, context);
          this.resources.set(name, { urn, id: old.id, inputs, outputs: outs });
        };
      }
      check({}, goal, context);
    }
    const restore = (error: unknown): never => {
      this.resources.set(name, old);
      throw error;
    };
    if (!declared.deleteBeforeReplace) {
      return () =>
        create()
          .catch(restore)
          .then(() => void gone.push(old));
    }
    return async () => {
      await deleteRecord(old.id, old.outputs, context).catch(restore);
      await create();
    };
  }

  async #deleteLeftovers(context: Context, failed: Error[]): Promise<void> {
    const all = this.leftovers;
    const ended = await Promise.allSettled(all.map(({ id, outputs }) => deleteRecord(id, outputs, context)));
    this.leftovers = all.filter((_, index) => ended[index]?.status === "rejected");
    for (const end of ended) if (end.status === "rejected") failed.push(end.reason as Error);
  }
}

function check(olds: PropertyBag, news: PropertyBag, { ledger }: Context): PropertyBag {
  const { inputs, failures } = checkInputs(news);
  const all = [...failures, ...noteCheck(olds, inputs, ledger)];
  if (all.length > 0) throw new Error(all.map(({ reason }) => reason).join("; "));
  return plain(inputs);
}

function tasksOf({ emulator }: Bed): string[] {
  return emulator
    .calls(({ action }) => action.startsWith("SaveSingleTask"))
    .map(({ action, params }) =>
      [action.replace(/^SaveSingleTaskFor|DSRecord$/g, ""), params["KeyTag"]].join(" "),
    );
}

/**
 * Returns how validating resolvers treat a zone that the keys of these records sign: secure where a
 * record of the set is among them. Key tags from 200 on have algorithms that no validator supports.
 */
export function judgeOf(signing: readonly Ds[]): Judge {
  return (set): Verdict => {
    const counting = set.filter(({ keyTag }) => keyTag < 200);
    const verdict = (status: VerdictStatus, code: string, message: string): Verdict => ({
      status,
      reasons: [{ code, message }],
      warnings: [],
    });
    if (counting.length === 0) return verdict("insecure", "NO_DS", "nothing that counts");
    return counting.some((ds) => signing.some((key) => sameDs(ds, key)))
      ? verdict("secure", "CHAIN_COMPLETE", "a key signs")
      : verdict(
          "bogus",
          "KEY_NOT_PUBLISHED",
          `the zone publishes ${signing.map(formatDs).join(", ")}, and not ${counting.map(formatDs).join(", ")}`,
        );
  };
}
