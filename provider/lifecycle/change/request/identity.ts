import { domainName } from "../../../dnssec/name";
import { quoted } from "../../../dnssec/quoted";
import { DsRecordError } from "../../../errors";

/**
 * The domain of a record, as lower-case A-labels, and its key tag: the registrar finds records by
 * them.
 */
export interface RecordIdentity {
  readonly domain: string;
  readonly keyTag: number;
}

/**
 * Returns the id of a record's resource in Pulumi's state. Its form is frozen since 0.1.0.
 *
 * @example recordId({ domain: "example.com", keyTag: 2371 }); // "example.com/2371"
 */
export function recordId({ domain, keyTag }: RecordIdentity): string {
  return `${domain}/${keyTag}`;
}

/**
 * Reads an id. Its domain may be in any form and case.
 *
 * @throws {DsRecordError} RESOURCE_ID_INVALID
 * @example parseRecordId("Example.com/2371"); // { domain: "example.com", keyTag: 2371 }
 */
export function parseRecordId(id: unknown): RecordIdentity {
  const [, name = "", tag = ""] =
    typeof id === "string" ? (/^([^/]+)\/(0|[1-9]\d{0,4})$/.exec(id) ?? []) : [];
  if (name === "" || Number(tag) > 65535) throw invalidId(id);
  try {
    return { domain: domainName(name), keyTag: Number(tag) };
  } catch {
    throw invalidId(id);
  }
}

function invalidId(id: unknown): DsRecordError {
  return new DsRecordError(
    "RESOURCE_ID_INVALID",
    `${quoted(id)} is not the id of a DS record. An id is the domain, a slash and the key tag, such as example.com/2371.`,
  );
}
