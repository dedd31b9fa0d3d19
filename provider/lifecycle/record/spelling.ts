import { DsRecordError } from "../../errors";
import { spellingAdvice } from "../../wording/nearest";
import type { Context } from "../context";

/** Advice for a domain that the registrar once had. */
const forgetting = / If the domain is really gone, [^.]*\./;

/**
 * Adds to the error for a domain that the registrar does not have whether its name looks mistyped.
 */
export function withSpellingAdvice(
  error: DsRecordError,
  domain: string,
  { declarations }: Context["ledger"],
): DsRecordError {
  // An error that Pulumi saves comes from a later step, when the registrar did have the domain.
  if (error.details.apiCode !== "DomainNotExist" || "properties" in error) return error;
  const declared = declarations.ids().map((id) => id.split("/", 1)[0] ?? "");
  return new DsRecordError(
    error.code,
    `${error.message.replace(forgetting, "")} Nothing was changed. ${spellingAdvice(domain, declared)}`,
    error.details,
  );
}
