import { runInThisContext } from "node:vm";
import fc from "fast-check";
import type { Case } from "./bags";
import type { Origin } from "./json";

/** Printed, and taken from the environment to repeat a run. */
export const seed = Number(process.env["FUZZ_SEED"] ?? Date.now() % 2 ** 31);

/** Makes a run longer or shorter. */
const factor = Number(process.env["FUZZ_FACTOR"] ?? 1);

/** Jest gives its tests an imitation of `process`, which hears of no events. */
const realProcess = runInThisContext("process") as NodeJS.Process;

interface Tally {
  cases: number;
  readonly origins: Record<Origin, number>;
  valid: number;
  unhandled: number;
  /** Groups of cases of which one went wrong. */
  wrong: number;
}

export const tally: Tally = {
  cases: 0,
  origins: { valid: 0, mutated: 0, arbitrary: 0 },
  valid: 0,
  unhandled: 0,
  wrong: 0,
};

function countUnhandled(): void {
  tally.unhandled += 1;
}

/** Counts rejections that nobody handles, from now until the function that it returns is called. */
export function listenForUnhandled(): () => void {
  realProcess.on("unhandledRejection", countUnhandled);
  return () => void realProcess.off("unhandledRejection", countUnhandled);
}

/**
 * For a whole file: listens from before its first test until after its last one, and then prints
 * what the run has come to.
 */
export function tallyFile(label = ""): void {
  let stopListening: () => void;
  beforeAll(() => {
    stopListening = listenForUnhandled();
  });
  afterAll(() => {
    stopListening();
    process.stdout.write(`${label}${summary()}\n`);
  });
}

/** For a rejection that is planted: Jest would take it for a failure of the test. */
export async function withoutOtherListeners(action: () => Promise<void>): Promise<void> {
  const others = realProcess
    .rawListeners("unhandledRejection")
    .filter((listener) => listener !== countUnhandled);
  for (const listener of others) realProcess.off("unhandledRejection", listener as () => void);
  try {
    await action();
  } finally {
    for (const listener of others) realProcess.on("unhandledRejection", listener as () => void);
  }
}

/**
 * Runs so many cases.
 *
 * @param run Throws for what is wrong. @returns whether the case passed validation.
 */
export async function fuzz<C extends Case<unknown>>(
  count: number,
  cases: fc.Arbitrary<C>,
  run: (one: C) => Promise<boolean>,
): Promise<void> {
  const property = fc.asyncProperty(cases, async (one) => {
    const valid = await run(one);
    tally.cases += 1;
    tally.origins[one.origin] += 1;
    if (valid) tally.valid += 1;
  });
  try {
    await fc.assert(property, { seed, numRuns: Math.ceil(count * factor) });
  } catch (error) {
    tally.wrong += 1;
    throw error;
  }
}

/** How many cases a run of this length has at the least. */
export function leastCases(count: number): number {
  return count * factor;
}

export function summary(): string {
  const { cases, origins, valid, unhandled, wrong } = tally;
  const share = (part: number) => `${((100 * part) / cases).toFixed(1)} %`;
  return (
    `fuzz: ${cases} cases, seed ${seed}: ${share(origins.mutated)} valid values mutated in one to three places, ` +
    `${share(origins.arbitrary)} arbitrary, ${share(origins.valid)} unchanged; ${share(valid)} passed validation; ` +
    `${wrong} groups with a crash, a hang, an untyped error or nonsense; ${unhandled} unhandled rejections`
  );
}
