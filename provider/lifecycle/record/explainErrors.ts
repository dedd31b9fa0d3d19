import { DsRecordError } from "../../errors";

/**
 * Runs an operation. If it fails with an error of this package, throws what `explain` makes of it.
 */
export async function explainErrors<T>(
  operation: () => Promise<T>,
  explain: (error: DsRecordError) => DsRecordError,
): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw error instanceof DsRecordError ? explain(error) : error;
  }
}
