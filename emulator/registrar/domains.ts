import { type Ds } from "../ds";

/**
 * The effect of a finished task on its domain. A task of kind `other` does not touch DS records.
 */
export type Change =
  | { readonly kind: "add" | "modify"; readonly ds: Ds }
  | { readonly kind: "delete"; readonly keyTag: number }
  | { readonly kind: "synchronize" }
  | { readonly kind: "other" };

/**
 * A domain of the account. The registrar lists `records`. A change applies to both lists, and a
 * synchronization copies `registry` to `records`.
 */
export interface Domain {
  readonly name: string;
  records: readonly Ds[];
  registry: readonly Ds[];
  /** Records that the listing shows in place of `records` until a time, in ms since the epoch. */
  lag?: { readonly until: number; readonly records: readonly Ds[] };
}

/** Receives every change of a registry's records. */
export interface RegistryListener {
  /** Replaces the records as if they had always been there. */
  reset(domain: string, records: readonly Ds[]): void;
  /** Reports a change. @param at Time of the change, in ms since the epoch. */
  changed(domain: string, records: readonly Ds[], at: number): void;
}

/** The registrar's domains by name. Names are case-insensitive, and IDNs are in Unicode. */
export class Domains {
  readonly maxRecords: number;
  readonly #domains: Map<string, Domain>;
  readonly #listener: RegistryListener | undefined;

  constructor(maxRecords: number, domains: Iterable<Domain> = [], listener?: RegistryListener) {
    this.maxRecords = maxRecords;
    this.#listener = listener;
    this.#domains = new Map([...domains].map((domain) => [domain.name, domain]));
  }

  all(): Domain[] {
    return [...this.#domains.values()];
  }

  find(name: string): Domain | undefined {
    return this.#domains.get(normalizeName(name));
  }

  /** @throws {Error} if there is no such domain. */
  get(name: string): Domain {
    const domain = this.find(name);
    if (!domain) throw new Error(`The emulator has no domain ${JSON.stringify(name)}: add it first.`);
    return domain;
  }

  /** @throws {TypeError} for an impossible name. */
  add(name: string, records: readonly Ds[] = []): void {
    const canonical = parseDomainName(name);
    const copy = records.map(normalizeDs);
    this.#domains.set(canonical, { name: canonical, records: copy, registry: copy });
    this.#listener?.reset(canonical, copy);
  }

  remove(name: string): boolean {
    return this.#domains.delete(normalizeName(name));
  }

  set(name: string, records: readonly Ds[], at: "everywhere" | "registry", now: number): void {
    const domain = this.get(name);
    const copy = records.map(normalizeDs);
    domain.registry = copy;
    if (at === "registry") {
      this.#listener?.changed(domain.name, copy, now);
      return;
    }
    this.#listener?.reset(domain.name, copy);
    domain.records = copy;
    delete domain.lag;
  }

  listRecords(domain: Domain, now: number): readonly Ds[] {
    return domain.lag && now < domain.lag.until ? domain.lag.records : domain.records;
  }

  /**
   * Carries out a change. Returns the reason if the task fails.
   *
   * @param at Time of the change, in ms since the epoch.
   */
  apply(domain: Domain, change: Change, at: number): string | undefined {
    const problem = this.#problem(domain, change);
    if (problem !== undefined) return problem;
    if (change.kind === "synchronize") domain.records = domain.registry;
    domain.records = applyChange(domain.records, change);
    const registry = applyChange(domain.registry, change);
    if (registry !== domain.registry) this.#listener?.changed(domain.name, registry, at);
    domain.registry = registry;
    return undefined;
  }

  #problem(domain: Domain, change: Change): string | undefined {
    if (change.kind === "synchronize" || change.kind === "other") return undefined;
    const keyTag = change.kind === "delete" ? change.keyTag : change.ds.keyTag;
    const exists = domain.records.some((ds) => ds.keyTag === keyTag);
    if (change.kind !== "add") return exists ? undefined : `There is no DS record with key tag ${keyTag}.`;
    if (exists) return `There is a DS record with key tag ${keyTag} already.`;
    if (domain.records.length < this.maxRecords) return undefined;
    return `A domain can have no more than ${this.maxRecords} DS records.`;
  }
}

/**
 * This API identifies a record by its key tag alone, so records with equal key tags change
 * together.
 */
function applyChange(records: readonly Ds[], change: Change): readonly Ds[] {
  if (change.kind === "synchronize" || change.kind === "other") return records;
  const keyTag = change.kind === "delete" ? change.keyTag : change.ds.keyTag;
  const others = records.filter((ds) => ds.keyTag !== keyTag);
  if (change.kind === "delete") return others;
  const first = records.findIndex((ds) => ds.keyTag === keyTag);
  return first < 0 ? [...others, change.ds] : others.toSpliced(first, 0, change.ds);
}

/**
 * Normalizes a domain name.
 *
 * @throws {TypeError} for an impossible name, or an IDN in ASCII form.
 */
export function parseDomainName(name: string): string {
  const canonical = normalizeName(name);
  if (!/^[^\s.]+(\.[^\s.]+)+$/u.test(canonical)) {
    throw new TypeError(`${JSON.stringify(name)} cannot be a registered domain.`);
  }
  if (isAsciiForm(canonical)) {
    throw new TypeError(`${name} is the ASCII form of an IDN: the API names IDNs in Unicode.`);
  }
  return canonical;
}

export function normalizeName(name: string): string {
  return name.normalize("NFC").toLowerCase();
}

export function isAsciiForm(name: string): boolean {
  return name
    .toLowerCase()
    .split(".")
    .some((label) => label.startsWith("xn--"));
}

function normalizeDs({ keyTag, algorithm, digestType, digest }: Ds): Ds {
  return { keyTag, algorithm, digestType, digest: digest.toLowerCase() };
}
