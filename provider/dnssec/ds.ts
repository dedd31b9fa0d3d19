import { algorithmNumber, digestTypeNumber } from "./registries";
import { dsFindings } from "./rules";
import { readDecimal, parseZoneLine, syntaxError } from "./zoneLine";

/**
 * The data of a DS record (RFC 4034 section 5.1): `keyTag` 0 to 65535, `algorithm` and `digestType`
 * 0 to 255, `digest` in lower-case hexadecimal.
 */
export interface Ds {
  readonly keyTag: number;
  readonly algorithm: number;
  readonly digestType: number;
  readonly digest: string;
}

/**
 * Reads a DS record as registrars and signers print it: the RDATA, or a whole line of a zone file.
 * The owner of a line is dropped. Any algorithm and digest type within their ranges are accepted.
 *
 * @param text Key tag in decimal, algorithm and digest type in decimal or by name, digest in
 *   hexadecimal of either case. Blanks may split the digest, and so may line breaks within
 *   parentheses.
 * @returns Numbers, and the digest as one run of lower-case hexadecimal.
 * @throws {DnsDataError} DS_SYNTAX for other text, for values out of range, and for a digest of
 *   types 1 to 6 with the wrong length; DOMAIN_NAME_INVALID for an owner that is not a name.
 * @example parseDs("2371 13 2 C988EC42…");
 * // { keyTag: 2371, algorithm: 13, digestType: 2, digest: "c988ec42…" }
 * @see RFC 4034 section 5.3
 */
export function parseDs(text: string): Ds {
  return parseDsRecord(text).ds;
}

/**
 * Reads a DS record as {@link parseDs} does, and its owner as written, if the text has one.
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
 * Writes a DS record as text: numbers in decimal, the digest as one run of lower-case hexadecimal.
 * Never throws for the data of a record, and does not check it.
 *
 * @param ds The digest may be in upper case.
 * @example formatDs(ds); // "2371 13 2 c988ec42…"
 * @see RFC 4034 section 5.3
 */
export function formatDs(ds: Ds): string {
  return `${ds.keyTag} ${ds.algorithm} ${ds.digestType} ${ds.digest.toLowerCase()}`;
}

/**
 * Returns whether two DS records have the same data. The letter case of the digest makes no
 * difference.
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
    keyTag: readDecimal(keyTag),
    algorithm: algorithmNumber(algorithm) ?? readDecimal(algorithm),
    digestType: digestTypeNumber(digestType ?? "") ?? readDecimal(digestType),
    digest: digest.join("").toLowerCase(),
  };
  const problem = dsFindings(ds).find(({ tier }) => tier === "syntax");
  if (problem !== undefined) throw syntaxError("DS", problem.message);
  return ds as Ds;
}
