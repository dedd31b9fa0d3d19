/** What stands for a value that is not known yet in a preview: Pulumi's constant, which `check` and `diff` are given raw. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a value is not known yet. In a list, each entry may be so. */
export function isUnknown(value: unknown): value is typeof unknownValue {
  return value === unknownValue;
}
