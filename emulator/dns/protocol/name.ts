import { domainToASCII } from "node:url";

/** A domain name as its labels, leftmost first, without the root's; each a string of octets (latin1). */
export type Labels = readonly string[];

const longestLabel = 63;
const longestName = 255;

/**
 * The labels of a name in presentation form, with or without the trailing dot; `\DDD` and `\X` escape an octet.
 *
 * @throws {TypeError} for a name that cannot be. @see RFC 1035 section 5.1
 */
export function labelsOf(text: string): string[] {
  if (text === "" || text === ".") return [];
  const labels = text.replace(/(?<!\\)\.$/, "").match(/(?:\\\d{3}|\\.|[^.\\])+|(?<=\.|^)(?=\.|$)/gs) ?? [];
  const octets = labels.map((label) =>
    label.replace(/\\(\d{3})|\\(.)/gs, (_, code: string | undefined, character: string | undefined) =>
      code === undefined ? (character ?? "") : String.fromCharCode(Number(code)),
    ),
  );
  const length = octets.reduce((sum, label) => sum + 1 + label.length, 1);
  if (length <= longestName && octets.every(isLabel)) return octets;
  throw new TypeError(`${JSON.stringify(text)} is no domain name.`);
}

/** The presentation form, without a trailing dot; the root is ".". What is not letter, digit, "-", "_" or "*" is escaped. */
export function nameText(labels: Labels): string {
  const texts = labels.map((label) =>
    label.replace(/[^-\w*]/g, (octet) => `\\${String(octet.charCodeAt(0)).padStart(3, "0")}`),
  );
  return texts.join(".") || ".";
}

/** The one form in which names are compared: {@link nameText} with US-ASCII letters in lower case (RFC 4343). */
export function canonicalText(labels: Labels): string {
  return nameText(labels.map((label) => label.replace(/[A-Z]/g, (letter) => letter.toLowerCase())));
}

/** A name as it is given in options, IDNs in Unicode or as A-labels, in that form. @throws {TypeError} for an impossible one. */
export function canonicalZoneName(name: string): string {
  const ascii = name === "." ? "." : domainToASCII(name);
  if (ascii === "") throw new TypeError(`${JSON.stringify(name)} is no domain name.`);
  return canonicalText(labelsOf(ascii));
}

/** The wire form, uncompressed (RFC 1035 section 3.1). */
export function wireName(name: string | Labels): Buffer {
  const labels = typeof name === "string" ? labelsOf(name) : name;
  return Buffer.concat([
    ...labels.map((label) => Buffer.from(String.fromCharCode(label.length) + label, "latin1")),
    Buffer.of(0),
  ]);
}

/** Whether a name in canonical form is the zone's own or below it. */
export function isWithin(name: string, zone: string): boolean {
  return zone === "." || name === zone || name.endsWith(`.${zone}`);
}

/** The name without its first label. */
export function parentOf(name: string): string {
  return nameText(labelsOf(name).slice(1));
}

/** The order of names in a zone, of names in canonical form (RFC 4034 section 6.1). */
export function compareNames(a: string, b: string): number {
  const [left, right] = [labelsOf(a).reverse(), labelsOf(b).reverse()];
  for (const [index, label] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    if (label !== other) return label < other ? -1 : 1;
  }
  return left.length - right.length;
}

function isLabel(label: string): boolean {
  return label.length > 0 && label.length <= longestLabel && /^[\0-\xff]*$/.test(label);
}
