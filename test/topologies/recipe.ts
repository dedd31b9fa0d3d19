import type { Ds } from "../../provider/dnssec/ds";

/** A key of a zone. Keys of one role, algorithm and size are the same in all topologies: only what is told differs. */
export interface KeyRecipe {
  /** 13 unless told. */
  readonly algorithm?: number;
  /** 257 (Zone Key and SEP) unless told. */
  readonly flags?: number;
  /** 3 unless told. */
  readonly protocol?: number;
  /** Of the modulus of RSA; 1024 unless told. */
  readonly bits?: number;
  /** The public exponent of RSA; 65537 unless told. */
  readonly exponent?: number;
  /** One of three keys that have the same key tag under flags 257. */
  readonly collision?: 0 | 1 | 2;
  /** A public key of so many octets that nobody has the private key of, nor could have. */
  readonly strayOctets?: number;
  /** It is known to the DS set only. */
  readonly unpublished?: true;
}

/** An RRSIG, over the DNSKEY RRset as a rule. `from` and `until` in seconds from now: a day ago and a month ahead unless told. */
export interface SignatureRecipe {
  readonly by: string;
  readonly from?: number;
  readonly until?: number;
  /** The labels field; the labels of the zone's name unless told. Fewer make it one of a wildcard. */
  readonly labels?: number;
  readonly signer?: string;
  /** The TTL that is signed, in seconds; the one served unless told. */
  readonly originalTtl?: number;
  /** An octet of the finished signature is turned. */
  readonly broken?: true;
  /** The tag or the algorithm field says another, and is signed as such. */
  readonly keyTagOff?: number;
  readonly algorithm?: number;
  /** Keys of these roles came into the RRset after it was signed. */
  readonly without?: readonly string[];
}

/**
 * A signed zone. `bind`: made by dnssec-signzone, from keys that sign and keys that are only published. `hand`: signed by this
 * suite, for what dnssec-signzone does not make. `body`: the roles that sign all but the DNSKEY RRset. `data`: its
 * signatures, in place of those by `body`. `signs`: the types that they cover, all unless told.
 */
export interface SignedZone {
  readonly signed: "bind" | "hand";
  readonly keys: Readonly<Record<string, KeyRecipe>>;
  readonly signatures: readonly SignatureRecipe[];
  readonly body: readonly string[];
  readonly data?: readonly Omit<SignatureRecipe, "without">[];
  readonly signs?: readonly string[];
  readonly nsec3?: true;
}

/** `unsigned` has no DNSSEC records; the zone that is not there leaves an NXDOMAIN or a REFUSED behind. */
export type ZoneRecipe = SignedZone | "unsigned";

/** A DS record of a key: the right one, but for what is told. */
export interface DsRecipe {
  readonly key?: string;
  readonly digestType?: number;
  /** The digest and key tag are those of the key with these flags. */
  readonly flags?: number;
  /** Another digest of the right length. */
  readonly wrong?: true;
  /** What the record says instead. */
  readonly says?: Partial<Ds>;
}

/** What stands between the asker and the zone at one of its servers. */
export type Conduct =
  | "closed"
  | "silent"
  | "refused"
  | "servfail"
  | "nxdomain"
  | "lame"
  | "withoutEdns"
  | "ignoresDo"
  | "tcpOnly"
  | "tcpBroken"
  | "upperCase"
  | "wrongIdFirst"
  | "wrongQuestionFirst"
  | "withoutAuthority"
  | "refersToItself"
  | "denies"
  | "slow";

export type About = "keys" | "soa" | "data";

/** One server of the child zone: the zone that it has (the topology's, unless told), and what it does with questions. */
export interface ServerRecipe {
  readonly zone?: ZoneRecipe;
  readonly does?: Conduct;
  /** Only with questions for the DNSKEY RRset, for the SOA record, or for everything but the DNSKEY RRset. */
  readonly about?: About;
  /** It puts this signature over the keys instead of the zone's: BIND serves none with such labels. */
  readonly forges?: SignatureRecipe;
}

export interface Topology {
  /** The first label of the child zone. */
  readonly name: string;
  readonly sentence: string;
  readonly zone: ZoneRecipe;
  readonly ds: readonly DsRecipe[];
  /** One that answers as it should, unless told. */
  readonly servers?: readonly ServerRecipe[];
  /** The child's name as the zone files write it, if not as the DNS is asked. */
  readonly written?: string;
  /** The parent has no delegation, and nobody the zone. */
  readonly undelegated?: true;
  /**
   * A resolver that gets nothing from one of the servers asks the next, so unbound is given all of them at once. delv, which
   * asks one server only, is given the first. Elsewhere both are asked at each server, and the worst counts.
   */
  readonly asked?: "together";
  /** What the validators are asked for: an address in the zone, unless told. They must get an answer to each question. */
  readonly asks?: readonly ("A" | "SOA" | "DNSKEY")[];
  /** The judge that does not count, and why. */
  readonly exception?: { readonly judge: "unbound"; readonly why: string };
}

/** A KSK and a ZSK of algorithm 13, signed by BIND as most zones are. */
export const healthy: SignedZone = {
  signed: "bind",
  keys: { ksk: {}, zsk: { flags: 256 } },
  signatures: [{ by: "ksk" }],
  body: ["zsk"],
};

/** The healthy zone with another DNSKEY RRset, or other signatures over it. */
export function zone(changes: Partial<SignedZone>): SignedZone {
  return { ...healthy, ...changes, keys: { ...healthy.keys, ...changes.keys } };
}

/** The healthy zone, whose DNSKEY RRset has just these signatures, made by this suite. */
export function signedBy(...signatures: readonly SignatureRecipe[]): SignedZone {
  return zone({ signed: "hand", signatures });
}
