import type { Clock } from "../clock";
import { Declarations } from "./declarations";
import type { Registrar, Reporter } from "./ports";
import { Turns } from "./turns";

/** What every operation of one process works with. */
export interface Context {
  readonly registrar: Registrar;
  readonly clock: Clock;
  /** From 0 up to, but not including, 1. */
  readonly random: () => number;
  /** Aborted with a `DsRecordError` when nobody is left to hear of an operation's end. */
  readonly signal: AbortSignal;
  readonly reporterOf: (urn: string | undefined) => Reporter;
  readonly memory: Memory;
}

/** What the operations of one process have to know of each other. */
export interface Memory {
  readonly declarations: Declarations;
  readonly turns: Turns;
  readonly setbacks: Setbacks;
}

export function newMemory(): Memory {
  return { declarations: new Declarations(), turns: new Turns(), setbacks: new Setbacks() };
}

/** The creations and updates that have failed in this process, by domain. */
export class Setbacks {
  readonly #ids = new Map<string, Set<string>>();

  add(domain: string, id: string): void {
    this.#ids.set(domain, (this.#ids.get(domain) ?? new Set()).add(id));
  }

  remove(domain: string, id: string): void {
    this.#ids.get(domain)?.delete(id);
  }

  /** The ids of a domain's failed changes. */
  of(domain: string): readonly string[] {
    return [...(this.#ids.get(domain) ?? [])];
  }
}
