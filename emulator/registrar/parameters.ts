import { isAsciiForm } from "./domains";
import { type Ds } from "../ds";
import { illegalParameter, invalidParameter, missingParameter } from "../wire/errors";
import { type Params } from "../wire/signature";

const algorithms = [1, 2, 3, 5, 6, 7, 8, 10, 12, 13, 14, 15, 16, 252, 253, 254];
const digestTypes = [1, 2, 3, 4];
const maxPageSize = 1000;

/** @throws {ApiError} `Missing…` if the parameter is missing or empty. */
export function readText(params: Params, name: string): string {
  const value = params.get(name);
  if (!value) throw missingParameter(name);
  return value;
}

/** @throws {ApiError} MissingDomainName, or ParameterIllegal for an IDN in its ASCII form. */
export function readDomainName(params: Params): string {
  const name = readText(params, "DomainName");
  if (isAsciiForm(name))
    throw illegalParameter("DomainName", "Punycode is not supported, use the Unicode form");
  return name;
}

export function readKeyTag(params: Params): number {
  const value = readInteger(params, "KeyTag");
  if (value > 65535) throw illegalParameter("KeyTag", "it is not in the range of 0 to 65535");
  return value;
}

export function readDsRecord(params: Params): Ds {
  const ds = {
    keyTag: readKeyTag(params),
    algorithm: readListedInteger(params, "Algorithm", algorithms),
    digestType: readListedInteger(params, "DigestType", digestTypes),
    digest: readText(params, "Digest").toLowerCase(),
  };
  if (!/^([0-9a-f]{2})+$/.test(ds.digest)) throw illegalParameter("Digest", "it is not hexadecimal");
  return ds;
}

export interface Page {
  readonly number: number;
  readonly size: number;
}

export function readPage(params: Params): Page {
  const number = readInteger(params, "PageNum");
  const size = readInteger(params, "PageSize");
  if (number < 1) throw invalidParameter("PageNum");
  if (size < 1 || size > maxPageSize) throw invalidParameter("PageSize");
  return { number, size };
}

/** Reads a whole number of at most 15 digits. Returns undefined if it is missing or empty. */
export function readOptionalInteger(params: Params, name: string): number | undefined {
  const value = params.get(name);
  if (!value) return undefined;
  if (!/^\d{1,15}$/.test(value)) throw invalidParameter(name);
  return Number(value);
}

/** Reads `name.1`, `name.2`, … up to the first that is missing. */
export function readTextList(params: Params, name: string): string[] {
  const values = [];
  for (let index = 1; params.get(`${name}.${index}`); index += 1)
    values.push(params.get(`${name}.${index}`) ?? "");
  if (values.length === 0) throw missingParameter(name);
  return values;
}

function readInteger(params: Params, name: string): number {
  const value = readOptionalInteger(params, name);
  if (value === undefined) throw missingParameter(name);
  return value;
}

function readListedInteger(params: Params, name: string, values: readonly number[]): number {
  const value = readInteger(params, name);
  if (!values.includes(value)) throw illegalParameter(name, `${value} is not one of the listed values`);
  return value;
}
