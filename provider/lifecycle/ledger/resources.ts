import { inPlace, placeOf, projectOf, resourceOf } from "./urn";

/**
 * Knows which resource of the program has which record in the stack's state. The URN in a state is
 * a copy that goes stale: Pulumi rewrites the URN itself when a stack, a project or a resource is
 * renamed or moved, and leaves the copy alone. So the URNs that the program gives in this run count
 * first.
 */
export class Resources {
  readonly #holders = new Map<string, string>();
  readonly #assumed = new Map<string, string>();
  readonly #project: string | undefined;
  #place: string | undefined;

  /** @param project The Pulumi project of this process, if it is known. */
  constructor(project?: string) {
    this.#project = project;
  }

  /**
   * Notes a URN that the program gives.
   *
   * @param isSure Whether the URN is the program's own. Under `ignoreChanges: ["*"]` it may be a
   *   copy from the state.
   */
  see(urn: string, isSure: boolean): void {
    const place = placeOf(urn);
    if (place === undefined || this.#isForeign(urn)) return;
    if (isSure || this.#place === undefined) this.#place = place;
  }

  /** Notes that the resource `urn` has the record `id` in the state. The first note counts. */
  hold(id: string, urn: string): void {
    if (!this.#holders.has(id)) this.#holders.set(id, urn);
  }

  /** Notes the URN that the state gives. It counts only if this run learns no other. */
  assume(id: string, urn: string | undefined): void {
    if (urn !== undefined) this.#assumed.set(id, urn);
  }

  /** Returns the URN of the resource that has a record in the state. */
  holderOf(id: string): string | undefined {
    return this.#holders.get(id) ?? this.#assumed.get(id);
  }

  isAssumed(id: string): boolean {
    return !this.#holders.has(id);
  }

  /** Returns the records that a resource has in the state. */
  heldBy(urn: string): readonly string[] {
    const resource = resourceOf(urn);
    return [...this.#assumed, ...this.#holders].flatMap(([id, holder]) =>
      resourceOf(holder) === resource ? [id] : [],
    );
  }

  /**
   * Brings a URN of the state up to date as far as this process can. In a destroy or a refresh, the
   * program gives no URN.
   *
   * @returns undefined for a URN that names no resource of this project.
   */
  current(urn: string | undefined): string | undefined {
    if (urn === undefined) return undefined;
    if (this.#place !== undefined) return inPlace(urn, this.#place);
    return this.#isForeign(urn) ? undefined : urn;
  }

  #isForeign(urn: string): boolean {
    const project = projectOf(urn);
    return this.#project !== undefined && project !== undefined && project !== this.#project;
  }
}
