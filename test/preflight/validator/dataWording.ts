import type { ApexData, ApexAnswer } from "../../../provider/dns/answers";
import type { VerdictCode } from "../../../provider/preflight/verdictCodes";
import { dsOf, flipped, rrsig, types, type ForgedKey, type SignatureOptions } from "./forge";
import {
  alsoPublished,
  chain,
  days,
  declared,
  good,
  key,
  now,
  one,
  signer,
  tag,
  two,
  zone,
  type WordedRow,
} from "./verdictWording";
import { dataBy, soa } from "./zones";

const dataFrom = (from: number, to: number, options: SignatureOptions = {}): ApexData => {
  const dates = { inception: days(from), expiration: days(to) };
  return {
    soa: [soa],
    signatures: [rrsig(zone, [soa], signer, now, { type: types.SOA, ...dates, ...options })],
  };
};
/** The keys are right, but the data that they sign is not. */
export const dataTable = tableOfData();

function tableOfData(): readonly WordedRow[] {
  const over = `the RRSIG over the SOA record by ${key}`;
  const valid = "from 2026-11-24T12:00:00Z to 2026-12-08T12:00:00Z";
  const row = (title: string, data: ApexAnswer["data"], code: VerdictCode, text: string): WordedRow => ({
    title: `data: ${title}`,
    answers: [good(one, data)],
    status: "bogus",
    reasons: [[code, `${one}: ${text}`, one]],
  });
  const by = (other: ForgedKey): ApexData => dataBy(zone, now, other);
  return [
    row(
      "not signed",
      { soa: [soa], signatures: [] },
      "DATA_UNSIGNED",
      "the zone's keys are signed, but its data is not: the SOA record has no RRSIG. The whole zone must be signed",
    ),
    row(
      "not there",
      { soa: [], signatures: [] },
      "DATA_MISSING",
      "it sends the zone's keys, but answers that the zone has no SOA record",
    ),
    row(
      "signed by a key that is not published",
      by({ rdata: alsoPublished, sign: () => Buffer.alloc(64) }),
      "DATA_KEY_NOT_PUBLISHED",
      `the SOA record has RRSIGs by key 20326, but the zone publishes key ${tag}: the key that signs the data is missing from the DNSKEY RRset`,
    ),
    row(
      "expired",
      dataFrom(-14, -1),
      "DATA_SIGNATURE_EXPIRED",
      `${over} was valid from 2026-11-11T12:00:00Z and expired at 2026-11-24T12:00:00Z: the zone must be signed again`,
    ),
    row(
      "not valid yet",
      dataFrom(1, 14),
      "DATA_SIGNATURE_NOT_YET_VALID",
      `${over} is valid only from 2026-11-26T12:00:00Z to 2026-12-09T12:00:00Z: a clock may be wrong`,
    ),
    row(
      "changed",
      dataFrom(-1, 13, { mangled: flipped }),
      "DATA_SIGNATURE_INVALID",
      `${over}, ${valid}, does not verify over the served record: the zone must be signed again`,
    ),
    row(
      "a valid signature behind one that has expired",
      { soa: [soa], signatures: [...dataFrom(-14, -1).signatures, ...dataFrom(-1, 13).signatures] },
      "DATA_SIGNATURE_EXPIRED",
      `${over} was valid from 2026-11-11T12:00:00Z and expired at 2026-11-24T12:00:00Z: the zone must be signed again. A valid one follows, which BIND does not reach`,
    ),
    row(
      "two SOA records",
      { soa: [soa, Buffer.concat([soa.subarray(0, -1), Buffer.of(1)])], signatures: [] },
      "RECORD_MALFORMED",
      "its answer has 2 SOA records: validators such as BIND discard the whole answer",
    ),
    {
      title: "data: not signed at one server",
      answers: [good(one), good(two, { soa: [soa], signatures: [] })],
      status: "bogus",
      reasons: [
        [
          "DATA_UNSIGNED",
          `${two}: the zone's keys are signed, but its data is not: the SOA record has no RRSIG. The whole zone must be signed`,
          two,
        ],
      ],
      warnings: [
        ["SOME_SERVERS_VALIDATE", `with ${one} alone the domain would validate`],
        ["SERVERS_DISAGREE", `the servers disagree; ${one}: key ${tag} (secure); ${two}: key ${tag} (bogus)`],
      ],
    },
    {
      title: "data: a server does not send it",
      answers: [good(one), good(two, { unheard: "it answers SERVFAIL" })],
      status: "secure",
      reasons: [["CHAIN_COMPLETE", `${one}: ${chain}`, one]],
      warnings: [
        [
          "DATA_UNHEARD",
          `${two}: it sends the zone's keys, but not its SOA record: it answers SERVFAIL`,
          two,
        ],
      ],
    },
    {
      title: "data: no server sends it",
      answers: [good(one, { unheard: "it answers SERVFAIL" }), good(two, { unheard: "it answers REFUSED" })],
      status: "unknown",
      reasons: [
        [
          "DATA_UNHEARD",
          `${one}: it sends the zone's keys, but not its SOA record: it answers SERVFAIL`,
          one,
        ],
        ["DATA_UNHEARD", `${two}: it sends the zone's keys, but not its SOA record: it answers REFUSED`, two],
      ],
    },
    {
      title: "data: a server does not send it, another does not sign it",
      answers: [good(one, { unheard: "it answers SERVFAIL" }), good(two, { soa: [soa], signatures: [] })],
      status: "bogus",
      reasons: [
        [
          "DATA_UNSIGNED",
          `${two}: the zone's keys are signed, but its data is not: the SOA record has no RRSIG. The whole zone must be signed`,
          two,
        ],
      ],
      warnings: [
        ["SOME_SERVERS_VALIDATE", `with ${one} alone the domain may validate`],
        [
          "DATA_UNHEARD",
          `${one}: it sends the zone's keys, but not its SOA record: it answers SERVFAIL`,
          one,
        ],
        ["SERVERS_DISAGREE", `the servers disagree; ${one}: key ${tag} (secure); ${two}: key ${tag} (bogus)`],
      ],
    },
    {
      title: "data: about to expire",
      answers: [good(one, dataFrom(-12, 2))],
      status: "secure",
      reasons: [["CHAIN_COMPLETE", `${one}: ${chain}`, one]],
      warnings: [
        [
          "DATA_SIGNATURE_EXPIRES_SOON",
          `${one}: the RRSIG over the SOA record expires at 2026-11-27T12:00:00Z, and none is valid for longer`,
          one,
        ],
      ],
    },
    {
      title: "data: not signed, without a DS",
      ds: [],
      answers: [good(one, { soa: [soa], signatures: [] })],
      status: "insecure",
      reasons: [["NO_DS", "without a DS the domain is treated as unsigned"]],
    },
    {
      title: "data: neither keys nor data are right: the keys are reported",
      ds: [dsOf(zone, declared)],
      answers: [good(one, { soa: [soa], signatures: [] })],
      status: "bogus",
      reasons: [
        [
          "KEY_NOT_PUBLISHED",
          `${one}: the zone publishes key ${tag}, but not key 2372, which DS 2372 15 2 (ED25519, SHA-256) names: wrong key, or not published yet`,
          one,
        ],
      ],
    },
  ];
}
