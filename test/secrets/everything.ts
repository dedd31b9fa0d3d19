import { inspect } from "node:util";

/** Returns every text that a value can be printed as, with inherited and hidden properties. */
export function everythingOf(value: unknown): string {
  const shown = {
    depth: 10,
    showHidden: true,
    getters: true,
    maxStringLength: null,
    maxArrayLength: null,
  } as const;
  const texts = [inspect(value, shown), JSON.stringify(value), String(value)];
  const properties = chainOf(value).flatMap((object) =>
    Reflect.ownKeys(object).map((name) => `${String(name)}: ${inspect(read(value, name), shown)}`),
  );
  return [...texts, ...properties, ...conversionsOf(value)].join("\n");
}

function chainOf(value: unknown): object[] {
  const chain: object[] = [];
  for (
    let object = value;
    typeof object === "object" && object !== null;
    object = Object.getPrototypeOf(object)
  ) {
    chain.push(object);
  }
  return chain;
}

function read(value: unknown, name: PropertyKey): unknown {
  try {
    return (value as Record<PropertyKey, unknown>)[name];
  } catch (error) {
    return error;
  }
}

function conversionsOf(value: unknown): string[] {
  const { cause, stack, toJSON } = Object(value) as {
    cause?: unknown;
    stack?: unknown;
    toJSON?: () => unknown;
  };
  return [
    String(stack),
    ...(cause === undefined ? [] : [everythingOf(cause)]),
    ...(typeof toJSON === "function" ? [inspect(toJSON.call(value), { depth: 10 })] : []),
  ];
}
