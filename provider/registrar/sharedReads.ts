import type { Clock } from "../concurrency/clock";
import type { Deadline } from "../concurrency/deadline";
import { orphaned } from "../alicloud/errors";
import type { Limiter } from "../alicloud/rateLimiter";

/** A call that several callers wait for. */
interface Shared<T> {
  readonly answer: Promise<T>;
  readonly callers: Set<Deadline>;
  /** Aborted when the last caller has left, so that the call gives up its turn. */
  readonly abandoned: AbortController;
  sentAt?: number;
  answered?: true;
}

/** A call may wait for its turn a little longer than its callers asked for: a last look, at the end of their time, is due them. */
const graceMs = 5_000;

/**
 * Reads in which calls for the same thing at the same time are one. A caller leaves at once when its signal is aborted,
 * and the others do not notice. A call waits for its turn as long as its most patient caller would, so that an impatient
 * one may hear late.
 */
export class SharedReads<T> {
  readonly #limiter: Limiter;
  readonly #clock: Clock;
  readonly #freshMs: number;
  readonly #open = new Map<string, Shared<T>>();

  /** @param freshMs For so many milliseconds after it was sent, an answer also serves those who ask when it is there. */
  constructor(limiter: Limiter, clock: Clock, freshMs = 0) {
    this.#limiter = limiter;
    this.#clock = clock;
    this.#freshMs = freshMs;
  }

  /**
   * Asks, or waits for the answer to the same question.
   *
   * @param key What makes questions the same.
   * @param what The question, in words that begin a sentence.
   * @throws {DsRecordError} what `send` throws; what {@link Limiter.run} throws.
   */
  async ask(key: string, what: string, send: () => Promise<T>, deadline: Deadline): Promise<T> {
    if (deadline.signal.aborted) throw orphaned(what);
    // Its own, for callers are told apart by it.
    const caller = { ...deadline };
    const open = this.#open.get(key);
    const shared = open && this.#serves(open) ? open : this.#start(key, what, send, caller);
    return this.#joined(key, what, shared, caller);
  }

  /** What was sent for so far is out of date: who asks from now on gets an answer to a later call. */
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
    const deadline: Deadline = {
      get until() {
        return Math.max(latestStart, ...[...callers].map(({ until }) => until));
      },
      signal: abandoned.signal,
    };
    const sent = async () => {
      shared.sentAt = this.#clock.now();
      return send();
    };
    const shared: Shared<T> = { answer: this.#limiter.run(what, sent, deadline), callers, abandoned };
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

  async #joined(key: string, what: string, shared: Shared<T>, caller: Deadline): Promise<T> {
    const answered = new AbortController();
    shared.callers.add(caller);
    const left = new Promise<never>((_, reject) => {
      const leave = () => reject(orphaned(what));
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
