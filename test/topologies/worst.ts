import type { Opinion } from "./validators";

/** From the strictest on. What is unknown says nothing beside what is known. */
const strictness: readonly Opinion[] = ["bogus", "insecure", "secure", "nonexistent", "unknown"];

/** Of one server about several questions: what it leaves unknown is missing, unless something else is wrong already. */
export function ofAll(opinions: readonly Opinion[]): Opinion {
  const isKnown = !opinions.includes("unknown") || opinions.includes("bogus");
  return isKnown ? worst(opinions) : "unknown";
}

/** The strictest of them. */
export function worst(opinions: readonly Opinion[]): Opinion {
  return strictness.find((opinion) => opinions.includes(opinion)) ?? "unknown";
}
