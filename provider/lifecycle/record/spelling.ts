import { DsRecordError } from "../../errors";
import { spellingAdvice } from "../../wording/nearest";
import type { Context } from "../context";

/** Advice that fits only a domain that existed before. */
const forgetting = / If the domain is really gone, [^.]*\./;

/**
 * Runs an operation, and adds to the registrar's error for an unknown domain whether its name is
 * mistyped.
 */
export async function withSpellingAdvice<T>(
  domain: string,
  { ledger }: Context,
  operation: () => Promise<T>,
): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    // An error with `properties` comes from a later step, when the registrar knew the domain.
    const isUnsaved = error instanceof DsRecordError && !("properties" in error);
    if (!isUnsaved || error.details.apiCode !== "DomainNotExist") throw error;
    const declared = ledger.declarations.ids().map((id) => id.split("/", 1)[0] ?? "");
    throw new DsRecordError(
      error.code,
      `${error.message.replace(forgetting, "")} Nothing was changed. ${spellingAdvice(domain, declared)}`,
      error.details,
    );
  }
}
