import { type Body } from "./answer";

/**
 * Rewrites every value of a body, at any depth. A member whose value becomes undefined is omitted.
 */
export function mapValues(rewrite: (name: string, value: unknown) => unknown): (body: Body) => Body {
  return (body) => JSON.parse(JSON.stringify(body, rewrite)) as Body;
}

/**
 * Gives values another type: those of the named fields, or by default everything but objects and
 * the RequestId. Clients read nothing else of an answer without a RequestId.
 */
export function swapTypes(fields: readonly string[] | undefined): (body: Body) => Body {
  const isChosen = (name: string, value: unknown) =>
    fields ? fields.includes(name) : name !== "RequestId" && !isObject(value);
  // The empty name belongs to the whole body.
  return mapValues((name, value) => (name !== "" && isChosen(name, value) ? swapType(value) : value));
}

export function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function swapType(value: unknown): unknown {
  if (Array.isArray(value)) return { ...value };
  if (isObject(value)) return JSON.stringify(value);
  if (typeof value === "number") return value !== 0;
  if (typeof value === "boolean") return Number(value);
  return typeof value === "string" ? value.length : value;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
