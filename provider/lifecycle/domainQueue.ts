import type { Context } from "./context";
import type { RecordIdentity } from "./change/request/identity";
import type { Reporter } from "./ports";
import { Postponed } from "./change/postponed";
import { statusTexts } from "./change/wording/statusTexts";

/** Takes turns of the domain, until `turn` comes to an end in one of them. */
export async function inTurns<T>(
  { domain }: RecordIdentity,
  reporter: Reporter,
  { clock, memory, signal }: Context,
  turn: () => Promise<T>,
): Promise<T> {
  const onWait = (place: number, of: number): void => reporter.status(statusTexts.turn(place, of));
  for (let comesAgain = false; ; comesAgain = true) {
    try {
      return await memory.turns.take(domain, onWait, turn, comesAgain);
    } catch (error) {
      if (!(error instanceof Postponed)) throw error;
      await clock.sleep(error.pauseMs, signal);
    }
  }
}
