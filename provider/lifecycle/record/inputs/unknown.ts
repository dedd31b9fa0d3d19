/**
 * Pulumi's constant for a value that a preview does not know yet. `check` and `diff` receive it as
 * it is.
 */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Returns whether a value is not known yet. In a list, each entry may be unknown. */
export function isUnknown(value: unknown): value is typeof unknownValue {
  return value === unknownValue;
}
