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

  /** The URN of the resource that declares a record. */
  declarerOf(id: string): string | undefined {
    return this.#first.get(id);
  }

  /** The record that a resource declares. */
  declaredBy(urn: string): string | undefined {
    return this.#declared.get(urn);
  }

  /** Every record that is declared. */
  ids(): readonly string[] {
    return [...this.#first.keys()];
  }

  #giveUp(urn: string): void {
    const id = this.#declared.get(urn);
    if (id !== undefined && this.#first.get(id) === urn) this.#first.delete(id);
  }
}
