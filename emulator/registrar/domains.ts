import { type Ds } from "../ds";

/** What a task does to the records of its domain when it completes; `other` is a task that is not about DS records. */
export type Change =
  | { readonly kind: "add" | "modify"; readonly ds: Ds }
  | { readonly kind: "delete"; readonly keyTag: number }
  | { readonly kind: "synchronize" }
  | { readonly kind: "other" };

/** A domain of the account. The registrar lists `records`; a change goes to both, a synchronisation copies `registry`. */
export interface Domain {
  readonly name: string;
  records: readonly Ds[];
  registry: readonly Ds[];
  /** Until then the listing shows these instead of `records`. */
  lag?: { readonly until: number; readonly records: readonly Ds[] };
}

/** Told of every change of a registry's records. */
export interface RegistryListener {
  /** Its records are these, as if they had always been. */
  reset(domain: string, records: readonly Ds[]): void;
  /** They have changed: `at` in milliseconds since the epoch. */
  changed(domain: string, records: readonly Ds[], at: number): void;
}

/** The registrar's domains, by name: without regard to case, IDNs in Unicode. */
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
    return this.#domains.get(canonicalName(name));
  }

  /** @throws {Error} when there is no such domain. */
  get(name: string): Domain {
    const domain = this.find(name);
    if (!domain) throw new Error(`The emulator has no domain ${JSON.stringify(name)}: add it first.`);
    return domain;
  }

  /** @throws {TypeError} for an impossible name. */
  add(name: string, records: readonly Ds[] = []): void {
    const canonical = possibleName(name);
    const copy = records.map(canonicalDs);
    this.#domains.set(canonical, { name: canonical, records: copy, registry: copy });
    this.#listener?.reset(canonical, copy);
  }

  remove(name: string): boolean {
    return this.#domains.delete(canonicalName(name));
  }

  set(name: string, records: readonly Ds[], at: "everywhere" | "registry", now: number): void {
    const domain = this.get(name);
    const copy = records.map(canonicalDs);
    domain.registry = copy;
    if (at === "registry") {
      this.#listener?.changed(domain.name, copy, now);
      return;
    }
    this.#listener?.reset(domain.name, copy);
    domain.records = copy;
    delete domain.lag;
  }

  listing(domain: Domain, now: number): readonly Ds[] {
    return domain.lag && now < domain.lag.until ? domain.lag.records : domain.records;
  }

  /** Carries a change out, at a time. @returns why the task fails, if it does. */
  apply(domain: Domain, change: Change, at: number): string | undefined {
    const problem = this.#problem(domain, change);
    if (problem !== undefined) return problem;
    if (change.kind === "synchronize") domain.records = domain.registry;
    domain.records = changed(domain.records, change);
    const registry = changed(domain.registry, change);
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

/** The key tag is a record's only identity at this API: two records of one key tag are changed together. */
function changed(records: readonly Ds[], change: Change): readonly Ds[] {
  if (change.kind === "synchronize" || change.kind === "other") return records;
  const keyTag = change.kind === "delete" ? change.keyTag : change.ds.keyTag;
  const others = records.filter((ds) => ds.keyTag !== keyTag);
  if (change.kind === "delete") return others;
  const first = records.findIndex((ds) => ds.keyTag === keyTag);
  return first < 0 ? [...others, change.ds] : others.toSpliced(first, 0, change.ds);
}

/** @throws {TypeError} for something that cannot be a domain name, or for one in its ASCII form. */
export function possibleName(name: string): string {
  const canonical = canonicalName(name);
  if (!/^[^\s.]+(\.[^\s.]+)+$/u.test(canonical)) {
    throw new TypeError(`${JSON.stringify(name)} is no name of a registered domain.`);
  }
  if (isAsciiForm(canonical)) {
    throw new TypeError(`${name} is the ASCII form of an IDN: the API names IDNs in Unicode.`);
  }
  return canonical;
}

export function canonicalName(name: string): string {
  return name.normalize("NFC").toLowerCase();
}

export function isAsciiForm(name: string): boolean {
  return name
    .toLowerCase()
    .split(".")
    .some((label) => label.startsWith("xn--"));
}

function canonicalDs({ keyTag, algorithm, digestType, digest }: Ds): Ds {
  return { keyTag, algorithm, digestType, digest: digest.toLowerCase() };
}
