import { type RegistryListener } from "../registrar/domains";
import { type Ds } from "../ds";

/** The DS records that the registry had from a moment on: milliseconds since the epoch. */
export interface RegistryState {
  readonly at: number;
  readonly records: readonly Ds[];
}

const none: readonly Ds[] = [];

/** What the registry has had, by domain, so that a server that lags can be asked. */
export class Publication implements RegistryListener {
  readonly #history: Map<string, RegistryState[]>;
  readonly #longestDelayMs: number;

  constructor(longestDelayMs: number, saved: Readonly<Record<string, readonly RegistryState[]>> = {}) {
    this.#longestDelayMs = longestDelayMs;
    this.#history = new Map(Object.entries(saved).map(([name, states]) => [name, [...states]]));
  }

  /** The records as they have always been: servers have them at once. */
  reset(domain: string, records: readonly Ds[]): void {
    this.#history.set(domain, [{ at: 0, records }]);
  }

  changed(domain: string, records: readonly Ds[], at: number): void {
    const states = this.#history.get(domain) ?? [];
    // What no server has any more: all before the newest that every server has.
    const shownByAll = states.findLastIndex((state) => state.at + this.#longestDelayMs <= at);
    this.#history.set(domain, [...states.slice(Math.max(0, shownByAll)), { at, records }]);
  }

  /** Whether these are the records that the domain's registry has, as far as is known here. */
  endsWith(domain: string, records: readonly Ds[]): boolean {
    const last = this.#history.get(domain)?.at(-1);
    return last !== undefined && JSON.stringify(last.records) === JSON.stringify(records);
  }

  /** What a server that is `delayMs` behind has now. */
  published(domain: string, delayMs: number, now: number): readonly Ds[] {
    const states = this.#history.get(domain) ?? [];
    return (states.findLast(({ at }) => at + delayMs <= now) ?? states[0])?.records ?? none;
  }

  saved(): Record<string, RegistryState[]> {
    return Object.fromEntries(this.#history);
  }
}
