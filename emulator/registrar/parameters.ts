import { isAsciiForm } from "./domains";
import { type Ds } from "../ds";
import { illegalParameter, invalidParameter, missingParameter } from "../wire/errors";
import { type Params } from "../wire/signature";

const algorithms = [1, 2, 3, 5, 6, 7, 8, 10, 12, 13, 14, 15, 16, 252, 253, 254];
const digestTypes = [1, 2, 3, 4];
const maxPageSize = 1000;

/** @throws {ApiError} `Missing…` where it is not there, or is empty. */
export function requiredText(params: Params, name: string): string {
  const value = params.get(name);
  if (!value) throw missingParameter(name);
  return value;
}

/** @throws {ApiError} MissingDomainName, or ParameterIllegal for an IDN in its ASCII form. */
export function domainName(params: Params): string {
  const name = requiredText(params, "DomainName");
  if (isAsciiForm(name))
    throw illegalParameter("DomainName", "Punycode is not supported, use the Unicode form");
  return name;
}

export function keyTag(params: Params): number {
  const value = requiredInteger(params, "KeyTag");
  if (value > 65535) throw illegalParameter("KeyTag", "it is not in the range of 0 to 65535");
  return value;
}

export function dsRecord(params: Params): Ds {
  const ds = {
    keyTag: keyTag(params),
    algorithm: oneOf(params, "Algorithm", algorithms),
    digestType: oneOf(params, "DigestType", digestTypes),
    digest: requiredText(params, "Digest").toLowerCase(),
  };
  if (!/^([0-9a-f]{2})+$/.test(ds.digest)) throw illegalParameter("Digest", "it is not hexadecimal");
  return ds;
}

export interface Page {
  readonly number: number;
  readonly size: number;
}

export function page(params: Params): Page {
  const number = requiredInteger(params, "PageNum");
  const size = requiredInteger(params, "PageSize");
  if (number < 1) throw invalidParameter("PageNum");
  if (size < 1 || size > maxPageSize) throw invalidParameter("PageSize");
  return { number, size };
}

/** A whole number of at most 15 digits, or undefined where there is none. */
export function optionalInteger(params: Params, name: string): number | undefined {
  const value = params.get(name);
  if (!value) return undefined;
  if (!/^\d{1,15}$/.test(value)) throw invalidParameter(name);
  return Number(value);
}

/** The values of `name.1`, `name.2`, …, until one is not there. */
export function textList(params: Params, name: string): string[] {
  const values = [];
  for (let index = 1; params.get(`${name}.${index}`); index += 1)
    values.push(params.get(`${name}.${index}`) ?? "");
  if (values.length === 0) throw missingParameter(name);
  return values;
}

function requiredInteger(params: Params, name: string): number {
  const value = optionalInteger(params, name);
  if (value === undefined) throw missingParameter(name);
  return value;
}

function oneOf(params: Params, name: string, values: readonly number[]): number {
  const value = requiredInteger(params, name);
  if (!values.includes(value)) throw illegalParameter(name, `${value} is not one of the listed values`);
  return value;
}
