/**
 * Which record each resource of the program declares in this operation, as far as `check` has seen: Pulumi has no such
 * table, and deletes the old resource of a moved record after the new one has adopted it.
 */
export class Declarations {
  readonly #declared = new Map<string, string>();
  readonly #first = new Map<string, string>();

  /**
   * Notes that the resource `urn` declares the record `id`, in place of what it declared before.
   *
   * @returns The URN of another resource that has declared the record first, if there is one.
   */
  declare(urn: string, id: string): string | undefined {
    this.#giveUp(urn);
    this.#declared.set(urn, id);
    const first = this.#first.get(id);
    if (first === undefined) this.#first.set(id, urn);
    return first;
  }

  isDeclared(id: string): boolean {
    return this.#first.has(id);
  }

  /** Whether the resource has declared any record, though another may have been first. */
  knows(urn: string): boolean {
    return this.#declared.has(urn);
  }

  #giveUp(urn: string): void {
    const id = this.#declared.get(urn);
    if (id !== undefined && this.#first.get(id) === urn) this.#first.delete(id);
  }
}
