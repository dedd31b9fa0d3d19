import type { Dnskey } from "../../dnssec/dnskey";
import type { Ds } from "../../dnssec/ds";
import { listed } from "../../wording/listed";
import { algorithmName, digestTypeName } from "../../dnssec/registries";
import type { PublishedKey } from "./publishedKey";
import { momentOf } from "./rrsig";

/** Returns "DS 2371 13 2 (ECDSAP256SHA256, SHA-256)". */
export function dsText({ keyTag, algorithm, digestType }: Ds): string {
  const names = `${algorithmName(algorithm)}, ${digestTypeName(digestType)}`;
  return `DS ${keyTag} ${algorithm} ${digestType} (${names})`;
}

/** Returns "key 2371 (ECDSAP256SHA256)". */
export function keyText({ tag, algorithm }: PublishedKey): string {
  return `key ${tag} (${algorithmName(algorithm)})`;
}

/** Returns "no keys", "key 2371", or "keys 2371 and 20326" with at most eight tags. */
export function keysText(tags: readonly number[]): string {
  if (tags.length === 0) return "no keys";
  return `${tags.length === 1 ? "key" : "keys"} ${listed(tags.map(String))}`;
}

/** Returns "flags 257, protocol 3". */
export function flagsText({ flags, protocol }: Dnskey): string {
  return `flags ${flags}, protocol ${protocol}`;
}

/** Returns a date of a signature in ISO form, such as "2026-12-04T03:00:00Z". */
export function dateText(serial: number, now: number): string {
  return new Date(momentOf(serial, now)).toISOString().replace(".000Z", "Z");
}
