import { Declarations } from "../../../provider/lifecycle/ledger/declarations";

const [a, b] = ["urn:pulumi:stack::project::type::a", "urn:pulumi:stack::project::type::b"];
const [one, two] = ["example.com/1", "example.com/2"];

type Step = [urn: string, id: string, other: string | undefined];

test.each<[string, Step[], declared: string[]]>([
  ["nothing", [], []],
  ["one record", [[a, one, undefined]], [one]],
  [
    "two records",
    [
      [a, one, undefined],
      [b, two, undefined],
    ],
    [one, two],
  ],
  [
    "one record twice by one resource, as in a replacement",
    [
      [a, one, undefined],
      [a, one, undefined],
    ],
    [one],
  ],
  [
    "one record by two resources",
    [
      [a, one, undefined],
      [b, one, a],
    ],
    [one],
  ],
  [
    "the first stays the first",
    [
      [a, one, undefined],
      [b, one, a],
      [a, one, undefined],
      [b, one, a],
    ],
    [one],
  ],
  [
    "another record in place of the first",
    [
      [a, one, undefined],
      [a, two, undefined],
    ],
    [two],
  ],
  [
    "what one has given up, another may have",
    [
      [a, one, undefined],
      [a, two, undefined],
      [b, one, undefined],
    ],
    [one, two],
  ],
  [
    "two that swap",
    [
      [a, two, undefined],
      [b, one, undefined],
    ],
    [one, two],
  ],
  [
    "who was refused has nothing to give up",
    [
      [a, one, undefined],
      [b, one, a],
      [b, two, undefined],
    ],
    [one, two],
  ],
])("declaring %s", (_, steps, declared) => {
  const declarations = new Declarations();
  for (const [urn, id, other] of steps) expect(declarations.declare(urn, id)).toBe(other);
  expect([one, two].filter((id) => declarations.declarerOf(id) !== undefined)).toEqual(declared);
  expect([...declarations.ids()].sort()).toEqual([...declared].sort());
  for (const [urn] of steps) {
    expect(declarations.declaredBy(urn)).toBe(steps.filter(([other]) => other === urn).at(-1)?.[1]);
  }
});
