import { canonicalWireName } from "../../dnssec/name";
import type { Keys } from "../../dns/answers";
import { canonicalOrder, distinct } from "../../dnssec/canonicalForm";
import type { Finding } from "./findings";
import { readKey, type PublishedKey } from "./publishedKey";
import { readRrsig, type Rrsig } from "./rrsig";

/** A server's DNSKEY RRset and the signatures over it. */
export interface SignedKeys {
  readonly domainName: string;
  /** Its canonical wire form. */
  readonly owner: Buffer;
  /** How many labels it has. */
  readonly labels: number;
  /** In the server's order. */
  readonly keys: readonly PublishedKey[];
  /** The keys' RDATA in canonical order. */
  readonly rrset: readonly Buffer[];
  /** In the server's order. */
  readonly signatures: readonly Rrsig[];
}

/**
 * Reads a server's answer. RECORD_MALFORMED where BIND, as was measured, discards all of it for one of its records.
 *
 * @throws never, whatever the octets are.
 */
export function readSignedKeys(domainName: string, answer: Keys): SignedKeys | Finding {
  const keys = allOf(distinct(answer.keys).map(readKey));
  if (keys === undefined) return malformed("a DNSKEY record that is cut short");
  const signatures = allOf(distinct(answer.signatures).map(readRrsig));
  if (signatures === undefined) return malformed("an RRSIG record that is cut short");
  const labels = domainName.split(".").length;
  if (signatures.some((signature) => signature.labels < labels)) {
    return malformed("an RRSIG record with fewer labels than the domain, as if made of a wildcard");
  }
  const owner = canonicalWireName(domainName);
  return { domainName, owner, labels, keys, rrset: canonicalOrder(answer.keys), signatures };
}

function allOf<T>(records: readonly (T | undefined)[]): readonly T[] | undefined {
  const whole = records.filter((record): record is T => record !== undefined);
  return whole.length === records.length ? whole : undefined;
}

/** What validators discard a whole answer for. */
export function malformed(what: string): Finding {
  const text = `its answer has ${what}, for which validators such as BIND discard the whole answer`;
  return { code: "RECORD_MALFORMED", text };
}
