import type { DsRecordError } from "../../errors";

/**
 * A change gives its turn up, because it may be safe later: when other changes of the domain have been made, or when its
 * key is published. It comes again after `pauseMs` milliseconds.
 */
export class Postponed extends Error {
  readonly pauseMs: number;

  constructor(refusal: DsRecordError, pauseMs: number) {
    super(refusal.message);
    this.pauseMs = pauseMs;
  }
}
