import fc from "fast-check";

/** A change to a list of octet strings: to one of them, or to their order. */
export interface Change {
  readonly kind: (typeof kinds)[number];
  readonly item: number;
  readonly place: number;
  readonly octets: Uint8Array;
}

const kinds = [
  "flip",
  "set",
  "insert",
  "remove",
  "cut",
  "extend",
  "replace",
  "drop",
  "repeat",
  "exchange",
  "splice",
] as const;

export const changes: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(...kinds),
    item: fc.nat(9),
    place: fc.nat(2047),
    octets: fc.uint8Array({ minLength: 1, maxLength: 40 }),
  }),
  { minLength: 1, maxLength: 3 },
);

export function changed(items: readonly Buffer[], list: readonly Change[]): readonly Buffer[] {
  return list.reduce(changedOnce, items);
}

function changedOnce(items: readonly Buffer[], { kind, item, place, octets }: Change): readonly Buffer[] {
  const index = item % Math.max(items.length, 1);
  const old = items[index] ?? Buffer.alloc(0);
  const other = items[(index + 1) % Math.max(items.length, 1)] ?? old;
  const at = place % (old.length + 1);
  const value = octets[0] ?? 0;
  const [before, after] = [old.subarray(0, at), old.subarray(at)];
  const put = (...parts: readonly Uint8Array[]) => items.toSpliced(index, 1, Buffer.concat(parts));
  switch (kind) {
    case "flip":
      return put(before, Buffer.of((after[0] ?? 0) ^ (1 << (value & 7))), after.subarray(1));
    case "set":
      return put(before, Buffer.of(value), after.subarray(1));
    case "insert":
      return put(before, octets, after);
    case "remove":
      return put(before, after.subarray(1 + (value & 3)));
    case "cut":
      return put(before);
    case "extend":
      return put(old, octets);
    case "replace":
      return put(octets);
    case "drop":
      return items.toSpliced(index, 1);
    case "repeat":
      return [...items, old];
    case "exchange":
      return [...items.slice(index), ...items.slice(0, index)];
    case "splice":
      return put(before, other.subarray(at));
  }
}
