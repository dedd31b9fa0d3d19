import type { Credentials } from "../config";
import { SecretSearch } from "./secretSearch";

/** Makes text of foreign origin fit to print: one line of at most 300 characters, without credentials. */
export type Scrub = (text: string) => string;

const longestShown = 300;

/** A signature and its value up to the next parameter, in a query or in JSON, URL-encoded or not. */
const anySignature = /signature["']?\s*(?:[:=]|%(?:25){0,3}3d)\s*["']?.*?(?=&|%(?:25){0,3}26|["'\s]|$)/gi;

/** Shown in place of a secret, and of a text that could not be searched for secrets. */
const hidden = "***";

/**
 * Puts `***` in the place of every access key id, secret and token that it was ever told of, and of signatures, however
 * they are written: `SecretSearch` says how. Shows nothing of a text when that fails.
 */
export class Redactor {
  readonly #search = new SecretSearch();
  #isBlind = false;

  /** Also goes for texts that are scrubbed later by what was given out before. */
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

/** By characters: half of a surrogate pair is none. */
function cut(text: string): string {
  if (text.length <= longestShown) return text;
  const characters = [...text];
  return characters.length <= longestShown ? text : `${characters.slice(0, longestShown).join("")}…`;
}
