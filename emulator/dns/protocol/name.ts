import { domainToASCII } from "node:url";

/**
 * Labels of a domain name without the root's, leftmost first. Each is a string of octets (latin1).
 */
export type Labels = readonly string[];

/** Maximum length of a label and of a name in wire form, in octets. */
const maxLabelLength = 63;
const maxNameLength = 255;

/**
 * Parses a name in presentation form, with or without the trailing dot. `\DDD` and `\X` escape an
 * octet.
 *
 * @throws {TypeError} for an impossible name.
 * @see RFC 1035 section 5.1
 */
export function parseName(text: string): string[] {
  if (text === "" || text === ".") return [];
  const labels = text.replace(/(?<!\\)\.$/, "").match(/(?:\\\d{3}|\\.|[^.\\])+|(?<=\.|^)(?=\.|$)/gs) ?? [];
  const octets = labels.map((label) =>
    label.replace(/\\(\d{3})|\\(.)/gs, (_, code: string | undefined, character: string | undefined) =>
      code === undefined ? (character ?? "") : String.fromCharCode(Number(code)),
    ),
  );
  const length = octets.reduce((sum, label) => sum + 1 + label.length, 1);
  if (length <= maxNameLength && octets.every(isLabel)) return octets;
  throw new TypeError(`${JSON.stringify(text)} is not a domain name.`);
}

/**
 * Formats a name without a trailing dot; the root is ".". Escapes every octet but letters, digits,
 * "-", "_" and "*".
 */
function formatName(labels: Labels): string {
  const texts = labels.map((label) =>
    label.replace(/[^-\w*]/g, (octet) => `\\${String(octet.charCodeAt(0)).padStart(3, "0")}`),
  );
  return texts.join(".") || ".";
}

/**
 * Formats a name for comparison: {@link formatName} with ASCII letters in lower case (RFC 4343).
 */
export function formatCanonicalName(labels: Labels): string {
  return formatName(labels.map((label) => label.replace(/[A-Z]/g, (letter) => letter.toLowerCase())));
}

/**
 * Converts a name from options, with IDNs in Unicode or as A-labels.
 *
 * @throws {TypeError} for an impossible name.
 */
export function normalizeZoneName(name: string): string {
  const ascii = name === "." ? "." : domainToASCII(name);
  if (ascii === "") throw new TypeError(`${JSON.stringify(name)} is not a domain name.`);
  return formatCanonicalName(parseName(ascii));
}

/** Encodes a name in wire form, uncompressed (RFC 1035 section 3.1). */
export function encodeName(name: string | Labels): Buffer {
  const labels = typeof name === "string" ? parseName(name) : name;
  return Buffer.concat([
    ...labels.map((label) => Buffer.from(String.fromCharCode(label.length) + label, "latin1")),
    Buffer.of(0),
  ]);
}

/** Returns whether a name is the zone's or below it. Both are in canonical form. */
export function isWithin(name: string, zone: string): boolean {
  return zone === "." || name === zone || name.endsWith(`.${zone}`);
}

/** Returns a name without its first label. */
export function parentOf(name: string): string {
  return formatName(parseName(name).slice(1));
}

/** Compares two names in canonical form by their order in a zone (RFC 4034 section 6.1). */
export function compareNames(a: string, b: string): number {
  const [left, right] = [parseName(a).reverse(), parseName(b).reverse()];
  for (const [index, label] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    if (label !== other) return label < other ? -1 : 1;
  }
  return left.length - right.length;
}

function isLabel(label: string): boolean {
  return label.length > 0 && label.length <= maxLabelLength && /^[\0-\xff]*$/.test(label);
}
