import { domainName } from "../dnssec/name";
import { agreedFields } from "./agreement";
import type { Failure } from "./failure";
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
} from "./forms";
import { optionFailures } from "./options";
import { isHidden, nameFailures } from "./propertyNames";
import { timeoutFailures } from "./timeouts";
import { isUnknown, unknownValue } from "./unknown";

export interface CheckedInputs {
  /** Normalised, with the four fields of the record added. Without meaning where there are failures. */
  readonly inputs: Record<string, unknown>;
  readonly failures: Failure[];
  /** Each names the record: a preview may print them without it. */
  readonly warnings: string[];
}

const threeForms =
  'keyTag, algorithm, digestType and digest; or ds, such as "2371 13 2 c988ec42…"; or dnskey, such as "257 3 13 mdsswUyr3DPW…"';

/** The digest type that `dnskey` is for where nothing says otherwise. */
const defaultDigestType = 2;

/**
 * Validates and normalises what a program declares, and computes from it the record that is meant. Unknown values of a
 * preview stay unknown, and make unknown what rests on them.
 *
 * @param news Inputs as Pulumi hands them over, of any type, hidden ones included. Undefined and null are not given.
 * @returns All that is wrong, not only the first. Never throws.
 */
export function checkInputs(news: Readonly<Record<string, unknown>>): CheckedInputs {
  const given = withoutNothing(news);
  const domain = readDomain(given["domainName"]);
  const givenForms = readForms(given, domain.value);
  const { fields, failures } = agreedFields(givenForms);
  const cautions = new Set(givenForms.flatMap((form) => form.cautions));
  const label = recordLabel(domain.value, fields.keyTag);
  return {
    inputs: {
      ...given,
      ...(domain.value !== undefined && { domainName: domain.value }),
      ...Object.fromEntries(
        givenForms.flatMap(({ name, text }) => (text === undefined ? [] : [[name, text]])),
      ),
      ...fields,
    },
    failures: [
      ...nameFailures(Object.keys(given)),
      ...domain.failures,
      ...missingFields(given),
      ...givenForms.flatMap((form) => form.failures),
      ...failures,
      ...optionFailures(given),
      ...timeoutFailures(given["__timeouts"]),
    ],
    warnings: [...cautions].map((caution) => `${label}: ${caution}`),
  };
}

function withoutNothing(news: Readonly<Record<string, unknown>>): Given {
  return Object.fromEntries(
    Object.entries(news).filter(([name, value]) => value !== undefined && (value !== null || isHidden(name))),
  );
}

function readDomain(name: unknown): Attempt<string> {
  if (isUnknown(name)) return { value: unknownValue, failures: [] };
  if (name !== undefined) return attempt("domainName", () => domainName(name as string));
  const reason = "domainName is missing: the domain as it is registered, such as example.com";
  return { value: undefined, failures: [{ property: "domainName", reason }] };
}

/** The forms in which the record is given. The tuple comes first, as it is what the record will be kept as. */
function readForms(given: Given, domain: Said): Form[] {
  const tuple = tupleForm(given);
  const ds = has(given, "ds") ? [dsForm(given["ds"], domain)] : [];
  const context = { domain, ...digestTypeForKey(given, [tuple, ...ds]) };
  const dnskey = has(given, "dnskey") ? [dnskeyForm(given["dnskey"], context)] : [];
  return [tuple, ...ds, ...dnskey];
}

/** A digest of one type cannot be compared with one of another: `dnskey` takes the type that the other forms have. */
function digestTypeForKey(
  given: Given,
  others: readonly Form[],
): Pick<DigestContext, "digestType" | "typeFrom"> {
  const types = others.flatMap(({ name, says: { digestType } }) =>
    digestType === undefined ? [] : [{ digestType, typeFrom: name === "tuple" ? "digestType" : name }],
  );
  const type = types.find(({ digestType }) => !isUnknown(digestType)) ?? types[0];
  const isRefused = has(given, "digestType") || has(given, "ds");
  return type ?? { digestType: isRefused ? undefined : defaultDigestType, typeFrom: "dnskey" };
}

function missingFields(given: Given): Failure[] {
  const missing = dsFields.filter((field) => !has(given, field));
  const [first] = missing;
  if (first === undefined || has(given, "ds") || has(given, "dnskey")) return [];
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
