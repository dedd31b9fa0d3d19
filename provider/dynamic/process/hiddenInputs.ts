import { isDeepStrictEqual } from "node:util";
import {
  UnfinishedRecordError,
  type Call,
  type CheckCall,
  type PropertyBag,
  type Records,
} from "../../records";
import { readTimeout, timeoutFailures, type TimedOperation } from "./timeouts";

/** A property bag from Pulumi, as {@link divide} splits it. */
interface Bag {
  readonly properties: PropertyBag;
  /** The inputs that no program gives; their names begin with two underscores. */
  readonly hidden: PropertyBag;
}

/**
 * Names that say nothing about the resource: the closure's text is constant, and the URN only says
 * where to report.
 */
const incomparable: readonly string[] = ["__provider", "__urn"];

/**
 * Returns the operations as Pulumi's dynamic provider process calls them. It passes everything in
 * property bags, so the resource class adds hidden inputs: `__urn`, `__timeouts` (the option
 * `customTimeouts`), `__get` (a `DsRecord.get`) and `__ignoreChanges`; the SDK adds `__provider`,
 * the text of the closure, which must be in every state.
 */
export function withHiddenInputs(records: Records) {
  return {
    async check(olds: PropertyBag, news: PropertyBag) {
      const { properties, hidden } = divide(news);
      const call = checkCallOf(olds, news);
      const { inputs, failures } = await records.check(divide(olds).properties, properties, call);
      return { inputs: restore(inputs, hidden, ["__ignoreChanges"]), failures };
    },
    async diff(id: string, olds: PropertyBag, news: PropertyBag) {
      const wanted = divide(news);
      const result = await records.diff(
        id,
        divide(olds).properties,
        wanted.properties,
        callOf(wanted.hidden),
      );
      return { ...result, changes: result.changes || haveHiddenChanges(olds, news) };
    },
    async create(inputs: PropertyBag) {
      const { properties, hidden } = divide(inputs);
      const { id, outs } = await restoring(hidden, records.create(properties, callOf(hidden, "create")));
      return { id, outs: restore(outs, hidden) };
    },
    async read(id: string, props: PropertyBag) {
      const { properties, hidden } = divide(props);
      const read = await records.read(id, properties, callOf(hidden));
      return {
        id: read.id,
        ...(read.props && { props: restore(read.props, hidden, ["__get"]) }),
        ...(read.inputs && { inputs: restore(read.inputs, hidden, ["__get"]) }),
      };
    },
    async update(id: string, olds: PropertyBag, news: PropertyBag) {
      const { properties, hidden } = divide(news);
      const call = callOf(hidden, "update");
      const old = divide(olds).properties;
      const { outs } = await restoring(hidden, records.update(id, old, properties, call));
      return { outs: restore(outs, hidden) };
    },
    async delete(id: string, props: PropertyBag) {
      const { properties, hidden } = divide(props);
      await records.delete(id, properties, callOf(hidden, "delete"));
    },
  };
}

/** Divides a bag into the properties that the provider works with and the hidden inputs. */
export function divide(bag: PropertyBag): Bag {
  const entries = Object.entries(bag);
  return {
    properties: Object.fromEntries(entries.filter(([name]) => !isHidden(name))),
    hidden: Object.fromEntries(entries.filter(([name]) => isHidden(name))),
  };
}

/** Returns properties together with hidden inputs, except for some. */
export function restore(
  properties: PropertyBag,
  hidden: PropertyBag,
  without: readonly string[] = [],
): PropertyBag {
  const kept = Object.entries(hidden).filter(([name]) => !without.includes(name));
  return { ...properties, ...Object.fromEntries(kept) };
}

/** Returns the details for `check` from the hidden inputs. */
export function checkCallOf(olds: PropertyBag, news: PropertyBag): CheckCall {
  const urn = urnOf(news);
  return {
    urn,
    isUrnFromState: urnOf(olds) === urn,
    failures: timeoutFailures(news["__timeouts"]),
    // `ignoreChanges: ["*"]` leaves nothing but the state's inputs, without the hint.
    ignored: isDeepStrictEqual(news, olds) ? "all" : ignoredIn(news["__ignoreChanges"]),
  };
}

/** Returns the details of an operation from the hidden inputs. */
export function callOf(hidden: PropertyBag, operation?: TimedOperation): Call {
  return {
    urn: urnOf(hidden),
    ...(operation && { timeoutMs: readTimeout(hidden["__timeouts"], operation) }),
    isFirstRead: hidden["__get"] === true,
  };
}

/**
 * Returns whether the hidden inputs need an update: a state keeps the time-out of a later deletion.
 */
export function haveHiddenChanges(olds: PropertyBag, news: PropertyBag): boolean {
  return [...new Set([...Object.keys(olds), ...Object.keys(news)])]
    .filter((name) => isHidden(name) && !incomparable.includes(name))
    .some((name) => !isDeepStrictEqual(olds[name] ?? undefined, news[name] ?? undefined));
}

/**
 * Adds the hidden inputs to the state that an unfinished change leaves: without `__provider` it
 * would be unusable.
 */
async function restoring<T>(hidden: PropertyBag, operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    if (!(error instanceof UnfinishedRecordError)) throw error;
    const { id, properties } = error;
    throw new UnfinishedRecordError(id, restore(properties, hidden), error);
  }
}

function urnOf(bag: PropertyBag): string | undefined {
  const urn = bag["__urn"];
  return typeof urn === "string" ? urn : undefined;
}

function ignoredIn(hint: unknown): CheckCall["ignored"] {
  const { names, given } = Object(hint) as Partial<Record<string, unknown>>;
  return { names: textsIn(names), given: textsIn(given) };
}

function textsIn(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((entry) => typeof entry === "string") : [];
}

function isHidden(name: string): boolean {
  return name.startsWith("__");
}
