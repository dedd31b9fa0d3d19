import type { Dnskey } from "../../dnssec/dnskey";
import type { Ds } from "../../dnssec/ds";
import { listed } from "../../wording/listed";
import { algorithmName, digestTypeName } from "../../dnssec/registries";
import type { PublishedKey } from "./publishedKey";
import { momentOf } from "./rrsig";

/** "2371 13 2 (ECDSAP256SHA256, SHA-256)" */
export function dsText({ keyTag, algorithm, digestType }: Ds): string {
  const names = `${algorithmName(algorithm)}, ${digestTypeName(digestType)}`;
  return `DS ${keyTag} ${algorithm} ${digestType} (${names})`;
}

/** "key 2371 (ECDSAP256SHA256)" */
export function keyText({ tag, algorithm }: PublishedKey): string {
  return `key ${tag} (${algorithmName(algorithm)})`;
}

/** "key 2371", "keys 2371 and 20326", at most eight of them; "no keys" */
export function keysText(tags: readonly number[]): string {
  if (tags.length === 0) return "no keys";
  return `${tags.length === 1 ? "key" : "keys"} ${listed(tags.map(String))}`;
}

/** "flags 257, protocol 3" */
export function flagsText({ flags, protocol }: Dnskey): string {
  return `flags ${flags}, protocol ${protocol}`;
}

/** A date of a signature in ISO form: "2026-12-04T03:00:00Z" */
export function dateText(serial: number, now: number): string {
  return new Date(momentOf(serial, now)).toISOString().replace(".000Z", "Z");
}
