import type { Opinion } from "../harness/validators";

/** The verdicts of the two validators, and their output. */
export interface Verdicts {
  readonly delv: Opinion;
  readonly unbound: Opinion;
  /** Whether both validate with one of the servers. */
  readonly works: boolean;
}
