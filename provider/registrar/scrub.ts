import type { Credentials } from "../config";

/** Makes text of foreign origin fit to print: one line of at most 300 characters, without credentials. */
export type Scrub = (text: string) => string;

const longestShown = 300;

/** A signature and its value up to the next parameter, in a query or in JSON, URL-encoded or not. */
const anySignature = /signature["']?\s*(?:[:=]|%(?:25){0,3}3d)\s*["']?.*?(?=&|%(?:25){0,3}26|["'\s]|$)/gi;

interface Form {
  readonly length: number;
  readonly pattern: RegExp;
}

/**
 * Puts `***` in the place of every access key id, secret and token that it was ever told of, and of signatures, be they
 * plain, in base64, or URL-encoded up to four times: the gateway's string to sign encodes its parameters twice.
 */
export class Redactor {
  readonly #known = new Set<string>();
  #forms: readonly Form[] = [];

  /** Also goes for texts that are scrubbed later by what was given out before. */
  readonly scrub: Scrub = (text) => {
    const hidden = this.#forms.reduce((rest, { pattern }) => rest.replace(pattern, "***"), text);
    return cut(oneLine(hidden.replace(anySignature, "Signature=***")));
  };

  add({ accessKeyId, accessKeySecret, securityToken = "" }: Credentials): void {
    this.hide([accessKeyId, accessKeySecret, securityToken]);
  }

  hide(secrets: readonly string[]): void {
    const added = secrets.filter((secret) => secret !== "" && !this.#known.has(secret));
    for (const secret of added) this.#known.add(secret);
    // The longest first, so that none is found within another one and leaves its rest behind.
    this.#forms = [...this.#forms, ...added.flatMap(formsOf)].sort((a, b) => b.length - a.length);
  }
}

function formsOf(secret: string): Form[] {
  return [secret, base64(secret)].map((text) => ({
    length: text.length,
    pattern: new RegExp(anyEncoding(text), "giu"),
  }));
}

/** Without its padding, which need not be there. */
function base64(text: string): string {
  return Buffer.from(text).toString("base64").replace(/=+$/, "");
}

/** A pattern in which every character may be escaped: as it is in JSON, or once or several times for a URL. */
function anyEncoding(text: string): string {
  return Array.from(text, (character) => {
    const escapes = [...Buffer.from(character)].map(
      (octet) => `%(?:25){0,3}${octet.toString(16).padStart(2, "0")}`,
    );
    return `(?:\\\\{0,4}\\u{${character.codePointAt(0)?.toString(16)}}|${escapes.join("")})`;
  }).join("");
}

/** Control and format characters could move the terminal's cursor, or the reading direction. */
function oneLine(text: string): string {
  return text.replace(/[\s\p{C}]+/gu, " ");
}

/** By characters: half of a surrogate pair is none. */
function cut(text: string): string {
  if (text.length <= longestShown) return text;
  const characters = [...text];
  return characters.length <= longestShown ? text : `${characters.slice(0, longestShown).join("")}…`;
}
