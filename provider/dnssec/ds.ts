import { algorithmNumber, digestTypeNumber } from "./registries";
import { dsFindings } from "./rules";
import { decimal, parseZoneLine, syntaxError } from "./zoneLine";

/**
 * The data of a DS record (RFC 4034 section 5.1): `keyTag` 0 to 65535, `algorithm` and `digestType` 0 to 255, `digest`
 * in lower-case hexadecimal.
 */
export interface Ds {
  readonly keyTag: number;
  readonly algorithm: number;
  readonly digestType: number;
  readonly digest: string;
}

/**
 * Reads a DS record as registrars and signers print it: the RDATA, or a whole zone-file line, whose owner is dropped
 * (see {@link parseDsRecord}).
 *
 * @param text Key tag in decimal, algorithm and digest type in decimal or by name, digest in hexadecimal of either case,
 *   which may be split by blanks, and by line breaks within parentheses.
 * @throws {DnsDataError} DS_SYNTAX for anything else, out of range, or a digest of types 1 to 6 of the wrong length;
 *   DOMAIN_NAME_INVALID for an owner that is no name. Algorithms and digest types are not judged.
 * @example parseDs("2371 13 2 C988EC42…"); // { keyTag: 2371, algorithm: 13, digestType: 2, digest: "c988ec42…" }
 * @see RFC 4034 section 5.3
 */
export function parseDs(text: string): Ds {
  return parseDsRecord(text).ds;
}

/**
 * Reads a DS record as {@link parseDs} does, with the owner as it is written, where there is one.
 *
 * @throws {DnsDataError} as {@link parseDs} does.
 * @example parseDsRecord("example.com. 3600 IN DS 2371 13 2 C988EC42…").owner; // "example.com."
 * @see RFC 1035 section 5.1
 */
export function parseDsRecord(text: string): { owner?: string; ds: Ds } {
  const { owner, rdata } = parseZoneLine(text, "DS");
  const ds = dsOfFields(rdata);
  return owner === undefined ? { ds } : { owner, ds };
}

/**
 * The one text form of a DS record: numbers in decimal, the digest as one run of lower-case hexadecimal.
 *
 * @example formatDs(ds); // "2371 13 2 c988ec42…"
 * @see RFC 4034 section 5.3
 */
export function formatDs(ds: Ds): string {
  return `${ds.keyTag} ${ds.algorithm} ${ds.digestType} ${ds.digest.toLowerCase()}`;
}

/**
 * Whether two DS records hold the same data; the letter case of the digest makes no difference.
 *
 * @example sameDs(ds, { ...ds, digest: ds.digest.toUpperCase() }); // true
 * @see RFC 4034 section 5.3
 */
export function sameDs(a: Ds, b: Ds): boolean {
  return formatDs(a) === formatDs(b);
}

function dsOfFields([keyTag, algorithm, digestType, ...digest]: readonly string[]): Ds {
  if (algorithm === undefined || digest.length === 0) {
    throw syntaxError("DS", "key tag, algorithm, digest type and digest are needed");
  }
  const ds = {
    keyTag: decimal(keyTag),
    algorithm: algorithmNumber(algorithm) ?? decimal(algorithm),
    digestType: digestTypeNumber(digestType ?? "") ?? decimal(digestType),
    digest: digest.join("").toLowerCase(),
  };
  const problem = dsFindings(ds).find(({ tier }) => tier === "syntax");
  if (problem !== undefined) throw syntaxError("DS", problem.message);
  return ds as Ds;
}
