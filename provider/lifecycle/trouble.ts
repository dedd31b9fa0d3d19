import { duration } from "./polling";
import type { Reporter, Trouble } from "./ports";

/** Says on the record's row why calls to the registrar fail, and how long they are still tried. */
export function tellTrouble(reporter: Reporter): (trouble: Trouble) => void {
  return (trouble) => reporter.status(troubleText(trouble));
}

export function troubleText({ cause, leftMs }: Trouble): string {
  return `${cause}; retrying for ${duration(leftMs)} more`;
}
