import { DnsDataError } from "./dnsDataError";
import { invisibleFault } from "./invisible";
import { canonicalWireName, meaningfulInNames } from "./name";
import { quoted } from "./quoted";
import { maxTtlSeconds, recordTypes } from "./recordTypes";

/** A record type that can be read from text. */
export type RecordType = "DS" | "DNSKEY";

/**
 * A record of a zone file: its owner as written, if the text has one, and the fields of its RDATA.
 */
export interface ZoneLine {
  readonly owner?: string;
  readonly rdata: readonly string[];
}

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 };
/** Keywords by their generic spelling, such as TYPE43 (RFC 3597 section 5). */
const genericKeywords: ReadonlyMap<string, string> = new Map(
  (["DS", "DNSKEY", "CDS", "CDNSKEY"] as const).map((keyword) => [`TYPE${recordTypes[keyword]}`, keyword]),
);
const typeKeywords =
  /^(DS|DNSKEY|CDS|CDNSKEY|DLV|KEY|RRSIG|NSEC|NSEC3|NSEC3PARAM|SOA|NS|A|AAAA|CNAME|MX|TXT|CAA|TLSA|TYPE\d+)$/i;

const lexemes = /\n|[ \t\v\f]+|;[^\n]*|[()"]|(?:\\[^\n]|[^ \t\v\f\n;()"\\])+|\\/g;

/** The labels that PowerDNS prints before a record: `DS = ` and `CSK DNSKEY = `. */
const label = /^\s*(?:[A-Z]+\s+)?(?:DS|DNSKEY)\s*=\s+/;

/**
 * Reads one record in the form of zone files, `[owner] [TTL] [class] TYPE RDATA`. Text without a
 * type keyword is RDATA alone. TTL (in seconds, or in BIND's units such as "1h30m") and class (IN)
 * may come in any order, keywords in any case. Parentheses continue a record on the next line. A
 * semicolon begins a comment. `TYPE43` and `\# 36 09f2…` of RFC 3597 are read like the plain forms.
 * PowerDNS's labels `DS = ` and `CSK DNSKEY = ` before the owner are dropped.
 *
 * An owner without trailing dot is absolute. A first field that could be a TTL or a class is one,
 * not an owner.
 *
 * @throws {DnsDataError} DS_SYNTAX or DNSKEY_SYNTAX, by `type`, for no record or several, another
 *   type or class, "@", a directive, quotes, or unbalanced parentheses; DOMAIN_NAME_INVALID for an
 *   owner that is not a name.
 * @example parseZoneLine("example.com. 1h IN DS 1 13 2 ab", "DS");
 * // { owner: "example.com.", rdata: ["1", "13", "2", "ab"] }
 * @see RFC 1035 section 5.1, RFC 3597 section 5
 */
export function parseZoneLine(text: string, type: RecordType): ZoneLine {
  const { owner, before, keyword, rdata } = locateType(readOnlyRecord(text, type));
  if (keyword !== undefined && keyword !== type) {
    throw syntaxError(type, `this is a ${keyword} record, a ${type} record is needed`);
  }
  const otherClass = before.find((field) => isClass(field) && !/^(IN|CLASS1)$/i.test(field));
  if (otherClass !== undefined) throw syntaxError(type, `class ${quoted(otherClass)}: only IN is allowed`);
  const invisible = rdata.map((field) => invisibleFault(field)).find((fault) => fault !== undefined);
  if (invisible !== undefined) throw syntaxError(type, invisible);
  const fields = { rdata: rdata[0] === "\\#" ? readPlainFields(rdata, type) : rdata };
  if (owner === undefined) return fields;
  checkOwner(owner, type);
  return { owner, ...fields };
}

/** Returns the error for text that is not such a record: DS_SYNTAX or DNSKEY_SYNTAX. */
export function syntaxError(type: RecordType, problem: string): DnsDataError {
  return new DnsDataError(`${type}_SYNTAX`, `not a ${type} record: ${problem}`);
}

/**
 * Returns decimal text as a number, leading zeros allowed. Other text is unchanged, for the range
 * check to quote.
 */
export function readDecimal(field: string | undefined): number | string | undefined {
  return field !== undefined && /^\d+$/.test(field) ? Number(field) : field;
}

function readOnlyRecord(text: string, type: RecordType): readonly string[] {
  if (typeof text !== "string") throw syntaxError(type, `it must be text, got ${quoted(text)}`);
  const [record, ...others] = splitRecords(text, type);
  if (record === undefined) throw syntaxError(type, "the text is empty");
  if (others.length > 0) {
    throw syntaxError(
      type,
      `the text has ${others.length + 1} lines: give one record, and put parentheses around RDATA that takes several lines`,
    );
  }
  const equals = record.indexOf("=");
  if (equals >= 0 && equals < 3) {
    throw syntaxError(type, `drop ${quoted(record.slice(0, equals + 1).join(" "))} before the record`);
  }
  if (record[0]?.startsWith("$")) throw syntaxError(type, `${quoted(record[0])} is a directive`);
  return record;
}

function splitRecords(text: string, type: RecordType): readonly (readonly string[])[] {
  const lines: string[][] = [[]];
  let depth = 0;
  for (const lexeme of readLexemes(text.replace(/\r\n?/g, "\n"), type)) {
    if (lexeme === '"') throw syntaxError(type, "it has a quotation mark");
    if (lexeme === "\\") throw syntaxError(type, "a backslash ends the line");
    if (lexeme === "(") depth += 1;
    else if (lexeme === ")") depth -= 1;
    else if (lexeme === "\n" && depth === 0) lines.push([]);
    else if (!/^[ \t\v\f\n;]/.test(lexeme)) lines.at(-1)?.push(lexeme);
    if (depth < 0) throw syntaxError(type, "a closing parenthesis has no opening one");
  }
  if (depth > 0) throw syntaxError(type, "an opening parenthesis has no closing one");
  return lines.filter((line) => line.length > 0);
}

/** Splits a text into lexemes. Only comments may have invisible characters. */
function readLexemes(text: string, type: RecordType): readonly string[] {
  const shown = split(text).map((lexeme) => (lexeme.startsWith(";") ? " ".repeat(lexeme.length) : lexeme));
  const fault = invisibleFault(shown.join(""), meaningfulInNames);
  if (fault !== undefined) throw syntaxError(type, fault);
  return split(text.replace(label, ""));
}

function split(text: string): readonly string[] {
  return [...text.matchAll(lexemes)].map(([lexeme]) => lexeme);
}

interface Located {
  readonly owner?: string | undefined;
  readonly before: readonly string[];
  readonly keyword?: string;
  readonly rdata: readonly string[];
}

/**
 * Finds the type keyword from the right, so that an owner may be named "ds". At most owner, TTL and
 * class precede it.
 */
function locateType(fields: readonly string[]): Located {
  for (const index of [3, 2, 1, 0]) {
    const keyword = typeKeyword(fields[index]);
    if (keyword === undefined) continue;
    const [first, ...others] = fields.slice(0, index);
    const rdata = fields.slice(index + 1);
    if (first === undefined || isTtlAndClass([first, ...others])) {
      return { before: fields.slice(0, index), keyword, rdata };
    }
    if (isTtlAndClass(others)) return { owner: first, before: others, keyword, rdata };
  }
  return { before: [], rdata: fields };
}

function typeKeyword(field = ""): string | undefined {
  if (!typeKeywords.test(field)) return undefined;
  const keyword = field.toUpperCase();
  return genericKeywords.get(keyword) ?? keyword;
}

function isTtlAndClass(fields: readonly string[]): boolean {
  const ttls = fields.filter(isTtl).length;
  const classes = fields.filter(isClass).length;
  return ttls <= 1 && classes <= 1 && ttls + classes === fields.length;
}

function isClass(field: string): boolean {
  return /^(IN|CH|HS|NONE|ANY|CLASS\d+)$/i.test(field);
}

function isTtl(field: string): boolean {
  if (!/^(\d+|(\d+[smhdw])+)$/i.test(field)) return false;
  const parts = [...field.toLowerCase().matchAll(/(\d+)([smhdw]?)/g)];
  const seconds = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (secondsOf[unit ?? ""] ?? 1),
    0,
  );
  return seconds <= maxTtlSeconds;
}

function checkOwner(owner: string, type: RecordType): void {
  if (owner === "@") {
    throw syntaxError(
      type,
      'the owner "@" stands for an origin, which is unknown here: write the whole name',
    );
  }
  canonicalWireName(owner);
}

/**
 * Returns the plain form of RDATA written as `\# length hex` (RFC 3597 section 5). Both DS and
 * DNSKEY have 16 bits, two octets and a rest.
 */
function readPlainFields([, length, ...hex]: readonly string[], type: RecordType): readonly string[] {
  const octets = Buffer.from(hex.join(""), "hex");
  if (octets.toString("hex") !== hex.join("").toLowerCase() || readDecimal(length) !== octets.length) {
    throw syntaxError(type, `after \\# the length in octets and that many octets in hexadecimal are needed`);
  }
  if (octets.length < 5)
    throw syntaxError(type, `its RDATA has ${octets.length} octets, and at least 5 are needed`);
  const rest = octets.subarray(4).toString(type === "DS" ? "hex" : "base64");
  return [String(octets.readUInt16BE(0)), String(octets[2]), String(octets[3]), rest];
}
