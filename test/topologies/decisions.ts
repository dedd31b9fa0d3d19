import type { Bed, Standing } from "./bed";
import { mustGoThrough, operationsOf, type Change, type Operation } from "./operations";
import type { Verdicts } from "./verdicts";

/** The validators' verdicts on a change, and the outcome that it must have. */
export interface Decision {
  readonly operation: Operation;
  readonly change: Change;
  readonly before: Verdicts;
  readonly after: Verdicts;
  /** Whether there must be a task. Otherwise there must be none. */
  readonly goesThrough: boolean;
}

/** Returns the outcomes that the changes of all operations on a topology must have. */
export async function decisionsOf(
  { verdictsOf }: Pick<Bed, "verdictsOf">,
  standing: Standing,
): Promise<Decision[]> {
  const changes = operationsOf(standing).flatMap((operation) =>
    operation.changes.map((change) => ({ operation, change })),
  );
  return Promise.all(
    changes.map(async ({ operation, change }) => {
      const before = await verdictsOf(standing, change.before);
      const after = await verdictsOf(standing, change.after);
      return {
        operation,
        change,
        before,
        after,
        goesThrough: mustGoThrough(standing, change, before, after),
      };
    }),
  );
}
