import { DsRecordError } from "../../errors";
import type { PropertyBag } from "./state";

/**
 * The error of a record that is not finished: its task was still running when the time ran out, or
 * it is unknown whether there is a task, or the parent zone did not show the record yet. Pulumi
 * saves `id` and `properties` of such an error, shows `reasons`, and calls `update` in the next
 * `pulumi up`.
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
