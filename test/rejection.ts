/** Returns the reason with which a promise rejects. Fails if it does not reject. */
export async function rejection(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  const result = await promise.then(
    (value: unknown) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("value" in result) throw new Error(`It did not fail, but came to ${JSON.stringify(result.value)}`);
  return result.error as Error & Record<string, unknown>;
}
