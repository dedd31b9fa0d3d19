import type { Opinion } from "./validators";

/** From the strictest on. What is unknown says nothing beside what is known. */
const strictness: readonly Opinion[] = ["bogus", "insecure", "secure", "nonexistent", "unknown"];

/** The strictest of them. */
export function worst(opinions: readonly Opinion[]): Opinion {
  return strictness.find((opinion) => opinions.includes(opinion)) ?? "unknown";
}
