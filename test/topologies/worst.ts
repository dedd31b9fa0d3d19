import type { Opinion } from "../harness/validators";

/** From the strictest verdict. Unknown counts least beside the others. */
const strictness: readonly Opinion[] = ["bogus", "insecure", "secure", "nonexistent", "unknown"];

/** Returns the verdict on one server from several questions. Unknown counts most, after bogus. */
export function ofAll(opinions: readonly Opinion[]): Opinion {
  const isKnown = !opinions.includes("unknown") || opinions.includes("bogus");
  return isKnown ? worst(opinions) : "unknown";
}

/** Returns the strictest verdict. */
export function worst(opinions: readonly Opinion[]): Opinion {
  return strictness.find((opinion) => opinions.includes(opinion)) ?? "unknown";
}
