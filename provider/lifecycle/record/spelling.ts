import { DsRecordError } from "../../errors";
import { spellingAdvice } from "../../wording/nearest";
import type { Context } from "../context";

/** Right for a domain that was there once. */
const forgetting = / If the domain is really gone, [^.]*\./;

/** Adds to the registrar's word that it does not have a domain whether the domain's name is mistyped. */
export async function mindingSpelling<T>(
  domain: string,
  { ledger }: Context,
  operation: () => Promise<T>,
): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    // A failure that Pulumi saves is of a later step: the registrar had the domain by then.
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
