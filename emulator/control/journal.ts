import { type Account } from "../registrar/account";
import { Log } from "../log";
import { type Params, credentialParams } from "../wire/signature";

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

export class Journal extends Log<JournalEntry> {
  readonly #secrets: readonly string[];

  constructor(accounts: readonly Account[]) {
    super("call");
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

  calls(filter?: CallFilter): JournalEntry[] {
    return this.matching(filter === undefined ? undefined : predicate(filter));
  }

  waitFor(filter: CallFilter, count: number): Promise<JournalEntry> {
    return this.waitUntil(predicate(filter), count);
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
