import { type Conduct } from "./conditions";
import { type Zone } from "./zone";

/** A zone, and how the server behaves where it is asked about it. */
export interface ServedZone {
  readonly zone: Zone;
  readonly conduct?: Conduct;
}
