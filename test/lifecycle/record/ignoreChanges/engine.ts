import { isDeepStrictEqual } from "node:util";
import { checkInputs, diffRecords } from "../../operations";
import type { PropertyBag } from "../../../../provider/lifecycle/record/state";
import { ignoredInputs } from "../../../../provider/dynamic/program/ignoreChanges";

/** A resource in Pulumi's state. */
export interface State {
  readonly inputs: PropertyBag;
  readonly outputs: PropertyBag;
}

/** The inputs that the resource class registers. */
export function registered(args: PropertyBag, ignoreChanges: readonly string[]): PropertyBag {
  return {
    domainName: "example.com",
    ...args,
    __provider: "the closure",
    __urn: "urn:1",
    ...ignoredInputs(args, [...ignoreChanges]),
  };
}

/**
 * Resets new inputs as Pulumi's engine does (PropertyPath.Reset), for one-key paths and list
 * entries.
 */
export function reset(news: PropertyBag, olds: PropertyBag, ignoreChanges: readonly string[]): PropertyBag {
  if (ignoreChanges.includes("*")) return { ...olds };
  const bag: Record<string, unknown> = { ...news };
  for (const path of ignoreChanges) {
    const name = /^\["(.*)"\]$/.exec(path)?.[1] ?? path;
    if (name.includes("[")) continue;
    if (Object.hasOwn(olds, name)) bag[name] = olds[name];
    else delete bag[name];
  }
  return bag;
}

export interface Step {
  readonly inputs: PropertyBag;
  readonly failures: readonly { property: string; reason: string }[];
  readonly warnings: readonly string[];
  /** The fields that change, "r" for a replacement, "x" for a refusal. */
  readonly cell: string;
}

const letters = { keyTag: "k", algorithm: "a", digestType: "t", digest: "d" } as const;

/** The step that the engine takes with a resource that is in the state. */
export function step(id: string, state: State, args: PropertyBag, ignoreChanges: readonly string[]): Step {
  const news = reset(registered(args, ignoreChanges), state.inputs, ignoreChanges);
  const { inputs, failures, warnings } = checkInputs(news, state.inputs);
  if (failures.length > 0) return { inputs, failures, warnings, cell: "x" };
  const { changes, replaces } = diffRecords(id, state.outputs, inputs);
  if (replaces.length > 0) {
    // The engine checks the program's inputs again, without the state.
    const again = checkInputs(registered(args, ignoreChanges), {});
    return { ...again, cell: again.failures.length > 0 ? "x" : "r" };
  }
  const changed = Object.entries(letters)
    .filter(([name]) => !isDeepStrictEqual(state.outputs[name], inputs[name]))
    .map(([, letter]) => letter)
    .join("");
  return { inputs, failures, warnings, cell: changes ? changed || "another change" : "-" };
}
