import { DnsDataError } from "../../../dnssec/dnsDataError";
import { dsFromDnskey, formatDnskey, keyTag, parseDnskeyRecord, type Dnskey } from "../../../dnssec/dnskey";
import { formatDs, parseDsRecord } from "../../../dnssec/ds";
import { sameName } from "../../../dnssec/name";
import { numberFromText } from "../../../dnssec/wholeNumber";
import { quoted } from "../../../dnssec/quoted";
import { algorithmNumber, digestTypeNumber } from "../../../dnssec/registries";
import { dnskeyFindings, dsFindings, type Finding } from "../../../dnssec/rules";
import type { Failure } from "./failure";
import { isUnknown, unknownValue } from "./unknown";

export const dsFields = ["keyTag", "algorithm", "digestType", "digest"] as const;

export type DsField = (typeof dsFields)[number];

/** The inputs that a program gives, without those that are undefined or null. */
export type Given = Readonly<Record<string, unknown>>;

/** The value of an input, perhaps `unknownValue`; undefined if it is missing or unusable. */
export type Said = string | number | undefined;

/** One of the three ways to declare a record, perhaps incomplete. */
export interface Form {
  readonly name: "tuple" | "ds" | "dnskey";
  readonly says: Readonly<Partial<Record<DsField, Said>>>;
  /** The normal text of the input, if it is a text and can be read. */
  readonly text?: string;
  readonly failures: readonly Failure[];
  /** Warnings about choices that are not recommended. */
  readonly cautions: readonly string[];
}

/** What a digest depends on besides the key. */
export interface DigestContext {
  readonly domain: Said;
  readonly digestType: Said;
  /** The input that the digest type comes from. */
  readonly typeFrom: string;
}

/** Reads the form of four inputs; some may be missing. */
export function tupleForm(given: Given): Form {
  const values: Partial<Record<DsField, unknown>> = {
    keyTag: numberFromText(given["keyTag"]),
    algorithm: algorithmNumber(given["algorithm"] as string) ?? given["algorithm"],
    digestType: digestTypeNumber(given["digestType"] as string) ?? given["digestType"],
    digest: hexadecimal(given["digest"]),
  };
  const findings = dsFindings(only(values, ([, value]) => !isUnknown(value)));
  const failures = failuresOf(findings);
  const says = only(values, ([field]) => !failures.some(({ property }) => property === field));
  return { name: "tuple", says: says as Form["says"], failures, cautions: cautionsOf(findings) };
}

/** Reads the form of a whole DS record in one text. */
export function dsForm(text: unknown, domain: Said): Form {
  const name = "ds";
  if (isUnknown(text)) return unknownForm(name, unknownValue);
  const { value: record, failures } = attempt(name, () => parseDsRecord(text as string));
  if (record === undefined) return { name, says: {}, failures, cautions: [] };
  const findings = dsFindings(record.ds);
  return {
    name,
    says: { ...record.ds },
    text: formatDs(record.ds),
    failures: [...ownerFailures(name, record.owner, domain), ...failuresOf(findings, name)],
    cautions: cautionsOf(findings),
  };
}

/** Reads a key and computes the record for it. */
export function dnskeyForm(text: unknown, context: DigestContext): Form {
  const name = "dnskey";
  const { domain, digestType } = context;
  if (isUnknown(text)) return unknownForm(name, digestType);
  const { value: record, failures } = attempt(name, () => parseDnskeyRecord(text as string));
  if (record === undefined) return { name, says: { digestType }, failures, cautions: [] };
  const { dnskey, owner } = record;
  const { algorithm } = dnskey;
  const findings = [...dnskeyFindings(dnskey), ...dsFindings({ algorithm })];
  const digest = digestOf(dnskey, context);
  return {
    name,
    says: { keyTag: keyTag(dnskey), algorithm, digestType, digest: digest.value },
    text: formatDnskey(dnskey),
    failures: [...ownerFailures(name, owner, domain), ...failuresOf(findings, name), ...digest.failures],
    cautions: cautionsOf(findings),
  };
}

export interface Attempt<T> {
  readonly value: T | undefined;
  readonly failures: readonly Failure[];
}

/**
 * Returns the result of `run`, or a failure of the property with the reason why the DNS data is
 * unusable.
 */
export function attempt<T>(property: string, run: () => T): Attempt<T> {
  try {
    return { value: run(), failures: [] };
  } catch (error) {
    if (!(error instanceof DnsDataError)) throw error;
    return { value: undefined, failures: [{ property, reason: error.message }] };
  }
}

function unknownForm(name: "ds" | "dnskey", digestType: Said): Form {
  const says = { keyTag: unknownValue, algorithm: unknownValue, digestType, digest: unknownValue };
  return { name, says, text: unknownValue, failures: [], cautions: [] };
}

/**
 * Computes the digest. While the domain is unknown, it still finds out whether the type can be
 * computed.
 */
function digestOf(dnskey: Dnskey, { domain, digestType, typeFrom }: DigestContext): Attempt<Said> {
  if (digestType === undefined || isUnknown(digestType)) return { value: digestType, failures: [] };
  const owner = domain === undefined || isUnknown(domain) ? "." : String(domain);
  const { value, failures } = attempt(typeFrom, () => dsFromDnskey(owner, dnskey, Number(digestType)).digest);
  if (value === undefined)
    return { value, failures: typeFrom === "ds" ? failures.map(asComparison) : failures };
  return { value: owner === "." ? domain : value, failures };
}

function asComparison({ property, reason }: Failure): Failure {
  return { property, reason: `ds cannot be compared with dnskey: ${reason}` };
}

/** Removes the blanks and line breaks with which zone files split long digests. */
function hexadecimal(value: unknown): unknown {
  return typeof value === "string" ? value.replace(/[ \t\r\n]/g, "").toLowerCase() : value;
}

function ownerFailures(property: "ds" | "dnskey", owner: string | undefined, domain: Said): Failure[] {
  if (owner === undefined || domain === undefined || isUnknown(domain)) return [];
  if (sameName(owner, String(domain))) return [];
  const reason = `${property} is a record of ${quoted(owner)}, domainName is ${quoted(domain)}: they must be the same`;
  return [{ property, reason }];
}

function failuresOf(findings: readonly Finding[], property?: "ds" | "dnskey"): Failure[] {
  const faults = findings.filter(({ tier }) => tier !== "practice");
  return faults.map((fault) => ({ property: property ?? fault.property, reason: fault.message }));
}

function cautionsOf(findings: readonly Finding[]): string[] {
  return findings.filter(({ tier }) => tier === "practice").map(({ message }) => message);
}

function only<T>(
  values: Readonly<Record<string, T>>,
  keep: (entry: [string, T]) => boolean,
): Record<string, T> {
  return Object.fromEntries(Object.entries(values).filter(keep));
}
