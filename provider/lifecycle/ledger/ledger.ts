import type { Ds } from "../../dnssec/ds";
import { Declarations } from "./declarations";
import type { ChangeAction } from "../../registrar/registrar";
import { Resources } from "./resources";
import { SharedJudges } from "./sharedJudges";
import { KeyedQueue } from "../../concurrency/keyedQueue";

/** A submission of this process. `taskNo` is missing if its answer was lost. */
export interface Step {
  readonly id: string;
  readonly action: ChangeAction;
  readonly taskNo?: string;
}

/**
 * What the operations of one process know about each other. Each process has one ledger. Ids are
 * ids of records.
 */
export class Ledger {
  readonly declarations = new Declarations();
  readonly resources: Resources;
  readonly turns = new KeyedQueue();
  readonly judges = new SharedJudges();
  readonly #settled = new Set<string>();
  readonly #failures = new Map<string, string>();
  readonly #ours = new Map<string, Ds[]>();
  readonly #steps: Step[] = [];
  readonly #completed = new Set<Step>();

  /** @param project The Pulumi project of this process, if it is known. */
  constructor(project?: string) {
    this.resources = new Resources(project);
  }

  /**
   * Notes that the record is in the stack's state and stays: it was created or updated in this
   * process, or is not replaced.
   */
  settle(id: string): void {
    this.#settled.add(id);
    this.#failures.delete(id);
  }

  isSettled(id: string): boolean {
    return this.#settled.has(id);
  }

  /**
   * Notes that a creation or update of the record begins. An earlier one may have failed, since
   * Pulumi's hooks can retry.
   */
  begin(id: string): void {
    this.#failures.delete(id);
  }

  /** Notes that a creation or update of the record has failed with this code. */
  fail(id: string, code: string): void {
    this.#settled.delete(id);
    this.#failures.set(id, code);
  }

  /** Returns the codes of failed creations and updates, by record. */
  failures(): ReadonlyMap<string, string> {
    return this.#failures;
  }

  /**
   * Notes data that this stack has for the record in its state. Replacing them is not a conflict.
   */
  noteOwnData(id: string, ds: Ds): void {
    this.#ours.set(id, [...(this.#ours.get(id) ?? []), ds]);
  }

  ownDataOf(id: string): readonly Ds[] {
    return this.#ours.get(id) ?? [];
  }

  /** Notes a submission that has, or may have, made a task. */
  submit(step: Step): void {
    this.#steps.push(step);
  }

  /** Notes that a submission has had its effect. */
  complete(step: Step): void {
    this.#completed.add(step);
  }

  /** Returns the submissions so far, the first one first. */
  steps(): readonly Step[] {
    return this.#steps;
  }

  isComplete(step: Step): boolean {
    return this.#completed.has(step);
  }
}
