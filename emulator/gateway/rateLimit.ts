import { ApiError } from "../wire/errors";

const windowMs = 1000;

/**
 * A sliding window for each access key: in any second so many calls are let in. Those that are refused do not count, so
 * that a client that keeps on asking is not kept out by that.
 */
export class RateLimit {
  readonly #perSecond: number | undefined;
  readonly #letIn = new Map<string, readonly number[]>();

  /** @throws {RangeError} for a limit that lets nobody in, or is not a whole number. By default there is none. */
  constructor(perSecond?: number) {
    if (perSecond !== undefined && !(Number.isInteger(perSecond) && perSecond >= 1)) {
      throw new RangeError(`requestsPerSecond is ${perSecond}, and has to be a whole number of 1 or more.`);
    }
    this.#perSecond = perSecond;
  }

  /** @throws {ApiError} Throttling.User for a call beyond the limit. */
  admit(accessKeyId: string, now: number): void {
    if (this.#perSecond === undefined) return;
    const recent = (this.#letIn.get(accessKeyId) ?? []).filter((at) => now - at < windowMs);
    if (recent.length >= this.#perSecond) throw new ApiError("Throttling.User");
    this.#letIn.set(accessKeyId, [...recent, now]);
  }
}
