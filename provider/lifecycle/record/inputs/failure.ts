/**
 * A mistake in an input, which Pulumi shows as "property digest has a problem: …". An empty
 * property stands for the record.
 */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}
