interface Waiter<Entry> {
  readonly matches: (entry: Entry) => boolean;
  readonly count: number;
  readonly resolve: (entry: Entry) => void;
  readonly reject: (error: Error) => void;
}

/** So many entries are kept; then the oldest is dropped for every new one. */
const maxEntries = 100_000;

/** What has happened, oldest first, for those who look and those who wait. `what` is what an entry is of: "call", say. */
export class Log<Entry> {
  readonly entries: Entry[] = [];
  readonly #what: string;
  #waiters: Waiter<Entry>[] = [];

  constructor(what: string) {
    this.#what = what;
  }

  record(entry: Entry): void {
    this.entries.push(entry);
    if (this.entries.length > maxEntries) this.entries.shift();
  }

  /** Tells those who wait. */
  notify(): void {
    const waiting = this.#waiters.filter((waiter) => !this.#satisfied(waiter));
    this.#waiters = waiting;
  }

  matching(matches?: (entry: Entry) => boolean): Entry[] {
    return matches === undefined ? [...this.entries] : this.entries.filter(matches);
  }

  clear(): void {
    this.entries.length = 0;
  }

  waitUntil(matches: (entry: Entry) => boolean, count: number): Promise<Entry> {
    const promise = new Promise<Entry>((resolve, reject) => {
      const waiter = { matches, count, resolve, reject };
      if (!this.#satisfied(waiter)) this.#waiters.push(waiter);
    });
    // A test that fails before it awaits this should fail for its own reason.
    promise.catch(() => undefined);
    return promise;
  }

  close(): void {
    for (const { reject } of this.#waiters)
      reject(new Error(`The emulator was closed before the ${this.#what} came.`));
    this.#waiters = [];
  }

  #satisfied({ matches, count, resolve }: Waiter<Entry>): boolean {
    const entry = this.entries.filter(matches)[count - 1];
    if (entry) resolve(entry);
    return entry !== undefined;
  }
}
