/** Inputs of a program, and the one failure that they cause. */
export type Refusal = readonly [
  name: string,
  given: Readonly<Record<string, unknown>>,
  property: string,
  reason: string,
];
