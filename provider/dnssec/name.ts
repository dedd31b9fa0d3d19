import { domainToASCII, domainToUnicode } from "node:url";
import { lowerCaseOctet, maxLabelOctets, maxNameOctets } from "./canonicalForm";
import { DnsDataError } from "./dnsDataError";
import { invisibleFault } from "./invisible";
import { quoted } from "./quoted";

/** Joiners, which some scripts need, and variation selectors of emoji. IDNA decides about them. */
export const meaningfulInNames = "\u200c\u200d\ufe0e\ufe0f";

// Full stops that Unicode input methods write. IDNA reads each as a label separator (UTS 46 section
// 4).
const fullStops = /[.\u3002\uff0e\uff61]/;

/**
 * Returns the canonical wire form of a domain name, which a DS digest covers and by which names are
 * compared. Only the ASCII letters A to Z become lower case; other octets are unchanged.
 *
 * @param presentation The name as zone files write it, absolute with or without the trailing dot;
 *   "." is the root. `\DDD` (decimal) and `\X` escape an octet. A label with characters outside
 *   ASCII is an IDN label and becomes its A-label.
 * @returns Labels, each after its length, and the root's zero octet: 1 to 255 octets.
 * @throws {DnsDataError} DOMAIN_NAME_INVALID for an empty label, a label over 63 octets, a name
 *   over 255 octets, a bad escape, a character that must be escaped, an invalid IDN label, or "@".
 * @example canonicalWireName("Example.COM.").toString("hex"); // "076578616d706c6503636f6d00"
 * @see RFC 4034 section 6.2
 */
export function canonicalWireName(presentation: string): Buffer {
  if (typeof presentation !== "string" || presentation === "") throw invalidName(presentation, "it is empty");
  if (presentation === "@") throw invalidName("@", "it stands for an origin, which is unknown here");
  if (presentation === ".") return Buffer.of(0);
  const invisible = invisibleFault(presentation, meaningfulInNames);
  if (invisible !== undefined) throw invalidName(presentation, invisible);
  const labels = splitLabels(presentation).map((label) => labelOctets(label, presentation));
  const wire = Buffer.concat([...labels.flatMap((label) => [Buffer.of(label.length), label]), Buffer.of(0)]);
  if (wire.length > maxNameOctets) {
    throw invalidName(
      presentation,
      `it takes ${wire.length} octets, and at most ${maxNameOctets} are allowed`,
    );
  }
  return wire;
}

/**
 * Returns whether two names in presentation form are the same name. Letter case, escapes, a
 * trailing dot, and U-labels in place of A-labels make no difference.
 *
 * @throws {DnsDataError} DOMAIN_NAME_INVALID as {@link canonicalWireName} does.
 * @example sameName("Example.com.", "example.com"); // true
 * @see RFC 4034 section 6.2
 */
export function sameName(a: string, b: string): boolean {
  return canonicalWireName(a).equals(canonicalWireName(b));
}

/**
 * Returns a registered domain in the form in which this package keeps it: lower-case A-labels
 * without a trailing dot.
 *
 * @param input A host name of at least two labels, in any case, with or without the trailing dot,
 *   as U-labels or A-labels. A label has 1 to 63 letters, digits and hyphens. No hyphen begins or
 *   ends it, and only A-labels have hyphens in third and fourth place. The last label is not all
 *   digits.
 * @throws {DnsDataError} DOMAIN_NAME_INVALID, with the given and the allowed form.
 * @example domainName("例子.公司.cn"); // "xn--fsqu00a.xn--55qx5d.cn"
 * @see RFC 5890 section 2.3.1
 */
export function domainName(input: string): string {
  if (typeof input !== "string") throw invalidDomain(input, "it is not text");
  // IDNA drops some of them: texts that look alike could be one name or two.
  const invisible = invisibleFault(input, meaningfulInNames);
  if (invisible !== undefined) throw invalidDomain(input, invisible);
  const name = withoutTrailingDot(input);
  if (name === "") throw invalidDomain(input, "it has no labels");
  if (endsInNumber(name)) throw invalidDomain(input, "its last label is a number, as in an IP address");
  const ascii = toAscii(name);
  if (ascii === undefined)
    throw invalidDomain(input, "it has characters or an A-label that IDNA does not allow");
  const fault = domainFault(ascii);
  if (fault !== undefined) throw invalidDomain(input, fault);
  return ascii;
}

/**
 * Returns a domain with readable U-labels in place of A-labels, as the registrar's API names it.
 *
 * @param domain Any input that {@link domainName} accepts.
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
  const octets = isAscii(label) ? unescape(label, name) : Buffer.from(toALabel(label, name), "latin1");
  if (octets.length > maxLabelOctets) {
    throw invalidName(
      name,
      `a label takes ${octets.length} octets, and at most ${maxLabelOctets} are allowed`,
    );
  }
  return Buffer.from(octets.map(lowerCaseOctet));
}

function unescape(label: string, name: string): Buffer {
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

function toALabel(label: string, name: string): string {
  // A second label keeps domainToASCII from reading digits of another script as an IPv4 address.
  const ascii = toAscii(`${label}.x`)?.slice(0, -2);
  if (ascii === undefined || !/^[a-z0-9-]+$/.test(ascii)) {
    throw invalidName(name, `${quoted(label)} is not an IDN label`);
  }
  return ascii;
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

function withoutTrailingDot(name: string): string {
  return fullStops.test(name.at(-1) ?? "") ? name.slice(0, -1) : name;
}

/** Matches names that domainToASCII reads as an IPv4 address, such as "127.1" and "0x7f.1". */
function endsInNumber(name: string): boolean {
  return /^(\d+|0x[\da-f]*)$/i.test(name.normalize("NFKC").split(fullStops).at(-1) ?? "");
}

/** Returns lower-case A-labels, or undefined for a name that UTS 46 or the check below forbids. */
function toAscii(name: string): string | undefined {
  // domainToASCII reads the host of a URL: it cuts at "/", "\", "?" and "#", decodes "%2e" and
  // drops tabs. It must never see them, nor compatibility characters such as U+2100 that become
  // them.
  if (/(?=\p{ASCII})[^A-Za-z0-9.-]/u.test(name.normalize("NFKC"))) return undefined;
  return domainToASCII(name) || undefined;
}

function domainFault(ascii: string): string | undefined {
  const labels = ascii.split(".");
  if (labels.includes("")) return "it has an empty label";
  if (labels.length < 2) return "it has only one label";
  if (ascii.length > maxNameOctets - 2)
    return `it has ${ascii.length} characters, and at most 253 are allowed`;
  return labels.map(labelFault).find((fault) => fault !== undefined) ?? idnFault(ascii);
}

function labelFault(label: string): string | undefined {
  if (label.length > maxLabelOctets) return `a label has ${label.length} octets, and at most 63 are allowed`;
  if (!/^[a-z0-9-]+$/.test(label)) return `the label ${quoted(label)} has characters that are not allowed`;
  if (/^-|-$/.test(label)) return `the label ${quoted(label)} begins or ends with a hyphen`;
  if (/^(?!xn).{2}--/.test(label)) return `the label ${quoted(label)} has hyphens in third and fourth place`;
  return undefined;
}

/**
 * Checks that each A-label equals the encoding of its own U-label (RFC 5891 section 5.4). "xn--a-"
 * does not.
 */
function idnFault(ascii: string): string | undefined {
  return domainToASCII(domainToUnicode(ascii)) === ascii
    ? undefined
    : "it has an A-label that encodes no U-label";
}

function invalidName(name: unknown, fault: string): DnsDataError {
  return new DnsDataError(
    "DOMAIN_NAME_INVALID",
    `${quoted(name)} is not a domain name: ${fault}. ` +
      "A name has dot-separated labels of 1 to 63 octets, 255 octets in all; other octets are written \\DDD",
  );
}

function invalidDomain(input: unknown, fault: string): DnsDataError {
  return new DnsDataError(
    "DOMAIN_NAME_INVALID",
    `${quoted(input)} is not a domain name: ${fault}. ` +
      "A domain name has two or more labels of letters (of any script), digits and hyphens, such as example.com",
  );
}
