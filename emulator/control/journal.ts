import { Log, type Filter } from "../log";
import { type Account } from "../registrar/account";
import { credentialParams, type Params } from "../wire/signature";

/** A call that arrived. It contains no secret. */
export interface ArrivedCall {
  /** Number of the call in order of arrival, from 1. The journal is in order of the answers. */
  readonly n: number;
  /** Time of arrival by the emulator's clock, in ms since the epoch. */
  readonly at: number;
  readonly action: string;
  /** All other parameters except the access key id, security token, signature and nonce. */
  readonly params: Readonly<Record<string, string>>;
  /** Last four characters of the access key id; empty if the id has fewer than eight. */
  readonly accessKeyId: string;
  readonly requestId: string;
}

/** A finished call: it was answered, or never will be. */
export interface JournalEntry extends ArrivedCall {
  /** HTTP status; 0 if a fault kept the answer back, or the client of a held call left. */
  readonly status: number;
  /** Error code of a refusal. */
  readonly code?: string;
  /** Number of the task that the call created, whether or not the answer named it. */
  readonly taskNo?: string;
}

/** Selects calls: those of an action, or those that a predicate accepts. */
export type CallFilter = Filter<JournalEntry>;

export class Journal extends Log<JournalEntry> {
  readonly #secrets: readonly string[];

  constructor(accounts: readonly Account[]) {
    super("call", ({ action }) => action);
    this.#secrets = accounts
      .flatMap(({ accessKeyId, accessKeySecret, securityToken }) => [
        accessKeyId,
        accessKeySecret,
        securityToken,
      ])
      .filter((secret) => secret !== undefined && secret !== "") as string[];
  }

  /** Returns the parts of a call that may be kept. */
  describe(params: Params): Pick<JournalEntry, "action" | "params" | "accessKeyId"> {
    const hidden = new Set<string>(["Action", ...credentialParams].map((name) => name.toLowerCase()));
    const kept = [...params].filter(([name]) => !hidden.has(name.toLowerCase()));
    const accessKeyId = params.get("AccessKeyId") ?? "";
    return {
      action: this.#scrub(params.get("Action") ?? ""),
      params: Object.fromEntries(kept.map(([name, value]) => [this.#scrub(name), this.#scrub(value)])),
      accessKeyId: accessKeyId.length >= 8 ? accessKeyId.slice(-4) : "",
    };
  }

  /** Hides secrets that a client sends in the wrong place. */
  #scrub(text: string): string {
    return this.#secrets.reduce((result, secret) => result.replaceAll(secret, "***"), text);
  }
}
