/**
 * Returns the hidden input that tells `check` which values come from `ignoreChanges`: Pulumi puts the state's values in
 * place of the program's and passes no trace of it. `check` removes the input, so no state has it.
 *
 * @param args The arguments that the program gives. `given` names those of them that it ignores: a refreshed state has
 *   no `ds`, so that an ignored `ds` is missing in the inputs that the engine passes on.
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
