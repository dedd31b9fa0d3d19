/** Returns whether a value is a whole number from 0 to `max`. */
export function isWholeNumber(value: unknown, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= max;
}

/**
 * Returns decimal text without leading zeros as a number, and every other value unchanged. Values
 * of a stack's configuration and of the vendor's API may be such text.
 */
export function numberFromText(value: unknown): unknown {
  return typeof value === "string" && /^(0|[1-9]\d*)$/.test(value) ? Number(value) : value;
}
