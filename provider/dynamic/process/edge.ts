import { plain } from "../../records";
import type { EngineLog } from "./engineLog";
import { presentable } from "./presentable";
import type { Life } from "./processLifetime";

/** Runs an operation and returns its result in the form for Pulumi. */
export type Edge = <T>(operation: () => Promise<T>) => Promise<T>;

/**
 * Returns the edge between the operations and Pulumi. Results are plain JSON, errors have no stack,
 * and an operation is under way until its messages have arrived.
 */
export function createEdge(life: Life, log: Pick<EngineLog, "arrival">): Edge {
  return (operation) =>
    life.during(async () => {
      try {
        const result = await operation();
        return result === undefined ? result : plain(result);
      } catch (error) {
        throw presentable(error);
      } finally {
        await log.arrival();
      }
    });
}
