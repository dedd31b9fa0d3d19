import { quoted } from "../../../dnssec/quoted";
import type { Failure } from "./failure";
import { dsFields, type DsField, type Form, type Said } from "./inputForms";
import { isUnknown, unknownValue } from "./unknown";

/** A known value that a form gives a field. */
interface Claim {
  readonly form: Form;
  readonly field: DsField;
  readonly value: string | number;
}

/**
 * Maximum length of a value that a message shows whole, since two digests of 48 octets may differ
 * only in the last digit.
 */
const maxWholeLength = 128;

/**
 * Merges the forms into fields. A field has the value of the first form that knows it. It is the
 * unknown value while no form knows it, and missing if no form gives it. A field about which forms
 * disagree is a failure.
 */
export function mergeForms(forms: readonly Form[]): {
  readonly fields: Readonly<Partial<Record<DsField, string | number>>>;
  readonly failures: readonly Failure[];
} {
  const claims = new Map(dsFields.map((field) => [field, claimsOn(field, forms)]));
  const said = dsFields.filter((field) => forms.some(({ says }) => says[field] !== undefined));
  const fields = said.map((field) => [field, claims.get(field)?.[0]?.value ?? unknownValue]);
  const conflicts = dsFields.flatMap((field) => conflictsAmong(claims.get(field) ?? []));
  const ofOneType = !conflicts.some(([{ field }]) => field === "digestType");
  // Digests of different types always differ, so this would add nothing.
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
    reason: `${first.field} ${quoteLong(first.value)}${whose} disagrees with ${other.form.name}, which says ${quoteLong(other.value)}${typeOf(other)}`,
  };
}

/** Returns the type of a computed digest, since the program may not have given it. */
function typeOf({ form, field }: Claim): string {
  return form.name === "dnskey" && field === "digest" ? ` (digest type ${form.says.digestType})` : "";
}

function quoteLong(value: string | number): string {
  return typeof value === "string" && value.length > maxWholeLength ? quoted(value) : String(value);
}
