import { domainToASCII, domainToUnicode } from "node:url";
import { DnsDataError } from "./dnsDataError";
import { invisibleFault } from "./invisible";
import { quoted } from "./quoted";

const longestLabel = 63;
const longestWireName = 255;

/** Joiners, which some scripts need, and variation selectors of emoji: IDNA decides about them. */
export const meaningfulInNames = "\u200c\u200d\ufe0e\ufe0f";

// Unicode input methods write these full stops; IDNA takes all of them as label separators (UTS 46 section 4).
const fullStops = /[.\u3002\uff0e\uff61]/;

/**
 * The canonical wire form of a domain name: what a DS digest covers and what decides whether two names are the same.
 * Only US-ASCII A to Z become lower case; other octets stay as they are.
 *
 * @param presentation The name as zone files write it, taken as absolute with or without the trailing dot, "." being
 *   the root. `\DDD` (decimal) and `\X` escape an octet; a label with characters outside of ASCII is an IDN label and
 *   becomes its A-label.
 * @returns Length-prefixed labels ending in the root's zero octet, 1 to 255 octets.
 * @throws {DnsDataError} DOMAIN_NAME_INVALID: empty label, label over 63 or name over 255 octets, bad escape, a
 *   character that must be escaped, an IDN label that is none, or "@".
 * @example canonicalWireName("Example.COM.").toString("hex"); // "076578616d706c6503636f6d00"
 * @see RFC 4034 section 6.2
 */
export function canonicalWireName(presentation: string): Buffer {
  if (typeof presentation !== "string" || presentation === "") throw invalidName(presentation, "it is empty");
  if (presentation === "@") throw invalidName("@", "it stands for an origin that is not known here");
  if (presentation === ".") return Buffer.of(0);
  const invisible = invisibleFault(presentation, meaningfulInNames);
  if (invisible !== undefined) throw invalidName(presentation, invisible);
  const labels = splitLabels(presentation).map((label) => labelOctets(label, presentation));
  const wire = Buffer.concat([...labels.flatMap((label) => [Buffer.of(label.length), label]), Buffer.of(0)]);
  if (wire.length > longestWireName) {
    throw invalidName(presentation, `it takes ${wire.length} octets, at most ${longestWireName} are allowed`);
  }
  return wire;
}

/**
 * Whether two names in presentation form are the same name: letter case, escapes, a trailing dot and U-labels against
 * A-labels make no difference.
 *
 * @throws {DnsDataError} DOMAIN_NAME_INVALID as {@link canonicalWireName} does.
 * @example sameName("Example.com.", "example.com"); // true
 * @see RFC 4034 section 6.2
 */
export function sameName(a: string, b: string): boolean {
  return canonicalWireName(a).equals(canonicalWireName(b));
}

/**
 * The one form in which a registered domain is kept: lower-case A-labels without a trailing dot.
 *
 * @param input A host name of at least two labels, in any case, with or without the trailing dot, as U-labels or
 *   A-labels. Labels are letters, digits and hyphens (LDH), 1 to 63 octets; no hyphen first, last or, but in A-labels, in
 *   third and fourth place; the last label is not all digits.
 * @throws {DnsDataError} DOMAIN_NAME_INVALID, saying what was got and what is allowed.
 * @example domainName("例子.公司.cn"); // "xn--fsqu00a.xn--55qx5d.cn"
 * @see RFC 5890 section 2.3.1
 */
export function domainName(input: string): string {
  if (typeof input !== "string") throw invalidDomain(input, "it is not text");
  // IDNA drops some of them, so that two texts that look alike would be one name or two.
  const invisible = invisibleFault(input, meaningfulInNames);
  if (invisible !== undefined) throw invalidDomain(input, invisible);
  const name = withoutTrailingDot(input);
  if (name === "") throw invalidDomain(input, "it has no labels");
  if (endsInNumber(name)) throw invalidDomain(input, "its last label is a number, as of an IP address");
  const ascii = toAscii(name);
  if (ascii === undefined)
    throw invalidDomain(input, "it has characters or an A-label that IDNA does not allow");
  const fault = domainFault(ascii);
  if (fault !== undefined) throw invalidDomain(input, fault);
  return ascii;
}

/**
 * A domain with its A-labels as readable U-labels, the form in which the registrar's API names it.
 *
 * @param domain Any input that {@link domainName} takes.
 * @throws {DnsDataError} DOMAIN_NAME_INVALID as {@link domainName} does.
 * @example unicodeDomainName("xn--fsqu00a.xn--55qx5d.cn"); // "例子.公司.cn"
 * @see RFC 5890 section 2.3.2.1
 */
export function unicodeDomainName(domain: string): string {
  return domainToUnicode(domainName(domain));
}

function splitLabels(name: string): string[] {
  const labels = [""];
  for (const [unit] of name.matchAll(/\\\d{3}|\\.|./gsu)) {
    if (fullStops.test(unit) && !unit.startsWith("\\")) labels.push("");
    else labels.push(labels.pop() + unit);
  }
  if (labels.length > 1 && labels.at(-1) === "") labels.pop();
  return labels;
}

function labelOctets(label: string, name: string): Buffer {
  if (label === "") throw invalidName(name, "it has an empty label");
  const octets = isAscii(label) ? unescaped(label, name) : Buffer.from(aLabel(label, name), "latin1");
  if (octets.length > longestLabel) {
    throw invalidName(name, `a label takes ${octets.length} octets, at most ${longestLabel} are allowed`);
  }
  return Buffer.from(octets.map(lowerCaseOctet));
}

function unescaped(label: string, name: string): Buffer {
  const octets: number[] = [];
  for (const [unit, decimal] of label.matchAll(/\\(\d{3})|\\\D|[^\\]|\\/gs)) {
    if (Number(decimal) > 255) throw invalidName(name, `the escape ${unit} is over 255`);
    if (unit === "\\")
      throw invalidName(name, "a backslash needs three digits or one other character after it");
    if (/^[\s\p{Cc}"();]$/u.test(unit)) throw invalidName(name, `${quoted(unit)} must be escaped`);
    octets.push(decimal === undefined ? unit.charCodeAt(unit.length - 1) : Number(decimal));
  }
  return Buffer.from(octets);
}

function aLabel(label: string, name: string): string {
  // A second label keeps domainToASCII from taking digits in another script for an IPv4 address.
  const ascii = toAscii(`${label}.x`)?.slice(0, -2);
  if (ascii === undefined || !/^[a-z0-9-]+$/.test(ascii)) {
    throw invalidName(name, `${quoted(label)} is not an IDN label`);
  }
  return ascii;
}

function lowerCaseOctet(octet: number): number {
  return octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet;
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

function withoutTrailingDot(name: string): string {
  return fullStops.test(name.at(-1) ?? "") ? name.slice(0, -1) : name;
}

/** Such a name is an IPv4 address to domainToASCII, which takes "127.1" and "0x7f.1" as well. */
function endsInNumber(name: string): boolean {
  return /^(\d+|0x[\da-f]*)$/i.test(name.normalize("NFKC").split(fullStops).at(-1) ?? "");
}

/** Lower-case A-labels, or undefined where UTS 46 or what domainToASCII makes of other characters forbids it. */
function toAscii(name: string): string | undefined {
  // domainToASCII reads a URL's host: it cuts at "/", "\", "?" and "#", decodes "%2e" and drops tabs. None of them may
  // reach it, nor compatibility characters such as U+2100 that turn into them.
  if (/(?=\p{ASCII})[^A-Za-z0-9.-]/u.test(name.normalize("NFKC"))) return undefined;
  return domainToASCII(name) || undefined;
}

function domainFault(ascii: string): string | undefined {
  const labels = ascii.split(".");
  if (labels.includes("")) return "it has an empty label";
  if (labels.length < 2) return "it has only one label";
  if (ascii.length > longestWireName - 2) return `it has ${ascii.length} characters, at most 253 are allowed`;
  return labels.map(labelFault).find((fault) => fault !== undefined) ?? idnFault(ascii);
}

function labelFault(label: string): string | undefined {
  if (label.length > longestLabel) return `a label has ${label.length} octets, at most 63 are allowed`;
  if (!/^[a-z0-9-]+$/.test(label)) return `the label ${quoted(label)} has other characters`;
  if (/^-|-$/.test(label)) return `the label ${quoted(label)} begins or ends with a hyphen`;
  if (/^(?!xn).{2}--/.test(label)) return `the label ${quoted(label)} has hyphens in third and fourth place`;
  return undefined;
}

/** An A-label must be what its own U-label encodes to (RFC 5891 section 5.4): "xn--a-" for one is not. */
function idnFault(ascii: string): string | undefined {
  return domainToASCII(domainToUnicode(ascii)) === ascii
    ? undefined
    : "it has an A-label that encodes no U-label";
}

function invalidName(name: unknown, fault: string): DnsDataError {
  return new DnsDataError(
    "DOMAIN_NAME_INVALID",
    `${quoted(name)} is not a domain name: ${fault}. ` +
      "Allowed are dot-separated labels of 1 to 63 octets, 255 octets in all; other octets are written \\DDD",
  );
}

function invalidDomain(input: unknown, fault: string): DnsDataError {
  return new DnsDataError(
    "DOMAIN_NAME_INVALID",
    `${quoted(input)} is not a domain name: ${fault}. ` +
      "Allowed are two or more labels of letters (of any script), digits and hyphens, such as example.com",
  );
}
