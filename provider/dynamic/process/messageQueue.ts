import { limitTime, rejectOnAbort } from "../../concurrency/abort";
import type { Clock } from "../../concurrency/clock";

/** A message for a row of `pulumi up`. */
export interface Message {
  /** URN of the resource on whose row the message is shown; the stack's own row without one. */
  readonly urn: string | undefined;
  readonly severity: "INFO" | "WARNING";
  readonly text: string;
  /** Whether the message disappears with the next one; others stay in the summary of the run. */
  readonly isEphemeral: boolean;
}

/** Sends a message. Resolves when it has been answered, and never rejects. */
export type Send = (message: Message) => Promise<void>;

/** Maximum wait for the arrival of messages at the end of an operation, in ms. */
const maxArrivalMs = 1_000;

/**
 * Sends the messages of each row one after the other. The engine handles calls in any order, and a
 * row shows the last message that arrived, so each message waits until the one before has been
 * answered.
 */
export class MessageQueue {
  readonly #send: Send;
  readonly #clock: Clock;
  /** The waiting messages of each row that has one in progress. */
  readonly #rows = new Map<string | undefined, Message[]>();
  /** Called when the message has arrived, if it is one that stays. */
  readonly #onArrival = new Map<Message, () => void>();
  readonly #arrivals = new Set<Promise<void>>();
  /** Whether the engine has kept an operation waiting, and has not answered since. */
  #isSilent = false;

  constructor(send: Send, clock: Clock) {
    this.#send = send;
    this.#clock = clock;
  }

  push(message: Message): void {
    if (!message.isEphemeral) this.#expect(message);
    const waiting = this.#rows.get(message.urn);
    if (!waiting) {
      void this.#sendAll(message);
      return;
    }
    // A newer status replaces one that was never shown.
    if (message.isEphemeral && waiting.at(-1)?.isEphemeral) waiting.pop();
    waiting.push(message);
  }

  /**
   * Waits, for at most a second, until all lasting messages pushed so far have arrived. An engine
   * that did not answer in that time gets no second wait until it answers.
   */
  async arrival(): Promise<void> {
    if (this.#arrivals.size === 0 || this.#isSilent) return;
    const all = Promise.all(this.#arrivals).then(() => true);
    const haveArrived = await limitTime(this.#clock, maxArrivalMs, new AbortController().signal, (signal) =>
      rejectOnAbort(all, signal),
    );
    this.#isSilent = haveArrived !== true;
  }

  async #sendAll(first: Message): Promise<void> {
    const waiting: Message[] = [];
    this.#rows.set(first.urn, waiting);
    for (let next: Message | undefined = first; next; next = waiting.shift()) {
      await this.#send(next);
      this.#isSilent = false;
      this.#onArrival.get(next)?.();
    }
    this.#rows.delete(first.urn);
  }

  #expect(message: Message): void {
    const arrival = new Promise<void>((resolve) => this.#onArrival.set(message, resolve));
    this.#arrivals.add(arrival);
    void arrival.then(() => {
      this.#arrivals.delete(arrival);
      this.#onArrival.delete(message);
    });
  }
}
