import type { Trouble } from "../../concurrency/deadline";
import type { Reporter } from "../ports";
import { statusTexts } from "./statusTexts";

/** Says on the record's row why calls to the registrar fail, and how long they are still tried. */
export function tellTrouble(reporter: Reporter): (trouble: Trouble) => void {
  return ({ cause, leftMs }) => reporter.status(statusTexts.trouble(cause, leftMs));
}
