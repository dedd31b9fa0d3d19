import { setTimeout as sleep } from "node:timers/promises";
import { type Ds } from "../ds";
import { Log } from "../log";
import { canonicalZoneName, isWithin, labelsOf } from "./protocol/name";
import { updateDs, type UpdateTarget } from "./update";

/** A real parent zone that gets the DS records of the domains in it, by dynamic update (RFC 2136) with TSIG. */
export interface ParentUpdateOptions {
  /** Its primary server: `127.0.0.1:5301`. */
  readonly server: string;
  /** The parent zone: `test`. */
  readonly zone: string;
  /** Name and secret of a key for hmac-sha256, the secret in base64. */
  readonly keyName: string;
  readonly secret: string;
  /** Seconds, of the DS records. Default: that of the emulator's own parent. */
  readonly ttl?: number;
}

/** One attempt to bring the parent's DS records of a domain to what the registry has. */
export interface ParentUpdate {
  /** When it ended: the emulator's clock, milliseconds since the epoch. */
  readonly at: number;
  readonly domain: string;
  readonly records: readonly Ds[];
  /** From 1. */
  readonly attempt: number;
  /** What went wrong, if something did: `NOTAUTH, TSIG error BADSIG`. */
  readonly error?: string;
}

/** A domain, by its name in the DNS, with the records that its parent is to have. */
export interface WantedDs {
  readonly domain: string;
  readonly records: readonly Ds[];
}

const attempts = 4;
const pauseMs = 250;

export class ParentUpdates {
  readonly log = new Log<ParentUpdate>("update");
  readonly #target: UpdateTarget;
  readonly #emulatorNow: () => number;
  readonly #told: (line: string) => void;
  readonly #stop = new AbortController();
  /** By domain: the records that were sent last, or are being sent. */
  readonly #sent = new Map<string, string>();
  readonly #running = new Map<string, Promise<void>>();

  /** @param now The emulator's time. @param told Gets a line for every update that was given up. */
  constructor(
    { server, zone, keyName, secret, ttl }: ParentUpdateOptions & { readonly ttl: number },
    now: () => number,
    told: (line: string) => void,
  ) {
    const key = { name: keyName, secret };
    this.#target = { server, zone: canonicalZoneName(zone), key, ttl };
    this.#emulatorNow = now;
    this.#told = told;
  }

  /** Sends what the parent does not have yet; one update at a time for each domain. */
  send(wanted: readonly WantedDs[]): void {
    for (const { domain, records } of wanted) {
      const text = JSON.stringify(records);
      const ours = isWithin(domain, this.#target.zone) && domain !== this.#target.zone;
      if (!ours || this.#sent.get(domain) === text || this.#running.has(domain)) continue;
      this.#sent.set(domain, text);
      const update = this.#update(domain, records).finally(() => this.#running.delete(domain));
      this.#running.set(domain, update);
    }
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running.values());
    this.log.close();
  }

  async #update(domain: string, records: readonly Ds[]): Promise<void> {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const error = await this.#attempt(domain, records);
      this.log.record({
        at: this.#emulatorNow(),
        domain,
        records,
        attempt,
        ...(error !== undefined && { error }),
      });
      this.log.notify();
      if (error === undefined || this.#stop.signal.aborted) return;
      if (attempt === attempts) this.#told(this.#failure(domain, error));
      else await sleep(pauseMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  /** TSIG goes by the machine's time: so does the server. */
  async #attempt(domain: string, records: readonly Ds[]): Promise<string | undefined> {
    try {
      await updateDs(this.#target, domain, records, () => Date.now());
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  #failure(domain: string, error: string): string {
    const { server, zone } = this.#target;
    return `The DS records of ${domain} are not in ${zone} at ${server}: ${error}.`;
  }
}

/** Whether it is a server that updates can be sent to. */
export function checkedTarget(options: ParentUpdateOptions): ParentUpdateOptions {
  if (!/^[\d.]+(:\d{1,5})?$/.test(options.server))
    throw new TypeError(`${options.server} is no address of a server, as 127.0.0.1:5301 is.`);
  labelsOf(options.keyName);
  return options;
}
