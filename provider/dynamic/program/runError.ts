import type { DsRecordError } from "../../errors";

/**
 * Marks an error like Pulumi's `RunError`. A program that ends with it shows the message and no
 * stack.
 */
export function withoutStack(error: DsRecordError): DsRecordError {
  error.message = `${error.message} [${error.code}]`;
  error.stack = error.message;
  return Object.assign(error, { __pulumiRunError: true });
}
