import type { Clock } from "../concurrency/clock";
import type { Deadline } from "../concurrency/deadline";
import { orphanedError } from "../alicloud/errors";
import type { RateLimiter, TurnLimit } from "../alicloud/rateLimiter";

/** One call for several callers. */
interface Shared<T> {
  readonly answer: Promise<T>;
  readonly callers: Set<Deadline>;
  /** Aborted when the last caller leaves, so that the call gives up its turn. */
  readonly abandoned: AbortController;
  sentAt?: number;
  answered?: true;
}

/** Extra time for a turn, in ms, so that callers can ask once more at the end of their time. */
const graceMs = 5_000;

/**
 * Joins simultaneous reads of the same thing into one call. A caller leaves as soon as its signal
 * is aborted, without effect on the others. The call waits for its turn until the latest deadline
 * of its callers, so callers with an earlier one may get their answer late.
 */
export class SharedReads<T> {
  readonly #limiter: RateLimiter;
  readonly #clock: Clock;
  readonly #freshMs: number;
  readonly #open = new Map<string, Shared<T>>();

  /** @param freshMs Time after sending in which an answer also serves later callers, in ms. */
  constructor(limiter: RateLimiter, clock: Clock, freshMs = 0) {
    this.#limiter = limiter;
    this.#clock = clock;
    this.#freshMs = freshMs;
  }

  /**
   * Sends a call, or waits for the answer to an open call with the same key.
   *
   * @param what Description that begins a sentence.
   * @throws {DsRecordError} what `send` throws; what {@link RateLimiter.run} throws.
   */
  async ask(key: string, what: string, send: () => Promise<T>, deadline: Deadline): Promise<T> {
    if (deadline.signal.aborted) throw orphanedError(what);
    // A copy, since a set distinguishes the callers.
    const caller = { ...deadline };
    const open = this.#open.get(key);
    const shared = open && this.#serves(open) ? open : this.#start(key, what, send, caller);
    return this.#join(key, what, shared, caller);
  }

  /**
   * Marks calls that were sent so far as out of date: later callers get an answer to a later call.
   */
  outdate(key: string): void {
    if (this.#open.get(key)?.sentAt !== undefined) this.#open.delete(key);
  }

  #serves({ answered, sentAt = 0 }: Shared<T>): boolean {
    return !answered || this.#clock.now() - sentAt < this.#freshMs;
  }

  #start(key: string, what: string, send: () => Promise<T>, first: Deadline): Shared<T> {
    const callers = new Set([first]);
    const abandoned = new AbortController();
    const latestStart = this.#clock.now() + graceMs;
    const limit: TurnLimit = {
      until: () => Math.max(latestStart, ...[...callers].map(({ until }) => until)),
      signal: abandoned.signal,
    };
    const sent = async () => {
      shared.sentAt = this.#clock.now();
      return send();
    };
    const shared: Shared<T> = { answer: this.#limiter.run(what, sent, limit), callers, abandoned };
    this.#open.set(key, shared);
    shared.answer.then(
      () => {
        shared.answered = true;
        if (this.#freshMs === 0) this.#close(key, shared);
      },
      () => this.#close(key, shared),
    );
    return shared;
  }

  async #join(key: string, what: string, shared: Shared<T>, caller: Deadline): Promise<T> {
    const answered = new AbortController();
    shared.callers.add(caller);
    const left = new Promise<never>((_, reject) => {
      const leave = () => reject(orphanedError(what));
      caller.signal.addEventListener("abort", leave, { once: true, signal: answered.signal });
    });
    try {
      return await Promise.race([shared.answer, left]);
    } finally {
      answered.abort();
      shared.callers.delete(caller);
      if (shared.callers.size === 0 && shared.sentAt === undefined) {
        this.#close(key, shared);
        shared.abandoned.abort();
      }
    }
  }

  #close(key: string, shared: Shared<T>): void {
    if (this.#open.get(key) === shared) this.#open.delete(key);
  }
}
