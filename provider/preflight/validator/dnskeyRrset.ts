import type { ApexAnswer } from "../../dns/answers";
import { sortCanonically, withoutDuplicates } from "../../dnssec/canonicalForm";
import { canonicalWireName } from "../../dnssec/name";
import type { ServerFinding } from "./findings";
import { readPublishedKey, type PublishedKey } from "./publishedKey";
import { readRrsig, type Rrsig } from "./rrsig";

/** A server's DNSKEY RRset, and the signatures over it. */
export interface DnskeyRrset {
  readonly domainName: string;
  /** The domain in canonical wire form. */
  readonly owner: Buffer;
  /** Number of labels of the domain. */
  readonly labels: number;
  /** The keys in the server's order. */
  readonly keys: readonly PublishedKey[];
  /** The keys' RDATA in canonical order. */
  readonly rrset: readonly Buffer[];
  /** The signatures in the server's order. */
  readonly signatures: readonly Rrsig[];
}

/**
 * Reads the DNSKEY RRset in a server's answer. Never throws.
 *
 * @returns RECORD_MALFORMED if a record makes BIND discard the whole answer, as was measured.
 */
export function readDnskeyRrset(domainName: string, answer: ApexAnswer): DnskeyRrset | ServerFinding {
  const keys = allOf(withoutDuplicates(answer.keys).map(readPublishedKey));
  if (keys === undefined) return malformed("a DNSKEY record that is cut short");
  const signatures = allOf(withoutDuplicates(answer.signatures).map(readRrsig));
  if (signatures === undefined) return malformed("an RRSIG record that is cut short");
  const labels = domainName.split(".").length;
  if (signatures.some((signature) => signature.labels < labels)) {
    return malformed("an RRSIG record with fewer labels than the domain, as if from a wildcard");
  }
  const owner = canonicalWireName(domainName);
  return { domainName, owner, labels, keys, rrset: sortCanonically(answer.keys), signatures };
}

function allOf<T>(records: readonly (T | undefined)[]): readonly T[] | undefined {
  const whole = records.filter((record): record is T => record !== undefined);
  return whole.length === records.length ? whole : undefined;
}

/** Returns the finding for an answer that validators discard because of one record. */
export function malformed(record: string): ServerFinding {
  const text = `its answer has ${record}: validators such as BIND discard the whole answer`;
  return { code: "RECORD_MALFORMED", text };
}
