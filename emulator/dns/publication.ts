import { type RegistryListener } from "../registrar/domains";
import { type Ds } from "../ds";

/** DS records of a registry from a time on, in ms since the epoch. */
export interface RegistryState {
  readonly at: number;
  readonly records: readonly Ds[];
}

const none: readonly Ds[] = [];

/** History of the registry by domain, for servers that lag. */
export class Publication implements RegistryListener {
  readonly #history: Map<string, RegistryState[]>;
  readonly #maxDelayMs: number;

  constructor(maxDelayMs: number, saved: Readonly<Record<string, readonly RegistryState[]>> = {}) {
    this.#maxDelayMs = maxDelayMs;
    this.#history = new Map(Object.entries(saved).map(([name, states]) => [name, [...states]]));
  }

  /** Replaces the records, at once for all servers. */
  reset(domain: string, records: readonly Ds[]): void {
    this.#history.set(domain, [{ at: 0, records }]);
  }

  changed(domain: string, records: readonly Ds[], at: number): void {
    const states = this.#history.get(domain) ?? [];
    // States older than the newest that every server shows are not needed any more.
    const shownByAll = states.findLastIndex((state) => state.at + this.#maxDelayMs <= at);
    this.#history.set(domain, [...states.slice(Math.max(0, shownByAll)), { at, records }]);
  }

  /** Returns whether these are the last known records of the domain. */
  endsWith(domain: string, records: readonly Ds[]): boolean {
    const last = this.#history.get(domain)?.at(-1);
    return last !== undefined && JSON.stringify(last.records) === JSON.stringify(records);
  }

  /** Returns the records that a server with this delay shows now. */
  recordsAt(domain: string, delayMs: number, now: number): readonly Ds[] {
    const states = this.#history.get(domain) ?? [];
    return (states.findLast(({ at }) => at + delayMs <= now) ?? states[0])?.records ?? none;
  }

  exportHistory(): Record<string, RegistryState[]> {
    return Object.fromEntries(this.#history);
  }
}
