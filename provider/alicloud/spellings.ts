/** One way to read the text at an offset. */
export interface Reading {
  /** The octets, folded. Empty for a backslash that only escapes the next character. */
  readonly octets: readonly number[];
  /** Number of octets of the spelling. */
  readonly length: number;
}

/**
 * Maximum number of times that a percent sign may be encoded again. `%2525252541` exceeds it, so it
 * does not stand for an A.
 */
const maxLevels = 4;

/** Maximum number of backslashes between the two escapes of a character beyond U+FFFF. */
const maxBackslashes = 8;

/** Length above that of every spelling. The longest are two escapes with all their backslashes. */
export const maxSpelling = 32;

const code = (character: string) => character.charCodeAt(0);
const percent = code("%");
const backslash = code("\\");
const controls = new Map([
  [code("b"), code("\b")],
  [code("f"), code("\f")],
  [code("n"), code("\n")],
  [code("r"), code("\r")],
  [code("t"), code("\t")],
]);

/**
 * The representative of each octet: upper and lower case, base64 and base64url, and a space and the
 * plus sign that a form has for it count as equal.
 */
const folds = Uint8Array.from({ length: 256 }, (_, octet) => {
  const character = String.fromCharCode(octet);
  if (/[A-Z]/.test(character)) return code(character.toLowerCase());
  if (/[- ]/.test(character)) return code("+");
  return character === "_" ? code("/") : octet;
});

/** Returns the octets of a text, folded for comparison with readings. */
export function foldedOctets(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text), folded);
}

function folded(octet: number): number {
  return folds[octet] ?? octet;
}

const plainReadings: readonly (readonly Reading[])[] = Array.from(folds, (octet) => [
  { octets: [octet], length: 1 },
]);

/**
 * Returns every reading of a text at an offset: the octet itself; an octet that is URL-encoded up
 * to four times; and an octet that is escaped as in JSON, in JSON within JSON, or in URL-encoded
 * JSON.
 */
export function readingsAt(text: Buffer, at: number): readonly Reading[] {
  const octet = text[at] ?? 0;
  const plain = plainReadings[octet] ?? [];
  if (octet === percent) return [...plain, ...urlReadings(text, at)];
  return octet === backslash ? [...plain, ...escapeReadings(text, at, at + 1)] : plain;
}

function urlReadings(text: Buffer, at: number): Reading[] {
  const readings: Reading[] = [];
  let end = at + 1;
  for (let level = 0; level < maxLevels; level += 1) {
    const octet = hexadecimal(text, end, 2);
    if (octet === undefined) break;
    end += 2;
    readings.push({ octets: [folded(octet)], length: end - at });
    if (octet === backslash) readings.push(...escapeReadings(text, at, end));
    if (octet !== percent) break;
  }
  return readings;
}

/** @param end Offset after the backslash, which begins at `at`. */
function escapeReadings(text: Buffer, at: number, end: number): Reading[] {
  const control = controls.get(text[end] ?? 0);
  const character = characterAt(text, end);
  return [
    { octets: [], length: end - at },
    ...(control === undefined ? [] : [{ octets: [control], length: end + 1 - at }]),
    ...(character ? [{ octets: character.octets, length: character.end - at }] : []),
  ];
}

/** Reads `u0041`, or both escapes of a character beyond U+FFFF. */
function characterAt(text: Buffer, at: number): { octets: number[]; end: number } | undefined {
  const first = codeUnitAt(text, at);
  if (first === undefined) return undefined;
  const end = at + 5;
  let next = end;
  while (text[next] === backslash && next - end < maxBackslashes) next += 1;
  const second = first >= 0xd800 && first <= 0xdbff ? codeUnitAt(text, next) : undefined;
  return second === undefined
    ? { octets: [...foldedOctets(String.fromCharCode(first))], end }
    : { octets: [...foldedOctets(String.fromCharCode(first, second))], end: next + 5 };
}

function codeUnitAt(text: Buffer, at: number): number | undefined {
  return text[at] === code("u") ? hexadecimal(text, at + 1, 4) : undefined;
}

function hexadecimal(text: Buffer, at: number, length: number): number | undefined {
  const digits = text.toString("latin1", at, at + length);
  return digits.length === length && /^[\da-f]+$/i.test(digits) ? Number.parseInt(digits, 16) : undefined;
}
