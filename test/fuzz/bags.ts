import fc from "fast-check";
import { formatDs, type Ds } from "../../provider/dnssec/ds";
import { dnskey, ds384, fields } from "../lifecycle/record/exampleRecord";
import {
  anyJson,
  anyObject,
  carriedOut,
  isObject,
  planned,
  type Json,
  type JsonObject,
  type Origin,
} from "./json";

/** A value, and how it was made. */
export interface Case<T> {
  readonly origin: Origin;
  readonly value: T;
}

export const domain = "example.com";
export const now = Date.UTC(2026, 0, 2, 3, 4, 5);

const digest = (octets: number) => fc.constantFrom("00", "c9", "ff").map((octet) => octet.repeat(octets));

/** A DS record with one of a few key tags, so that cases collide. */
export const record: fc.Arbitrary<Ds> = fc
  .record({
    keyTag: fc.constantFrom(1, 2, 2371, 65535),
    algorithm: fc.constantFrom(13, 8, 15),
    kind: fc.constantFrom(
      { digestType: 2, octets: 32 },
      { digestType: 4, octets: 48 },
      { digestType: 1, octets: 20 },
    ),
    digests: fc.record({ 20: digest(20), 32: digest(32), 48: digest(48) }),
  })
  .map(({ keyTag, algorithm, kind: { digestType, octets }, digests }) => ({
    keyTag,
    algorithm,
    digestType,
    digest: digests[octets as 20 | 32 | 48],
  }));

export const options: fc.Arbitrary<JsonObject> = fc.constantFrom<JsonObject>(
  {},
  {},
  { onConflict: "replace" },
  { onConflict: "fail", preflight: "strict", waitForPublication: true },
  { nameServers: ["192.0.2.1", "[2001:db8::1]:5301"], parentNameServers: ["127.0.0.1:5301"] },
  { keyWait: "0s" },
  { __timeouts: { create: "90s", update: "1h30m", delete: "500ms" } },
);

const hidden = { __provider: "exports.handler = () => …", __urn: "urn:pulumi:dev::p::t::ksk" };

/** Inputs as a program writes them, before `check`. */
const declared: fc.Arbitrary<JsonObject> = fc
  .tuple(
    fc.constantFrom("example.com", "EXAMPLE.Com.", "例子.公司.cn", "xn--fsqu00a.xn--55qx5d.cn"),
    record,
    fc.constantFrom("tuple", "texts", "ds", "dnskey", "all"),
    options,
  )
  .map(([domainName, ds, form, more]) => ({ domainName, ...formOf(form, ds), ...hidden, ...more }));

function formOf(form: string, ds: Ds): JsonObject {
  switch (form) {
    case "tuple":
      return { ...ds };
    case "texts":
      return {
        ...ds,
        keyTag: String(ds.keyTag),
        algorithm: "ECDSAP256SHA256",
        digest: ds.digest.toUpperCase(),
      };
    case "ds":
      return { ds: `example.com. 3600 IN DS ( ${formatDs(ds)} )` };
    case "dnskey":
      return { dnskey, digestType: 2 };
    default:
      return { ...fields, digestType: 4, digest: ds384.split(" ")[3] ?? "", ds: ds384, dnskey };
  }
}

/** Inputs after `check`. */
export function checkedInputs(ds: Ds, more: JsonObject = {}): JsonObject {
  return { domainName: domain, ...ds, ...hidden, ...more };
}

const pending: fc.Arbitrary<JsonObject> = fc
  .record({
    taskNo: fc.constantFrom("T-1", "T-2"),
    action: fc.constantFrom("add", "modify", "delete"),
    age: fc.constantFrom(0, 30_000, 600_000, 86_400_000, -60_000, -31_536_000_000),
    ds: record,
    was: fc.option(record),
  })
  .map(({ age, ds, was, ...task }) => ({
    pending: { ...task, submittedAt: now - age, ds: formatDs(ds), ...(was && { was: formatDs(was) }) },
  }));

/** Makes a state one of a possible other release. */
const releases: readonly ((state: JsonObject) => JsonObject)[] = [
  (state) => state,
  (state) => ({ ...state, taskNo: "T-1" }),
  (state) => ({ ...state, __get: true }),
  (state) => Object.fromEntries(Object.entries(state).filter(([name]) => name !== "ds")),
  ({ domainName, keyTag, algorithm, digestType, digest }) =>
    ({ domainName, keyTag, algorithm, digestType, digest }) as JsonObject,
  (state) => ({
    ...state,
    schemaVersion: 2,
    publishedAt: "2027-01-01T00:00:00Z",
    history: [{ taskNo: "T-0" }],
  }),
  (state) => ({ ...state, ds: [state["ds"] ?? null], keyTags: [1, 2], algorithm: "ECDSAP256SHA256" }),
  (state) => ({ ...state, digest: String(state["digest"]).toUpperCase(), keyTag: String(state["keyTag"]) }),
  (state) => ({ ...state, domainName: "EXAMPLE.COM.", digest: "", pending: { taskNo: "T-1" } }),
];

/** States for a record with this data. */
const states: fc.Arbitrary<(ds: Ds) => JsonObject> = fc
  .tuple(fc.constantFrom(...releases), fc.option(pending, { freq: 2 }), options)
  .map(([release, unfinished, more]) => (ds: Ds) => ({
    ...release({ ...checkedInputs(ds), ds: formatDs(ds), ...more }),
    ...unfinished,
  }));

/** Inputs of a program, for `check`. */
export const declarations: fc.Arbitrary<Case<JsonObject>> = fc
  .tuple(declared, planned(anyObject))
  .map(([valid, plan]) => ({ origin: plan.origin, value: bag(carriedOut(plan, valid)) }));

/** The arguments of an operation: the state, and the program's inputs. */
export interface Arguments {
  readonly id: Json;
  readonly olds: JsonObject;
  readonly news: JsonObject;
}

export interface OperationCase extends Case<Arguments> {
  /** The records of state and program before the mutations. */
  readonly had: Ds;
  readonly wanted: Ds;
}

const anyArguments: fc.Arbitrary<Json> = fc.record({
  id: fc.oneof(
    anyJson,
    fc.constantFrom(`${domain}/1`, `${domain}/01`, "EXAMPLE.com/2371", "a/b/1", "/1", "com/1"),
  ),
  olds: anyObject,
  news: anyObject,
});

/** Three of four have the same key tag. */
export const operationCases: fc.Arbitrary<OperationCase> = fc
  .tuple(record, record, fc.nat(3), states, options, planned(anyArguments))
  .map(([had, other, roll, state, more, plan]) => {
    const wanted = roll > 0 ? { ...other, keyTag: had.keyTag } : other;
    const valid = { id: `${domain}/${had.keyTag}`, olds: state(had), news: checkedInputs(wanted, more) };
    const { id = null, olds, news } = bag(carriedOut(plan, valid));
    return { origin: plan.origin, value: { id, olds: bag(olds), news: bag(news) }, had, wanted };
  });

/** Valid arguments. */
export function validArguments({ had, wanted }: OperationCase, more: JsonObject = {}): Arguments {
  const [old, news] = [checkedInputs(had, more), checkedInputs(wanted, more)];
  return { id: `${domain}/${wanted.keyTag}`, olds: { ...old, ds: formatDs(had) }, news };
}

/** Pulumi always passes objects, whatever they contain. */
function bag(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
