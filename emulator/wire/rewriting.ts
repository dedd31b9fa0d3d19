import { type Body } from "./answer";

/** Rewrites every value of a body, at any depth; a member whose value becomes undefined is left out. */
export function mapped(rewrite: (name: string, value: unknown) => unknown): (body: Body) => Body {
  return (body) => JSON.parse(JSON.stringify(body, rewrite)) as Body;
}

/** By default everything but the RequestId, without which nobody looks at the rest, and the objects around it. */
export function withWrongTypes(fields: readonly string[] | undefined): (body: Body) => Body {
  const isChosen = (name: string, value: unknown) =>
    fields ? fields.includes(name) : name !== "RequestId" && !isObject(value);
  // The whole body has no name.
  return mapped((name, value) => (name !== "" && isChosen(name, value) ? ofWrongType(value) : value));
}

export function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function ofWrongType(value: unknown): unknown {
  if (Array.isArray(value)) return { ...value };
  if (isObject(value)) return JSON.stringify(value);
  if (typeof value === "number") return value !== 0;
  if (typeof value === "boolean") return Number(value);
  return typeof value === "string" ? value.length : value;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
