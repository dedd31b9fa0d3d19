import type { Credentials } from "./settings";
import { SecretSearch } from "./secretSearch";

/** Makes foreign text fit to print: one line of at most 300 characters, without credentials. */
export type Scrub = (text: string) => string;

/** Maximum number of characters shown. */
const maxShown = 300;

/**
 * A signature with its value up to the next parameter, in a query or in JSON, URL-encoded or not.
 */
const anySignature = /signature["']?\s*(?:[:=]|%(?:25){0,3}3d)\s*["']?.*?(?=&|%(?:25){0,3}26|["'\s]|$)/gi;

/** Shown in place of a secret, or of a text that could not be searched. */
const hidden = "***";

/**
 * Replaces signatures, and every access key id, secret and token that it was given, with `***`, in
 * any spelling that `SecretSearch` finds. If that fails, it shows no part of the text.
 */
export class Redactor {
  readonly #search = new SecretSearch();
  #isBlind = false;

  /** A fixed function: a copy that was given out before also hides secrets that are added later. */
  readonly scrub: Scrub = (text) => {
    if (this.#isBlind) return hidden;
    try {
      const rest = this.#search.hide(text).text ?? hidden;
      return cut(oneLine(rest.replace(anySignature, `Signature=${hidden}`)));
    } catch {
      return hidden;
    }
  };

  add({ accessKeyId, accessKeySecret, securityToken = "" }: Credentials): void {
    this.hide([accessKeyId, accessKeySecret, securityToken]);
  }

  hide(secrets: readonly string[]): void {
    try {
      for (const secret of secrets) this.#search.add(secret);
    } catch {
      this.#isBlind = true;
    }
  }
}

/** Control and format characters could move the terminal's cursor, or the reading direction. */
function oneLine(text: string): string {
  return text.replace(/[\s\p{C}]+/gu, " ");
}

/** Counts characters, so that no surrogate pair is cut in half. */
function cut(text: string): string {
  if (text.length <= maxShown) return text;
  const characters = [...text];
  return characters.length <= maxShown ? text : `${characters.slice(0, maxShown).join("")}…`;
}
