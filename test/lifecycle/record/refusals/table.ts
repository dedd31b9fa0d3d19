import { argumentRefusals } from "./arguments";
import { disagreements } from "./disagreements";
import { formRefusals } from "./forms";
import { invisible } from "./invisible";
import type { Refusal } from "./refusal";

/** Every refusal of `check`, by its kind. */
export const refusals: Readonly<Record<string, readonly Refusal[]>> = {
  ...argumentRefusals,
  ...formRefusals,
  disagreements,
  "invisible characters": invisible,
};
