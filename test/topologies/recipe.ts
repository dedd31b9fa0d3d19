import type { Ds } from "../../provider/dnssec/ds";

/**
 * A key of a zone. All topologies share the key of a role, algorithm and size, except for these
 * fields.
 */
export interface KeyRecipe {
  /** @default 13 */
  readonly algorithm?: number;
  /** @default 257 (Zone Key and SEP) */
  readonly flags?: number;
  /** @default 3 */
  readonly protocol?: number;
  /** Bits of an RSA modulus. @default 1024 */
  readonly bits?: number;
  /** The public exponent of RSA. @default 65537 */
  readonly exponent?: number;
  /** One of three keys with the same key tag under flags 257. */
  readonly collision?: 0 | 1 | 2;
  /** The octets of a public key that can have no private key. */
  readonly strayOctets?: number;
  /** Only the DS set has the key. */
  readonly unpublished?: true;
}

/**
 * An RRSIG, usually over the DNSKEY RRset. `from` and `until` are in seconds from now, by default a
 * day ago and a month ahead.
 */
export interface SignatureRecipe {
  readonly by: string;
  readonly from?: number;
  readonly until?: number;
  /** The labels field, by default the labels of the zone's name. Fewer mean a wildcard. */
  readonly labels?: number;
  readonly signer?: string;
  /** The signed TTL, in seconds, by default the served one. */
  readonly originalTtl?: number;
  /** An octet of the finished signature is changed. */
  readonly broken?: true;
  /** The tag or the algorithm field has a wrong value, which is signed. */
  readonly keyTagOff?: number;
  readonly algorithm?: number;
  /** Keys of these roles were added after the RRset was signed. */
  readonly without?: readonly string[];
}

/**
 * A signed zone. `bind`: dnssec-signzone signed it, with keys that sign and keys that are only
 * published. `hand`: this suite signed it, as dnssec-signzone cannot. `body`: the roles that sign
 * everything but the DNSKEY RRset. `data`: signatures in place of those by `body`. `signs`: the
 * types that they cover, all by default.
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

/** `unsigned` has no DNSSEC records. Servers of a missing zone answer NXDOMAIN or REFUSED. */
export type ZoneRecipe = SignedZone | "unsigned";

/** A DS record of a key, right except for these fields. */
export interface DsRecipe {
  readonly key?: string;
  readonly digestType?: number;
  /** The flags of the key for digest and key tag. */
  readonly flags?: number;
  /** Whether the digest is a wrong one of the right length. */
  readonly wrong?: true;
  /** Wrong values of the record's fields. */
  readonly says?: Partial<Ds>;
}

/** The behaviour of one of the zone's servers. */
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

/**
 * A server of the child zone: its version of the zone, by default the topology's, and its
 * behaviour.
 */
export interface ServerRecipe {
  readonly zone?: ZoneRecipe;
  readonly does?: Conduct;
  /**
   * Limits the behaviour to the DNSKEY RRset, to the SOA record, or to everything but the DNSKEY
   * RRset.
   */
  readonly about?: About;
  /** Replaces the zone's signature over the keys, since BIND serves none with such labels. */
  readonly forges?: SignatureRecipe;
}

export interface Topology {
  /** The first label of the child zone. */
  readonly name: string;
  readonly sentence: string;
  readonly zone: ZoneRecipe;
  readonly ds: readonly DsRecipe[];
  /** By default one that answers correctly. */
  readonly servers?: readonly ServerRecipe[];
  /** The child's name in zone files, if it differs from the name in questions. */
  readonly written?: string;
  /** The parent has no delegation, and no server has the zone. */
  readonly undelegated?: true;
  /**
   * A resolver without an answer from one server asks the next, so unbound gets all servers at
   * once. delv asks only one server, and gets the first. Otherwise both ask each server, and the
   * worst counts.
   */
  readonly asked?: "together";
  /**
   * The questions to the validators, by default for an address in the zone. Each needs an answer.
   */
  readonly asks?: readonly ("A" | "SOA" | "DNSKEY")[];
  /** The validator that does not count, and why. */
  readonly exception?: { readonly judge: "unbound"; readonly why: string };
}

/** A zone with a KSK and a ZSK of algorithm 13, signed by BIND, as most zones are. */
export const healthy: SignedZone = {
  signed: "bind",
  keys: { ksk: {}, zsk: { flags: 256 } },
  signatures: [{ by: "ksk" }],
  body: ["zsk"],
};

/** Returns the healthy zone with another DNSKEY RRset, or other signatures over it. */
export function zone(changes: Partial<SignedZone>): SignedZone {
  return { ...healthy, ...changes, keys: { ...healthy.keys, ...changes.keys } };
}

/**
 * Returns the healthy zone with exactly these signatures over the DNSKEY RRset, made by this suite.
 */
export function signedBy(...signatures: readonly SignatureRecipe[]): SignedZone {
  return zone({ signed: "hand", signatures });
}

/** The DS record of the KSK, and that of its successor. */
export const right: DsRecipe = { key: "ksk" };
export const next: DsRecipe = { key: "next" };

/** Durations, in seconds. */
export const [minute, hour, day] = [60, 3_600, 86_400];

export function topologyOf(
  name: string,
  sentence: string,
  child: ZoneRecipe,
  ds: readonly DsRecipe[] = [right],
): Topology {
  return { name, sentence, zone: child, ds };
}
