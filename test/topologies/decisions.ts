import type { Bed, Standing } from "./bed";
import { mustGoThrough, operationsOf, type Change, type Operation } from "./operations";
import type { Verdicts } from "./validators";

/** What the validators say of a change, and so what must become of it. */
export interface Decision {
  readonly operation: Operation;
  readonly change: Change;
  readonly before: Verdicts;
  readonly after: Verdicts;
  /** Whether there must be a task: if not, there must be none. */
  readonly goesThrough: boolean;
}

/** What must become of every change of every operation on a topology. */
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
