import { quoted } from "../../../dnssec/quoted";
import type { Failure } from "./failure";
import { dsFields, type DsField, type Form, type Said } from "./inputForms";
import { isUnknown, unknownValue } from "./unknown";

/** What a form says of a field, where that is known. */
interface Claim {
  readonly form: Form;
  readonly field: DsField;
  readonly value: string | number;
}

/** Two digests of 48 octets differ perhaps in the last digit only. */
const longestShown = 128;

/**
 * Returns the fields that the forms amount to. Each is what the first form says that knows it, the unknown value while it
 * is known to none, and missing if no form speaks of it. Forms that say different things are a failure for each such field.
 */
export function agreedFields(forms: readonly Form[]): {
  readonly fields: Readonly<Partial<Record<DsField, string | number>>>;
  readonly failures: readonly Failure[];
} {
  const claims = new Map(dsFields.map((field) => [field, claimsOn(field, forms)]));
  const said = dsFields.filter((field) => forms.some(({ says }) => says[field] !== undefined));
  const fields = said.map((field) => [field, claims.get(field)?.[0]?.value ?? unknownValue]);
  const conflicts = dsFields.flatMap((field) => conflictsAmong(claims.get(field) ?? []));
  const ofOneType = !conflicts.some(([{ field }]) => field === "digestType");
  // Digests of different types always differ: that says nothing new.
  const telling = conflicts.filter(([{ field }]) => field !== "digest" || ofOneType);
  return {
    fields: Object.fromEntries(fields) as Partial<Record<DsField, string | number>>,
    failures: telling.map(([first, other]) => disagreement(first, other)),
  };
}

function claimsOn(field: DsField, forms: readonly Form[]): Claim[] {
  return forms.flatMap((form) => {
    const value: Said = form.says[field];
    return value === undefined || isUnknown(value) ? [] : [{ form, field, value }];
  });
}

function conflictsAmong([first, ...others]: readonly Claim[]): [Claim, Claim][] {
  if (first === undefined) return [];
  return others.filter(({ value }) => value !== first.value).map((other) => [first, other]);
}

function disagreement(first: Claim, other: Claim): Failure {
  const { name } = first.form;
  const whose = name === "tuple" ? "" : ` of ${name}`;
  return {
    property: name === "tuple" ? first.field : name,
    reason: `${first.field} ${shown(first.value)}${whose} disagrees with ${other.form.name}, which says ${shown(other.value)}${typeOf(other)}`,
  };
}

/** A digest that was computed has a type that the program may not have written. */
function typeOf({ form, field }: Claim): string {
  return form.name === "dnskey" && field === "digest" ? ` (digest type ${form.says.digestType})` : "";
}

function shown(value: string | number): string {
  return typeof value === "string" && value.length > longestShown ? quoted(value) : String(value);
}
