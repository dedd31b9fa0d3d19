interface Queue {
  waiting: number;
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
   * @param onWait Called once, with how many are before this one, if there are any.
   * @param comesAgain This change had a turn before, and gave it up.
   */
  async take<T>(
    domain: string,
    onWait: (before: number) => void,
    action: () => Promise<T>,
    comesAgain = false,
  ): Promise<T> {
    const queue = this.#queues.get(domain) ?? { waiting: 0, fresh: 0, last: Promise.resolve() };
    this.#queues.set(domain, queue);
    const before = queue.last;
    if (queue.waiting > 0) onWait(queue.waiting);
    queue.waiting += 1;
    if (!comesAgain) queue.fresh += 1;
    const result = before.then(action);
    queue.last = result.then(
      () => undefined,
      () => undefined,
    );
    try {
      return await result;
    } finally {
      queue.waiting -= 1;
      if (!comesAgain) queue.fresh -= 1;
      if (queue.waiting === 0) this.#queues.delete(domain);
    }
  }

  /** How many changes of the domain have not come to the end of their first turn. */
  fresh(domain: string): number {
    return this.#queues.get(domain)?.fresh ?? 0;
  }
}
