/** Called with a place in the queue, 1 for the action that runs, and the length of the queue. */
export type OnWait = (place: number, of: number) => void;

interface Queue {
  /** The running action first, then the waiting ones. */
  readonly line: OnWait[];
  /** How many actions have not finished their first turn. */
  fresh: number;
  last: Promise<void>;
}

/** Runs one action at a time for each key, in order of arrival. */
export class KeyedQueue {
  readonly #queues = new Map<string, Queue>();

  /**
   * Runs `action` once every earlier action of the key has ended, with or without an error.
   *
   * @param onWait Called whenever the queue changes while this action waits.
   * @param isReturning The action had a turn before, and gave it up.
   */
  async take<T>(key: string, onWait: OnWait, action: () => Promise<T>, isReturning = false): Promise<T> {
    const queue = this.#queues.get(key) ?? { line: [], fresh: 0, last: Promise.resolve() };
    this.#queues.set(key, queue);
    const before = queue.last;
    // A function of its own, so that it can be told apart from another action with the same
    // callback.
    const own: OnWait = (place, of) => onWait(place, of);
    queue.line.push(own);
    tellPlaces(queue);
    if (!isReturning) queue.fresh += 1;
    const result = before.then(action);
    queue.last = result.then(
      () => undefined,
      () => undefined,
    );
    try {
      return await result;
    } finally {
      queue.line.splice(queue.line.indexOf(own), 1);
      if (!isReturning) queue.fresh -= 1;
      if (queue.line.length === 0) this.#queues.delete(key);
      tellPlaces(queue);
    }
  }

  /** Returns how many actions of the key have not finished their first turn. */
  fresh(key: string): number {
    return this.#queues.get(key)?.fresh ?? 0;
  }
}

function tellPlaces({ line }: Queue): void {
  for (const [index, onWait] of line.entries()) if (index > 0) onWait(index + 1, line.length);
}
