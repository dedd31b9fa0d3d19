import { runInThisContext } from "node:vm";
import fc from "fast-check";
import type { Case } from "./bags";
import type { Origin } from "./json";

/** Seed of the run. It is printed, and the environment can set it to repeat a run. */
export const seed = Number(process.env["FUZZ_SEED"] ?? Date.now() % 2 ** 31);

/** Factor for the length of the run. */
const factor = Number(process.env["FUZZ_FACTOR"] ?? 1);

/** The real `process`: the one that Jest gives its tests gets no events. */
const realProcess = runInThisContext("process") as NodeJS.Process;

interface Tally {
  cases: number;
  readonly origins: Record<Origin, number>;
  valid: number;
  unhandled: number;
  /** Groups with a failed case. */
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

/** Counts unhandled rejections until the returned function is called. */
export function listenForUnhandled(): () => void {
  realProcess.on("unhandledRejection", countUnhandled);
  return () => void realProcess.off("unhandledRejection", countUnhandled);
}

/** Listens during all tests of a file, and prints the result of the run after the last. */
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

/** For a planted rejection, which Jest would count as a failure of the test. */
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
 * Runs `count` cases.
 *
 * @param run Runs a case, and throws if it fails. Returns whether the case passed validation.
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

/** Returns the minimum number of cases of a run of this length. */
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
