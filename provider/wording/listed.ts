/** Maximum number of items that a message names. */
const maxListed = 8;

/**
 * Returns the first eight items, and "47 more" in place of the rest. A server can make a list
 * arbitrarily long.
 */
export function shortened(items: readonly string[]): readonly string[] {
  const rest = items.length - maxListed;
  return rest <= 0 ? items : [...items.slice(0, maxListed), `${rest} more`];
}

/** Returns "a", "a and b", "a, b and c", or "a, b, … and 47 more". */
export function listed(items: readonly string[]): string {
  const shown = shortened(items);
  const last = shown.at(-1) ?? "";
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(", ")} and ${last}`;
}
