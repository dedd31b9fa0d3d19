import { credentialParams, type Account } from "./authentication";
import { type Params } from "./signature";

/** A call as it came. Nothing in it is a secret. */
export interface ArrivedCall {
  /** The number of the call, from 1, in the order of their arrival; entries are in the order of the answers. */
  readonly n: number;
  /** When it arrived: the emulator's clock, milliseconds since the epoch. */
  readonly at: number;
  readonly action: string;
  /** Every other parameter but the access key id, security token, signature and nonce. */
  readonly params: Readonly<Record<string, string>>;
  /** The last four characters of the access key id. */
  readonly accessKeyId: string;
  readonly requestId: string;
}

/** One call that is over: it was answered, or never will be. */
export interface JournalEntry extends ArrivedCall {
  /** Of the HTTP answer; 0 when there was none, since a fault kept it back or the client of a held call had left. */
  readonly status: number;
  /** The API's error code, when it refused. */
  readonly code?: string;
  /** The task that the call made, whether or not the answer named it. */
  readonly taskNo?: string;
}

/** Which calls: those of an action, or those that a predicate accepts. */
export type CallFilter = string | ((entry: JournalEntry) => boolean);

interface Waiter {
  readonly matches: (entry: JournalEntry) => boolean;
  readonly count: number;
  readonly resolve: (entry: JournalEntry) => void;
  readonly reject: (error: Error) => void;
}

/** So many calls are kept; then the oldest is dropped for every new one. */
const maxEntries = 100_000;

export class Journal {
  readonly entries: JournalEntry[] = [];
  readonly #secrets: readonly string[];
  #waiters: Waiter[] = [];

  constructor(accounts: readonly Account[]) {
    this.#secrets = accounts
      .flatMap(({ accessKeyId, accessKeySecret, securityToken }) => [
        accessKeyId,
        accessKeySecret,
        securityToken,
      ])
      .filter((secret) => secret !== undefined && secret !== "") as string[];
  }

  /** Action, parameters and key of a call as they may be kept. */
  described(params: Params): Pick<JournalEntry, "action" | "params" | "accessKeyId"> {
    const hidden = new Set<string>(["Action", ...credentialParams].map((name) => name.toLowerCase()));
    const kept = [...params].filter(([name]) => !hidden.has(name.toLowerCase()));
    const accessKeyId = params.get("AccessKeyId") ?? "";
    return {
      action: this.#scrubbed(params.get("Action") ?? ""),
      params: Object.fromEntries(kept.map(([name, value]) => [this.#scrubbed(name), this.#scrubbed(value)])),
      accessKeyId: accessKeyId.length >= 8 ? accessKeyId.slice(-4) : "",
    };
  }

  record(entry: JournalEntry): void {
    this.entries.push(entry);
    if (this.entries.length > maxEntries) this.entries.shift();
  }

  /** Tells those who wait, once the answer is on its way. */
  notify(): void {
    const waiting = this.#waiters.filter((waiter) => !this.#satisfied(waiter));
    this.#waiters = waiting;
  }

  calls(filter?: CallFilter): JournalEntry[] {
    return filter === undefined ? [...this.entries] : this.entries.filter(predicate(filter));
  }

  clear(): void {
    this.entries.length = 0;
  }

  waitFor(filter: CallFilter, count: number): Promise<JournalEntry> {
    const promise = new Promise<JournalEntry>((resolve, reject) => {
      const waiter = { matches: predicate(filter), count, resolve, reject };
      if (!this.#satisfied(waiter)) this.#waiters.push(waiter);
    });
    // A test that fails before it awaits this should fail for its own reason.
    promise.catch(() => undefined);
    return promise;
  }

  close(): void {
    for (const { reject } of this.#waiters)
      reject(new Error("The emulator was closed before the call came."));
    this.#waiters = [];
  }

  #satisfied({ matches, count, resolve }: Waiter): boolean {
    const entry = this.entries.filter(matches)[count - 1];
    if (entry) resolve(entry);
    return entry !== undefined;
  }

  /** A client that sends a secret where none belongs does not get it into the journal either. */
  #scrubbed(text: string): string {
    return this.#secrets.reduce((result, secret) => result.replaceAll(secret, "***"), text);
  }
}

export function predicate<C extends ArrivedCall>(
  filter: string | ((call: C) => boolean),
): (call: C) => boolean {
  return typeof filter === "string" ? ({ action }) => action === filter : filter;
}
