import { dnskey, domainName, ds, fields, sha256 } from "../exampleRecord";
import type { Refusal } from "./refusal";

const valid = { domainName, ...fields };
const labels =
  "A domain name has two or more labels of letters (of any script), digits and hyphens, such as example.com";

/** Characters that copied text may contain, by their names in messages. */
const characters: Readonly<Record<string, string>> = {
  "U+00A0": "\u00a0",
  "U+00AD": "\u00ad",
  "U+200B": "\u200b",
  "U+200E": "\u200e",
  "U+202F": "\u202f",
  "U+2060": "\u2060",
  "U+3000": "\u3000",
  "U+FEFF": "\ufeff",
  "U+E0020": "\u{e0020}",
};

function rowsOf(name: string, character: string): Refusal[] {
  const at = (place: number) => `it has an invisible character, ${name}, at position ${place}`;
  const escaped = character.length > 1 ? "\\u{e0020}" : `\\u${name.slice(2).toLowerCase()}`;
  return [
    [
      `${name} in domainName`,
      { ...valid, domainName: `exam${character}ple.com` },
      "domainName",
      `"exam${escaped}ple.com" is not a domain name: ${at(5)}. ${labels}`,
    ],
    [`${name} in keyTag`, { ...valid, keyTag: `2371${character}` }, "keyTag", `keyTag: ${at(5)}`],
    [`${name} in algorithm`, { ...valid, algorithm: `${character}13` }, "algorithm", `algorithm: ${at(1)}`],
    [
      `${name} in digestType`,
      { ...valid, digestType: `SHA${character}256` },
      "digestType",
      `digestType: ${at(4)}`,
    ],
    [`${name} in digest`, { ...valid, digest: `${sha256}${character}` }, "digest", `digest: ${at(65)}`],
    [`${name} in ds`, { domainName, ds: ds.replace(" ", character) }, "ds", `not a DS record: ${at(5)}`],
    [
      `${name} in dnskey`,
      { domainName, dnskey: `${character}${dnskey}` },
      "dnskey",
      `not a DNSKEY record: ${at(1)}`,
    ],
    [
      `${name} in nameServers`,
      { ...valid, nameServers: ["192.0.2.1", `192.0.2.2${character}`] },
      "nameServers",
      `nameServers: ${at(10)} (entry 2)`,
    ],
    [
      `${name} in parentNameServers`,
      { ...valid, parentNameServers: [`${character}2001:db8::1`] },
      "parentNameServers",
      `parentNameServers: ${at(1)} (entry 1)`,
    ],
    [`${name} in preflight`, { ...valid, preflight: `off${character}` }, "preflight", `preflight: ${at(4)}`],
    [
      `${name} in onConflict`,
      { ...valid, onConflict: `${character}fail` },
      "onConflict",
      `onConflict: ${at(1)}`,
    ],
  ];
}

export const invisible: readonly Refusal[] = Object.entries(characters).flatMap((entry) => rowsOf(...entry));
