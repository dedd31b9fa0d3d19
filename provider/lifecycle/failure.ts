/** What is wrong with an input, as Pulumi shows it: "property digest has a problem: …". */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}
