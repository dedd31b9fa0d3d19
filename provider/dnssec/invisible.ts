/**
 * Characters that show as nothing or as a blank and are neither an ASCII blank nor a line break: format characters, other
 * spaces and separators, fillers, C1 controls. Text copied from web pages and documents has them.
 */
const invisible = /(?![ \t\r\n])[\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\u007f-\u009f]/gu;

/**
 * Says which invisible character a text has.
 *
 * @param allowed Characters that have a meaning in this text.
 * @returns A clause for a message, or undefined if there is none.
 * @example invisibleFault("exam\u200bple.com"); // "it has an invisible character, U+200B, in place 5"
 */
export function invisibleFault(text: string, allowed = ""): string | undefined {
  for (const { 0: character, index } of text.matchAll(invisible)) {
    if (!allowed.includes(character)) {
      return `it has an invisible character, ${codePoint(character)}, in place ${index + 1}`;
    }
  }
  return undefined;
}

/** Characters that could move a cursor or turn the reading direction, and all invisible ones. */
const unprintable = /(?![ \t\r\n])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Returns a text with its unprintable characters as escapes of JavaScript. */
export function withVisible(text: string): string {
  return text.replace(unprintable, (character) => {
    const hex = character.codePointAt(0)?.toString(16) ?? "";
    return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
  });
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
