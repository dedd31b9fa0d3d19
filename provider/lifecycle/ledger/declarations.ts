import type { Ds } from "../../dnssec/ds";
import { resourceOf } from "./urn";

/**
 * Knows which record each resource of the program declares in this operation, as far as `check` has
 * seen. Pulumi has no such table, and deletes the old resource of a moved record after the new one
 * has adopted it.
 */
export class Declarations {
  /** Records by resource. A resource is a URN without its stack and project. */
  readonly #declared = new Map<string, string>();
  readonly #first = new Map<string, string>();
  readonly #data = new Map<string, Ds>();

  /**
   * Notes that the resource `urn` declares the record `id`, in place of what it declared before.
   *
   * @param ds The declared data, if they are known.
   * @returns The URN of another resource that declared the record first, if there is one.
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

  /** Returns the URN of the resource that declares a record. */
  declarerOf(id: string): string | undefined {
    return this.#first.get(id);
  }

  /** Returns the record that a resource declares. */
  declaredBy(urn: string): string | undefined {
    return this.#declared.get(resourceOf(urn));
  }

  /** Returns all declared records. */
  ids(): readonly string[] {
    return [...this.#first.keys()];
  }

  /** Returns the declared data of a record. */
  dataOf(id: string): Ds | undefined {
    return this.#first.has(id) ? this.#data.get(id) : undefined;
  }

  /** Returns the declared data of the records of a domain, as far as they are known. */
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
