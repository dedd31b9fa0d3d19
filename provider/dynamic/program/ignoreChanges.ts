/**
 * Returns the hidden input that tells the provider which values come from `ignoreChanges`: Pulumi
 * replaces the program's values with the state's and leaves no trace of that. `check` removes the
 * input, so no state has it.
 *
 * @param args The arguments that the program gives. `given` names the ignored ones among them: a
 *   refreshed state has no `ds`, so an ignored `ds` is missing in the inputs that the engine passes
 *   on.
 */
export function ignoredInputs(
  args: object,
  ignoreChanges: readonly string[] = [],
): { __ignoreChanges?: { names: string[]; given: string[] } } {
  const names = ignoreChanges.map(propertyName);
  const values = args as Readonly<Record<string, unknown>>;
  const given = names.filter((name) => values[name] !== undefined && values[name] !== null);
  return names.length > 0 ? { __ignoreChanges: { names, given } } : {};
}

/** `["digest"]` is another spelling of `digest`. */
function propertyName(path: string): string {
  return /^\["(.*)"\]$/.exec(path)?.[1] ?? path;
}
