import type { DsRecordError } from "../../errors";

/**
 * Marks an error that a program is to end with, as Pulumi's `RunError` is marked: its message is shown, and no stack.
 */
export function withoutStack(error: DsRecordError): DsRecordError {
  error.message = `${error.message} [${error.code}]`;
  error.stack = error.message;
  return Object.assign(error, { __pulumiRunError: true });
}
