/** What is wrong with an input, as Pulumi shows it: "property digest has a problem: …"; an empty property is the record. */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}
