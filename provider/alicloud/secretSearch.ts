import { foldedOctets, maxSpelling, readingsAt, type Reading } from "./spellings";

/** Offsets of octets: the first one, and the one after the last. */
type Range = readonly [start: number, end: number];

interface Pattern {
  readonly octets: Uint8Array;
  /**
   * By number of octets matched: length of the next shorter match that another octet may continue.
   */
  readonly shorter: Uint32Array;
}

/** A match in progress at some offset. */
interface Match {
  readonly matched: number;
  /**
   * Offset at or before its first octet. Between them are only octets that a longer match began
   * with.
   */
  readonly start: number;
}

/** The result of a search. */
export interface Hidden {
  /** The text without the secrets; undefined if the search gave up. */
  readonly text: string | undefined;
  /** Comparisons made. */
  readonly steps: number;
}

/** Maximum number of characters searched. The rest is dropped, since no message shows that much. */
export const maxText = 65_536;

/** Maximum number of comparisons for each octet of the text, and for each octet and pattern. */
export const maxSteps = { octet: 16, pattern: 8 } as const;

/**
 * Minimum length of a secret, in octets, whose encodings are searched: shorter ones occur in
 * innocent text.
 */
const minEncoded = 6;

/**
 * Finds secrets in texts: plain, in base64 or in hexadecimal, each octet in any spelling that
 * `readingsAt` knows.
 *
 * The search follows all readings of the text at once, each with the longest match in progress
 * (Knuth, Morris, Pratt), so its work is linear in the text and in the number of secrets. It gives
 * up on a text that has too many readings.
 */
export class SecretSearch {
  readonly #secrets = new Set<string>();
  readonly #patterns: Pattern[] = [];
  /** Numbers of the patterns, by their first octet. */
  readonly #beginnings: number[][] = Array.from({ length: 256 }, () => []);

  add(secret: string): void {
    if (secret === "" || this.#secrets.has(secret)) return;
    this.#secrets.add(secret);
    for (const form of formsOf(secret)) {
      const octets = foldedOctets(form);
      const pattern = this.#patterns.push({ octets, shorter: shorterMatches(octets) }) - 1;
      this.#beginnings[octets[0] ?? 0]?.push(pattern);
    }
  }

  /** Replaces every secret with `***`. */
  hide(text: string): Hidden {
    const isCut = text.length > maxText;
    const searched = isCut ? text.slice(0, maxText) : text;
    const octets = Buffer.from(searched);
    const run = new Run(octets, this.#patterns, this.#beginnings);
    const ranges = run.ranges(isCut);
    if (!ranges) return { text: undefined, steps: run.steps };
    // A text without secrets stays as it was, halves of surrogate pairs included.
    const rest = ranges.length === 0 ? searched : without(octets, ranges);
    return { text: isCut ? `${rest}…` : rest, steps: run.steps };
  }
}

/** The search of one text. */
class Run {
  steps = 0;
  readonly #text: Buffer;
  readonly #patterns: readonly Pattern[];
  readonly #beginnings: readonly (readonly number[])[];
  readonly #found: Range[] = [];
  /** Matches in progress, by the offset that they have reached and by the number of the pattern. */
  readonly #matches = Array.from({ length: maxSpelling }, () => new Map<number, Match[]>());

  constructor(text: Buffer, patterns: readonly Pattern[], beginnings: readonly (readonly number[])[]) {
    this.#text = text;
    this.#patterns = patterns;
    this.#beginnings = beginnings;
  }

  /**
   * Returns where the secrets are, or undefined after too many steps.
   *
   * @param isCut Whether the text was longer, so that it may end within a secret.
   */
  ranges(isCut: boolean): readonly Range[] | undefined {
    const { length } = this.#text;
    const max = length * (maxSteps.octet + maxSteps.pattern * this.#patterns.length);
    for (let at = 0; at < length; at += 1) {
      for (const reading of readingsAt(this.#text, at)) this.#follow(reading, at);
      if (this.steps > max) return undefined;
      if (isCut && at + maxSpelling >= length) this.#foundUpToEnd(at);
      this.#matchesAt(at).clear();
    }
    if (isCut) this.#foundUpToEnd(length);
    return this.#found;
  }

  #follow(reading: Reading, at: number): void {
    this.steps += 1;
    const all = this.#matchesAt(at);
    for (const [pattern, matches] of all)
      for (const match of matches) this.#advance(pattern, match, reading, at);
    const [first] = reading.octets;
    if (first === undefined) return;
    for (const pattern of this.#beginnings[first] ?? []) {
      // A match in progress becomes a new one where that begins.
      if (!all.has(pattern)) this.#advance(pattern, { matched: 0, start: at }, reading, at);
    }
  }

  #advance(pattern: number, match: Match, { octets: read, length }: Reading, at: number): void {
    const { octets, shorter } = this.#patterns[pattern] as Pattern;
    let { matched, start } = match;
    const shorten = () => {
      const left = shorter[matched] ?? 0;
      start += matched - left;
      matched = left;
    };
    this.steps += 1;
    for (const octet of read) {
      for (; matched > 0 && octets[matched] !== octet; this.steps += 1) shorten();
      if (matched === 0) start = at;
      if (octets[matched] === octet) matched += 1;
      if (matched < octets.length) continue;
      this.#found.push([start, at + length]);
      shorten();
    }
    if (matched > 0) this.#keep(pattern, { matched, start }, at + length);
  }

  /** Keeps a match. Of two with the same length, it keeps the one that began first. */
  #keep(pattern: number, match: Match, at: number): void {
    const all = this.#matchesAt(at);
    const matches = all.get(pattern) ?? [];
    const same = matches.findIndex(({ matched }) => matched === match.matched);
    this.steps += matches.length;
    if (same === -1) all.set(pattern, [...matches, match]);
    else if (match.start < (matches[same]?.start ?? 0)) matches[same] = match;
  }

  #foundUpToEnd(at: number): void {
    for (const { start } of [...this.#matchesAt(at).values()].flat())
      this.#found.push([start, this.#text.length]);
  }

  #matchesAt(at: number): Map<number, Match[]> {
    return this.#matches[at % maxSpelling] as Map<number, Match[]>;
  }
}

/** Returns the table of shorter matches. It skips those that would fail on the same octet. */
function shorterMatches(octets: Uint8Array): Uint32Array {
  const shorter = new Uint32Array(octets.length + 1);
  let longest = 0;
  for (let matched = 1; matched < octets.length; matched += 1) {
    const isSame = octets[longest] === octets[matched];
    shorter[matched] = isSame ? (shorter[longest] ?? 0) : longest;
    while (longest > 0 && octets[longest] !== octets[matched]) longest = shorter[longest] ?? 0;
    if (octets[longest] === octets[matched]) longest += 1;
  }
  shorter[octets.length] = longest;
  return shorter;
}

/**
 * Returns the forms of a secret: itself, its base64 at any offset in longer text, and its
 * hexadecimal.
 */
function formsOf(secret: string): readonly string[] {
  const octets = Buffer.from(secret);
  if (octets.length < minEncoded) return [secret];
  const base64 = octets.toString("base64").replace(/=+$/, "");
  const within = [0, 1, 2].map((offset) => base64Within(offset, octets));
  return [...new Set([secret, base64, ...within, octets.toString("hex")])];
}

/** Returns the characters of the base64 that do not depend on the text around the secret. */
function base64Within(offset: number, secret: Buffer): string {
  const text = Buffer.concat([Buffer.alloc(offset), secret]).toString("base64");
  return text.slice(Math.ceil((8 * offset) / 6), Math.floor((8 * (offset + secret.length)) / 6));
}

function without(text: Buffer, ranges: readonly Range[]): string {
  const parts: string[] = [];
  let end = 0;
  for (const range of joined(ranges)) {
    parts.push(text.toString("utf8", end, range[0]), "***");
    end = range[1];
  }
  return parts.join("") + text.toString("utf8", end);
}

/** Sorts ranges, and joins those that overlap. */
function joined(ranges: readonly Range[]): Range[] {
  const result: [number, number][] = [];
  for (const [start, end] of [...ranges].sort(([a], [b]) => a - b)) {
    const last = result.at(-1);
    if (last && start < last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}
