import { DnsDataError } from "../../dnssec/dnsDataError";
import { DsRecordError } from "../../errors";

/**
 * Returns an error in the form for Pulumi to show, which is the message with its code and without a
 * stack.
 */
export function presentable(error: unknown): Error {
  const isKnown = error instanceof DsRecordError || error instanceof DnsDataError;
  const presented = isKnown ? error : unexpected(error);
  presented.message = `${presented.message} [${presented.code}]`;
  // Pulumi prints the stack of what check, diff, read and delete throw.
  presented.stack = "";
  return presented;
}

/**
 * Shows only the kind of an error and its place: its message is of unknown origin and may hold a
 * secret.
 */
function unexpected(error: unknown): DsRecordError {
  const kind = error instanceof Error ? error.name : typeof error;
  const place =
    error instanceof Error ? /at .*?([\w-]+\.[cm]?js:\d+:\d+)/.exec(error.stack ?? "")?.[1] : undefined;
  return new DsRecordError(
    "UNEXPECTED",
    `A mistake in pulumi-alicloud-dnssec: ${kind}${place ? ` at ${place}` : ""}. Please report it. \`pulumi up\` reads what the registrar has and continues from there.`,
  );
}
