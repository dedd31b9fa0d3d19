import { readName } from "../protocol/message";
import { canonicalText, compareNames, isWithin, parentOf } from "../protocol/name";
import { nsecRdata, recordTypes, responseCodes, type Rrset } from "../protocol/records";

/** Makes the RDATA of the RRSIG records over an RRset; none, where nothing signs it. */
export type Signer = (rrset: Rrset) => readonly Buffer[];

/** What a zone has for a question. */
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
 * A zone of an authoritative server (RFC 1034 section 4.3.2, RFC 4035 section 3.1), without CNAME and wildcards. It is
 * signed when it is asked: signatures are made, and kept, for what somebody wants to see; so are NSEC records.
 */
export class Zone {
  readonly name: string;
  readonly #nodes = new Map<string, Map<number, Rrset>>();
  readonly #signer: Signer | undefined;
  readonly #signatures = new Map<Rrset, Rrset>();
  #chain: readonly string[] | undefined;

  /** @param signer Without one, the zone is unsigned. */
  constructor(name: string, rrsets: Iterable<Rrset>, signer?: Signer) {
    this.name = name;
    this.#signer = signer;
    for (const rrset of rrsets) this.#node(rrset.name).set(rrset.type, rrset);
  }

  /** @param name In canonical form, the zone's own or below it. @param dnssecOk Whether proofs are wanted (RFC 3225). */
  lookup(name: string, type: number, dnssecOk: boolean): Found {
    const cut = this.#cutAbove(name);
    if (cut !== undefined && !(cut === name && type === DS)) return this.#referral(cut, dnssecOk);
    const node = this.#nodes.get(name);
    const found = type === ANY ? [...(node?.values() ?? [])] : (node?.get(type) ?? this.#nsecAt(name, type));
    const answer = found === undefined ? [] : [found].flat();
    if (answer.length > 0) return { ...nothing, answer };
    const exists = node !== undefined || this.#isEmptyNonTerminal(name);
    const proof = dnssecOk ? this.#denial(name, exists) : [];
    const rcode = exists ? responseCodes.NOERROR : responseCodes.NXDOMAIN;
    return { ...nothing, rcode, authority: [...this.#soa(), ...proof] };
  }

  /** @returns Undefined where the zone is not signed, or does not sign these: the NS records and addresses of a cut. */
  signatures(rrset: Rrset): Rrset | undefined {
    const cut = this.#cutAbove(rrset.name);
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

  #cutAbove(name: string): string | undefined {
    let cut: string | undefined;
    for (let at = name; at !== this.name; at = parentOf(at)) if (this.#nodes.get(at)?.has(NS)) cut = at;
    return cut;
  }

  #referral(cut: string, dnssecOk: boolean): Found {
    const node = this.#node(cut);
    const ns = node.get(NS);
    const ds = node.get(DS) ?? this.#nsecAt(cut, NSEC);
    const servers = ns?.rdatas.map((rdata) => canonicalText(readName(rdata, 0).labels)) ?? [];
    const additional = servers.flatMap((server) => this.#nodes.get(server)?.get(A) ?? []);
    const authority = [ns, dnssecOk ? ds : undefined].filter((rrset) => rrset !== undefined);
    return { ...nothing, authoritative: false, authority, additional };
  }

  #soa(): Rrset[] {
    return [this.#nodes.get(this.name)?.get(SOA)].filter((rrset) => rrset !== undefined);
  }

  /** NSEC records that prove that there is no such type, or no such name nor wildcard (RFC 4035 section 3.1.3). */
  #denial(name: string, exists: boolean): Rrset[] {
    const denied = exists ? [name] : [name, `*.${this.#closestEncloser(name)}`];
    const owners = new Set(denied.map((candidate) => this.#ownerAtOrBefore(candidate)));
    return [...owners].flatMap((owner) => this.#nsecAt(owner, NSEC) ?? []);
  }

  #closestEncloser(name: string): string {
    let at = parentOf(name);
    while (at !== this.name && !this.#nodes.has(at) && !this.#isEmptyNonTerminal(at)) at = parentOf(at);
    return at;
  }

  #isEmptyNonTerminal(name: string): boolean {
    return [...this.#nodes.keys()].some((owner) => owner !== name && isWithin(owner, name));
  }

  /** The names that have NSEC records, in order: all but those below a cut. */
  #owners(): readonly string[] {
    this.#chain ??= [...this.#nodes.keys()]
      .filter((name) => [undefined, name].includes(this.#cutAbove(name)))
      .sort(compareNames);
    return this.#chain;
  }

  #ownerAtOrBefore(name: string): string {
    return this.#owners().findLast((owner) => compareNames(owner, name) <= 0) ?? this.name;
  }

  #nsecAt(name: string, type: number): Rrset | undefined {
    const owners = this.#owners();
    const index = owners.indexOf(name);
    if (type !== NSEC || !this.#signer || index < 0) return undefined;
    const node = this.#node(name);
    const next = owners[index + 1] ?? this.name;
    const made = node.get(NSEC) ?? {
      name,
      type: NSEC,
      ttl: negativeTtl(this.#soa()),
      rdatas: [nsecRdata(next, [...node.keys(), RRSIG, NSEC])],
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

/** The last field of a SOA record (RFC 2308). */
function negativeTtl([soa]: readonly Rrset[]): number {
  return soa?.rdatas[0]?.subarray(-4).readUInt32BE(0) ?? 0;
}
