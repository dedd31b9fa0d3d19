import type { Trouble } from "../../../concurrency/deadline";
import type { OnWait } from "../../../concurrency/keyedQueue";
import type { Reporter } from "../../ports";
import { statusTexts } from "./statusTexts";

/**
 * Returns a function that shows on the record's row why calls to the registrar fail, and how long
 * they are tried again.
 */
export function tellTrouble(reporter: Reporter): (trouble: Trouble) => void {
  return ({ cause, leftMs }) => reporter.status(statusTexts.trouble(cause, leftMs));
}

/** Returns a function that shows on the record's row its place in the queue of its domain. */
export function tellPlace(reporter: Reporter): OnWait {
  return (place, of) => reporter.status(statusTexts.turn(place, of));
}
