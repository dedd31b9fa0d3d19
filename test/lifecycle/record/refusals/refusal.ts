/** What a program gives, and the one failure that it gets. */
export type Refusal = readonly [
  name: string,
  given: Readonly<Record<string, unknown>>,
  property: string,
  reason: string,
];
