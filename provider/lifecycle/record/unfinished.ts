import { DsRecordError } from "../../errors";
import type { PropertyBag } from "./state";

/**
 * A record whose task was still going when the time ran out, of which it is not known whether there is a task, or that the
 * parent zone did not show yet. Pulumi saves `id` and `properties` of such an error, shows `reasons`, and calls `update` in
 * the next `pulumi up`.
 */
export class UnfinishedRecordError extends DsRecordError {
  readonly id: string;
  readonly properties: PropertyBag;

  constructor(id: string, properties: PropertyBag, { code, message, details }: DsRecordError) {
    super(code, message, details);
    this.id = id;
    this.properties = properties;
  }

  get reasons(): string[] {
    return [this.message];
  }
}
