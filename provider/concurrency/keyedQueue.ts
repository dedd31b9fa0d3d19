/** Called with a place in the queue, 1 for the change that runs, and the length of the queue. */
type OnWait = (place: number, of: number) => void;

interface Queue {
  /** The one that runs first, then those that wait. */
  readonly line: OnWait[];
  /** Those who have not come to the end of their first turn. */
  fresh: number;
  last: Promise<void>;
}

/**
 * One change at a time for each domain, in the order of their coming: the registrar runs one task a domain and refuses
 * the next.
 */
export class Turns {
  readonly #queues = new Map<string, Queue>();

  /**
   * Runs `action` when every change of the domain that came before has ended, however it ended.
   *
   * @param onWait Called whenever the queue changes while this change waits.
   * @param comesAgain This change had a turn before, and gave it up.
   */
  async take<T>(domain: string, onWait: OnWait, action: () => Promise<T>, comesAgain = false): Promise<T> {
    const queue = this.#queues.get(domain) ?? { line: [], fresh: 0, last: Promise.resolve() };
    this.#queues.set(domain, queue);
    const before = queue.last;
    const own: OnWait = (place, of) => onWait(place, of);
    queue.line.push(own);
    tellPlaces(queue);
    if (!comesAgain) queue.fresh += 1;
    const result = before.then(action);
    queue.last = result.then(
      () => undefined,
      () => undefined,
    );
    try {
      return await result;
    } finally {
      queue.line.splice(queue.line.indexOf(own), 1);
      if (!comesAgain) queue.fresh -= 1;
      if (queue.line.length === 0) this.#queues.delete(domain);
      tellPlaces(queue);
    }
  }

  /** How many changes of the domain have not come to the end of their first turn. */
  fresh(domain: string): number {
    return this.#queues.get(domain)?.fresh ?? 0;
  }
}

function tellPlaces({ line }: Queue): void {
  for (const [index, onWait] of line.entries()) if (index > 0) onWait(index + 1, line.length);
}
