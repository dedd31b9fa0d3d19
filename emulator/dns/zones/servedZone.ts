import { type Conduct } from "./conditions";
import { type Zone } from "./zone";

/** A zone, and how its server answers. */
export interface ServedZone {
  readonly zone: Zone;
  readonly conduct?: Conduct;
}
