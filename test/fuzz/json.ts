import fc from "fast-check";
import { unknownValue } from "../../provider/lifecycle/record/inputs/unknown";

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

/** Names with a meaning in JavaScript, and texts with a meaning for terminals, IDNA or people. */
const oddTexts: readonly string[] = [
  "",
  " ",
  "__proto__",
  "constructor",
  "toString",
  unknownValue,
  "\u0000",
  "\ud800",
  "\u202eexample.com",
  "例子.公司.cn",
  "１３",
  "ℂ/℀",
  "0x10",
  "1e3",
  "NaN",
  "-1",
  "null",
];

const oddNumbers: readonly number[] = [-1, 0.5, 256, 65536, 2 ** 53, 1e308, -1e308, 5e-324];

/** Size that reveals work that grows faster than the value. */
const huge: readonly Json[] = [
  "a".repeat(200_000),
  "ab".repeat(500_000),
  "1 13 2 ".repeat(50_000),
  "é.".repeat(50_000),
  Array.from({ length: 20_000 }, (_, index) => index),
  Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`name ${index}`, index])),
  nested(500),
];

/** Values without a text, or with a misleading one. */
const deceptive: readonly Json[] = [
  { toString: 1, valueOf: 1 },
  [{ toString: null }],
  { length: -1 },
  { then: true },
  JSON.parse('{ "__proto__": { "digest": "00" } }') as Json,
];

const text = fc.oneof(
  { arbitrary: fc.string({ maxLength: 20 }), weight: 3 },
  { arbitrary: fc.string({ unit: "binary", maxLength: 10 }), weight: 2 },
  { arbitrary: fc.constantFrom(...oddTexts), weight: 2 },
);

/** Any JSON value. */
export const anyJson: fc.Arbitrary<Json> = fc.oneof(
  { arbitrary: fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>, weight: 40 },
  { arbitrary: text, weight: 30 },
  { arbitrary: fc.oneof(fc.integer(), fc.constantFrom(...oddNumbers)), weight: 20 },
  { arbitrary: fc.constantFrom(...deceptive), weight: 9 },
  { arbitrary: fc.constantFrom(...huge), weight: 1 },
);

/** Any JSON object. */
export const anyObject: fc.Arbitrary<JsonObject> = fc
  .array(fc.tuple(text, anyJson), { maxLength: 8 })
  .map((entries) => Object.fromEntries(entries));

const manners = ["drop", "replace", "wrap", "list", "rename", "add", "copy", "tweak", "asText"] as const;

/** One change of a value: the number of the place, and the kind. */
export interface Mutation {
  readonly place: number;
  readonly manner: (typeof manners)[number];
  readonly name: string;
  readonly value: Json;
}

export const mutations: fc.Arbitrary<Mutation[]> = fc.array(
  fc.record({
    place: fc.nat(1000),
    manner: fc.constantFrom(...manners),
    name: fc.oneof(fc.constantFrom(...oddTexts, "pending", "taskNo", "digest"), fc.string({ maxLength: 8 })),
    value: anyJson,
  }),
  { minLength: 1, maxLength: 3 },
);

/** Returns a copy of a value with these changes. Only its contents change, not its type. */
export function mutated<T extends Json>(value: T, changes: readonly Mutation[]): T {
  const copy = copied(value);
  for (const change of changes) apply(change, placesIn(copy));
  return copy;
}

/** Copies by way of text, since `structuredClone` gives other prototypes under Jest. */
function copied<T extends Json>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

type Container = Json[] | JsonObject;
type Place = readonly [container: Container, key: string];

/** Leaves some places out where there are very many. */
function placesIn(value: Json, depth = 5): Place[] {
  if (typeof value !== "object" || value === null || depth === 0) return [];
  return Object.entries(value)
    .slice(0, 30)
    .flatMap(([key, inner]): Place[] => [[value, key], ...placesIn(inner, depth - 1)]);
}

function apply({ place, manner, name, ...change }: Mutation, places: readonly Place[]): void {
  const [container, key] = places[place % (places.length || 1)] ?? [];
  if (container === undefined || key === undefined) return;
  const old = (container as JsonObject)[key] as Json;
  // A copy, since the next change would otherwise apply to both.
  const value = copied(change.value);
  switch (manner) {
    case "drop":
      remove(container, key);
      break;
    case "replace":
      put(container, key, value);
      break;
    case "wrap":
      put(container, key, { [name]: old });
      break;
    case "list":
      put(container, key, [old, value]);
      break;
    case "rename":
      remove(container, key);
      put(container, name, old);
      break;
    case "add":
      put(container, name, value);
      break;
    case "copy": {
      const [source, from] = places[(place * 7 + 1) % places.length] ?? [container, key];
      put(container, key, copied((source as JsonObject)[from] as Json));
      break;
    }
    case "tweak":
      put(container, key, tweaked(old, place));
      break;
    case "asText":
      put(container, key, typeof old === "string" ? Number(old) || 0 : String(JSON.stringify(old)));
      break;
  }
}

function remove(container: Container, key: string): void {
  if (Array.isArray(container)) container.splice(Number(key), 1);
  else delete container[key];
}

/**
 * Sets a property, "__proto__" included, as `JSON.parse` does. In a list, a name that is not an
 * index appends.
 */
function put(container: Container, name: string, value: Json): void {
  // The "length" of a list cannot be defined again.
  const isEntry = Object.hasOwn(container, name) && name !== "length";
  const key = Array.isArray(container) && !isEntry ? container.length : name;
  Object.defineProperty(container, key, { value, configurable: true, enumerable: true, writable: true });
}

function tweaked(old: Json, at: number): Json {
  if (typeof old === "number") return old + (at % 2 === 0 ? 1 : -1);
  if (typeof old === "boolean") return !old;
  if (typeof old !== "string") return null;
  const [index, odd] = [at % (old.length + 1), oddTexts[at % oddTexts.length] ?? ""];
  return at % 3 === 0 ? old.toUpperCase() : old.slice(0, index) + odd + old.slice(index + 1);
}

function nested(depth: number): Json {
  return depth === 0 ? null : [nested(depth - 1)];
}

/** How to make a value from a valid one. */
export type Plan =
  | { readonly origin: "valid" }
  | { readonly origin: "mutated"; readonly changes: readonly Mutation[] }
  | { readonly origin: "arbitrary"; readonly value: Json };

export type Origin = Plan["origin"];

/** Three quarters are valid values with one to three mutations. The rest are arbitrary or valid. */
export function planned(arbitrary: fc.Arbitrary<Json>): fc.Arbitrary<Plan> {
  return fc.oneof(
    { arbitrary: mutations.map((changes): Plan => ({ origin: "mutated", changes })), weight: 15 },
    { arbitrary: arbitrary.map((value): Plan => ({ origin: "arbitrary", value })), weight: 3 },
    { arbitrary: fc.constant<Plan>({ origin: "valid" }), weight: 2 },
  );
}

export function carriedOut(plan: Plan, valid: Json): Json {
  if (plan.origin === "arbitrary") return plan.value;
  return plan.origin === "valid" ? valid : mutated(valid, plan.changes);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
