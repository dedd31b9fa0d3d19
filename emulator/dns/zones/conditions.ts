import { recordTypes, responseCodes } from "../protocol/records";
import { keyFlags, withFlags, type ZoneKey } from "./zoneKey";

/** How a zone is signed: its published keys, the keys that sign, and the dates of signatures. */
export interface SigningPlan {
  readonly published: readonly ZoneKey[];
  /** Keys that sign the DNSKEY RRset. */
  readonly keySigners: readonly ZoneKey[];
  /** Keys that sign everything else. */
  readonly signers: readonly ZoneKey[];
  /** Start and end of validity, in ms from now. */
  readonly inceptionMs: number;
  readonly expirationMs: number;
  /** Key that makes the signatures in place of the keys that they name. */
  readonly forger?: ZoneKey;
  /** Differences for signatures over everything but the DNSKEY RRset. */
  readonly data?: Partial<Pick<SigningPlan, "inceptionMs" | "expirationMs" | "forger">>;
}

/** How a server answers, independent of the contents of its zone. */
export interface Conduct {
  /** Never answers. */
  readonly silent?: true;
  /** Answers every query with this code and no data. */
  readonly rcode?: number;
  /** Record type whose queries are exempt from `rcode`. */
  readonly except?: number;
  /** Answers like the parent of a zone that does not exist. */
  readonly nonexistent?: true;
  /** Refers to the parent's servers, as a server that does not have the zone. */
  readonly lame?: true;
  /** Answers FORMERR to queries with EDNS, and without DNSSEC to others. */
  readonly withoutEdns?: true;
  /** Sets TC in every answer over UDP. */
  readonly truncatesUdp?: true;
  /** Resets connections over TCP. */
  readonly resetsTcp?: true;
  /** Delay of every answer, in ms of real time. */
  readonly delayMs?: number;
}

/** A condition of a test zone or its servers. */
export interface ZoneCondition {
  /** Describes the condition in a few words. */
  readonly summary: string;
  /**
   * Changes how the zone is signed.
   *
   * @param other Returns a foreign key of the same algorithm; always the same key.
   */
  readonly plan?: (plan: SigningPlan, other: () => ZoneKey) => SigningPlan;
  readonly conduct?: Conduct;
  /** Condition of the servers after the first. Default: the same. */
  readonly others?: ZoneConditionName;
}

export type ZoneConditionName = keyof typeof conditionTable;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Age at which a served zone is signed again, in ms, so that a healthy zone stays healthy. */
export const maxSignatureAgeMs = dayMs;

/** Distance of invalid dates from now, in ms. Unbound tolerates up to a day. */
const outsideSkewMs = 3 * dayMs;

const isSep = ({ flags }: ZoneKey) => (flags & keyFlags.sep) !== 0;

/** Replaces the key-signing keys by another key, also for other data if no other key signs it. */
function replaceSigners(plan: SigningPlan, other: ZoneKey): Partial<SigningPlan> {
  const rest = plan.signers.filter((key) => !plan.keySigners.includes(key));
  return { keySigners: [other], signers: rest.length > 0 ? rest : [other] };
}

const conditionTable = {
  healthy: { summary: "signed by its keys" },
  expired: {
    summary: "the signatures expired three days ago",
    plan: (plan) => ({ ...plan, inceptionMs: -30 * dayMs, expirationMs: -outsideSkewMs }),
  },
  notYetValid: {
    summary: "the signatures become valid in three days",
    plan: (plan) => ({ ...plan, inceptionMs: outsideSkewMs, expirationMs: 30 * dayMs }),
  },
  expiring: {
    summary: "the signatures expire in an hour",
    plan: (plan) => ({ ...plan, inceptionMs: -29 * dayMs, expirationMs: hourMs }),
  },
  unpublished: {
    summary: "another key replaces the key-signing keys, which are not in the DNSKEY RRset",
    plan: (plan, other) => ({
      ...plan,
      published: [other(), ...plan.published.filter((key) => !isSep(key) && !plan.keySigners.includes(key))],
      ...replaceSigners(plan, other()),
    }),
  },
  notSigning: {
    summary: "the key-signing keys are in the DNSKEY RRset, but only another key signs it",
    plan: (plan, other) => ({
      ...plan,
      published: [...plan.published, other()],
      ...replaceSigners(plan, other()),
    }),
  },
  wrongKey: {
    summary: "the signatures name the zone's keys, but another key made them",
    plan: (plan, other) => ({ ...plan, forger: other() }),
  },
  revoked: {
    summary: "the key-signing keys are revoked (RFC 5011); another key signs beside them",
    plan: (plan, other) => {
      const revoked = (key: ZoneKey) => (isSep(key) ? withFlags(key, key.flags | keyFlags.revoke) : key);
      return {
        ...plan,
        published: [...plan.published.map(revoked), other()],
        keySigners: [...plan.keySigners.map(revoked), other()],
        signers: replaceSigners(plan, other()).signers ?? [],
      };
    },
  },
  unsigned: {
    summary: "no keys, no signatures",
    plan: (plan) => ({ ...plan, published: [], keySigners: [], signers: [] }),
  },
  stripped: {
    summary: "the keys are published, but nothing is signed",
    plan: (plan) => ({ ...plan, keySigners: [], signers: [] }),
  },
  dataUnsigned: {
    summary: "only the DNSKEY RRset is signed",
    plan: (plan) => ({ ...plan, signers: [] }),
  },
  dataExpired: {
    summary: "the signatures over everything but the DNSKEY RRset expired three days ago",
    plan: (plan) => ({ ...plan, data: { inceptionMs: -30 * dayMs, expirationMs: -outsideSkewMs } }),
  },
  dataNotYetValid: {
    summary: "the signatures over everything but the DNSKEY RRset become valid in three days",
    plan: (plan) => ({ ...plan, data: { inceptionMs: outsideSkewMs, expirationMs: 30 * dayMs } }),
  },
  dataExpiring: {
    summary: "the signatures over everything but the DNSKEY RRset expire in an hour",
    plan: (plan) => ({ ...plan, data: { inceptionMs: -29 * dayMs, expirationMs: hourMs } }),
  },
  dataWrongKey: {
    summary: "another key made the signatures over everything but the DNSKEY RRset",
    plan: (plan, other) => ({ ...plan, data: { forger: other() } }),
  },
  dataKeyUnpublished: {
    summary: "a key that is not in the DNSKEY RRset signs everything else",
    plan: (plan, other) => ({ ...plan, signers: [other()] }),
  },
  dataStaleServer: {
    summary: "the first server is healthy; the others sign only the DNSKEY RRset",
    others: "dataUnsigned",
  },
  keysOnly: {
    summary: "SERVFAIL to every query except for the keys",
    conduct: { rcode: responseCodes.SERVFAIL, except: recordTypes.DNSKEY },
  },
  staleServer: {
    summary: "the first server is healthy; the others do not have the key-signing keys",
    others: "unpublished",
  },
  truncated: {
    summary: "answers over UDP are truncated; TCP works",
    conduct: { truncatesUdp: true },
  },
  tcpBlocked: {
    summary: "answers over UDP are truncated; TCP is reset",
    conduct: { truncatesUdp: true, resetsTcp: true },
  },
  silent: { summary: "no answer", conduct: { silent: true } },
  refused: { summary: "REFUSED", conduct: { rcode: responseCodes.REFUSED } },
  servfail: { summary: "SERVFAIL", conduct: { rcode: responseCodes.SERVFAIL } },
  lame: { summary: "a referral to the parent, without authority", conduct: { lame: true } },
  nonexistent: { summary: "NXDOMAIN for the zone's name", conduct: { nonexistent: true } },
  formerr: {
    summary: "FORMERR to queries with EDNS; others are answered without DNSSEC",
    conduct: { withoutEdns: true },
  },
  slow: { summary: "an answer after a second", conduct: { delayMs: 1000 } },
} as const satisfies Record<string, ConditionRow>;

interface ConditionRow extends Omit<ZoneCondition, "others"> {
  readonly others?: string;
}

/** Conditions of test zones, by name. */
export const zoneConditions: Readonly<Record<ZoneConditionName, ZoneCondition>> = conditionTable;

/** Plans the signatures of a healthy zone: valid since yesterday, for two more weeks. */
export function planSigning(keys: readonly ZoneKey[]): SigningPlan {
  const published = keys.filter((key) => key.published);
  const signing = published.filter((key) => key.signing);
  const seps = signing.filter(isSep);
  const others = signing.filter((key) => !isSep(key));
  return {
    published,
    keySigners: seps.length > 0 ? seps : others,
    signers: others.length > 0 ? others : seps,
    inceptionMs: -dayMs,
    expirationMs: 14 * dayMs,
  };
}
