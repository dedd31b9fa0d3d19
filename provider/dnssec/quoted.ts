import { withVisible } from "./invisible";

/** Maximum length of a quoted text, in characters. */
const maxCharacters = 80;

/**
 * Returns a value as a message shows it. Text is quoted, with control and invisible characters
 * escaped, and cut after 80 characters; numbers are plain; other values are named by their kind.
 * Never throws.
 *
 * @example quoted("a\tb"); // '"a\\tb"'
 */
export function quoted(value: unknown): string {
  if (typeof value === "string") return quotedText(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "function") return "a function";
  return String(value);
}

function quotedText(text: string): string {
  if (text.length <= maxCharacters) return withVisible(JSON.stringify(text));
  // Cut by characters, because half a surrogate pair is not a character.
  const characters = [...text];
  if (characters.length <= maxCharacters) return withVisible(JSON.stringify(text));
  const shown = characters.slice(0, maxCharacters).join("");
  return `${withVisible(JSON.stringify(shown))}… (${characters.length} characters)`;
}
