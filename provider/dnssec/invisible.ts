/**
 * Characters that are invisible or look like a blank, other than ASCII blanks and line breaks:
 * format characters, other spaces and separators, fillers, C1 controls. Text copied from web pages
 * and documents has them.
 */
const invisible = /(?![ \t\r\n])[\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\u007f-\u009f]/gu;

/**
 * Finds the first invisible character of a text.
 *
 * @param allowed Characters that have a meaning in this text.
 * @returns A clause for a message, or undefined if the text has none.
 * @example invisibleFault("exam\u200bple.com");
 * // "it has an invisible character, U+200B, at position 5"
 */
export function invisibleFault(text: string, allowed = ""): string | undefined {
  for (const { 0: character, index } of text.matchAll(invisible)) {
    if (!allowed.includes(character)) {
      return `it has an invisible character, ${codePoint(character)}, at position ${index + 1}`;
    }
  }
  return undefined;
}

/** Characters that could move a cursor or change the reading direction, and all invisible ones. */
const unprintable = /(?![ \t\r\n])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Returns a text with JavaScript escapes in place of its unprintable characters. */
export function withVisible(text: string): string {
  return text.replace(unprintable, (character) => {
    const hex = character.codePointAt(0)?.toString(16) ?? "";
    return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
  });
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
