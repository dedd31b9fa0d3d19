import type { EngineLog } from "./engineLog";
import { presentable } from "./presentable";
import type { Life } from "./processLifetime";

/** Runs an operation and returns its result as Pulumi is to get it. */
export type Edge = <T>(operation: () => Promise<T>) => Promise<T>;

/**
 * Returns the edge between the operations and Pulumi. Results are plain JSON, errors have no stack,
 * and an operation is under way until its messages have arrived.
 */
export function createEdge(life: Life, log: Pick<EngineLog, "arrival">): Edge {
  return (operation) =>
    life.during(async () => {
      try {
        return plain(await operation());
      } catch (error) {
        throw presentable(error);
      } finally {
        await log.arrival();
      }
    });
}

/** Returns plain JSON: Pulumi fails on `undefined` in what it is given. */
function plain<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}
