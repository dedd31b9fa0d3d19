import { withVisible } from "./invisible";

const longestShown = 80;

/**
 * A value as a message shows it: text in quotation marks with control and invisible characters escaped and cut after 80 characters,
 * numbers plain, anything else by its kind. Takes any value and never throws.
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
  if (text.length <= longestShown) return withVisible(JSON.stringify(text));
  // By characters: half of a surrogate pair is none.
  const characters = [...text];
  if (characters.length <= longestShown) return withVisible(JSON.stringify(text));
  const shown = characters.slice(0, longestShown).join("");
  return `${withVisible(JSON.stringify(shown))}… (${characters.length} characters)`;
}
