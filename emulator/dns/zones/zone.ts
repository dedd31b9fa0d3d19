import { readName } from "../protocol/message";
import { formatCanonicalName, compareNames, isWithin, parentOf } from "../protocol/name";
import { encodeNsec, recordTypes, responseCodes, type Rrset } from "../protocol/records";

/** Returns the RDATA of the RRSIG records over an RRset; none if no key signs it. */
export type Signer = (rrset: Rrset) => readonly Buffer[];

/** The answer of a zone. */
export interface Found {
  readonly rcode: number;
  /** False for a referral. */
  readonly authoritative: boolean;
  readonly answer: readonly Rrset[];
  readonly authority: readonly Rrset[];
  readonly additional: readonly Rrset[];
}

const { A, NS, SOA, DS, RRSIG, NSEC, ANY } = recordTypes;

/**
 * A zone of an authoritative server (RFC 1034 section 4.3.2, RFC 4035 section 3.1), without CNAME
 * and wildcards. Signatures and NSEC records are made, and kept, when a query first needs them.
 */
export class Zone {
  readonly name: string;
  readonly #nodes = new Map<string, Map<number, Rrset>>();
  readonly #signer: Signer | undefined;
  readonly #signatures = new Map<Rrset, Rrset>();
  #chain: readonly string[] | undefined;

  /** @param signer Default: none; the zone is unsigned. */
  constructor(name: string, rrsets: Iterable<Rrset>, signer?: Signer) {
    this.name = name;
    this.#signer = signer;
    for (const rrset of rrsets) this.#node(rrset.name).set(rrset.type, rrset);
  }

  /**
   * Answers a query.
   *
   * @param name The zone's name or one below it, in canonical form.
   * @param dnssecOk Whether the client wants proofs (RFC 3225).
   */
  lookup(name: string, type: number, dnssecOk: boolean): Found {
    const cut = this.#findCut(name);
    if (cut !== undefined && !(cut === name && type === DS)) return this.#refer(cut, dnssecOk);
    const node = this.#nodes.get(name);
    const found =
      type === ANY ? [...(node?.values() ?? [])] : (node?.get(type) ?? this.#findNsec(name, type));
    const answer = found === undefined ? [] : [found].flat();
    if (answer.length > 0) return { ...nothing, answer };
    const exists = node !== undefined || this.#isEmptyNonTerminal(name);
    const proof = dnssecOk ? this.#deny(name, exists) : [];
    const rcode = exists ? responseCodes.NOERROR : responseCodes.NXDOMAIN;
    return { ...nothing, rcode, authority: [...this.#soa(), ...proof] };
  }

  /**
   * Signs an RRset. Returns undefined for what the zone does not sign: anything if it is unsigned,
   * and the NS records and addresses of a delegation.
   */
  sign(rrset: Rrset): Rrset | undefined {
    const cut = this.#findCut(rrset.name);
    if (!this.#signer || (cut !== undefined && !([DS, NSEC] as number[]).includes(rrset.type)))
      return undefined;
    const kept = this.#signatures.get(rrset);
    if (kept) return kept;
    const { name, ttl } = rrset;
    const made = { name, type: RRSIG, ttl, rdatas: this.#signer(rrset) };
    this.#signatures.set(rrset, made);
    return made;
  }

  #node(name: string): Map<number, Rrset> {
    const node = this.#nodes.get(name) ?? new Map<number, Rrset>();
    this.#nodes.set(name, node);
    return node;
  }

  #findCut(name: string): string | undefined {
    let cut: string | undefined;
    for (let at = name; at !== this.name; at = parentOf(at)) if (this.#nodes.get(at)?.has(NS)) cut = at;
    return cut;
  }

  #refer(cut: string, dnssecOk: boolean): Found {
    const node = this.#node(cut);
    const ns = node.get(NS);
    const ds = node.get(DS) ?? this.#findNsec(cut, NSEC);
    const servers = ns?.rdatas.map((rdata) => formatCanonicalName(readName(rdata, 0).labels)) ?? [];
    const additional = servers.flatMap((server) => this.#nodes.get(server)?.get(A) ?? []);
    const authority = [ns, dnssecOk ? ds : undefined].filter((rrset) => rrset !== undefined);
    return { ...nothing, authoritative: false, authority, additional };
  }

  #soa(): Rrset[] {
    return [this.#nodes.get(this.name)?.get(SOA)].filter((rrset) => rrset !== undefined);
  }

  /** Returns NSEC records that deny a type, or a name and its wildcard (RFC 4035 section 3.1.3). */
  #deny(name: string, exists: boolean): Rrset[] {
    const denied = exists ? [name] : [name, `*.${this.#findClosestEncloser(name)}`];
    const owners = new Set(denied.map((candidate) => this.#findOwnerAtOrBefore(candidate)));
    return [...owners].flatMap((owner) => this.#findNsec(owner, NSEC) ?? []);
  }

  #findClosestEncloser(name: string): string {
    let at = parentOf(name);
    while (at !== this.name && !this.#nodes.has(at) && !this.#isEmptyNonTerminal(at)) at = parentOf(at);
    return at;
  }

  #isEmptyNonTerminal(name: string): boolean {
    return [...this.#nodes.keys()].some((owner) => owner !== name && isWithin(owner, name));
  }

  /** Returns the names with NSEC records in order: all except those below a delegation. */
  #listOwners(): readonly string[] {
    this.#chain ??= [...this.#nodes.keys()]
      .filter((name) => [undefined, name].includes(this.#findCut(name)))
      .sort(compareNames);
    return this.#chain;
  }

  #findOwnerAtOrBefore(name: string): string {
    return this.#listOwners().findLast((owner) => compareNames(owner, name) <= 0) ?? this.name;
  }

  #findNsec(name: string, type: number): Rrset | undefined {
    const owners = this.#listOwners();
    const index = owners.indexOf(name);
    if (type !== NSEC || !this.#signer || index < 0) return undefined;
    const node = this.#node(name);
    const next = owners[index + 1] ?? this.name;
    const made = node.get(NSEC) ?? {
      name,
      type: NSEC,
      ttl: readNegativeTtl(this.#soa()),
      rdatas: [encodeNsec(next, [...node.keys(), RRSIG, NSEC])],
    };
    node.set(NSEC, made);
    return made;
  }
}

const nothing: Found = {
  rcode: responseCodes.NOERROR,
  authoritative: true,
  answer: [],
  authority: [],
  additional: [],
};

/** Reads the TTL of negative answers, the last field of a SOA record (RFC 2308). */
function readNegativeTtl([soa]: readonly Rrset[]): number {
  return soa?.rdatas[0]?.subarray(-4).readUInt32BE(0) ?? 0;
}
