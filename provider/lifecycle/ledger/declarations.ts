import type { Ds } from "../../dnssec/ds";
import { resourceOf } from "./urn";

/**
 * Which record each resource of the program declares in this operation, as far as `check` has seen: Pulumi has no such
 * table, and deletes the old resource of a moved record after the new one has adopted it.
 */
export class Declarations {
  /** By resource, whatever stack and project its URN names. */
  readonly #declared = new Map<string, string>();
  readonly #first = new Map<string, string>();
  readonly #data = new Map<string, Ds>();

  /**
   * Notes that the resource `urn` declares the record `id`, in place of what it declared before.
   *
   * @param ds The data that it declares, if they are known.
   * @returns The URN of another resource that has declared the record first, if there is one.
   */
  declare(urn: string, id: string, ds?: Ds): string | undefined {
    const resource = resourceOf(urn);
    this.#giveUp(resource);
    this.#declared.set(resource, id);
    const first = this.#first.get(id);
    if (first !== undefined && resourceOf(first) !== resource) return first;
    this.#first.set(id, urn);
    if (ds) this.#data.set(id, ds);
    else this.#data.delete(id);
    return undefined;
  }

  /** The URN of the resource that declares a record. */
  declarerOf(id: string): string | undefined {
    return this.#first.get(id);
  }

  /** The record that a resource declares. */
  declaredBy(urn: string): string | undefined {
    return this.#declared.get(resourceOf(urn));
  }

  /** Every record that is declared. */
  ids(): readonly string[] {
    return [...this.#first.keys()];
  }

  /** The data that are declared for a record. */
  dataOf(id: string): Ds | undefined {
    return this.#first.has(id) ? this.#data.get(id) : undefined;
  }

  /** The data that are declared for the records of a domain, as far as they are known. */
  dataOfDomain(domain: string): readonly Ds[] {
    const ids = this.ids().filter((id) => id.startsWith(`${domain}/`));
    return ids.flatMap((id) => this.dataOf(id) ?? []);
  }

  #giveUp(resource: string): void {
    const id = this.#declared.get(resource);
    const first = id === undefined ? undefined : this.#first.get(id);
    if (id !== undefined && first !== undefined && resourceOf(first) === resource) this.#first.delete(id);
  }
}
