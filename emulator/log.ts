/** Selects entries: those of this name, or those that a predicate accepts. */
export type Filter<Entry> = string | ((entry: Entry) => boolean);

interface Waiter<Entry> {
  readonly matches: (entry: Entry) => boolean;
  readonly count: number;
  readonly resolve: (entry: Entry) => void;
  readonly reject: (error: Error) => void;
}

/** Maximum number of entries. Each further one replaces the oldest. */
const maxEntries = 100_000;

/** A record of past events, oldest first, that tests can read and wait for. */
export class Log<Entry> {
  readonly entries: Entry[] = [];
  readonly #kind: string;
  readonly #nameOf: (entry: Entry) => string;
  #waiters: Waiter<Entry>[] = [];

  /**
   * @param kind Names an entry in error messages, such as "call".
   * @param nameOf Returns the name by which a filter selects an entry.
   */
  constructor(kind: string, nameOf: (entry: Entry) => string) {
    this.#kind = kind;
    this.#nameOf = nameOf;
  }

  /** Adds an entry. Waiters see it after {@link notify}. */
  record(entry: Entry): void {
    this.entries.push(entry);
    if (this.entries.length > maxEntries) this.entries.shift();
  }

  /** Resolves the promises whose entry has arrived. */
  notify(): void {
    const waiting = this.#waiters.filter((waiter) => !this.#resolve(waiter));
    this.#waiters = waiting;
  }

  /** Returns the entries that match; by default all of them. */
  select(filter?: Filter<Entry>): Entry[] {
    return filter === undefined ? [...this.entries] : this.entries.filter(toPredicate(filter, this.#nameOf));
  }

  clear(): void {
    this.entries.length = 0;
  }

  /** Resolves with the `count`th entry that matches. Rejects when the log is closed first. */
  waitFor(filter: Filter<Entry>, count: number): Promise<Entry> {
    const matches = toPredicate(filter, this.#nameOf);
    const promise = new Promise<Entry>((resolve, reject) => {
      const waiter = { matches, count, resolve, reject };
      if (!this.#resolve(waiter)) this.#waiters.push(waiter);
    });
    // A test that fails before it awaits this should fail for its own reason.
    promise.catch(() => undefined);
    return promise;
  }

  close(): void {
    for (const { reject } of this.#waiters)
      reject(new Error(`The emulator was closed before the ${this.#kind} came.`));
    this.#waiters = [];
  }

  #resolve({ matches, count, resolve }: Waiter<Entry>): boolean {
    const entry = this.entries.filter(matches)[count - 1];
    if (entry) resolve(entry);
    return entry !== undefined;
  }
}

/** Turns a filter into a predicate. A text selects the entries with that name. */
export function toPredicate<Entry>(
  filter: Filter<Entry>,
  nameOf: (entry: Entry) => string,
): (entry: Entry) => boolean {
  return typeof filter === "string" ? (entry) => nameOf(entry) === filter : filter;
}
