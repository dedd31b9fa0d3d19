import { canDigest } from "../../dnssec/dnskey";
import { formatDs, type Ds } from "../../dnssec/ds";
import { defaultDigestType } from "../../dnssec/registries";
import { domainName } from "../../dnssec/name";
import { mergeForms } from "./inputs/mergeForms";
import type { Failure } from "./inputs/failure";
import {
  attempt,
  dnskeyForm,
  dsFields,
  dsForm,
  tupleForm,
  type Attempt,
  type DigestContext,
  type Form,
  type Given,
  type Said,
} from "./inputs/inputForms";
import {
  completeFields,
  freshInputs,
  isOfType,
  keptInputs,
  keptKeyTagFailures,
  type Fields,
  type Kept,
} from "./inputs/keptInputs";
import { invisibleFailures } from "./inputs/invisible";
import { optionFailures } from "./inputs/options";
import { nameFailures } from "./inputs/inputNames";
import type { CheckCall } from "../call";
import type { PropertyBag } from "./state";
import { isUnknown, unknownValue } from "./inputs/unknown";

export interface CheckedInputs {
  /**
   * The normalised inputs with the four fields of the record, or the given inputs if there are
   * failures.
   */
  readonly inputs: Record<string, unknown>;
  readonly failures: Failure[];
  /** Each warning names the record, because a preview may print it without the row. */
  readonly warnings: string[];
}

const threeForms =
  'keyTag, algorithm, digestType and digest; or ds, such as "2371 13 2 c988ec42…"; or dnskey, such as "257 3 13 mdsswUyr3DPW…"';

/**
 * Validates and normalises the inputs of a program and computes the record that they declare.
 * Unknown values of a preview stay unknown, and so do the values that are computed from them.
 *
 * @param news Inputs as Pulumi hands them over, of any type. Undefined and null count as missing.
 * @param olds The inputs in the state, which `ignoreChanges` keeps; none for a creation.
 * @returns All failures, not only the first, with those that the caller has found. Never throws.
 */
export function checkInputs(
  news: PropertyBag,
  olds: PropertyBag = {},
  { ignored, failures: found = [] }: Pick<CheckCall, "ignored" | "failures"> = {},
): CheckedInputs {
  const given = withoutNothing(news);
  const kept = keptInputs(news, olds, ignored);
  const fresh = freshInputs(given, kept);
  const domain = readDomain(given["domainName"]);
  const forms = readForms(fresh, domain.value, kept);
  const agreed = mergeForms(forms);
  const fields = completeFields(agreed.fields, kept, (digestType) =>
    keyDigest(given, domain.value, digestType),
  );
  const hidden = invisibleFailures(given);
  const others = [
    ...nameFailures(Object.keys(given)),
    ...domain.failures,
    ...missingFields(given, kept),
    ...forms.flatMap((form) => form.failures),
    ...agreed.failures,
    ...keptKeyTagFailures(fields, kept, forms),
    ...optionFailures(given),
    ...found,
  ];
  const isNews = ({ property }: Failure) => !hidden.some((failure) => failure.property === property);
  const failures = [...hidden, ...others.filter(isNews)];
  const cautions = new Set([...forms, tupleForm(fields)].flatMap((form) => form.cautions));
  const label = recordLabel(domain.value, fields.keyTag);
  return {
    // Outside of a preview the engine rejects unknown values before it looks at failures.
    inputs: failures.length > 0 ? given : { ...given, ...normalised(given, domain.value, forms, fields) },
    failures,
    warnings: [...cautions].map((caution) => `${label}: ${caution}`),
  };
}

/** Returns valid inputs in their normal form, with the fields of the record. */
function normalised(given: Given, domain: Said, forms: readonly Form[], fields: Fields): Given {
  const key = forms.find(({ name }) => name === "dnskey")?.text;
  const isKnown = ![given["ds"], ...Object.values(fields)].some(isUnknown);
  return {
    domainName: domain,
    ...(key !== undefined && { dnskey: key }),
    // With ignored fields the record may not be the program's.
    ...(has(given, "ds") && { ds: isKnown ? formatDs(fields as unknown as Ds) : unknownValue }),
    ...fields,
  };
}

function withoutNothing(news: Readonly<Record<string, unknown>>): Given {
  return Object.fromEntries(
    Object.entries(news).filter(([, value]) => value !== undefined && value !== null),
  );
}

function readDomain(name: unknown): Attempt<string> {
  if (isUnknown(name)) return { value: unknownValue, failures: [] };
  if (name !== undefined) return attempt("domainName", () => domainName(name as string));
  const reason = "domainName is missing: give the registered domain, such as example.com";
  return { value: undefined, failures: [{ property: "domainName", reason }] };
}

/**
 * Returns the forms in which the record is given. The tuple comes first, because the state has that
 * form.
 */
function readForms(given: Given, domain: Said, kept: Kept): Form[] {
  const tuple = tupleForm(given);
  const ds = has(given, "ds") ? [dsForm(given["ds"], domain)] : [];
  const context = { domain, ...digestTypeForKey(given, [tuple, ...ds], kept) };
  const dnskey = has(given, "dnskey") ? [dnskeyForm(given["dnskey"], context)] : [];
  return [tuple, ...ds, ...dnskey];
}

/**
 * Returns the type of the digest to compute, which is the type in the other forms, because digests
 * of two types cannot be compared.
 */
function digestTypeForKey(
  given: Given,
  others: readonly Form[],
  kept: Kept,
): Pick<DigestContext, "digestType" | "typeFrom"> {
  const types = others.flatMap(({ name, says: { digestType } }) =>
    digestType === undefined ? [] : [{ digestType, typeFrom: name === "tuple" ? "digestType" : name }],
  );
  const type = types.find(({ digestType }) => !isUnknown(digestType)) ?? types[0];
  const isRefused = has(given, "digestType") || has(given, "ds");
  if (type) return type;
  const unsaid = unsaidDigestType(kept);
  // The digest in an ignored `ds` may differ in length from the one that the program gives.
  const isOther = kept.names.has("ds") && !isOfType({ digest: others[0]?.says.digest as string }, unsaid);
  return { digestType: isRefused || isOther ? undefined : unsaid, typeFrom: "dnskey" };
}

/**
 * Returns the digest type for a key alone. An ignored `ds` passes its type on, if such a digest can
 * be computed.
 */
function unsaidDigestType({ names, record }: Kept): number {
  const type = names.has("ds") ? Number(record?.digestType) : defaultDigestType;
  return canDigest(type) ? type : defaultDigestType;
}

function keyDigest(given: Given, domain: Said, digestType: Said): Said {
  if (!has(given, "dnskey")) return undefined;
  return dnskeyForm(given["dnskey"], { domain, digestType, typeFrom: "dnskey" }).says.digest;
}

function missingFields(given: Given, { names: kept }: Kept): Failure[] {
  const missing = dsFields.filter((field) => !has(given, field));
  const [first] = missing;
  const isWhole = (form: "ds" | "dnskey") => has(given, form) || kept.has(form);
  if (first === undefined || isWhole("ds") || isWhole("dnskey")) return [];
  if (missing.length === dsFields.length) {
    return [{ property: "ds", reason: `there is no DS data: give ${threeForms}` }];
  }
  const names = new Intl.ListFormat("en-GB").format(missing);
  const verb = missing.length === 1 ? "is" : "are";
  return [{ property: first, reason: `${names} ${verb} missing: give ${threeForms}` }];
}

function recordLabel(domain: Said, keyTag: string | number): string {
  const isNamed = domain !== undefined && !isUnknown(domain);
  if (isUnknown(keyTag)) return isNamed ? String(domain) : "DS record";
  return isNamed ? `${domain}/${keyTag}` : `DS record ${keyTag}`;
}

function has(given: Given, name: string): boolean {
  return Object.hasOwn(given, name);
}
