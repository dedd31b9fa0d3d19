import { isDeepStrictEqual } from "node:util";
import { dsFindings } from "../../../dnssec/rules";
import type { Failure } from "./failure";
import { dsFields, type DsField, type Form, type Given, type Said } from "./inputForms";
import type { CheckCall } from "../../call";
import type { PropertyBag } from "../state";
import { isUnknown, unknownValue } from "./unknown";

/** The inputs that declare the record, besides the domain. */
type RecordInput = DsField | "ds" | "dnskey";

/** A record; unknown values in a preview. */
export type Fields = Readonly<Record<DsField, string | number>>;

/** Inputs that `ignoreChanges` keeps as the state has them. */
export interface Kept {
  readonly names: ReadonlySet<RecordInput>;
  /** The record of the state, if there is one. */
  readonly record?: Fields;
}

const recordInputs: readonly RecordInput[] = [...dsFields, "ds", "dnskey"];

/**
 * Finds the inputs that the engine has taken from the state.
 *
 * @param news Inputs as the engine passes them on.
 * @param olds The state's inputs; empty for a creation.
 */
export function keptInputs(news: PropertyBag, olds: PropertyBag, ignored: CheckCall["ignored"]): Kept {
  const record = recordIn(olds);
  if (record === undefined) return { names: new Set() };
  if (ignored === "all") return { names: new Set(recordInputs), record };
  const { names, given } = ignored ?? { names: [], given: [] };
  const isKept = (name: RecordInput) =>
    names.includes(name) &&
    isDeepStrictEqual(news[name], olds[name]) &&
    (Object.hasOwn(news, name) || given.includes(name));
  return { names: new Set(recordInputs.filter(isKept)), record };
}

/** Returns the inputs that the program gives, without those that are kept. */
export function freshInputs(given: Given, { names }: Kept): Given {
  return Object.fromEntries(Object.entries(given).filter(([name]) => !(names as Set<string>).has(name)));
}

/**
 * Completes the program's fields with those that stay as the state has them. These are the ignored
 * ones and, if a whole form is ignored, those that no other input gives. A digest and its type stay
 * together: an ignored digest keeps its type, and where the type stays, a digest of another type is
 * computed from the key or stays too.
 *
 * @param said Fields that the program gives, without the ignored ones.
 * @param digestOf Computes the key's digest of a type, if there is a key, and the type can be
 *   computed.
 */
export function completeFields(
  said: Readonly<Partial<Fields>>,
  { names, record }: Kept,
  digestOf: (digestType: Said) => Said,
): Fields {
  if (record === undefined || names.size === 0) return { ...unknownFields, ...said };
  const isFormKept = names.has("ds") || names.has("dnskey");
  const stays = (field: DsField) => names.has(field) || (isFormKept && said[field] === undefined);
  const fields = { ...unknownFields, ...said, ...only(record, stays) };
  const { digestType, digest } = record;
  if (names.has("digest")) return { ...fields, digestType };
  if (stays("digest")) {
    if (fields.digestType === digestType) return fields;
    const computed = digestOf(fields.digestType);
    return computed === undefined ? { ...fields, digestType } : { ...fields, digest: computed };
  }
  if (!stays("digestType") || isOfType(said, digestType)) return fields;
  return { ...fields, digest: digestOf(digestType) ?? (isUnknown(said.digestType) ? unknownValue : digest) };
}

/** Returns a failure for a kept key tag with another key's data. Such a record can never work. */
export function keptKeyTagFailures(
  fields: Fields,
  { names, record }: Kept,
  fresh: readonly Form[],
): Failure[] {
  if (record === undefined || !names.has("keyTag")) return [];
  if (dsFields.every((field) => fields[field] === record[field])) return [];
  const other = fresh.find(
    ({ says: { keyTag = record.keyTag } }) => !isUnknown(keyTag) && keyTag !== record.keyTag,
  );
  if (other === undefined) return [];
  const { name, says } = other;
  const reason =
    `keyTag ${record.keyTag}, which ignoreChanges keeps, disagrees with ${name}, which says ${says.keyTag}: ` +
    `ignore ${name} too, or do not ignore keyTag`;
  return [{ property: "keyTag", reason }];
}

const unknownFields: Fields = {
  keyTag: unknownValue,
  algorithm: unknownValue,
  digestType: unknownValue,
  digest: unknownValue,
};

/** Returns whether a digest has this type, by its length if it comes without its type. */
export function isOfType({ digestType, digest }: Readonly<Partial<Fields>>, type: string | number): boolean {
  if (digestType !== undefined) return digestType === type;
  if (digest === undefined || isUnknown(digest)) return true;
  return !dsFindings({ digestType: type, digest }).some(({ id }) => id === "digest-length");
}

function only(record: Fields, stays: (field: DsField) => boolean): Partial<Fields> {
  return Object.fromEntries(dsFields.filter(stays).map((field) => [field, record[field]]));
}

function recordIn({ keyTag, algorithm, digestType, digest }: PropertyBag): Kept["record"] {
  const numbers = [keyTag, algorithm, digestType];
  if (!numbers.every(Number.isInteger) || typeof digest !== "string" || isUnknown(digest)) return undefined;
  return { keyTag, algorithm, digestType, digest } as Fields;
}
