import type { OnWait } from "../concurrency/keyedQueue";
import type { Context } from "./context";

/** A turn that is given up. The change returns after `pauseMs` milliseconds. */
export interface Pause {
  readonly kind: "pause";
  readonly pauseMs: number;
}

/**
 * Takes turns of a domain until one ends with anything but a pause, and returns that. Other changes
 * of the domain may run between two turns.
 *
 * @param onWait Called with the place in the domain's queue, and its length, whenever they change.
 * @param turn Takes one turn, while no other change of the domain runs.
 */
export async function takeTurns<T extends { readonly kind: string }>(
  domain: string,
  onWait: OnWait,
  { clock, ledger, signal }: Pick<Context, "clock" | "ledger" | "signal">,
  turn: () => Promise<T | Pause>,
): Promise<T> {
  for (let isReturning = false; ; isReturning = true) {
    const end = await ledger.turns.take(domain, onWait, turn, isReturning);
    if (!isPause(end)) return end;
    await clock.sleep(end.pauseMs, signal);
  }
}

function isPause(end: { readonly kind: string }): end is Pause {
  return end.kind === "pause";
}
