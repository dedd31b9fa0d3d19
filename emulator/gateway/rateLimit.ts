import { ApiError } from "../wire/errors";

/** Length of the sliding window, in ms. */
const windowMs = 1000;

/**
 * Limits the calls of each access key within any second. Refused calls do not count, so a client
 * that retries too early is not locked out.
 */
export class RateLimit {
  readonly #perSecond: number | undefined;
  readonly #admitted = new Map<string, readonly number[]>();

  /**
   * @param perSecond Default: no limit.
   * @throws {RangeError} unless it is a whole number of 1 or more.
   */
  constructor(perSecond?: number) {
    if (perSecond !== undefined && !(Number.isInteger(perSecond) && perSecond >= 1)) {
      throw new RangeError(`requestsPerSecond is ${perSecond}, but must be a whole number of 1 or more.`);
    }
    this.#perSecond = perSecond;
  }

  /** Counts a call. @throws {ApiError} Throttling.User if it exceeds the limit. */
  admit(accessKeyId: string, now: number): void {
    if (this.#perSecond === undefined) return;
    const recent = (this.#admitted.get(accessKeyId) ?? []).filter((at) => now - at < windowMs);
    if (recent.length >= this.#perSecond) throw new ApiError("Throttling.User");
    this.#admitted.set(accessKeyId, [...recent, now]);
  }
}
