import { recordTypes, responseCodes } from "../protocol/records";
import { flagBits, withFlags, type ZoneKey } from "./zoneKey";

/** Which keys a zone publishes, which sign the DNSKEY RRset and which the rest, and when signatures are valid. */
export interface SigningPlan {
  readonly published: readonly ZoneKey[];
  readonly keySigners: readonly ZoneKey[];
  readonly signers: readonly ZoneKey[];
  /** Milliseconds from now. */
  readonly inceptionMs: number;
  readonly expirationMs: number;
  /** Makes the signatures in the place of the keys that they name. */
  readonly forger?: ZoneKey;
  /** What differs for the signatures over everything but the DNSKEY RRset. */
  readonly data?: Partial<Pick<SigningPlan, "inceptionMs" | "expirationMs" | "forger">>;
}

/** How a server answers for a zone, whatever is in it. */
export interface Conduct {
  /** It answers nothing at all. */
  readonly silent?: true;
  /** It answers every question with this code, and with no data. */
  readonly rcode?: number;
  /** Questions for this type are the only ones to which it does not answer with that code. */
  readonly except?: number;
  /** The zone does not exist there: the parent says so. */
  readonly nonexistent?: true;
  /** It refers to the parent's servers, as if it did not know the zone. */
  readonly lame?: true;
  /** FORMERR to whoever speaks EDNS; an answer without DNSSEC to others. */
  readonly withoutEdns?: true;
  /** TC in every answer over UDP. */
  readonly truncatesUdp?: true;
  /** Connections over TCP are reset. */
  readonly resetsTcp?: true;
  /** Milliseconds of real time before each answer. */
  readonly delayMs?: number;
}

/** What is peculiar to a zone in a condition. */
export interface ZoneCondition {
  readonly summary: string;
  /** @param other Gives a key that is none of the zone's, of the same algorithm: always the same. */
  readonly plan?: (plan: SigningPlan, other: () => ZoneKey) => SigningPlan;
  readonly conduct?: Conduct;
  /** The condition of the servers after the first, where it differs. */
  readonly others?: ZoneConditionName;
}

export type ZoneConditionName = keyof typeof conditionTable;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Unbound lets a signature's dates be off by up to a day. */
const beyondSkewMs = 3 * dayMs;

const isSep = ({ flags }: ZoneKey) => (flags & flagBits.sep) !== 0;

/** The key-signing keys are another, and so are signatures where there are no others to make them. */
function replaced(plan: SigningPlan, other: ZoneKey): Partial<SigningPlan> {
  const rest = plan.signers.filter((key) => !plan.keySigners.includes(key));
  return { keySigners: [other], signers: rest.length > 0 ? rest : [other] };
}

const conditionTable = {
  healthy: { summary: "signed by its keys" },
  expired: {
    summary: "the signatures expired three days ago",
    plan: (plan) => ({ ...plan, inceptionMs: -30 * dayMs, expirationMs: -beyondSkewMs }),
  },
  notYetValid: {
    summary: "the signatures are valid in three days' time",
    plan: (plan) => ({ ...plan, inceptionMs: beyondSkewMs, expirationMs: 30 * dayMs }),
  },
  expiring: {
    summary: "the signatures expire in an hour",
    plan: (plan) => ({ ...plan, inceptionMs: -29 * dayMs, expirationMs: hourMs }),
  },
  unpublished: {
    summary: "another key has taken the place of the key-signing keys: they are not in the DNSKEY RRset",
    plan: (plan, other) => ({
      ...plan,
      published: [other(), ...plan.published.filter((key) => !isSep(key) && !plan.keySigners.includes(key))],
      ...replaced(plan, other()),
    }),
  },
  notSigning: {
    summary: "the key-signing keys are in the DNSKEY RRset, and only another key signs it",
    plan: (plan, other) => ({
      ...plan,
      published: [...plan.published, other()],
      ...replaced(plan, other()),
    }),
  },
  wrongKey: {
    summary: "the signatures name its keys, and were made with another",
    plan: (plan, other) => ({ ...plan, forger: other() }),
  },
  revoked: {
    summary: "the key-signing keys are revoked (RFC 5011); another key signs beside them",
    plan: (plan, other) => {
      const revoked = (key: ZoneKey) => (isSep(key) ? withFlags(key, key.flags | flagBits.revoke) : key);
      return {
        ...plan,
        published: [...plan.published.map(revoked), other()],
        keySigners: [...plan.keySigners.map(revoked), other()],
        signers: replaced(plan, other()).signers ?? [],
      };
    },
  },
  unsigned: {
    summary: "no keys, no signatures",
    plan: (plan) => ({ ...plan, published: [], keySigners: [], signers: [] }),
  },
  stripped: {
    summary: "the keys are published, and nothing is signed",
    plan: (plan) => ({ ...plan, keySigners: [], signers: [] }),
  },
  dataUnsigned: {
    summary: "the DNSKEY RRset is signed, and nothing else",
    plan: (plan) => ({ ...plan, signers: [] }),
  },
  dataExpired: {
    summary: "the signatures over everything but the DNSKEY RRset expired three days ago",
    plan: (plan) => ({ ...plan, data: { inceptionMs: -30 * dayMs, expirationMs: -beyondSkewMs } }),
  },
  dataNotYetValid: {
    summary: "the signatures over everything but the DNSKEY RRset are valid in three days' time",
    plan: (plan) => ({ ...plan, data: { inceptionMs: beyondSkewMs, expirationMs: 30 * dayMs } }),
  },
  dataExpiring: {
    summary: "the signatures over everything but the DNSKEY RRset expire in an hour",
    plan: (plan) => ({ ...plan, data: { inceptionMs: -29 * dayMs, expirationMs: hourMs } }),
  },
  dataWrongKey: {
    summary: "the signatures over everything but the DNSKEY RRset were made with another key than they name",
    plan: (plan, other) => ({ ...plan, data: { forger: other() } }),
  },
  dataKeyUnpublished: {
    summary: "a key that is not in the DNSKEY RRset signs everything else",
    plan: (plan, other) => ({ ...plan, signers: [other()] }),
  },
  dataStaleServer: {
    summary: "the first server is healthy; the others have the keys signed, and nothing else",
    others: "dataUnsigned",
  },
  keysOnly: {
    summary: "SERVFAIL to every question but the one for the keys",
    conduct: { rcode: responseCodes.SERVFAIL, except: recordTypes.DNSKEY },
  },
  staleServer: {
    summary: "the first server is healthy; the others do not have the zone's key-signing keys",
    others: "unpublished",
  },
  truncated: {
    summary: "answers over UDP are truncated; TCP has them",
    conduct: { truncatesUdp: true },
  },
  tcpBlocked: {
    summary: "answers over UDP are truncated, and TCP is reset",
    conduct: { truncatesUdp: true, resetsTcp: true },
  },
  silent: { summary: "no answer", conduct: { silent: true } },
  refused: { summary: "REFUSED", conduct: { rcode: responseCodes.REFUSED } },
  servfail: { summary: "SERVFAIL", conduct: { rcode: responseCodes.SERVFAIL } },
  lame: { summary: "a referral to the parent, without authority", conduct: { lame: true } },
  nonexistent: { summary: "NXDOMAIN for the zone's name", conduct: { nonexistent: true } },
  formerr: {
    summary: "FORMERR to a question with EDNS, an answer without DNSSEC to one without",
    conduct: { withoutEdns: true },
  },
  slow: { summary: "an answer after a second", conduct: { delayMs: 1000 } },
} as const satisfies Record<string, ConditionRow>;

interface ConditionRow extends Omit<ZoneCondition, "others"> {
  readonly others?: string;
}

/** The conditions in which a test zone can be, by name. */
export const zoneConditions: Readonly<Record<ZoneConditionName, ZoneCondition>> = conditionTable;

/** The plan of a zone in good health, valid from yesterday for two weeks. */
export function signingPlan(keys: readonly ZoneKey[]): SigningPlan {
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
